//! Socket.IO over TLS: long polling, and the way from there to a WebSocket, whichever shard the session is on.

use super::tls::{Tls, certify, dial};
use super::{place, routing};
use crate::support::Server;
use rustls::pki_types::CertificateDer;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::SocketAddr;
use tungstenite::{Message, WebSocket};

const LISTENER: &str = r#"
[[listener]]
name = "secure"
bind = "127.0.0.1:0"
tls = { certificate = "chain.pem", key = "key.pem" }
[[listener.route]]
path = "/socket.io/"
[[listener.route.namespace]]
name = "/"
consumer = "workshop"
"#;

struct House {
    server: Server,
    address: SocketAddr,
    certificate: CertificateDer<'static>,
}

impl House {
    fn open() -> Self {
        let place = place(&routing("", "", LISTENER));
        let certificate = certify(&place);
        let mut server = Server::on(place, &["--shards", "2"]);
        let address = server.listening("secure");
        House {
            server,
            address,
            certificate,
        }
    }

    fn dial(&self) -> Tls {
        dial(self.address, &self.certificate).expect("TLS")
    }

    /// Another program changes an order, of which everybody hears two events.
    fn change(&self, status: &str) {
        let sql = "UPDATE orders SET status = ?1 WHERE public_id = 'ORD-1001'";
        let changed = self.server.place.foreign().execute(sql, [status]);
        assert_eq!(changed.expect("written"), 1);
    }

    /// One request on a connection of its own, which the client leaves without TLS's goodbye when it has read the answer: its body.
    #[track_caller]
    fn request(&self, method: &str, sid: &str, fields: &str, body: &str) -> String {
        let mut stream = self.dial();
        let length = match method {
            "POST" => format!("Content-Length: {}\r\n", body.len()),
            _ => String::new(),
        };
        write!(
            stream,
            "{method} /socket.io/?EIO=4&transport=polling{sid} HTTP/1.1\r\nHost: localhost\r\n{length}{fields}\r\n{body}"
        )
        .expect("sent");
        let mut answer = Vec::new();
        loop {
            let mut piece = [0; 4096];
            let n = stream.read(&mut piece).expect("an answer");
            answer.extend_from_slice(&piece[..n]);
            let text = String::from_utf8_lossy(&answer).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let mut lines = head.lines().filter_map(|line| line.split_once(": "));
                let length = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
                let length = length.and_then(|(_, value)| value.parse().ok());
                if length == Some(body.len()) {
                    assert!(head.starts_with("HTTP/1.1 200"), "{text}");
                    return body.to_owned();
                }
            }
            assert!(n > 0, "cut off: {text}");
        }
    }
}

/// A session that polls.
struct Polling<'h> {
    house: &'h House,
    sid: String,
}

impl<'h> Polling<'h> {
    /// A client of the namespace that was welcomed.
    fn inside(house: &'h House) -> Self {
        let open = house.request("GET", "", "", "");
        let said: Value =
            serde_json::from_str(open.strip_prefix('0').expect("an open packet")).expect("JSON");
        let sid = said["sid"].as_str().expect("text");
        let client = Polling {
            house,
            sid: format!("&sid={sid}"),
        };
        client.post("40{}");
        let welcome = client.poll("");
        assert!(welcome.starts_with(r#"40{"sid":"#), "{welcome}");
        client
    }

    #[track_caller]
    fn post(&self, body: &str) {
        assert_eq!(self.house.request("POST", &self.sid, "", body), "ok");
    }

    /// The next answer that is no ping.
    #[track_caller]
    fn poll(&self, fields: &str) -> String {
        loop {
            let told = self.house.request("GET", &self.sid, fields, "");
            if told != "2" {
                return told;
            }
            self.post("3");
        }
    }

    /// Tries a WebSocket.
    fn upgrade(&self) -> Secure {
        let query = &self.sid;
        let url = format!("wss://localhost/socket.io/?EIO=4&transport=websocket{query}");
        let (mut ws, _) = tungstenite::client(url, self.house.dial()).expect("a WebSocket");
        ws.send(Message::text("2probe")).expect("sent");
        let mut secure = Secure(ws);
        assert_eq!(secure.next(), "3probe");
        secure
    }
}

struct Secure(WebSocket<Tls>);

impl Secure {
    fn say(&mut self, packet: &str) {
        self.0.send(Message::text(packet)).expect("sent");
    }

    /// The next packet that is no ping.
    #[track_caller]
    fn next(&mut self) -> String {
        loop {
            match self.0.read().expect("a packet") {
                Message::Text(text) if text == "2" => self.say("3"),
                Message::Text(text) => return text.to_string(),
                Message::Close(frame) => panic!("closed: {frame:?}"),
                _ => {}
            }
        }
    }

    #[track_caller]
    fn hears_of(&mut self, status: &str) {
        for event in ["ORD-1001/update", "orderUpdated"] {
            let told = self.next();
            assert!(told.starts_with(&format!(r#"42["{event}","#)), "{told}");
            assert!(told.contains(status), "{told}");
        }
    }
}

#[test]
fn an_upgrade_over_tls_loses_nothing() {
    let house = House::open();
    // sessions and connections spread over the shards
    for _ in 0..6 {
        let client = Polling::inside(&house);
        let mut upgraded = client.upgrade();
        house.change("In Binding");
        upgraded.say("5");
        upgraded.say(r#"420["joinRoom"]"#);
        house.change("In Printing");
        let mut told = Vec::new();
        while told.len() < 6 {
            told.push(upgraded.next());
        }
        // the answer comes between the events, wherever it happens to
        let (events, rest): (Vec<_>, Vec<_>) =
            told.iter().partition(|packet| packet.contains("ORD-1001"));
        assert_eq!(events.len(), 4, "{told:?}");
        for (event, status) in events
            .iter()
            .zip(["Binding", "Binding", "Printing", "Printing"])
        {
            assert!(event.contains(status), "{told:?}");
        }
        assert!(
            rest.iter().any(|packet| packet.starts_with("430")),
            "{told:?}"
        );
        // and it is a WebSocket as any other
        house.change("Packaging");
        upgraded.hears_of("Packaging");
        let long = json!(["joinRoom", "x".repeat(60_000)]);
        upgraded.say(&format!("421{long}"));
        while !upgraded.next().starts_with("431") {}
        upgraded.say("1");
        while upgraded.0.read().is_ok() {}
    }
}

/// Many clients just close: what they have read is not told to them again, whether their connection could have gone on or not.
#[test]
fn who_leaves_without_a_goodbye_has_read_its_answer() {
    let house = House::open();
    for fields in ["", "Connection: close\r\n"] {
        let client = Polling::inside(&house);
        for status in ["In Binding", "In Printing", "Packaging"] {
            house.change(status);
            let mut told = client.poll(fields);
            if !told.contains("orderUpdated") {
                told += &client.poll(fields);
            }
            let packets: Vec<_> = told.matches("ORD-1001/update").collect();
            assert_eq!(packets.len(), 1, "{told}");
            assert!(told.contains(status), "{told}");
        }
    }
}
