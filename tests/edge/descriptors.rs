//! A process that may not open many files.

use super::{HANDSHAKE, Wire, place, routing};
use crate::support::{Place, Server};
use socket2::{Domain, Socket, Type};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Instant;

/// `Max open files` of a process: soft and hard.
fn limits(server: &Server) -> (String, String) {
    let path = format!("/proc/{}/limits", server.id());
    let text = std::fs::read_to_string(path).expect("its limits");
    let line = text.lines().find(|l| l.starts_with("Max open files"));
    let mut words = line.expect("a limit").split_whitespace().skip(3);
    let mut word = || words.next().expect("a number").to_owned();
    (word(), word())
}

#[test]
fn the_soft_limit_is_raised_to_the_hard_one() {
    let place = place(&routing("", "", "")).after("ulimit -S -n 256");
    let server = Server::on(place, &["--shards", "2"]);
    let (soft, hard) = limits(&server);
    assert_eq!(soft, hard);
    assert_ne!(soft, "256");
}

const WARNING: &str = "may not open enough files";

#[test]
fn where_no_descriptor_is_left_clients_are_told_and_probes_are_answered() {
    let place = place(&routing("", "", "")).after("ulimit -n 128");
    let began = Instant::now();
    let server = Server::on(place, &["--shards", "2"]);
    server.until_logged(WARNING);
    let mut held = Vec::new();
    let refused = loop {
        let mut wire = Wire::to(server.address);
        wire.send(&format!("GET /ws/orders/1/ HTTP/1.1\r\n{HANDSHAKE}\r\n"));
        let answer = wire.head();
        if !answer.starts_with("HTTP/1.1 101") {
            break answer + &wire.rest();
        }
        held.push(wire);
        assert!(held.len() < 128, "there are no more");
    };
    assert!(held.len() >= 32, "only {} had a place", held.len());
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    assert!(refused.contains("SERVER_FULL"), "{refused}");
    // who says nothing keeps nobody from being told
    let silent: Vec<_> = (0..200).map(|_| Wire::to(server.address)).collect();
    for _ in 0..20 {
        for (path, status) in [
            ("/readyz", "200"),
            ("/healthz", "200"),
            ("/api/v1/orders", "503"),
        ] {
            let mut wire = Wire::to(server.address);
            wire.send(&format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"));
            let answer = wire.rest();
            assert_eq!(answer.get(9..12), Some(status), "{path}: {answer}");
        }
    }
    drop(silent);
    let log = server.log();
    assert!(!log.contains("accept failed"), "{log}");
    let lines = log.matches("no place for a connection").count() as u64;
    // a line in a second, however long all this takes here
    let seconds = began.elapsed().as_secs();
    assert!(lines <= seconds + 1, "{lines} lines in {seconds} s");
    drop(held);
}

/// How many places a server of few descriptors has, as its log says.
fn places(place: Place) -> usize {
    let server = Server::on(place, &["--shards", "2"]);
    server.until_logged(WARNING);
    let log = server.log();
    let warning = log.lines().find(|line| line.contains(WARNING));
    let places = warning.and_then(|line| line.split("\"places\":").nth(1));
    let digits = places.map(|text| text.chars().take_while(char::is_ascii_digit));
    let digits: Option<String> = digits.map(Iterator::collect);
    digits.and_then(|d| d.parse().ok()).expect("a number")
}

/// A port that nobody else gets, and on which a server can still listen.
fn port() -> (Socket, SocketAddr) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    socket.set_reuse_address(true).expect("shared");
    socket.set_reuse_port(true).expect("shared");
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    socket.bind(&any.into()).expect("a port");
    let address = socket.local_addr().expect("bound").as_socket();
    (socket, address.expect("of IPv4"))
}

#[test]
fn clients_who_come_while_it_starts_take_no_places_away() {
    let few = |routing: &str| place(routing).after("ulimit -n 128");
    let alone = places(few(&routing("", "", "")));
    let (_port, address) = port();
    let crowded = routing("", "", "").replace("127.0.0.1:0", &address.to_string());
    let counted = AtomicBool::new(false);
    let crowded = std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut here = Vec::new();
                while !counted.load(Relaxed) {
                    match TcpStream::connect(address) {
                        Ok(client) if here.len() < 100 => here.push(client),
                        _ => std::thread::yield_now(),
                    }
                }
            });
        }
        let _counted = Counted(&counted);
        places(few(&crowded))
    });
    assert_eq!(crowded, alone);
}

/// Ends who waits for it also where the test fails.
struct Counted<'a>(&'a AtomicBool);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

#[test]
fn a_server_of_which_a_shard_cannot_start_does_not_start() {
    let mut files = 64;
    let mut without_a_shard = 0;
    loop {
        let place = place(&routing("", "", "")).after(&format!("ulimit -n {files}"));
        let mut serve = place.maitred(&["serve", "--demo", "--shards", "16"]);
        let mut child = serve
            .arg("--database")
            .arg(place.database())
            .arg("--routing")
            .arg(place.file("routing.toml"))
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("it runs");
        let said = first_line(&mut child);
        if said.contains("listening on") {
            let _ = child.kill();
            let _ = child.wait();
            break;
        }
        let output = child.wait_with_output().expect("it ends");
        let log = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{files}: {said}{log}");
        without_a_shard += usize::from(log.contains("a shard cannot start"));
        files += 8;
    }
    assert!(
        without_a_shard > 0,
        "no limit was met between sockets and shards"
    );
}

fn first_line(child: &mut std::process::Child) -> String {
    use std::io::BufRead;
    let mut line = String::new();
    let out = child.stdout.as_mut().expect("its output");
    let _ = std::io::BufReader::new(out).read_line(&mut line);
    line
}
