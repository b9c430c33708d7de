//! The end of a server: nobody new, everybody told in good time and not all at once, what was asked is answered, and an end that comes.

use super::{HANDSHAKE, Wire, change, place, routing, until_refused};
use crate::support::raw::Raw;
use crate::support::{Client, PATIENCE, Server};
use serde_json::json;

fn draining(time: &str) -> Server {
    let place = place(&routing("", "", ""));
    Server::on(place, &["--shards", "2", "--drain-time", time])
}

/// Asks until the server says that it is not ready, and on one connection for as long as the server keeps it: an answer that was made just before the end
/// began, and sent just after, is the last of its connection.
fn until_unready(server: &Server, probe: &mut Wire) -> String {
    loop {
        probe.send("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n");
        let answer = probe.answer();
        if !answer.starts_with("HTTP/1.1 200") {
            return answer;
        }
        if answer.contains("connection: close") {
            *probe = Wire::to(server.address);
        }
    }
}

#[test]
fn probes_are_told_and_nobody_new_is_let_in() {
    let mut server = draining("60s");
    let mut clients: Vec<_> = (0..100)
        .map(|_| Client::open(&server, "/ws/orders/1/"))
        .collect();
    for client in &mut clients {
        client.next_is("order_status");
    }
    let mut probe = Wire::to(server.address);
    // came before the end, and asks for a WebSocket only then
    let mut late = Wire::to(server.address);
    late.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    late.answer();
    server.signal("TERM");
    let answer = until_unready(&server, &mut probe);
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains("DRAINING"), "{answer}");
    assert_eq!(
        probe.rest(),
        "",
        "and closed: the next probe finds another server"
    );
    late.send(&format!("GET /ws/orders/1/ HTTP/1.1\r\n{HANDSHAKE}\r\n"));
    let answer = late.answer();
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    // the first who is told is told after the listeners have closed
    let told = clients.iter_mut().map(|client| client.closed().0).next();
    assert_eq!(told, Some(Some(1012)));
    until_refused(server.address);
    // somebody is in a hurry
    server.signal("TERM");
    for client in &mut clients[1..] {
        assert_eq!(client.closed().0, Some(1012));
    }
    assert_eq!(server.ended().code(), Some(0));
}

#[test]
fn clients_are_told_in_waves_and_until_then_they_hear() {
    // one is told in 100 ms: a change has fifteen seconds to be heard by one who is not told yet
    const CLIENTS: usize = 150;
    let mut server = draining("40s");
    let mut clients: Vec<_> = (0..CLIENTS)
        .map(|_| Raw::open(server.address, "/ws/orders/1/"))
        .collect();
    for client in &mut clients {
        let (_, first) = client.read().expect("a snapshot");
        assert!(String::from_utf8_lossy(&first).contains("order_status"));
    }
    server.signal("TERM");
    // whoever it is: one is told, and what is written after that is heard by those who are not told yet
    let (tell, told) = std::sync::mpsc::channel();
    let (hear, hearing) = std::sync::mpsc::channel();
    let readers: Vec<_> = clients
        .into_iter()
        .map(|mut client| {
            let (tell, hear) = (tell.clone(), hear.clone());
            std::thread::spawn(move || {
                let mut heard = false;
                while let Some((first, payload)) = client.read() {
                    let text = String::from_utf8_lossy(&payload).into_owned();
                    if first & 0x0F == crate::support::raw::CLOSE {
                        let code = payload.first_chunk().map(|c| u16::from_be_bytes(*c));
                        let _ = tell.send(());
                        return (heard, code, text);
                    }
                    if text.contains("order_") {
                        heard = true;
                        let _ = hear.send(());
                    }
                }
                panic!("the end without a close frame");
            })
        })
        .collect();
    told.recv_timeout(PATIENCE).expect("one is told");
    change(&server, 1, "after the first was told");
    hearing.recv_timeout(PATIENCE).expect("another one hears");
    server.signal("TERM");
    let mut hearers = 0;
    for reader in readers {
        let (heard, code, reason) = reader.join().expect("told");
        assert_eq!(code, Some(1012));
        assert!(reason.contains("come back with your seq"), "{reason}");
        hearers += usize::from(heard);
    }
    assert!(
        hearers > 0 && hearers < CLIENTS,
        "{hearers} of {CLIENTS} heard of it"
    );
    assert_eq!(server.ended().code(), Some(0));
}

#[test]
fn what_was_asked_is_answered() {
    let mut server = draining("60s");
    let body = json!({"restaurant_id": 2, "table_id": 5, "waiter_id": 10, "items": [{"menu_item_id": 1, "quantity": 2}]}).to_string();
    let mut asking = Wire::to(server.address);
    asking.send(&format!(
        "POST /api/v1/orders HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        server.token("manager"),
        body.len()
    ));
    // from now on the request is being answered
    assert!(asking.answer().starts_with("HTTP/1.1 100"));
    let mut socket = Client::open(&server, "/ws/orders/1/");
    socket.next_is("order_status");
    server.signal("TERM");
    assert_eq!(socket.closed().0, Some(1012));
    until_refused(server.address);
    asking.send(&body);
    let answer = asking.rest();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert!(
        answer.to_ascii_lowercase().contains("connection: close"),
        "{answer}"
    );
    assert_eq!(server.ended().code(), Some(0));
}

#[test]
fn who_never_reads_and_who_never_speaks_do_not_keep_it() {
    let mut server = draining("1s");
    // pending frames, and nobody who takes them
    let mut deaf: Vec<_> = (0..3)
        .map(|_| Raw::open(server.address, "/ws/orders/1/"))
        .collect();
    for _ in 0..50 {
        change(&server, 1, "nobody reads this");
        change(&server, 1, "nor this");
    }
    let silent = Wire::to(server.address);
    let mut halfway = Wire::to(server.address);
    halfway.send("POST /api/v1/orders HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{");
    let mut handshaking = Wire::to(server.address);
    handshaking.send("GET /ws/orders/1/ HTT");
    server.signal("TERM");
    assert_eq!(server.ended().code(), Some(0));
    for client in &mut deaf {
        assert_eq!(client.close_code(), Some(1012), "it could have read it");
    }
    drop((silent, halfway, handshaking));
}

#[test]
fn no_time_at_all_is_an_end_too() {
    let mut server = draining("0s");
    let mut client = Client::open(&server, "/ws/orders/1/");
    client.next_is("order_status");
    server.signal("INT");
    assert_eq!(server.ended().code(), Some(0));
}

#[test]
fn who_was_told_comes_back_with_its_number_and_misses_nothing() {
    let mut server = draining("2s");
    let mut client = Client::open(&server, "/ws/orders/1/");
    client.next_is("order_status");
    change(&server, 1, "heard");
    client.until(|f| f["seq"].is_u64());
    server.signal("TERM");
    assert_eq!(client.closed().0, Some(1012));
    assert_eq!(server.ended().code(), Some(0));
    change(&server, 1, "while nobody served");
    server.restart();
    let mut back = Client::back(&server, "/ws/orders/1/", client.seq);
    let frame = back.next();
    assert!(frame["seq"].as_u64() > Some(client.seq), "{frame}");
    assert_ne!(frame["reset"], true, "{frame}");
}
