//! Each limit: what is refused and how, that the others notice nothing, and that it is counted under its name.

use super::*;

#[track_caller]
fn refused(answer: Result<TcpStream, Answer>, status: u16, code: &str, limit: &str) {
    let answer = answer.expect_err(limit);
    assert_eq!(answer.status, status, "{answer:?}");
    let json = answer.json();
    assert_eq!(
        (&json["code"], &json["limit"]),
        (&code.into(), &limit.into())
    );
    let wait: u64 = answer
        .header("retry-after")
        .and_then(|s| s.parse().ok())
        .unwrap_or_else(|| panic!("no Retry-After: {answer:?}"));
    assert_eq!(
        json["retry_after_s"], wait,
        "the body and the header say the same"
    );
    let wait_ms = json["retry_after_ms"].as_u64().expect("milliseconds");
    assert!(
        wait >= 1 && wait * 1000 >= wait_ms && wait_ms > 0,
        "{answer:?}"
    );
    assert!(
        json["connection"].is_u64(),
        "to be found in the log: {json}"
    );
}

#[test]
fn connections_in_total() {
    let (server, address) = serve(&file("connections = 2", ""), None);
    let one = knock(HERE, address, "/echo", "").expect("a place");
    let mut other = Raw::from(knock(HERE, address, "/echo", "").expect("a place"));
    let third = || knock(HERE, address, "/echo", "");
    refused(third(), 503, "SERVER_FULL", "connections");
    other.frame(FIN | TEXT, b"still here");
    assert_eq!(other.read(), Some((FIN | TEXT, b"still here".to_vec())));
    drop(one);
    let third = eventually("a place was given back", || {
        third().map_err(|answer| format!("{answer:?}"))
    });
    drop((third, other));
    let scrape = eventually("a place for who asks", || Scrape::try_of(address));
    assert!(scrape.limited("connections") >= 1.0);
    server.stop();
}

#[test]
fn connections_of_one_address() {
    let (server, address) = serve(&file("connections_per_address = 1", ""), None);
    let there = [127, 0, 0, 2];
    let _one = knock(there, address, "/echo", "").expect("a place");
    let second = knock(there, address, "/echo", "");
    refused(second, 429, "RATE_LIMITED", "connections_per_address");
    let scrape = Scrape::of(address); // from another address
    assert_eq!(scrape.limited("connections_per_address"), 1.0);
    server.stop();
}

#[test]
fn handshakes_of_everybody_and_of_one_address() {
    for (limits, status, code, limit) in [
        (
            "handshakes_per_second = 1",
            503,
            "SERVER_FULL",
            "handshakes_per_second",
        ),
        (
            "handshakes_per_second_per_address = 1",
            429,
            "RATE_LIMITED",
            "handshakes_per_second_per_address",
        ),
    ] {
        let (server, address) = serve(&file(limits, ""), None);
        let mut let_in = 0;
        let answer = loop {
            match knock(HERE, address, "/echo", "") {
                Ok(_) if let_in < 1000 => let_in += 1,
                answer => break answer,
            }
        };
        assert!(let_in >= 2, "twice as many at once");
        refused(answer, status, code, limit);
        // what is no handshake is not counted
        assert_eq!(Scrape::of(address).limited(limit), 1.0);
        server.stop();
    }
}

/// Sends so many frames at once: how many were answered as they should be, how many with an error, and the close code.
fn flood(address: SocketAddr, path: &str, frame: &[u8], count: usize) -> (usize, usize, u16) {
    let mut client = Raw::open(address, path);
    let one = super::super::conformance::raw::masked(FIN | TEXT, frame);
    client.pieces(&one.repeat(count), usize::MAX);
    let (mut good, mut bad) = (0, 0);
    loop {
        let (first, payload) = client.read().expect("a close frame");
        match first & 0x0F {
            CLOSE => return (good, bad, u16::from_be_bytes([payload[0], payload[1]])),
            _ if payload == frame => good += 1,
            _ => bad += 1,
        }
    }
}

