//! Clients come and go, in order and not: nothing of them stays.
//!
//! The full run, 100,000 connections: `MAITRED_LEAK_CONNECTIONS=100000 cargo test --release --example echo_server leaks -- --nocapture`.

use super::*;

/// How many connections come and go.
const CONNECTIONS: &str = "MAITRED_LEAK_CONNECTIONS";
/// Without that: enough that one in a hundred that leaves something behind is noticed.
const USUAL: usize = 3_000;
/// Clients at a time.
const AT_ONCE: usize = 16;
/// What the process may have grown by: allocators keep pages that they could give back.
const GROWTH_BYTES: u64 = 6 << 20;

/// What a server holds when nobody is there.
#[derive(Debug, PartialEq)]
struct Holdings {
    tasks: f64,
    descriptors: usize,
    threads: usize,
    connections: f64,
    tcp: f64,
    groups: f64,
    members: f64,
    outboxes: f64,
    waiting_bytes: f64,
    users: f64,
}

impl Holdings {
    fn of(server: &Process) -> Self {
        let scrape = Scrape::of(server.address);
        Holdings {
            tasks: scrape.sum("maitred_tasks"),
            descriptors: server.descriptors(),
            threads: server.threads(),
            connections: scrape.sum("maitred_connections"),
            tcp: scrape.get("maitred_tcp_connections"),
            groups: scrape.get("maitred_groups"),
            members: scrape.get("maitred_group_members"),
            outboxes: scrape.get("maitred_outbox_clients"),
            waiting_bytes: scrape.get("maitred_outbox_bytes"),
            users: scrape.get("maitred_remembered{what=\"users\"}"),
        }
    }
}

/// One of many addresses of this machine: after so many connections one address has no port left.
fn address_of(n: usize) -> [u8; 4] {
    [127, 0, 1, (n % 200) as u8 + 1]
}

/// With a reset instead of an end, as when a phone is gone.
fn reset(stream: &TcpStream) {
    let socket = socket2::SockRef::from(stream);
    socket.set_linger(Some(Duration::ZERO)).expect("a reset");
}

/// The `n`th client, one of eight kinds.
fn come_and_go(server: SocketAddr, n: usize) {
    let path = format!("/group/{}/", n % 97);
    let open = || knock(address_of(n), server, &path, "").expect("a place");
    match n % 8 {
        // in order
        0 | 1 => {
            let mut client = Raw::from(open());
            client.frame(FIN | TEXT, b"hello");
            client.frame(FIN | CLOSE, &1000_u16.to_be_bytes());
            assert_eq!(client.close_code(), Some(1000));
        }
        // it just ends
        2 => drop(open()),
        // it is gone, with things on their way to it
        3 | 4 => {
            let stream = open();
            reset(&stream);
            Raw::from(stream).frame(FIN | TEXT, &[b'x'; 1000]);
        }
        // in the middle of a frame
        5 => {
            let stream = open();
            if n % 16 == 5 {
                reset(&stream);
            }
            Raw::from(stream).bytes(&[FIN | TEXT, 0x80 | 126, 0x40, 0]);
        }
        // in the middle of the handshake
        6 => {
            let mut stream = TcpStream::connect(server).expect("a connection");
            if n % 16 == 6 {
                reset(&stream);
            }
            let _ = write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgr");
        }
        // at its end: the answer finds nobody
        _ => {
            let mut stream = TcpStream::connect(server).expect("a connection");
            reset(&stream);
            let _ = write!(
                stream,
                "GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
            );
        }
    }
}

fn churn(server: SocketAddr, clients: std::ops::Range<usize>) {
    std::thread::scope(|scope| {
        for first in 0..AT_ONCE {
            let clients = clients.clone();
            scope.spawn(move || {
                let mine = clients.skip(first).step_by(AT_ONCE);
                mine.for_each(|n| come_and_go(server, n));
            });
        }
    });
}

#[test]
fn nothing_of_a_client_stays() {
    let connections = std::env::var(CONNECTIONS).ok();
    let connections = connections.map_or(USUAL, |n| n.parse().expect("a number"));
    let limits = "handshakes_per_second = \"none\"\nhandshakes_per_second_per_address = \"none\"";
    let server = Process::start(&file(limits, ""));
    let fresh = Holdings::of(&server);
    // tables grow to the size of what is there at once, and stay so
    churn(server.address, 0..1_000);
    let settled = |what: &str| {
        eventually(what, || match Holdings::of(&server) {
            now if now == fresh => Ok(()),
            now => Err(format!("{now:#?} and not {fresh:#?}")),
        });
    };
    settled("after the first");
    let before = server.memory("VmRSS");
    let began = Instant::now();
    churn(server.address, 0..connections);
    let took = began.elapsed();
    settled("after all");
    let after = server.memory("VmRSS");
    println!(
        "{connections} connections in {took:?}; memory {} KiB, then {} KiB; {fresh:?} before and after",
        before >> 10,
        after >> 10
    );
    let grown = after.saturating_sub(before);
    assert!(grown < GROWTH_BYTES, "{before} bytes grew by {grown}");
}
