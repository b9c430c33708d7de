//! TLS: the same endpoints and groups, the same writer, certificates that are replaced while everybody is there.

use super::{HANDSHAKE, Wire, change, place, routing, statuses};
use crate::support::{Client, PATIENCE, Place, Server};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use tungstenite::{Message, WebSocket};

const LISTENER: &str = r#"
[[listener]]
name = "secure"
bind = "127.0.0.1:0"
tls = { certificate = "chain.pem", key = "key.pem" }
[[listener.route]]
path = "/ws/orders/<id:order_id>/"
consumer = "dining.order"
"#;

/// Makes a certificate and puts it where the routing file says.
pub(super) fn certify(place: &Place) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("made");
    std::fs::write(place.file("chain.pem"), made.cert.pem()).expect("written");
    std::fs::write(place.file("key.pem"), made.signing_key.serialize_pem()).expect("written");
    made.cert.der().clone()
}

fn secure(defaults: &str) -> (Server, SocketAddr, CertificateDer<'static>) {
    secure_with(defaults, LISTENER)
}

/// The same with further listeners.
fn secure_with(defaults: &str, listeners: &str) -> (Server, SocketAddr, CertificateDer<'static>) {
    let place = place(&routing(defaults, "", listeners));
    let certificate = certify(&place);
    let mut server = Server::on(place, &["--shards", "2"]);
    let address = server.listening("secure");
    (server, address, certificate)
}

pub(super) type Tls = StreamOwned<ClientConnection, TcpStream>;

/// A client that trusts this certificate only.
pub(super) fn dial(
    address: SocketAddr,
    trusted: &CertificateDer<'static>,
) -> Result<Tls, std::io::Error> {
    over(TcpStream::connect(address)?, trusted)
}

fn over(mut tcp: TcpStream, trusted: &CertificateDer<'static>) -> Result<Tls, std::io::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let name = ServerName::try_from("localhost").expect("a name");
    let mut session = ClientConnection::new(Arc::new(config), name).expect("a session");
    tcp.set_read_timeout(Some(PATIENCE))?;
    tcp.set_nodelay(true)?;
    session.complete_io(&mut tcp)?;
    Ok(StreamOwned::new(session, tcp))
}

struct Secure(WebSocket<Tls>);

impl Secure {
    fn open(address: SocketAddr, path: &str, trusted: &CertificateDer<'static>) -> Self {
        Secure::on(dial(address, trusted).expect("TLS"), path)
    }

    fn on(stream: Tls, path: &str) -> Self {
        let url = format!("wss://localhost{path}");
        let (ws, _) = tungstenite::client(url, stream).expect("a WebSocket");
        Secure(ws)
    }

    #[track_caller]
    fn next_text(&mut self) -> String {
        loop {
            match self.0.read().expect("a frame") {
                Message::Text(text) => return text.to_string(),
                Message::Close(frame) => panic!("closed: {frame:?}"),
                _ => {}
            }
        }
    }

    #[track_caller]
    fn next(&mut self) -> Value {
        serde_json::from_str(&self.next_text()).expect("JSON")
    }
}

/// What somebody is answered whose handshake is refused, up to the end: not cut off, that is with TLS's own goodbye.
#[track_caller]
fn refused(address: SocketAddr, fields: &str, trusted: &CertificateDer<'static>) -> String {
    let mut stream = dial(address, trusted).expect("TLS");
    let head = format!("GET /ws/orders/1/ HTTP/1.1\r\n{HANDSHAKE}{fields}\r\n");
    stream.write_all(head.as_bytes()).expect("sent");
    let mut answer = Vec::new();
    let ended = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    ended.unwrap_or_else(|e| panic!("{e} after {answer:?}"));
    answer
}

#[test]
fn a_refused_handshake_ends_in_order_over_tls_too() {
    let (_server, address, certificate) = secure("");
    let answer = refused(address, "Origin: http://elsewhere\r\n", &certificate);
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
}

#[test]
fn who_ends_its_side_after_a_request_is_answered_over_tls_too() {
    let (_server, address, certificate) = secure("");
    for says_goodbye in [true, false] {
        let mut stream = dial(address, &certificate).expect("TLS");
        let request = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
        stream.write_all(request).expect("sent");
        if says_goodbye {
            stream.conn.send_close_notify();
        }
        stream.flush().expect("sent");
        let ended = stream.sock.shutdown(std::net::Shutdown::Write);
        ended.expect("it is open");
        let mut answer = String::new();
        let read = stream.read_to_string(&mut answer);
        assert!(answer.starts_with("HTTP/1.1 200"), "{read:?}: {answer}");
    }
}

