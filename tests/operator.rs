//! What those who run a server can ask it: numbers, a log, and why somebody hears something.

use crate::support::server::SECRET;
use crate::support::{Client, Place, Server, http, token};
use serde_json::{Value, json};

/// A place whose routing file has this instead of that.
fn place(that: &str, this: &str) -> Place {
    let place = Place::new();
    let file = place.file("routing.toml");
    let text = std::fs::read_to_string(&file).expect("routing.toml");
    assert_eq!(text.matches(that).count(), 1, "{that}");
    std::fs::write(&file, text.replace(that, this)).expect("routing.toml");
    place
}

fn metrics(server: &Server, headers: &[(&str, &str)]) -> http::Answer {
    http::request(server.address, "GET /metrics", headers, Value::Null)
}

fn number(text: &Value, series: &str) -> f64 {
    let lines = text.as_str().expect("text").lines();
    let mut found = lines.filter_map(|line| line.strip_prefix(series)?.trim().parse().ok());
    found
        .next()
        .unwrap_or_else(|| panic!("no {series} in {text}"))
}

#[test]
fn metrics_are_for_those_who_run_the_server() {
    let proxied = ("X-Forwarded-For", "203.0.113.7");
    let server = Server::start();
    metrics(&server, &[]).ok();
    assert_eq!(metrics(&server, &[proxied]).refused(401), "TOKEN_MISSING");
    // the dining room's: no other listener has any
    let here = "metrics = \"loopback\"";
    let tokens = here.replace("loopback", "token");
    let closed = Server::on(place(here, &tokens), &[]);
    assert_eq!(metrics(&closed, &[]).refused(401), "TOKEN_MISSING");
    for (role, status) in [("manager", 403), ("waiter", 403), ("admin", 200)] {
        let bearer = format!("Bearer {}", closed.token(role));
        let answer = metrics(&closed, &[("Authorization", &bearer), proxied]);
        assert_eq!(answer.status, status, "{role}: {answer:?}");
    }
    let forged = format!(
        "Bearer {}",
        token::forged(&token::claims(&closed.place, 60))
    );
    assert_eq!(metrics(&closed, &[("Authorization", &forged)]).status, 401);
    let nobody = here.replace("loopback", "none");
    let none = Server::on(place(here, &nobody), &[]);
    assert_eq!(metrics(&none, &[]).refused(404), "NOT_FOUND");
}

#[test]
fn commits_and_returns_are_counted() {
    let server = Server::start();
    let mut guest = Client::open(&server, "/ws/tables/sessions/1/");
    guest.next();
    let since = guest.seq;
    let before = metrics(&server, &[]).ok();
    for guests in [3, 4, 5] {
        guest.send(json!({"action": "update_guests_count", "guests_count": guests}));
        guest.next_is("session_update");
    }
    let after = metrics(&server, &[]).ok();
    let more = |series: &str| number(&after, series) - number(&before, series);
    assert_eq!(more("maitred_commands_total"), 3.0);
    assert!(more("maitred_events_total") >= 3.0);
    let commits = more("maitred_commits_total");
    assert!(commits >= 1.0);
    assert_eq!(more("maitred_commit_seconds_count"), commits);
    assert!(number(&after, "maitred_commit_seconds_sum") > 0.0);
    assert!(more("maitred_announce_seconds_count") >= 1.0);
    assert_eq!(
        number(&after, "maitred_queue_messages{queue=\"writer\"}"),
        0.0
    );

    let mut back = Client::back(&server, "/ws/tables/sessions/1/", since);
    (0..3).for_each(|_| drop(back.next_is("session_update")));
    let mut lost = Client::open(&server, "/ws/tables/sessions/1/?since=1");
    assert_eq!(lost.next()["reset"], true);
    let then = metrics(&server, &[]).ok();
    assert_eq!(
        number(&then, "maitred_resumes_total{outcome=\"resumed\"}"),
        1.0
    );
    assert_eq!(
        number(&then, "maitred_resumes_total{outcome=\"reset\"}"),
        1.0
    );
    assert_eq!(number(&then, "maitred_replay_events_sum"), 3.0);
}

