//! Everything at once: clients that leave and come back at random with the last number they saw, writers of every kind. Every client must hear every
//! version of its order once, in order, and all of them the same bytes. `MAITRED_TEST_WRITES=10000`, so many by each writer, makes it a long run.

use crate::dining::new_order;
use crate::support::client::{Heard, parse};
use crate::support::{Client, PATIENCE, Random, Server};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::SystemTime;

const ORDERS: usize = 6;
const CLIENTS: usize = 24;
/// Frames that a client hears at most before it leaves: fewer than there are of each order, so that everybody leaves, however slow the machine is.
const STAY: u64 = 12;

fn setting(name: &str, default: u64) -> u64 {
    let value = std::env::var(name).ok().and_then(|v| v.parse().ok());
    value.unwrap_or(default)
}

#[test]
fn every_client_hears_every_version_once_across_reconnects() {
    let clock = SystemTime::UNIX_EPOCH
        .elapsed()
        .map_or(1, |t| t.as_millis());
    let seed = setting("MAITRED_TEST_SEED", u64::try_from(clock).unwrap_or(1));
    let each = setting("MAITRED_TEST_WRITES", 200);
    println!("MAITRED_TEST_SEED={seed} repeats the choices of this run");
    let server = Server::start();
    let orders: Vec<i64> = (0..ORDERS).map(|_| new_order(&server)).collect();
    let (returns, over) = (AtomicU64::new(0), AtomicBool::new(false));
    let logs: Vec<(i64, Vec<Frame>)> = std::thread::scope(|scope| {
        let readers: Vec<_> = (0..CLIENTS)
            .map(|n| {
                let (server, returns, over) = (&server, &returns, &over);
                let (id, seed) = (orders[n % ORDERS], seed + n as u64);
                scope.spawn(move || (id, read(server, id, seed, returns, over)))
            })
            .collect();
        let mut writers = Vec::new();
        for n in 0..4_u64 {
            let (server, orders) = (&server, &orders);
            writers.push(scope.spawn(move || {
                let mut random = Random::new(seed ^ (n + 1) << 32);
                let token = server.token("manager");
                let mut writer = Writer::new(server, n, &token);
                for count in 0..each {
                    let id = orders[random.below(ORDERS as u64) as usize];
                    writer.write(id, &format!("writer {n}, note {count}"));
                }
            }));
        }
        let written: Vec<_> = writers.into_iter().map(|writer| writer.join()).collect();
        over.store(true, Relaxed);
        // What every reader waits for, also where a writer failed: the scope ends when they do.
        server.shell("UPDATE orders SET status='cancelled' WHERE status='pending';");
        for writer in written {
            writer.expect("a writer");
        }
        readers
            .into_iter()
            .map(|r| r.join().expect("a reader"))
            .collect()
    });
    let returns = returns.into_inner();
    println!("{} writes, {returns} reconnects", 4 * each);
    assert!(returns > 50, "too little happened to mean anything");
    for &id in &orders {
        judge(&server, id, &logs);
    }
    let waiting = server.place.number("SELECT count(*) FROM change_log");
    assert_eq!(waiting, 0, "everything was announced");
}

struct Frame {
    seq: u64,
    version: i64,
    text: String,
}

/// One of the four kinds of writers.
enum Writer<'a> {
    Rest(&'a Server, &'a str),
    Program(rusqlite::Connection),
    Shell(&'a Server),
    /// Refused commands and rollbacks: nothing of it may be heard, and no number be missed for it.
    Undone(Box<(Client, rusqlite::Connection)>),
}

impl<'a> Writer<'a> {
    fn new(server: &'a Server, n: u64, token: &'a str) -> Self {
        match n {
            0 => Writer::Rest(server, token),
            1 => Writer::Program(server.place.foreign()),
            2 => Writer::Shell(server),
            _ => {
                let socket = Client::open(server, "/ws/tables/sessions/1/");
                Writer::Undone(Box::new((socket, server.place.foreign())))
            }
        }
    }