#[test]
fn a_closed_client_that_goes_on_sending_is_cut_off_over_tls_too() {
    let (_server, address, certificate) = secure("");
    let mut client = Secure::open(address, "/ws/orders/1/", &certificate);
    client.0.close(None).expect("a close frame");
    let stream = client.0.get_mut();
    let deadline = stream.sock.set_write_timeout(Some(PATIENCE));
    deadline.expect("a deadline");
    // far more than both systems hold for a connection
    let piece = vec![b'x'; 64 << 10];
    let pieces = (0..4_096).take_while(|_| stream.write_all(&piece).is_ok());
    assert!(pieces.count() < 4_096, "all of it was read");
}

#[test]
fn who_finds_no_place_is_told_over_tls_too() {
    let place = place(&(routing("", "", LISTENER) + "[limits]\nconnections = 1\n"));
    let certificate = certify(&place);
    let mut server = Server::on(place, &["--shards", "1"]);
    let address = server.listening("secure");
    let mut first = Secure::open(address, "/ws/orders/1/", &certificate);
    first.next();
    let answer = refused(address, "", &certificate);
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    for said in ["retry-after: ", "SERVER_FULL", "connections"] {
        assert!(answer.contains(said), "{said}: {answer}");
    }
    change(&server, 1, "to who has a place");
    first.next();
}