#[test]
fn frames_per_second_of_one_connection() {
    let (server, address) = serve(&file("", "frames_per_second = 5"), None);
    let mut calm = Raw::open(address, "/echo");
    let (good, bad, code) = flood(address, "/echo", b"hello", 3000);
    assert!(good >= 10, "twice as many at once: {good}");
    assert!(bad >= 100, "told, and told again: {bad}");
    assert_eq!(code, 4429);
    calm.frame(FIN | TEXT, b"hello");
    assert_eq!(calm.read(), Some((FIN | TEXT, b"hello".to_vec())));
    let scrape = Scrape::of(address);
    // the last refusal is told with the close frame
    assert_eq!(scrape.limited("frames_per_second"), bad as f64);
    server.stop();
}

#[test]
fn pings_are_frames_too() {
    let (server, address) = serve(&file("", "frames_per_second = 5"), None);
    let mut client = Raw::open(address, "/echo");
    let one = super::super::conformance::raw::masked(FIN | PING, b"");
    client.pieces(&one.repeat(3000), usize::MAX);
    assert_eq!(client.close_code(), Some(4429));
    server.stop();
}

/// A session of Socket.IO, by its WebSocket.
const SESSION: &str = "/socket.io/?EIO=4&transport=websocket";

#[test]
fn pings_and_packets_of_a_session_are_frames_too() {
    let (server, address) = serve(&file("", "frames_per_second = 5"), None);
    let mut refused = 0.0;
    for frame in [
        (FIN | PING, &b""[..]),
        (FIN | 0xA, b""), // a pong
        // pong, upgrade, noop, open
        (FIN | TEXT, b"3"),
        (FIN | TEXT, b"5"),
        (FIN | TEXT, b"6"),
        (FIN | TEXT, b"0{}"),
    ] {
        let mut client = Raw::open(address, SESSION);
        let one = super::super::conformance::raw::masked(frame.0, frame.1);
        client.pieces(&one.repeat(3000), usize::MAX);
        assert_eq!(client.close_code(), Some(4429), "{frame:?}");
        let counted = Scrape::of(address).limited("frames_per_second");
        assert!(counted >= refused + 100.0, "{frame:?}: counted {counted}");
        refused = counted;
    }
    server.stop();
}

