//! A client that stops reading, and then reads again: what its route's `delivery` does to it, that it is told, and that the history has the rest.

use crate::support::raw::{CLOSE, FIN, PING, Raw};
use crate::support::{Client, PATIENCE, Place, Server, client, http};
use serde_json::Value;
use std::net::TcpStream;
use std::time::Instant;

/// Changes of one order while its listener sleeps: more than two sockets and an outbox take.
const CHANGES: usize = 1_000;
const NOTE: usize = 3_000;

/// A server whose order route has this policy.
fn server(policy: &str) -> Server {
    let place = Place::new();
    let file = place.file("routing.toml");
    let text = std::fs::read_to_string(&file).expect("routing.toml");
    let route = "consumer = \"dining.order\"\n";
    assert_eq!(text.matches(route).count(), 1);
    let text = text.replace(route, &format!("{route}{policy}\n"));
    std::fs::write(&file, text).expect("routing.toml");
    Server::on(place, &["--shards", "2"])
}

/// A listener that takes little and reads nothing.
fn sleeper_at(server: &Server, path: &str) -> Raw {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None);
    let socket = socket.expect("a socket");
    socket.set_recv_buffer_size(4 << 10).expect("small");
    socket
        .connect(&server.address.into())
        .expect("a connection");
    Raw::upgrade(TcpStream::from(socket), path)
}

/// One at order 1, and the number of its first frame, which it has read.
fn sleeper(server: &Server) -> (Raw, u64) {
    let mut raw = sleeper_at(server, "/ws/orders/1/");
    let (_, first) = raw.read().expect("the state");
    let first = client::parse(&String::from_utf8_lossy(&first));
    (raw, first["seq"].as_u64().expect("a number"))
}

/// Changes the order so often, waits until all that was announced, and returns the numbers of these events. (What another program's transaction changed
/// shows the row as it is at its end, so the numbers tell events apart, and not what is in them.)
fn change(server: &Server) -> Vec<u64> {
    let mut db = server.place.foreign();
    let before = server.place.number("SELECT max(seq) FROM event_log");
    let tx = db.transaction().expect("begun");
    for n in 0..CHANGES {
        let note = format!("{n:06}{}", "x".repeat(NOTE));
        let sql = "UPDATE orders SET note = ?1 WHERE id = 1";
        tx.execute(sql, [note]).expect("changed");
    }
    tx.commit().expect("committed");
    let deadline = Instant::now() + PATIENCE;
    loop {
        let sql = "SELECT seq FROM event_log WHERE seq > ?1 ORDER BY seq";
        let mut events = db.prepare(sql).expect("prepared");
        let events = events.query_map([before], |row| row.get(0)).expect("read");
        let events: Vec<u64> = events.collect::<Result<_, _>>().expect("numbers");
        if events.len() == CHANGES {
            return events;
        }
        assert!(Instant::now() < deadline, "{} announced", events.len());
    }
}

fn metric(server: &Server, series: &str) -> f64 {
    let answer = http::request(server.address, "GET /metrics", &[], Value::Null);
    let text = answer.ok();
    let line = text.as_str().expect("text").lines();
    let mut found = line.filter_map(|line| line.strip_prefix(series)?.trim().parse().ok());
    found.next().unwrap_or_else(|| panic!("no {series}"))
}

/// Reads until as many were heard, or told as dropped, as there were. The events that were heard, and how many were not.
fn awake(raw: &mut Raw, events: &[u64], delivery: &str) -> (Vec<u64>, usize) {
    let (mut heard, mut dropped) = (Vec::new(), 0);
    while heard.len() + dropped < events.len() {
        let (first, payload) = raw.read().expect("it stays open");
        assert_ne!(first, FIN | CLOSE, "{payload:?}");
        let frame = client::parse(&String::from_utf8_lossy(&payload));
        if frame["type"] == "dropped" {
            assert_eq!(frame["data"]["delivery"], delivery);
            assert!(frame.get("seq").is_none(), "it is no event: {frame}");
            dropped += frame["data"]["count"].as_u64().expect("a number") as usize;
            continue;
        }
        heard.push(frame["seq"].as_u64().expect("a number"));
    }
    assert!(heard.is_sorted_by(|a, b| a < b));
    assert!(heard.iter().all(|seq| events.binary_search(seq).is_ok()));
    (heard, dropped)
}

