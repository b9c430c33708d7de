//! In order, exactly once, across reconnects: a client that comes back with the last `seq` it saw gets what it missed, or is told that it cannot.

use crate::dining::{free_table, new_order};
use crate::support::client::{Heard, parse};
use crate::support::raw::Raw;
use crate::support::{Client, PATIENCE, Server};
use serde_json::{Value, json};
use std::sync::mpsc;

/// Sets the order's note: one change, one `order_update`.
pub fn note(server: &Server, id: i64, text: &str) {
    let sql = "UPDATE orders SET note=?1 WHERE id=?2";
    server
        .place
        .foreign()
        .execute(sql, (text, id))
        .expect("written");
}

#[track_caller]
pub fn is_reset(frame: &Value, kind: &str) {
    assert_eq!(frame["type"], kind, "{frame}");
    assert_eq!(
        frame["reset"], true,
        "what cannot be resumed is told: {frame}"
    );
    assert!(frame["seq"].is_u64(), "{frame}");
}

#[test]
fn what_was_missed_is_what_the_others_heard_byte_for_byte() {
    let server = Server::start();
    let id = new_order(&server);
    let path = format!("/ws/orders/{id}/");
    let mut witness = Client::open(&server, &path);
    let mut leaver = Client::open(&server, &path);
    witness.next_is("order_status");
    leaver.next_is("order_status");
    note(&server, id, "heard by both");
    let (a, b) = (witness.next_text(), leaver.next_text());
    assert_eq!(a, b);
    let since = leaver.seq;
    drop(leaver);
    for n in 0..30 {
        note(&server, id, &format!("missed {n}"));
    }
    let missed: Vec<String> = (0..30).map(|_| witness.next_text()).collect();
    let mut back = Client::back(&server, &path, since);
    for text in &missed {
        assert_eq!(&back.next_text(), text);
    }
    note(&server, id, "live again");
    assert_eq!(back.next_text(), witness.next_text());
    // Who missed nothing is told nothing.
    assert_eq!(
        Client::back(&server, &path, witness.seq).sync(),
        Vec::<Value>::new()
    );
}

/// Of some pages, with starts that are none of each other's, in plain and compressed: what is made for one is there for the others.
#[test]
fn who_comes_back_together_hears_what_the_others_heard_byte_for_byte() {
    let server = Server::start();
    let id = new_order(&server);
    let path = format!("/ws/orders/{id}/");
    let mut witness = Client::open(&server, &path);
    witness.next_is("order_status");
    let start = witness.seq;
    const DEFLATE: &str = "permessage-deflate";
    let (mut live, agreed) = Raw::offering(server.address, &path, DEFLATE);
    assert!(agreed.is_some());
    live.read().expect("the state");
    // In one transaction: each event shows the order as it is at the end, in a frame that is worth compressing.
    const EVENTS: usize = 600;
    let shell = server.place.foreign();
    let long = "from the kitchen, with love; ".repeat(25);
    shell.execute_batch("BEGIN").expect("begun");
    for n in 0..EVENTS {
        let sql = "UPDATE orders SET note=?1 WHERE id=?2";
        let note = format!("{n} {long}");
        shell.execute(sql, (note, id)).expect("written");
    }
    shell.execute_batch("COMMIT").expect("committed");
    let heard: Vec<(String, u64)> = (0..EVENTS)
        .map(|_| (witness.next_text(), witness.seq))
        .collect();
    let mut back: Vec<(usize, Client)> = [0, 201, 201, EVENTS - 1]
        .into_iter()
        .map(|n| {
            let since = n.checked_sub(1).map_or(start, |last| heard[last].1);
            (n, Client::back(&server, &path, since))
        })
        .collect();
    // One after the other takes a frame: all are in the middle of it at the same time.
    for step in 0..EVENTS {
        for (n, client) in &mut back {
            if let Some((text, _)) = heard.get(*n + step) {
                assert_eq!(&client.next_text(), text);
            }
        }
    }
    for (_, client) in &mut back {
        assert_eq!(client.sync(), Vec::<Value>::new());
    }
    // Who takes compressed frames gets those of its own kind.
    let (mut small, _) = Raw::offering(server.address, &format!("{path}?since={start}"), DEFLATE);
    for n in 0..EVENTS {
        let frame = live.read().expect("a frame");
        assert_eq!(frame.0, 0xC1, "compressed");
        assert_eq!(small.read(), Some(frame), "{n}");
    }
}

#[test]
fn a_cut_between_two_frames_of_one_change() {
    let server = Server::start();
    let table = free_table(&server);
    let path = format!("/ws/tables/{table}/");
    let mut guest = Client::open(&server, &path);
    guest.next_is("table_status");
    guest.send(json!({"action": "occupy"}));
    guest.expect("table_status");
    let between = guest.seq;
    let second = guest.next_text();
    assert_eq!(parse(&second)["type"], "table_update");
    let mut back = Client::back(&server, &path, between);
    assert_eq!(back.next_text(), second);
    assert_eq!(back.sync(), Vec::<Value>::new());
}