#[test]
fn plain_and_encrypted_clients_of_a_group_hear_the_same_in_the_same_order() {
    let (server, address, certificate) = secure("");
    let mut plain = Client::open(&server, "/ws/orders/1/");
    let mut encrypted: Vec<_> = (0..3)
        .map(|_| Secure::open(address, "/ws/orders/1/", &certificate))
        .collect();
    let snapshot = plain.next_is("order_status");
    for client in &mut encrypted {
        assert_eq!(client.next()["data"], snapshot["data"]);
    }
    for n in 0..100 {
        change(&server, 1, &format!("number {n}"));
    }
    let mut heard = Vec::new();
    while heard.len() < 100 {
        heard.push(plain.next_text());
    }
    for client in &mut encrypted {
        for text in &heard {
            assert_eq!(client.next_text(), *text);
        }
        client
            .0
            .send(Message::text(r#"{"action":"ping"}"#))
            .expect("sent");
        assert_eq!(client.next()["type"], "pong");
        // a large message comes in several records
        let long = format!(r#"{{"action":"ping","more":"{}"}}"#, "x".repeat(60_000));
        client.0.send(Message::text(long)).expect("sent");
        assert_eq!(client.next()["type"], "pong");
        client.0.close(None).expect("sent");
        assert!(matches!(client.0.read(), Ok(Message::Close(_))));
    }
}

/// What the cipher holds and what waits behind it come in order when the client reads at last.
#[test]
fn a_client_that_reads_late_hears_all_in_order() {
    let (server, address, certificate) = secure("outbox_bytes = \"64MiB\"");
    // a socket that holds little: what was sent waits at the server
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None);
    let socket = socket.expect("a socket");
    socket.set_recv_buffer_size(16 << 10).expect("small");
    socket.connect(&address.into()).expect("a connection");
    let mut late = Secure::on(
        over(socket.into(), &certificate).expect("TLS"),
        "/ws/orders/1/",
    );
    let mut prompt = Client::open(&server, "/ws/orders/1/");
    prompt.next_is("order_status");
    let db = server.place.foreign();
    let note = "long ".repeat(400);
    // in commits of many changes: as much as no socket takes at once
    const CHANGES: usize = 6000;
    for batch in 0..12 {
        let lines: String = (0..CHANGES / 12)
            .map(|n| format!("UPDATE orders SET note = '{batch} {n} {note}' WHERE id = 1;"))
            .collect();
        db.execute_batch(&format!("BEGIN IMMEDIATE; {lines} COMMIT;"))
            .expect("written");
    }
    let mut bytes = 0;
    let mut heard = Vec::new();
    while heard.len() < CHANGES {
        let text = prompt.next_text();
        bytes += text.len();
        heard.push(text);
    }
    assert!(bytes > 10 << 20, "{bytes} bytes fit into a socket");
    late.next();
    for text in heard {
        assert_eq!(late.next_text(), text);
    }
}

#[test]
fn requests_and_the_protocol_that_is_spoken() {
    let (_server, address, certificate) = secure("");
    let mut stream = dial(address, &certificate).expect("TLS");
    assert_eq!(stream.conn.alpn_protocol(), Some(&b"http/1.1"[..]));
    stream
        .write_all(b"GET /readyz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("a goodbye");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    // the same strictness behind the cipher
    let mut stream = dial(address, &certificate).expect("TLS");
    stream
        .write_all(b"GET /readyz HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\nGET /readyz HTTP/1.1\r\nHost: a\r\n\r\n")
        .expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("a goodbye");
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert!(answer.contains("a blank before its colon"), "{answer}");
    assert_eq!(statuses(&answer).len(), 1, "{answer}");
}

/// The first frame may come in the same record as the handshake's last line.
#[test]
fn a_frame_that_comes_with_the_handshake_is_heard() {
    let (_server, address, certificate) = secure("");
    let mut stream = dial(address, &certificate).expect("TLS");
    let mut bytes = format!("GET /ws/orders/1/ HTTP/1.1\r\n{HANDSHAKE}\r\n").into_bytes();
    let ping = crate::support::raw::masked(0x81, br#"{"action":"ping"}"#);
    for _ in 0..600 {
        bytes.extend_from_slice(&ping);
    }
    stream.write_all(&bytes).expect("sent");
    let mut heard = Vec::new();
    let mut piece = [0; 4096];
    let pongs = |heard: &[u8]| String::from_utf8_lossy(heard).matches("\"pong\"").count();
    while pongs(&heard) < 600 {
        let n = stream.read(&mut piece).expect("pongs");
        assert!(n > 0, "the end after {} pongs", pongs(&heard));
        heard.extend_from_slice(&piece[..n]);
    }
}

#[test]
fn who_does_not_finish_the_handshake_is_let_go() {
    // a listener that waits for nobody, and one on which a slow client of this test is in time
    let name = "name = \"secure\"\n";
    let hasty = "name = \"hasty\"\ntls_timeout = \"100ms\"\nfirst_byte_timeout = \"100ms\"\n";
    let both = format!("{LISTENER}{}", LISTENER.replace(name, hasty));
    let (mut server, address, certificate) = secure_with("", &both);
    let hasty = server.listening("hasty");
    assert_eq!(Wire::to(hasty).rest(), "");
    let mut halfway = Wire::to(hasty);
    halfway.send("\x16\x03\x01");
    assert_eq!(halfway.rest(), "");
    // plain HTTP gets an alert, or nothing, but never an answer
    let mut plain = Wire::to(address);
    plain.send("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(!plain.rest().contains("HTTP"), "an answer");
    let mut good = Secure::open(address, "/ws/orders/1/", &certificate);
    good.next();
    drop(server);
}

#[test]
fn a_new_certificate_is_for_those_who_come_after_it() {
    let (server, address, old) = secure("");
    let mut before = Secure::open(address, "/ws/orders/1/", &old);
    before.next();
    let new = certify(&server.place);
    server.signal("HUP");
    server.until_logged("\"reloaded\"");
    let mut after = Secure::open(address, "/ws/orders/1/", &new);
    after.next();
    assert!(dial(address, &old).is_err(), "the old certificate is shown");
    change(&server, 1, "to both");
    assert_eq!(before.next_text(), after.next_text());
}

#[test]
fn a_bad_certificate_changes_nothing_and_says_why() {
    let (server, address, certificate) = secure("");
    let mut before = Secure::open(address, "/ws/orders/1/", &certificate);
    before.next();
    let good_key = std::fs::read(server.place.file("key.pem")).expect("the key");
    let line = "routing.toml:29:";
    for (n, (bad, why)) in [
        ("no key at all", "nothing of the kind is in this PEM file"),
        ("", "this key is not the certificate's"),
    ]
    .into_iter()
    .enumerate()
    {
        if bad.is_empty() {
            let chain = std::fs::read(server.place.file("chain.pem")).expect("the chain");
            certify(&server.place);
            std::fs::write(server.place.file("chain.pem"), chain).expect("written");
        } else {
            std::fs::write(server.place.file("key.pem"), bad).expect("written");
        }
        server.signal("HUP");
        server.until_logged(why);
        let log = server.log();
        assert!(log.contains(line), "{log}");
        Secure::open(address, "/ws/orders/1/", &certificate).next();
        change(&server, 1, &format!("the old one hears {n}"));
        before.next();
    }
    // and a start with it fails, as `check` does
    let output = server.place.maitred(&["check"]).output();
    let output = output.expect("maitred runs");
    assert_eq!(output.status.code(), Some(1));
    std::fs::write(server.place.file("key.pem"), good_key).expect("written");
    let output = server.place.maitred(&["check"]).output();
    assert_eq!(output.expect("maitred runs").status.code(), Some(0));
}

#[test]
fn the_end_is_told_to_encrypted_clients_too() {
    let (mut server, address, certificate) = secure("");
    let mut client = Secure::open(address, "/ws/orders/1/", &certificate);
    client.next();
    server.signal("TERM");
    let code = loop {
        if let Message::Close(frame) = client.0.read().expect("a close frame") {
            break frame.map(|f| u16::from(f.code));
        }
    };
    assert_eq!(code, Some(1012));
    assert_eq!(server.ended().code(), Some(0));
}