#[test]
fn packets_in_a_body_are_frames_too() {
    let (server, address) = serve(&file("", "frames_per_second = 5"), None);
    let request = |line: &str, body: &str| {
        let mut stream = TcpStream::connect(address).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a deadline");
        let length = body.len();
        let head = format!(
            "{line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        stream.write_all(head.as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    };
    let path = "/socket.io/?EIO=4&transport=polling";
    let opened = request(&format!("GET {path}"), "");
    let sid = opened.split("\"sid\":\"").nth(1).expect("a session");
    let sid = sid.split('"').next().expect("an id");
    let noops = vec!["6"; 3000].join("\x1e");
    let answer = request(&format!("POST {path}&sid={sid}"), &noops);
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    // the session has ended
    let answer = request(&format!("GET {path}&sid={sid}"), "");
    assert!(answer.contains("Session ID unknown"), "{answer}");
    server.stop();
}

#[test]
fn close_codes_that_clients_choose_are_counted_together() {
    let (server, address) = serve(&file("", ""), None);
    let codes: Vec<u16> = (3000..5000).step_by(50).chain([1000, 4429]).collect();
    for code in &codes {
        let mut client = Raw::open(address, "/echo");
        client.frame(FIN | CLOSE, &code.to_be_bytes());
        assert_eq!(client.close_code(), Some(*code), "said back as it came");
    }
    let scrape = Scrape::of(address);
    let of = |code| {
        scrape.get(&format!(
            "maitred_connections_closed_total{{code=\"{code}\"}}"
        ))
    };
    assert_eq!([of(1000), of(3000), of(4000)], [1.0, 20.0, 21.0]);
    assert_eq!(scrape.count("maitred_connections_closed_total"), 3);
    server.stop();
}

#[test]
fn bytes_per_second_of_one_connection() {
    let policy = "bytes_per_second = \"1KiB\"\nmax_message_bytes = \"4KiB\"";
    let (server, address) = serve(&file("", policy), None);
    let (good, bad, code) = flood(address, "/echo", &[b'x'; 4096], 500);
    assert!(good >= 1, "one of the largest always passes");
    assert!(bad >= 100 && code == 4429, "{good} {bad} {code}");
    assert_eq!(Scrape::of(address).limited("bytes_per_second"), bad as f64);
    server.stop();
}

#[test]
fn groups_of_one_connection() {
    let (server, address) = serve(&file("", "groups_per_connection = 3"), None);
    let mut three = Raw::open(address, "/many/3/");
    three.frame(FIN | TEXT, b"2");
    let say = |text: &str| Some((FIN | TEXT, text.as_bytes().to_vec()));
    assert_eq!(three.read(), say("joined"), "it is in that one already");
    three.frame(FIN | TEXT, b"another");
    assert_eq!(three.read(), say("TOO_MANY_GROUPS"), "and stays open");
    let mut four = Raw::open(address, "/many/4/");
    assert_eq!(four.read(), say("TOO_MANY_GROUPS"));
    assert_eq!(four.close_code(), Some(4429));
    three.frame(FIN | TEXT, b"1");
    assert_eq!(three.read(), say("joined"));
    assert_eq!(Scrape::of(address).limited("groups_per_connection"), 2.0);
    server.stop();
}

#[test]
fn a_message_in_too_many_fragments_is_refused() {
    let (server, address) = serve(&file("", "max_message_fragments = 3"), None);
    let fragments = |n: usize| {
        let mut raw = Raw::open(address, "/echo");
        for at in 0..n {
            let opcode = if at == 0 { TEXT } else { 0 };
            let fin = if at + 1 == n { FIN } else { 0 };
            raw.frame(fin | opcode, b"x");
        }
        raw
    };
    let mut allowed = fragments(3);
    assert_eq!(allowed.read(), Some((FIN | TEXT, b"xxx".to_vec())));
    // a frame between is none of its fragments
    allowed.frame(TEXT, b"a");
    allowed.frame(FIN | PING, b"");
    allowed.frame(0, b"b");
    allowed.frame(FIN, b"c");
    let answer = loop {
        match allowed.read() {
            Some((first, _)) if first & 0x0F == 0xA => {}
            other => break other,
        }
    };
    assert_eq!(answer, Some((FIN | TEXT, b"abc".to_vec())));
    assert_eq!(fragments(4).close_code(), Some(1009));
    let scrape = Scrape::of(address);
    assert_eq!(scrape.limited("max_message_fragments"), 1.0);
    assert_eq!(scrape.limited("max_message_bytes"), 0.0);
    server.stop();
}

#[test]
fn who_never_reads_an_answer_is_let_go() {
    let (server, address, hasty) = serve_hasty("write_timeout = \"100ms\"");
    let mut deaf = TcpStream::connect(hasty).expect("a connection");
    let asked = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1_000);
    // until the server is gone: neither side's system takes any more before that
    deaf.set_write_timeout(Some(PATIENCE)).expect("a deadline");
    let gone = loop {
        if let Err(e) = deaf.write_all(asked.as_bytes()) {
            break e;
        }
    };
    let kinds = [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe];
    assert!(kinds.contains(&gone.kind()), "{gone}");
    let counted = || match Scrape::of(address).limited("write_timeout") {
        1.0 => Ok(()),
        n => Err(format!("counted {n} times")),
    };
    eventually("it is counted", counted);
    server.stop();
}

#[test]
fn a_socket_without_a_token_is_cut() {
    let keys = Keys::hs256(b"only-for-tests-0123456789abcdef0123456789abcdef").expect("a key");
    let (server, address) = serve(&file("", "auth_timeout = \"100ms\""), Some(keys));
    let mut silent = Raw::open(address, "/token");
    // who only pings has not said who it is
    silent.frame(FIN | PING, b"");
    assert_eq!(silent.close_code(), Some(4408));
    assert_eq!(Scrape::of(address).limited("auth_timeout"), 1.0);
    server.stop();
}

#[test]
fn another_file_has_other_limits() {
    let (mut server, address) = serve(&file("connections = 1", ""), None);
    let one = knock(HERE, address, "/echo", "").expect("a place");
    refused(
        knock(HERE, address, "/echo", ""),
        503,
        "SERVER_FULL",
        "connections",
    );
    let routing = parsed(&file("connections = 2", ""));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let reload = server.reload(routing.expect("a routing file"));
    runtime.block_on(reload).expect("reloaded");
    let other = knock(HERE, address, "/echo", "").expect("now there are two");
    refused(
        knock(HERE, address, "/echo", ""),
        503,
        "SERVER_FULL",
        "connections",
    );
    drop((one, other));
    server.stop();
}

/// A server, its address, and the address of another listener of it that has this edge. Metrics are asked of the first: the other might not wait for a slow test.
fn serve_hasty(edge: &str) -> (Started, SocketAddr, SocketAddr) {
    let text = format!(
        "{}[[listener]]\nname = \"hasty\"\nbind = \"127.0.0.1:0\"\nmetrics = \"all\"\n{edge}\n[[listener.route]]\npath = \"/echo\"\nconsumer = \"echo\"\n",
        file("", "")
    );
    let (server, address) = serve(&text, None);
    let hasty = server.addresses().iter().find(|(name, _)| name == "hasty");
    let hasty = hasty.expect("a listener").1;
    (server, address, hasty)
}

/// What a stranger does who says this, waits, and is let go.
fn wait(address: SocketAddr, says: &str) {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a deadline");
    stream.write_all(says.as_bytes()).expect("sent");
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
}

#[test]
fn strangers_who_take_too_long_or_too_much_are_counted() {
    let edge = "first_byte_timeout = \"100ms\"\nhead_timeout = \"100ms\"\nhead_bytes = \"1KiB\"";
    let (server, address, hasty) = serve_hasty(edge);
    wait(hasty, "");
    let of = |limit| Scrape::of(address).limited(limit);
    assert_eq!((of("first_byte_timeout"), of("head_timeout")), (1.0, 0.0));
    wait(hasty, "GET /");
    let long = "x".repeat(1_500);
    wait(
        hasty,
        &format!("GET / HTTP/1.1\r\nHost: a\r\nX-Long: {long}\r\n\r\n"),
    );
    let mut silent = Raw::open(address, "/silent");
    assert_eq!(silent.close_code(), Some(1001));
    eventually("it has gone", || {
        match Scrape::of(address).sum("maitred_connections") {
            0.0 => Ok(()),
            open => Err(open.to_string()),
        }
    });
    assert_eq!(of("idle_timeout"), 1.0, "once, however long it takes to go");
    let scrape = Scrape::of(address);
    for limit in [
        "first_byte_timeout",
        "head_timeout",
        "head_bytes",
        "idle_timeout",
    ] {
        assert!(scrape.limited(limit) >= 1.0, "{limit}");
    }
    server.stop();
}

#[test]
fn a_name_that_is_no_limit_is_a_mistake() {
    let mistakes = |limits: &str, defaults: &str| {
        let text = file(limits, defaults);
        parsed(&text)
            .err()
            .map(|e| e.to_string())
            .unwrap_or_default()
    };
    for (limits, defaults, mistake) in [
        (
            "conections = 1",
            "",
            "r.toml:17:1: unknown key \"conections\": did you mean \"connections\"?",
        ),
        (
            "connections = 0",
            "",
            "r.toml:17:15: out of bounds: allowed is 1 to 10000000",
        ),
        ("handshakes_per_second = \"all\"", "", "r.toml:17:25: "),
        ("outbox_total_bytes = \"1B\"", "", "r.toml:17:22: "),
        (
            "",
            "frames_per_secnd = 1",
            "r.toml:5:1: unknown key \"frames_per_secnd\": did you mean \"frames_per_second\"?",
        ),
        (
            "",
            "delivery = \"lastest\"",
            "r.toml:5:12: unknown delivery \"lastest\": did you mean \"latest\"?",
        ),
        (
            "",
            "action_rates = { ask = { frames_per_sec = 1 } }",
            "r.toml:5:26: unknown key \"frames_per_sec\": did you mean \"frames_per_second\"?",
        ),
        (
            "",
            "action_rates = { occupy = 2, resume = { frames_at_onec = 1 } }",
            "r.toml:5:41: unknown key \"frames_at_onec\": did you mean \"frames_at_once\"?",
        ),
        (
            "",
            "groups_per_connection = -1",
            "r.toml:5:25: out of bounds",
        ),
    ] {
        let found = mistakes(limits, defaults);
        assert!(found.contains(mistake), "{found} is not {mistake}");
        assert_eq!(found.lines().count(), 1, "{found}");
    }
    let framework = "action_rates = { ask = 1, resume = 1, authenticate = \"none\", ping = 5 }";
    assert_eq!(mistakes("", framework), "");
}