/// Who comes back with a number from before hears everything, whatever its lane dropped.
fn hears(server: &Server, since: u64, events: &[u64]) {
    let mut back = Client::back(server, "/ws/orders/1/", since);
    for seq in events {
        assert_eq!(back.next_is("order_update")["seq"], *seq);
    }
    assert!(back.sync().is_empty(), "and nothing else");
}

#[test]
fn the_latest_of_each_entity_is_kept() {
    let server = server("delivery = \"latest\"");
    let (mut raw, since) = sleeper(&server);
    let events = change(&server);
    let (heard, dropped) = awake(&mut raw, &events, "latest");
    assert_eq!(heard.last(), events.last(), "the newest state");
    assert!(dropped > 0, "or the client was not slow");
    // up to where the socket was full it heard everything; of what came then only the newest
    assert_eq!(heard[..heard.len() - 1], events[..heard.len() - 1]);
    let series = "maitred_dropped_frames_total{reason=\"superseded\"}";
    assert_eq!(metric(&server, series), dropped as f64);
    hears(&server, since, &events);
}

#[test]
fn what_comes_meanwhile_is_dropped_from_a_volatile_lane() {
    let server = server("delivery = \"volatile\"");
    let (mut raw, since) = sleeper(&server);
    let events = change(&server);
    let (heard, dropped) = awake(&mut raw, &events, "volatile");
    assert!(dropped > 0, "or the client was not slow");
    assert_eq!(heard, events[..heard.len()]);
    let series = "maitred_dropped_frames_total{reason=\"volatile\"}";
    assert_eq!(metric(&server, series), dropped as f64);
    // what it asks for is answered all the same
    raw.frame(FIN | PING, b"there?");
    assert_eq!(raw.read().expect("a pong").1, b"there?");
    hears(&server, since, &events);
}

#[test]
fn a_lossless_lane_loses_nothing() {
    let server = server("outbox_bytes = \"64KiB\"");
    let (mut raw, mut since) = sleeper(&server);
    let events = change(&server);
    // it may be given up before it wakes: then it is as if its network had been gone
    let mut heard = 0;
    while let Some((first, payload)) = raw.read() {
        if first & 0x0F == CLOSE {
            assert_eq!(payload[..2], 4010_u16.to_be_bytes());
            assert!(String::from_utf8_lossy(&payload[2..]).contains("your seq"));
            break;
        }
        let frame = client::parse(&String::from_utf8_lossy(&payload));
        since = frame["seq"].as_u64().expect("a number");
        assert_eq!(since, events[heard]);
        heard += 1;
    }
    assert!(heard < CHANGES, "or the client was not slow");
    assert_eq!(
        metric(&server, "maitred_limited_total{limit=\"outbox_bytes\"}"),
        1.0
    );
    hears(&server, since, &events[heard..]);
}

/// A replay of some megabytes for a client that reads slowly: pages wait in the history, not in the server.
#[test]
fn a_replay_is_read_at_the_clients_speed() {
    const OUTBOX: usize = 64 << 10;
    let server = server(&format!("outbox_bytes = {OUTBOX}"));
    let mut client = Client::open(&server, "/ws/orders/1/");
    client.next();
    let events = change(&server);
    let mut back = sleeper_at(&server, &format!("/ws/orders/1/?since={}", client.seq));
    for (n, seq) in events.iter().enumerate() {
        // it is not closed for what it was sent, and what waits for it is never more than a page
        if n % 100 == 0 {
            let waiting = metric(&server, "maitred_outbox_bytes");
            assert!(waiting <= OUTBOX as f64, "{waiting}");
        }
        let (_, payload) = back.read().expect("it stays open");
        let frame = client::parse(&String::from_utf8_lossy(&payload));
        assert_eq!(frame["seq"], *seq);
    }
    back.frame(FIN | PING, b"all?");
    assert_eq!(back.read().expect("a pong").1, b"all?");
    let resumed = "maitred_resumes_total{outcome=\"resumed\"}";
    assert_eq!(metric(&server, resumed), 1.0);
    assert_eq!(metric(&server, "maitred_replay_events_sum"), CHANGES as f64);
    let cut = "maitred_limited_total{limit=\"outbox_bytes\"}";
    assert_eq!(metric(&server, cut), 0.0);
}