#[test]
fn one_action_can_have_a_rate_of_its_own() {
    let route = "consumer = \"dining.order\"\n";
    let rates = "action_rates = { get_status = 1 }\n";
    let server = Server::on(place(route, &format!("{route}{rates}")), &[]);
    let mut guest = Client::open(&server, "/ws/orders/1/");
    guest.next();
    let mut told = None;
    for n in 0..1000 {
        guest.send(json!({"action": "get_status", "id": format!("ask-{n}")}));
        let answer = guest.until(|f| f["type"] == "ack" || f.get("error").is_some());
        if let Some(error) = answer.last().filter(|f| f.get("error").is_some()) {
            told = Some(error.clone());
            assert!(n >= 2, "twice as many at once");
            assert_eq!(error["id"], format!("ask-{n}"));
            break;
        }
    }
    let told = told.expect("a thousand in a second are too many");
    assert_eq!(
        (&told["code"], &told["limit"]),
        (&json!("RATE_LIMITED"), &json!("action_rates"))
    );
    assert!(
        told["retry_after_ms"].as_u64().is_some_and(|ms| ms <= 1000),
        "{told}"
    );
    // other actions are not concerned, nor is anybody else
    guest.sync();
    let mut other = Client::open(&server, "/ws/orders/1/");
    other.next();
    other.ask(json!({"action": "get_status"}), "order_status");
    let text = metrics(&server, &[]).ok();
    assert_eq!(
        number(&text, "maitred_limited_total{limit=\"action_rates\"}"),
        1.0
    );
}

/// Asks so often, without waiting for an answer: how many were done, and what the first that was refused was told.
fn ask_often(guest: &mut Client, frame: &Value, done: &str) -> (usize, Option<Value>) {
    // Few enough that nobody loses patience with a client whose every frame is refused.
    const TIMES: usize = 60;
    (0..TIMES).for_each(|_| guest.send(frame.clone()));
    let (mut count, mut refused) = (0, None);
    for _ in 0..TIMES {
        let answer = guest.until(|f| f["type"] == done || f.get("error").is_some());
        match answer.last().filter(|f| f.get("error").is_some()) {
            None => count += 1,
            Some(error) => refused = refused.or(Some(error.clone())),
        }
    }
    (count, refused)
}

#[test]
fn resume_and_authenticate_have_rates_also_where_none_is_named() {
    let server = Server::start();
    let mut guest = Client::open(&server, "/ws/orders/1/");
    let resume = json!({"action": "resume", "since": guest.next()["seq"]});
    let authenticate = json!({"action": "authenticate", "token": server.token("manager")});
    for (frame, done) in [(resume, "resumed"), (authenticate, "authenticated")] {
        let (count, refused) = ask_often(&mut guest, &frame, done);
        assert!(count >= 20, "twenty at once: {count}");
        let refused = refused.unwrap_or_else(|| panic!("sixty at once are too many: {frame}"));
        assert_eq!(
            (&refused["code"], &refused["limit"]),
            (&json!("RATE_LIMITED"), &json!("action_rates"))
        );
    }
    // What it asks its consumer for is not concerned.
    guest.ask(json!({"action": "get_status"}), "order_status");
}

#[test]
fn resume_can_be_named_in_action_rates() {
    let route = "consumer = \"dining.order\"\n";
    for (rates, at_least, all) in [("1", 2, false), ("\"none\"", 60, true)] {
        let rates = format!("{route}action_rates = {{ resume = {rates} }}\n");
        let server = Server::on(place(route, &rates), &[]);
        let mut guest = Client::open(&server, "/ws/orders/1/");
        let resume = json!({"action": "resume", "since": guest.next()["seq"]});
        let (count, refused) = ask_often(&mut guest, &resume, "resumed");
        assert!(count >= at_least, "{rates}: {count}");
        assert_eq!(refused.is_none(), all, "{rates}: {refused:?}");
    }
}

#[test]
fn a_write_waits_for_another_program_as_long_as_the_operator_says() {
    let server = Server::with(&["--busy-timeout", "50ms"]);
    let token = server.token("manager");
    let note = || server.rest(&token, "PATCH /api/v1/orders/1", json!({"note": "now"}));
    let other = server.place.foreign();
    other.execute_batch("BEGIN IMMEDIATE").expect("begun");
    assert_eq!(note().refused(503), "BUSY");
    other.execute_batch("COMMIT").expect("committed");
    note().ok();
}

