//! What a history cannot give back is told: a database that was deleted or restored, another database, more changes than are kept.

use crate::changes::{many_orders, part};
use crate::resume::{is_reset, note};
use crate::support::{Client, PATIENCE, Place, Server};
use std::time::Instant;

fn remove_database(place: &Place) {
    let database = place.database();
    for end in ["", "-wal", "-shm"] {
        let file = format!("{}{end}", database.display());
        let _ = std::fs::remove_file(file);
    }
}

#[test]
fn a_database_that_was_deleted() {
    let mut server = Server::start();
    let mut guest = Client::open(&server, "/ws/orders/1/");
    guest.next_is("order_status");
    note(&server, 1, "soon forgotten");
    guest.next_is("order_update");
    server.kill();
    remove_database(&server.place);
    server.restart();
    let mut back = Client::open(&server, &format!("/ws/orders/1/?since={}", guest.seq));
    is_reset(&back.next(), "order_status");
    assert!(
        back.next_number_after(&server) > guest.seq,
        "numbers never recur"
    );
}

impl Client {
    /// The number of a change made now.
    fn next_number_after(&mut self, server: &Server) -> u64 {
        note(server, 1, "a number, please");
        self.expect("order_update")["seq"]
            .as_u64()
            .expect("a number")
    }
}

#[test]
fn a_database_restored_from_a_backup() {
    let mut server = Server::start();
    let mut guest = Client::open(&server, "/ws/orders/1/");
    guest.next_is("order_status");
    note(&server, 1, "in the backup");
    guest.next_is("order_update");
    let before = guest.seq;
    let backup = server.place.file("backup.db");
    server.shell(&format!(".backup '{}'", backup.display()));
    note(&server, 1, "after the backup");
    guest.next_is("order_update");
    let lost = guest.seq;
    server.kill();
    remove_database(&server.place);
    std::fs::copy(&backup, server.place.database()).expect("restored");
    server.restart();
    // The history that this client saw does not exist any more.
    let mut back = Client::open(&server, &format!("/ws/orders/1/?since={lost}"));
    is_reset(&back.next(), "order_status");
    assert!(
        back.next_number_after(&server) > lost,
        "numbers never recur"
    );
    // One that saw nothing of it goes on.
    let mut back = Client::back(&server, "/ws/orders/1/", before);
    assert_eq!(back.next()["type"], "order_update");
}

#[test]
fn a_since_of_another_database() {
    let here = Server::start();
    let there = Server::start();
    let mut guest = Client::open(&there, "/ws/orders/1/");
    guest.next_is("order_status");
    note(&there, 1, "elsewhere");
    guest.next_is("order_update");
    // Both count from the clock, so only a number of this history's own may be silent.
    let mut back = Client::open(&here, &format!("/ws/orders/1/?since={}", guest.seq));
    is_reset(&back.next(), "order_status");
}

#[test]
fn more_changes_than_are_kept() {
    let server = Server::with(&["--retention-events", "100"]);
    outgrow(&server, 150, 100);
}

#[test]
fn one_update_of_far_more_rows_than_are_kept() {
    let server = Server::with(&["--retention-events", "2000"]);
    outgrow(&server, 6_000, 2_000);
}

/// One UPDATE of `rows` rows where `kept` events are kept.
fn outgrow(server: &Server, rows: usize, kept: u64) {
    server.shell(&many_orders(rows));
    let token = server.token("admin");
    let last = server.place.number("SELECT max(id) FROM orders");
    let mut order = Client::open(server, &format!("/ws/orders/{last}/"));
    order.next_is("order_status");
    let since = order.seq;
    server.shell("UPDATE orders SET status='ready' WHERE attributes_json='{\"bulk\":1}';");
    // The last row's order is told like any other.
    // It is the last of some 12,000 changes (each makes a notification), which may take longer than one wait: it is waited for as long as they become fewer.
    let waiting = || server.place.number("SELECT count(*) FROM change_log");
    let mut last_progress = (waiting(), Instant::now());
    let told = loop {
        let heard = order.sync();
        if let Some(told) = heard.into_iter().find(|f| f["type"] == "order_status") {
            break told;
        }
        let left = waiting();
        if left < last_progress.0 {
            last_progress = (left, Instant::now());
        }
        assert!(last_progress.1.elapsed() < PATIENCE, "{left} never told");
    };
    assert_eq!(told["data"]["status"], "ready");
    let end = order.seq;
    // What is pruned in steps goes on when the writer has nothing else to do; until it has ended, the oldest number moves.
    let events = || server.place.number("SELECT count(*) FROM event_log");
    let mut last_progress = (events(), Instant::now());
    loop {
        let left = events();
        if left.cast_unsigned() <= kept {
            break;
        }
        if left < last_progress.0 {
            last_progress = (left, Instant::now());
        }
        let waited = last_progress.1.elapsed();
        assert!(waited < PATIENCE, "{left} events are not pruned");
        order.sync();
    }
    // What was pruned cannot be replayed: told, on every kind of channel.
    let first = server
        .place
        .number("SELECT min(seq) FROM event_log")
        .cast_unsigned();
    assert!(first > since, "something was pruned");
    for since in [0, since] {
        let mut back = Client::open(server, &format!("/ws/orders/{last}/?since={since}"));
        is_reset(&back.next(), "order_status");
    }
    let mut feed = Client::open_as(
        server,
        &format!("/ws/changes/?entity=order&since={since}"),
        &token,
    );
    assert_eq!(feed.next()["reset"], true);
    // What is kept is replayed in full, each order once, in the order of the change.
    let mut feed = Client::open_as(
        server,
        &format!("/ws/changes/?entity=order&since={first}"),
        &token,
    );
    feed.seq = first;
    let mut expected = None;
    while feed.seq < end {
        let frame = feed.next();
        assert_ne!(frame["reset"], true, "{frame}");
        let id = part(&frame, "id").as_i64().expect("an id");
        assert!(
            expected.is_none_or(|e| e == id),
            "{id} instead of {expected:?}"
        );
        expected = Some(id + 1);
        if id == last {
            break;
        }
    }
    assert_eq!(expected, Some(last + 1));
}
