//! Clients that stop reading: what they cost the server, and what they cost the others.

use super::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// What a broadcast has, in bytes.
const PAYLOAD: usize = 2 << 10;
/// Broadcasts that are under way: less than the smallest outbox of a client that reads.
const WINDOW: usize = 64;

/// A member that takes little and reads nothing.
fn sleeper(address: SocketAddr, group: &str) -> Raw {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None);
    let socket = socket.expect("a socket");
    socket.set_recv_buffer_size(4 << 10).expect("small");
    socket.connect(&address.into()).expect("a connection");
    joined(Raw::upgrade(socket.into(), &format!("/group/{group}/")))
}

fn member(address: SocketAddr, group: &str) -> Raw {
    joined(Raw::open(address, &format!("/group/{group}/")))
}

/// Answered by the connection that has joined.
fn joined(mut client: Raw) -> Raw {
    client.frame(FIN | PING, b"joined");
    client.read().expect("a pong");
    client
}

fn broadcast(n: usize) -> Vec<u8> {
    let mut payload = format!("{n:08}").into_bytes();
    payload.resize(PAYLOAD, b'.');
    payload
}

fn number(payload: &[u8]) -> usize {
    let text = std::str::from_utf8(&payload[..8]).expect("a number");
    text.parse().expect("a number")
}

/// Members that read, each in a thread of its own: each must hear everything, once, in order.
struct Readers {
    heard: Vec<Arc<AtomicUsize>>,
    threads: Vec<std::thread::JoinHandle<()>>,
}

impl Readers {
    fn of(members: Vec<Raw>, total: usize) -> Self {
        let heard: Vec<Arc<AtomicUsize>> = members.iter().map(|_| Arc::default()).collect();
        let read = |(mut member, heard): (Raw, Arc<AtomicUsize>)| {
            std::thread::spawn(move || {
                for n in 0..total {
                    let (first, payload) = member.read().expect("a broadcast");
                    assert_eq!((first, number(&payload)), (FIN | TEXT, n));
                    assert_eq!(payload.len(), PAYLOAD);
                    heard.store(n + 1, SeqCst);
                }
            })
        };
        let threads = members.into_iter().zip(heard.iter().cloned()).map(read);
        Readers {
            threads: threads.collect(),
            heard,
        }
    }

    /// Says everything, as fast as those who read can hear it. Returns how long that took.
    fn hear(self, speaker: &mut Raw, total: usize) -> Duration {
        let began = Instant::now();
        for n in 0..total {
            let last = || self.heard.iter().map(|h| h.load(SeqCst)).min().unwrap_or(n);
            while last() + WINDOW <= n {
                let failed = self.threads.iter().any(|t| t.is_finished());
                assert!(
                    !failed || last() + WINDOW > n,
                    "a reader stopped at {}",
                    last()
                );
                std::thread::yield_now();
            }
            speaker.frame(FIN | TEXT, &broadcast(n));
        }
        for thread in self.threads {
            thread.join().expect("all, once, in order");
        }
        began.elapsed()
    }
}

const UNLIMITED: &str = "frames_per_second = \"none\"\nbytes_per_second = \"none\"";