#[test]
fn one_user_has_so_many_connections() {
    let limited = place("[limits]\n", "[limits]\nconnections_per_user = 1\n");
    let server = Server::on(limited, &[]);
    let path = "/ws/orders/1/";
    let manager = server.token("manager");
    let bearer = format!("Bearer {manager}");
    let dial = || Client::dial(server.address, path, &[("authorization", &bearer)]);
    let mut first = dial().expect("a place");
    first.next();
    assert_eq!(dial().err(), Some(429));
    // the same where the token comes as a frame; an anonymous connection has no place yet
    let mut late = Client::open(&server, path);
    late.next();
    assert_eq!(
        late.refused(&json!({"action": "authenticate", "token": manager}).to_string()),
        "RATE_LIMITED"
    );
    let mut waiter = Client::open_as(&server, path, &server.token("waiter"));
    waiter.next();
    drop(first);
    let mut again = loop {
        match dial() {
            Ok(client) => break client,
            Err(status) => assert_eq!(status, 429),
        }
    };
    again.next();
}

#[test]
fn a_line_of_the_log_names_the_connection() {
    let server = Server::start();
    let mut lost = Client::open(&server, "/ws/orders/4711/");
    let frame = lost.until(|f| f.get("error").is_some()).pop().expect("why");
    assert_eq!(lost.closed().0, Some(4404));
    let id = frame["connection"].as_u64().expect("a number");
    let log = server.log();
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}")))
        .collect();
    let of = |line: &&Value| line["connection"] == id;
    let found: Vec<_> = lines.iter().filter(of).collect();
    assert!(found.iter().any(|line| line["close"] == 4404), "{log}");
    for line in &lines {
        for member in ["timestamp", "level", "message", "target"] {
            assert!(line[member].is_string(), "{line}");
        }
    }
    assert!(!log.contains(SECRET));
}

/// What `maitred explain ARGS` says, and whether it succeeded.
fn explain(place: &Place, args: &[&str]) -> (String, bool) {
    let output = place
        .maitred(&["explain", "--database"])
        .arg(place.database())
        .args(args)
        .output()
        .expect("maitred runs");
    let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.push_str(&String::from_utf8_lossy(&output.stderr));
    (said, output.status.success())
}

#[test]
fn a_path_is_explained() {
    let server = Server::start();
    let head = "SELECT max(seq) FROM event_log";
    let before = server.place.number(head);
    let token = server.token("manager");
    let (said, done) = explain(&server.place, &["/ws/orders/1/", "--token", &token]);
    assert!(done, "{said}");
    let line = |start: &str| {
        let mut lines = said.lines().map(str::trim);
        let found = lines.find_map(|line| line.strip_prefix(start));
        found.unwrap_or_else(|| panic!("no {start}: {said}")).trim()
    };
    assert!(line("route").starts_with("/ws/orders/<id:order_id>/ (routing.toml, line "));
    assert_eq!(line("consumer"), "dining.order");
    assert_eq!(line("listener"), "dining");
    assert_eq!(line("parameter"), "order_id = 1");
    assert!(line("groups").contains("order:1"), "{said}");
    assert!(line("auth ").contains("required"));
    assert!(line("auth ").contains("[[listener.route]], line "));
    assert!(line("outbox_bytes ").contains("1MiB"));
    assert!(line("outbox_bytes ").ends_with("# default"));
    assert!(line("connections ").contains("100000"));

    let (said, done) = explain(&server.place, &["/ws/orders/1/"]);
    assert!(done && said.contains("give --token"), "{said}");
    let (said, done) = explain(&server.place, &["/ws/orders/1/", "--demo"]);
    assert!(done && said.contains("order:1"), "{said}");
    let (said, done) = explain(&server.place, &["/ws/orders/4711/", "--demo"]);
    assert!(done && said.contains("refused: "), "{said}");
    let (said, done) = explain(&server.place, &["/ws/nothing/"]);
    assert!(
        !done && said.contains("no route leads to /ws/nothing/"),
        "{said}"
    );
    assert_eq!(server.place.number(head), before, "nothing is written");
}
