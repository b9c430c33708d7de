//! Clients that never stop sending, on the one shard that everybody is on: whatever they were told before, they are cut off, and the others are answered.

use super::super::conformance::raw::masked;
use super::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

/// Far more than both systems hold for a connection, and than the server reads of somebody who is to go.
const MOST: u64 = 1 << 30;

/// One shard, where clients are told to slow down.
fn one_shard() -> (Started, SocketAddr) {
    let routing = parsed(&file("", "")).expect("a routing file");
    let started = Server::new(routing, registry()).shards(1).start();
    let started = started.expect("a server");
    let address = started.addresses()[0].1;
    (started, address)
}

/// How somebody comes to be one whom the server wants to go, and what it goes on sending.
struct Flood {
    name: &'static str,
    begin: fn(SocketAddr) -> TcpStream,
    piece: Vec<u8>,
}

fn pings() -> Vec<u8> {
    masked(FIN | PING, b"").repeat(10_000)
}

fn after(address: SocketAddr, path: &str, says: &[u8]) -> TcpStream {
    let mut stream = knock(HERE, address, path, "").expect("a place");
    stream.write_all(says).expect("sent");
    stream
}

const SESSION: &str = "/socket.io/?EIO=4&transport=websocket";

/// The id of a session that polls.
fn polling(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).expect("a connection");
    let request =
        "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let sid = answer.split("\"sid\":\"").nth(1).expect("a session");
    sid.split('"').next().expect("an id").to_owned()
}

fn floods() -> [Flood; 8] {
    let noise = vec![b'x'; 64 << 10];
    [
        Flood {
            name: "who has closed",
            begin: |at| after(at, "/echo", &masked(FIN | CLOSE, &1000_u16.to_be_bytes())),
            piece: noise.clone(),
        },
        Flood {
            name: "who has broken the protocol",
            begin: |at| after(at, "/echo", b"\xff\xff"),
            piece: noise.clone(),
        },
        Flood {
            name: "who is too fast",
            begin: |at| after(at, "/echo", b""),
            piece: pings(),
        },
        Flood {
            name: "who has no token",
            begin: |at| after(at, "/token", &masked(FIN | TEXT, b"{}")),
            piece: pings(),
        },
        Flood {
            name: "whose message is too large",
            begin: |at| after(at, "/echo", &masked(FIN | TEXT, &[b'x'; 100_000])),
            piece: noise.clone(),
        },
        Flood {
            name: "whose handshake is refused",
            begin: |at| {
                let mut stream = TcpStream::connect(at).expect("a connection");
                let head = "GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n";
                stream.write_all(head.as_bytes()).expect("sent");
                stream
            },
            piece: noise.clone(),
        },
        Flood {
            name: "who has closed its session",
            begin: |at| after(at, SESSION, &masked(FIN | TEXT, b"1")),
            piece: noise,
        },
        Flood {
            name: "who tries another transport",
            begin: |at| after(at, &format!("{SESSION}&sid={}", polling(at)), b""),
            piece: pings(),
        },
    ]
}

impl Flood {
    /// Sends until the server is gone; `Err`: it still reads, or neither reads nor closes.
    fn run(&self, address: SocketAddr) -> Result<(), String> {
        let mut stream = (self.begin)(address);
        stream
            .set_write_timeout(Some(PATIENCE))
            .expect("a deadline");
        let mut sent = 0;
        while sent < MOST {
            match stream.write_all(&self.piece) {
                Ok(()) => {}
                Err(error) if is_cut_off(&error) => return Ok(()),
                Err(error) => return Err(format!("{}: after {sent} bytes: {error}", self.name)),
            }
            sent += self.piece.len() as u64;
        }
        Err(format!("{}: {sent} bytes were read", self.name))
    }
}

/// Whether the server has closed its side. A write that nobody takes in time is something else.
fn is_cut_off(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
    matches!(
        error.kind(),
        BrokenPipe | ConnectionAborted | ConnectionReset
    )
}