/// Twenty clients stop reading during 10,000 broadcasts of 2 KiB: the server's memory stays where it is, and the others hear everything. The speaker hears
/// nothing itself: it is in no group, but says what it says to one.
#[test]
fn who_stops_reading_changes_nothing_for_the_others() {
    const BROADCASTS: usize = 10_000;
    let server = Process::start(&file("", UNLIMITED));
    let mut took = Vec::new();
    for (group, sleepers) in [("alone", 0), ("beside", 20)] {
        let members = (0..10).map(|_| member(server.address, group)).collect();
        let readers = Readers::of(members, BROADCASTS);
        let sleepers: Vec<Raw> = (0..sleepers)
            .map(|_| sleeper(server.address, group))
            .collect();
        let before = server.memory("VmRSS");
        // a member that only listens to whether it is still there
        let mut speaker = member(server.address, group);
        let mut ears = speaker.split();
        let drain = std::thread::spawn(move || while ears.read().is_some() {});
        took.push(readers.hear(&mut speaker, BROADCASTS));
        let grown = server.memory("VmHWM").saturating_sub(before);
        assert!(grown < 96 << 20, "the server grew by {grown} bytes");
        println!(
            "{BROADCASTS} broadcasts, {} clients asleep: {:?}, at most {} KiB more",
            sleepers.len(),
            took[took.len() - 1],
            grown >> 10
        );
        let cut = Scrape::of(server.address).limited("outbox_bytes");
        assert_eq!(cut, sleepers.len() as f64, "all of them were closed");
        speaker.hang_up();
        drain.join().expect("the speaker has gone");
    }
    eventually("nothing waits any more", || {
        let scrape = Scrape::of(server.address);
        match (
            scrape.get("maitred_outbox_bytes"),
            scrape.get("maitred_outbox_clients"),
        ) {
            (0.0, 0.0) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    });
}

#[test]
fn a_full_outbox_says_come_back() {
    let policy = format!("{UNLIMITED}\noutbox_bytes = \"64KiB\"");
    let (server, address) = serve(&file("", &policy), None);
    let mut sleeper = sleeper(address, "g");
    let mut speaker = member(address, "g");
    let mut said = 0;
    while Scrape::of(address).limited("outbox_bytes") == 0.0 {
        for _ in 0..WINDOW / 4 {
            speaker.frame(FIN | TEXT, &broadcast(said));
            assert_eq!(number(&speaker.read().expect("its own").1), said);
            said += 1;
        }
    }
    // what it was sent before is whole and in order; then it hears why
    let mut heard = 0;
    let (first, last) = loop {
        let (first, payload) = sleeper.read().expect("a close frame");
        if first & 0x0F == CLOSE {
            break (first, payload);
        }
        assert_eq!((first, number(&payload)), (FIN | TEXT, heard));
        heard += 1;
    };
    assert_eq!(first, FIN | CLOSE);
    assert_eq!(last[..2], 4010_u16.to_be_bytes());
    let reason = String::from_utf8_lossy(&last[2..]);
    assert_eq!(reason, "too slow: come back with your seq");
    assert!(heard < said, "{heard} of {said}");
    let scrape = Scrape::of(address);
    // broadcasts that were said after the end were for nobody
    let dropped = scrape.dropped("slow") as usize;
    assert!(
        dropped > 0 && heard + dropped <= said,
        "{heard} and {dropped} of {said}"
    );
    assert_eq!(
        scrape.get("maitred_connections_closed_total{code=\"4010\"}"),
        1.0
    );
    server.stop();
}

#[test]
fn all_outboxes_together_have_a_bound() {
    const BROADCASTS: usize = 6_000;
    const BOUND: f64 = 1024.0 * 1024.0;
    let policy = format!("{UNLIMITED}\noutbox_bytes = \"64MiB\"");
    let (server, address) = serve(&file("outbox_total_bytes = \"1MiB\"", &policy), None);
    let _sleepers: Vec<Raw> = (0..8).map(|_| sleeper(address, "g")).collect();
    let readers = Readers::of((0..2).map(|_| member(address, "g")).collect(), BROADCASTS);
    let mut speaker = member(address, "g");
    let mut ears = speaker.split();
    let drain = std::thread::spawn(move || while ears.read().is_some() {});
    readers.hear(&mut speaker, BROADCASTS);
    let scrape = Scrape::of(address);
    assert!(scrape.limited("outbox_total_bytes") >= 1.0);
    assert!(scrape.dropped("budget") >= 1.0);
    let held = scrape.get("maitred_outbox_bytes");
    assert!(held <= BOUND * 1.25 + 8.0 * PAYLOAD as f64, "{held}");
    speaker.hang_up();
    drain.join().expect("the speaker has gone");
    server.stop();
}

#[test]
fn a_volatile_lane_drops_and_says_how_many() {
    let policy = format!("{UNLIMITED}\ndelivery = \"volatile\"\noutbox_bytes = \"16KiB\"");
    let (server, address) = serve(&file("", &policy), None);
    let mut sleeper = sleeper(address, "g");
    let mut speaker = member(address, "g");
    let mut said = 0;
    while Scrape::of(address).dropped("volatile") < 500.0 {
        for _ in 0..WINDOW {
            speaker.frame(FIN | TEXT, &broadcast(said));
            assert_eq!(number(&speaker.read().expect("its own").1), said);
            said += 1;
        }
    }
    // now it reads: what it was sent, in order, and how many it was not
    let (mut heard, mut next) = (0, 0);
    let dropped = loop {
        let (_, payload) = sleeper.read().expect("it stays open");
        if payload.starts_with(b"{") {
            let told: serde_json::Value = serde_json::from_slice(&payload).expect("JSON");
            assert_eq!(told["type"], "dropped");
            assert_eq!(told["data"]["delivery"], "volatile");
            break told["data"]["count"].as_u64().expect("a number") as usize;
        }
        let n = number(&payload);
        assert!(n >= next, "{n} after {next}");
        (heard, next) = (heard + 1, n + 1);
    };
    assert_eq!(heard + dropped, said);
    // and from here on it hears everything again
    speaker.frame(FIN | TEXT, &broadcast(said));
    assert_eq!(number(&sleeper.read().expect("the next").1), said);
    assert_eq!(Scrape::of(address).dropped("volatile"), dropped as f64);
    assert_eq!(Scrape::of(address).limited("outbox_bytes"), 0.0);
    server.stop();
}