#[test]
fn a_channel_without_a_first_frame_resumes_too() {
    let server = Server::start();
    let mut waiter = Client::open(&server, "/ws/waiters/10/");
    let mut restaurant = Client::open(&server, "/ws/restaurants/2/");
    waiter.sync();
    restaurant.sync();
    new_order(&server);
    waiter.expect("order_notification");
    restaurant.expect("new_order");
    let (w, r) = (waiter.seq, restaurant.seq);
    drop((waiter, restaurant));
    let missed = new_order(&server);
    let told = Client::back(&server, "/ws/waiters/10/", w).expect("order_notification");
    assert_eq!(told["data"]["order_id"], missed);
    let told = Client::back(&server, "/ws/restaurants/2/", r).expect("new_order");
    assert_eq!(told["data"]["order_id"], missed);
    // And where it cannot: the state that its queries show.
    is_reset(
        &Client::back(&server, "/ws/waiters/10/", 1).next(),
        "tasks_list",
    );
    is_reset(
        &Client::back(&server, "/ws/restaurants/2/", 1).next(),
        "restaurant_status",
    );
}

#[test]
fn a_since_of_zero_of_the_future_or_of_no_sense() {
    let server = Server::start();
    let path = "/ws/orders/1/";
    let head = Client::open(&server, path).next_is("order_status")["seq"]
        .as_u64()
        .expect("a number");
    note(&server, 1, "heard");
    let mut guest = Client::back(&server, path, head);
    guest.next_is("order_update");
    let heard = guest.seq;
    // From the beginning: nothing was pruned, so that is everything, and no reset.
    let mut all = Client::back(&server, path, 0);
    let last = all
        .until(|f| f["seq"].as_u64() == Some(heard))
        .pop()
        .expect("the last");
    assert_eq!(last["data"]["note"], "heard");
    for since in [1, head + 1_000_000, (1 << 53) - 1] {
        let mut back = Client::open(&server, &format!("{path}?since={since}"));
        is_reset(&back.next(), "order_status");
        assert_eq!(back.sync(), Vec::<Value>::new(), "since={since}");
    }
    for nonsense in ["x", "-1", "1.5", "", "99999999999999999999999"] {
        let mut client =
            match Client::dial(server.address, &format!("{path}?since={nonsense}"), &[]) {
                Ok(client) => client,
                Err(status) => {
                    assert_eq!(status, 400, "since={nonsense}");
                    continue;
                }
            };
        // An error that is told, or a reset that is told; never as if nothing had been asked.
        let told = client.next();
        assert!(
            told["reset"] == true || told["error"].is_string(),
            "since={nonsense}: {told}"
        );
    }
}

#[test]
fn a_resume_within_the_connection() {
    let server = Server::start();
    let id = new_order(&server);
    let path = format!("/ws/orders/{id}/");
    let mut guest = Client::open(&server, &path);
    let start = guest.next_is("order_status")["seq"]
        .as_u64()
        .expect("a number");
    note(&server, id, "one");
    note(&server, id, "two");
    let heard = [guest.next_text(), guest.next_text()];
    let answer = guest.resume(start);
    assert_eq!(answer["type"], "resumed", "{answer}");
    assert_eq!([guest.next_text(), guest.next_text()], heard);
    note(&server, id, "three");
    guest.next_is("order_update");
    // What cannot be resumed, because it is of the future or no number at all, is told, and the state follows.
    let future = guest.seq + 1_000_000;
    for since in [json!(future), json!("yesterday"), json!(-1), Value::Null] {
        guest.send(json!({"action": "resume", "since": since}));
        let answer = guest
            .until(|f| f["type"] == "reset" || f["reset"] == true)
            .pop();
        let answer = answer.expect("an answer");
        if answer["type"] == "reset" {
            is_reset(&guest.next(), "order_status");
        }
        note(&server, id, &format!("after {since}"));
        guest.next_is("order_update");
    }
}

/// What cannot be read is not left out: the client begins anew, and hears what comes then.
#[test]
fn a_resume_that_fails_does_not_leave_the_connection_deaf() {
    let server = Server::start();
    let id = new_order(&server);
    let path = format!("/ws/orders/{id}/");
    let mut guest = Client::open(&server, &path);
    guest.next_is("order_status");
    let start = guest.seq;
    note(&server, id, "one");
    guest.next_is("order_update");
    let shell = server.place.foreign();
    let sql = "UPDATE event_log SET event = 'torn' WHERE seq = ?1";
    shell.execute(sql, [guest.seq]).expect("written");
    let answer = guest.resume(start);
    assert_eq!(answer["type"], "reset", "{answer}");
    is_reset(&guest.next(), "order_status");
    note(&server, id, "two");
    assert_eq!(guest.next_is("order_update")["data"]["note"], "two");
}