/// Asks again and again until it is enough, and says how long the longest answer took.
fn ask_until(address: SocketAddr, enough: &AtomicBool) -> Duration {
    let mut client = Raw::open(address, "/echo");
    let mut longest = Duration::ZERO;
    while !enough.load(Relaxed) {
        let asked = Instant::now();
        client.frame(FIN | TEXT, b"still here");
        assert_eq!(client.read(), Some((FIN | TEXT, b"still here".to_vec())));
        longest = longest.max(asked.elapsed());
        thread::yield_now();
    }
    longest
}

#[test]
fn a_client_that_is_refused_or_closed_and_goes_on_sending_freezes_nobody() {
    let (server, address) = one_shard();
    let enough = Arc::new(AtomicBool::new(false));
    let bystander = {
        let enough = enough.clone();
        thread::spawn(move || ask_until(address, &enough))
    };
    let floods = floods().map(|flood| thread::spawn(move || flood.run(address)));
    let cut = floods.map(|flood| flood.join().expect("a flood"));
    enough.store(true, Relaxed);
    bystander.join().expect("a bystander is answered");
    let still_read: Vec<_> = cut.into_iter().filter_map(Result::err).collect();
    assert!(still_read.is_empty(), "{still_read:?}");
    server.stop();
}

/// Polls have no rate. Each of these would wait for five minutes to see the first one given up.
#[test]
fn second_polls_that_are_given_up_leave_no_task_behind() {
    const POLLS: usize = 40;
    let routing = parsed(&file("", "ping_timeout = \"10m\"")).expect("a routing file");
    let server = Server::new(routing, registry()).shards(1).start();
    let server = server.expect("a server");
    let address = server.addresses()[0].1;
    let sid = polling(address);
    let poll = || {
        let mut stream = TcpStream::connect(address).expect("a connection");
        let request = format!(
            "GET /socket.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: a\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).expect("sent");
        stream
    };
    let _waiting = poll();
    let tasks = || Scrape::of(address).sum("maitred_tasks") as usize;
    let until = |what: &str, so: &dyn Fn(usize) -> bool| {
        let late = Instant::now() + PATIENCE;
        while !so(tasks()) {
            assert!(Instant::now() < late, "{what}: {} tasks", tasks());
            thread::yield_now();
        }
    };
    let before = tasks();
    let given_up: Vec<_> = (0..POLLS).map(|_| poll()).collect();
    // of each two: the connection's, and that of who waits
    until("all wait", &|tasks| tasks > before + POLLS * 3 / 2);
    drop(given_up);
    until("none is left", &|tasks| tasks < before + POLLS / 2);
    server.stop();
}

/// What the promise is worth in time: `cargo test --release --example echo_server floods -- --ignored --nocapture`, on a machine that has nothing else to do.
#[test]
#[ignore = "a measurement"]
fn bystanders_worst_answer_under_floods() {
    let (server, address) = one_shard();
    let enough = Arc::new(AtomicBool::new(false));
    let bystanders = [(); 16].map(|()| {
        let enough = enough.clone();
        thread::spawn(move || ask_until(address, &enough))
    });
    let end = Instant::now() + Duration::from_secs(10);
    let floods = floods().map(|flood| {
        thread::spawn(move || {
            let mut times = 0;
            while Instant::now() < end {
                flood.run(address).expect("cut off");
                times += 1;
            }
            (flood.name, times)
        })
    });
    let times = floods.map(|flood| flood.join().expect("a flood"));
    enough.store(true, Relaxed);
    let longest = bystanders.map(|b| b.join().expect("answered"));
    let worst = longest.into_iter().max().expect("sixteen");
    println!("worst answer: {worst:?}; floods: {times:?}");
    assert!(worst < Duration::from_millis(100), "{worst:?}");
    server.stop();
}