    fn write(&mut self, id: i64, note: &str) {
        let sql = format!("UPDATE orders SET note='{note}' WHERE id={id}");
        match self {
            Writer::Rest(server, token) => {
                let line = format!("PATCH /api/v1/orders/{id}");
                server.rest(token, &line, json!({"note": note})).ok();
            }
            Writer::Program(db) => {
                db.execute(&sql, []).expect("written");
            }
            Writer::Shell(server) => {
                server.shell(&format!(
                    "{sql}; UPDATE orders SET note='{note}, again' WHERE id={id};"
                ));
            }
            Writer::Undone(both) => {
                let (socket, db) = &mut **both;
                db.execute_batch(&format!("BEGIN IMMEDIATE; {sql}; ROLLBACK"))
                    .expect("undone");
                socket.refused(r#"{"action":"update_guests_count","guests_count":501}"#);
                let count = i64::try_from(note.len()).unwrap_or(1) % 9 + 1;
                socket.command(json!({"action": "update_guests_count", "guests_count": count}));
            }
        }
    }
}

/// Follows one order to its end, leaving and coming back at random. The first frame is the snapshot.
fn read(server: &Server, id: i64, seed: u64, returns: &AtomicU64, over: &AtomicBool) -> Vec<Frame> {
    let mut random = Random::new(seed);
    let path = format!("/ws/orders/{id}/");
    let mut client = Client::open(server, &path);
    let mut log: Vec<Frame> = Vec::new();
    loop {
        let mut stay = random.below(STAY);
        // Only at the end it stays for good.
        while log.is_empty() || stay > 0 || over.load(Relaxed) {
            stay = stay.saturating_sub(1);
            match client.listen(PATIENCE) {
                Heard::Text(text) => {
                    let Some(frame) = numbered(&text) else {
                        continue;
                    };
                    let last = log.last().map_or(0, |f| f.seq);
                    assert!(frame.seq > last, "seed {seed}: {text} after {last}");
                    log.push(frame);
                    if parse(&text)["data"]["status"] == "cancelled" {
                        return log;
                    }
                }
                // A slow client may be cut: it comes back like any other.
                Heard::Closed(_) => break,
                Heard::Silence => panic!("seed {seed}: the end is not told"),
            }
        }
        let Some(since) = log.last().map(|f| f.seq) else {
            client = Client::open(server, &path);
            continue;
        };
        returns.fetch_add(1, Relaxed);
        if random.below(4) == 0 && client.try_resume(since) {
            continue;
        }
        client = Client::back(server, &path, since);
    }
}

fn numbered(text: &str) -> Option<Frame> {
    let frame = parse(text);
    assert_ne!(frame["reset"], true, "nothing was pruned: {text}");
    let seq = frame["seq"].as_u64()?;
    let version = frame["data"]["version"].as_i64().expect("a version");
    Some(Frame {
        seq,
        version,
        text: text.to_owned(),
    })
}

impl Client {
    /// A resume in the open connection; `false` if that is gone.
    fn try_resume(&mut self, since: u64) -> bool {
        let frame = json!({"action": "resume", "since": since}).to_string();
        if self.try_send(&frame).is_err() {
            return false;
        }
        loop {
            match self.listen(PATIENCE) {
                // Frames before the answer are void.
                Heard::Text(text) if parse(&text)["type"] == "resumed" => return true,
                Heard::Text(text) => assert_ne!(parse(&text)["reset"], Value::Bool(true), "{text}"),
                Heard::Closed(_) => return false,
                Heard::Silence => panic!("no answer to resume"),
            }
        }
    }
}

/// All clients of one order heard the same; and as many events as the order has versions.
fn judge(server: &Server, id: i64, logs: &[(i64, Vec<Frame>)]) {
    let stored = server
        .place
        .number(&format!("SELECT version FROM orders WHERE id={id}"));
    let mut mine: Vec<&Vec<Frame>> = logs.iter().filter(|l| l.0 == id).map(|l| &l.1).collect();
    mine.sort_by_key(|log| log[0].seq);
    let longest = mine[0];
    for log in mine {
        let (first, last) = (&log[0], log.last().expect("the end"));
        assert_eq!(last.version, stored, "order {id} ends at what is stored");
        let events = i64::try_from(log.len()).expect("few") - 1;
        assert_eq!(
            events,
            stored - first.version,
            "order {id}: one event for each version"
        );
        for (n, frame) in log.iter().enumerate() {
            // A body shows its change, or newer; never older.
            let least = first.version + i64::try_from(n).expect("few");
            assert!(
                frame.version >= least,
                "order {id}: {} before {least}",
                frame.text
            );
        }
        // After the snapshot, which only its own client gets, everybody gets the same bytes.
        let tail = longest.iter().skip(1).filter(|f| f.seq > first.seq);
        let differs = tail.zip(&log[1..]).find(|(a, b)| a.text != b.text);
        if let Some((a, b)) = differs {
            panic!("order {id}:\n{}\n{}", a.text, b.text);
        }
    }
}