#[test]
fn kill_9_in_the_middle_of_a_burst_loses_nothing_acknowledged() {
    let mut server = Server::start();
    let sessions: Vec<i64> = (0..4)
        .map(|_| {
            let path = format!("/ws/tables/{}/", free_table(&server));
            let mut table = Client::open(&server, &path);
            table.command(json!({"action": "occupy"}));
            let status = table.ask(json!({"action": "get_status"}), "table_status");
            status["data"]["session"]["id"].as_i64().expect("a session")
        })
        .collect();
    // What a listener knows: the version it saw and the number to come back with. Both survive the server.
    let mut known: Vec<Option<(i64, u64)>> = vec![None; sessions.len()];
    for round in 0..3 {
        let mut listeners: Vec<Client> = sessions
            .iter()
            .zip(&known)
            .map(|(id, known)| {
                let path = format!("/ws/tables/sessions/{id}/");
                match known {
                    None => Client::open(&server, &path),
                    Some((_, since)) => Client::back(&server, &path, *since),
                }
            })
            .collect();
        let (ack, acks) = mpsc::channel();
        let acknowledged = std::thread::scope(|scope| {
            for (n, id) in sessions.iter().enumerate() {
                let (ack, server) = (ack.clone(), &server);
                let mut socket = Client::open(server, &format!("/ws/tables/sessions/{id}/"));
                scope.spawn(move || {
                    for i in 0.. {
                        let id = format!("{round}-{n}-{i}");
                        let frame = json!({"action": "update_guests_count", "guests_count": i % 7 + 1, "id": id});
                        if socket.try_send(&frame.to_string()).is_err() {
                            return;
                        }
                        loop {
                            match socket.listen(PATIENCE) {
                                Heard::Text(text) if parse(&text)["type"] == "ack" => break,
                                Heard::Text(_) => {}
                                Heard::Closed(_) => return,
                                Heard::Silence => panic!("session {n}: no answer"),
                            }
                        }
                        if ack.send(n).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(ack);
            let mut acknowledged = vec![0; sessions.len()];
            for (count, n) in acks.iter().enumerate() {
                acknowledged[n] += 1;
                if count == 200 {
                    kill(server.id());
                }
            }
            acknowledged
        });
        server.kill();
        for (n, listener) in listeners.iter_mut().enumerate() {
            known[n] = Some(follow(listener, known[n]));
        }
        server.restart();
        for (n, id) in sessions.iter().enumerate() {
            let (version, since) = known[n].expect("heard of");
            let stored = server
                .place
                .number(&format!("SELECT version FROM table_sessions WHERE id={id}"));
            assert!(
                stored >= acknowledged[n],
                "{} acknowledged, {stored} stored",
                acknowledged[n]
            );
            assert!(stored >= version, "{version} told, {stored} stored");
            let mut back = Client::back(&server, &format!("/ws/tables/sessions/{id}/"), since);
            for missed in version + 1..=stored {
                let update = back.next_is("session_update");
                assert_eq!(update["data"]["version"], missed, "each once, in order");
            }
            assert_eq!(back.sync(), Vec::<Value>::new());
            known[n] = Some((stored, back.seq));
        }
    }
}

/// Listens to the end; the version and number seen last. Versions rise one by one.
fn follow(listener: &mut Client, known: Option<(i64, u64)>) -> (i64, u64) {
    let mut version = known.map(|(version, _)| version);
    loop {
        match listener.listen(PATIENCE) {
            Heard::Text(text) => {
                let frame = parse(&text);
                let now = frame["data"]["version"].as_i64().expect("a version");
                assert!(
                    version.is_none_or(|v| v + 1 == now),
                    "{now} after {version:?}"
                );
                version = Some(now);
                listener.seq = frame["seq"].as_u64().expect("a number");
            }
            Heard::Closed(_) => return (version.expect("heard something"), listener.seq),
            Heard::Silence => panic!("the connection survives its server"),
        }
    }
}

/// SIGKILL from within the scope that still borrows the server.
fn kill(id: u32) {
    let status = std::process::Command::new("kill")
        .args(["-9", &id.to_string()])
        .status();
    assert!(status.expect("kill runs").success());
}

#[test]
fn what_was_written_while_the_server_was_down() {
    let mut server = Server::start();
    let id = new_order(&server);
    let path = format!("/ws/orders/{id}/");
    let mut guest = Client::open(&server, &path);
    guest.next_is("order_status");
    let since = guest.seq;
    server.kill();
    note(&server, id, "nobody is at home");
    server.shell(&format!(
        "UPDATE orders SET status='confirmed' WHERE id={id};"
    ));
    server.restart();
    let mut back = Client::back(&server, &path, since);
    back.next_is("order_update");
    back.next_is("order_status");
    assert!(back.seq > since);
}
