//! A simulated dinner service: everybody hears everything once, in order, and the account says so.

use crate::support::{Client, Server, token};

/// Orders that are placed before the evening ends.
const ORDERS: usize = 40;

#[test]
fn a_short_and_busy_evening_loses_nothing() {
    let mut server = Server::in_the_evening_with(&["--rush=300", "--seed=7"]);
    let admin = token::mint_with(&server.place, &["--role", "admin"]);
    let mut changes = Client::open_as(&server, "/ws/changes/?entity=order", &admin);
    let (mut placed, mut done) = (0, 0);
    while placed < ORDERS || done < 10 {
        let change = changes.next_is("change");
        placed += usize::from(change["op"] == "insert");
        done += usize::from(change["status"] == "delivered");
    }
    server.signal("INT");
    let status = server.ended();
    let said = server.said().join("\n");
    assert!(status.success(), "{status:?}\n{said}\n{}", server.log());
    let line = |part: &str| {
        let found = server.said().iter().find(|line| line.contains(part));
        found.unwrap_or_else(|| panic!("no {part:?} in {said}"))
    };
    line("rush: a dinner service at 300 times the speed of a real one, seed 7");
    let report = line("against the log");
    assert!(
        report.ends_with("lost 0, doubled 0, reordered 0"),
        "{report}"
    );
    let orders = line(" orders (");
    let number = |text: &str, at: usize| -> i64 {
        let words = text.split(|c: char| !c.is_ascii_digit());
        let mut words = words.filter_map(|word| word.parse().ok());
        words.nth(at).unwrap_or(-1)
    };
    // what the simulated people say that they ordered is what the database has, beside what it had before they came
    let sql = "SELECT count(*) FROM orders WHERE source = 'qr' OR created_at > (SELECT max(opened_at) FROM table_sessions WHERE closed_at IS NULL) - 3600000";
    assert!(
        number(orders, 0) >= 20 && server.place.number(sql) >= number(orders, 0),
        "{orders}"
    );
    let failed = orders.split(", ").find(|part| part.ends_with(" failed"));
    assert_eq!(failed, Some("0 failed"), "{orders}");
    assert!(
        number(report, 0) >= 10 && number(report, 1) > 300,
        "{report}"
    );
}

#[test]
fn there_is_no_rush_without_a_demo() {
    let server = Server::start();
    for args in [&["serve", "--rush"][..], &["serve", "--demo", "--rush=0"]] {
        let refused = server.place.maitred(args).output().expect("it runs");
        assert!(!refused.status.success(), "{args:?}");
    }
}
