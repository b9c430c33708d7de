//! Packets of Engine.IO and Socket.IO: what a client says once it is connected, over either transport.

use crate::protocol::engine_io::{self, push_packet};
use crate::protocol::socket_io::{self, Body};
use serde_json::value::RawValue;

/// `data` is the body of a long-polling request, and each of its packets also a WebSocket text.
///
/// # Panics
/// When a body that is understood is another one once it was written again; when a Socket.IO packet is not what a plain reading of the protocol's text says;
/// when an event or an acknowledgement that is said again is another one.
pub fn sessions(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(packets) = engine_io::decode_body(text) {
        let mut again = String::new();
        packets.iter().for_each(|p| push_packet(&mut again, p));
        assert_eq!(engine_io::decode_body(&again), Ok(packets), "{text:?}");
    }
    for part in text.split('\x1e') {
        if let Ok(engine_io::Packet::Message(message)) = engine_io::Packet::decode(part) {
            packet(message);
        }
    }
    packet(text);
}

fn packet(text: &str) {
    let plain = Plain::read(text);
    let Ok(packet) = socket_io::Packet::decode(text) else {
        return;
    };
    // what is understood is read by the plain reader too, and in the same way
    let plain = plain.unwrap_or_else(|| panic!("no plain reading: {text:?}"));
    assert_eq!(packet.namespace, plain.namespace, "{text:?}");
    assert_eq!(packet.attachments, plain.attachments, "{text:?}");
    let (namespace, attachments) = (&*packet.namespace, packet.attachments);
    // as they were written: JavaScript knows numbers that no `Value` holds
    let data = plain.data.as_deref().map(RawValue::get);
    let again = match &packet.body {
        Body::Connect(auth) => {
            assert_eq!(plain.kind, '0');
            assert_eq!(auth.map(RawValue::get), data, "{text:?}");
            return;
        }
        Body::Disconnect => {
            assert_eq!((plain.kind, data), ('1', None));
            return;
        }
        Body::Event {
            id,
            name,
            arguments,
        } => {
            assert!(matches!(plain.kind, '2' | '5'), "{text:?}");
            assert_eq!(*id, plain.id, "{text:?}");
            let all = data.and_then(|data| serde_json::from_str::<Vec<&RawValue>>(data).ok());
            let all = all.expect("an event is an array");
            let first = all
                .first()
                .map(|first| serde_json::from_str::<String>(first.get()));
            assert_eq!(first.and_then(Result::ok).as_deref(), Some(&**name));
            let plain = all[1..].iter().map(|a| a.get());
            assert!(plain.eq(arguments.iter().map(|a| a.get())), "{text:?}");
            let arguments = arguments.iter().map(|a| a.get());
            socket_io::event(namespace, *id, name, arguments, attachments)
        }
        Body::Misnamed { id, .. } => {
            assert!(matches!(plain.kind, '2' | '5'), "{text:?}");
            assert_eq!(*id, plain.id, "{text:?}");
            let all = data.and_then(|data| serde_json::from_str::<Vec<&RawValue>>(data).ok());
            let all = all.expect("an event is an array");
            let first = all
                .first()
                .map(|first| serde_json::from_str::<String>(first.get()));
            let name = first.expect("a name, or what stands in its place");
            assert!(name.map_or(true, |name| name.len() > 256), "{text:?}");
            return;
        }
        Body::Ack { id, arguments } => {
            assert!(matches!(plain.kind, '3' | '6'), "{text:?}");
            assert_eq!(Some(*id), plain.id, "{text:?}");
            let arguments = arguments.iter().map(|a| a.get());
            socket_io::ack(namespace, *id, arguments, attachments)
        }
    };
    // with 0 attachments a binary packet is a plain one: what is said has another number in front
    let said = again.strip_prefix('4').expect("a message");
    let said = socket_io::Packet::decode(said).unwrap_or_else(|e| panic!("{said:?}: {e:?}"));
    assert_eq!(said.namespace, packet.namespace);
    assert_eq!(said.attachments, packet.attachments);
    let parts = |body: &Body<'_>| match body {
        Body::Event {
            id,
            name,
            arguments,
        } => (
            *id,
            Some(name.to_string()),
            arguments.iter().map(|a| a.get().to_owned()).collect(),
        ),
        Body::Ack { id, arguments } => (
            Some(*id),
            None,
            arguments.iter().map(|a| a.get().to_owned()).collect(),
        ),
        Body::Connect(_) | Body::Disconnect | Body::Misnamed { .. } => (None, None, Vec::new()),
    };
    assert_eq!(parts(&said.body), parts(&packet.body), "{text:?}");
}

/// A packet as the protocol's text has it, a character at a time: `<type>[<attachments>-][<namespace>,][<id>][JSON]`.
struct Plain {
    kind: char,
    attachments: usize,
    namespace: String,
    id: Option<u64>,
    data: Option<Box<RawValue>>,
}

impl Plain {
    fn read(text: &str) -> Option<Plain> {
        let mut rest: Vec<char> = text.chars().rev().collect();
        let kind = rest.pop().filter(|c| ('0'..='6').contains(c))?;
        let mut attachments = 0;
        if matches!(kind, '5' | '6') {
            let mut digits = String::new();
            loop {
                match rest.pop()? {
                    '-' => break,
                    c if c.is_ascii_digit() => digits.push(c),
                    _ => return None,
                }
            }
            attachments = digits.parse().ok()?;
        }
        let mut namespace = String::from("/");
        if rest.last() == Some(&'/') {
            namespace.clear();
            while let Some(c) = rest.pop().filter(|c| *c != ',') {
                namespace.push(c);
            }
            // some clients append a query
            if let Some(at) = namespace.find('?') {
                namespace.truncate(at);
            }
        }
        let mut digits = String::new();
        while let Some(c) = rest.last().copied().filter(char::is_ascii_digit) {
            digits.push(c);
            rest.pop();
        }
        let rest: String = rest.into_iter().rev().collect();
        let data = match rest.is_empty() {
            true => None,
            false => serde_json::from_str(&rest).ok(),
        };
        Some(Plain {
            kind,
            attachments,
            namespace,
            id: digits.parse().ok(),
            data,
        })
    }
}
