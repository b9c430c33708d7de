//! Socket.IO packets (protocol version 5), as they stand in an Engine.IO message.
//!
//! Source: the public protocol text, `socket.io-protocol`, version 5:
//! `<type>[<attachments>-][<namespace>,][<ack id>][<JSON>]`, and each attachment in a binary message of its own.

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use smallvec::SmallVec;
use std::borrow::Cow;
use std::fmt::{self, Write};

/// Binary attachments of one packet.
pub(crate) const ATTACHMENTS: usize = 32;
/// Arguments of one event or acknowledgement.
const ARGUMENTS: usize = 256;
/// The longest name of a namespace or an event, in bytes.
const NAME_BYTES: usize = 256;
/// Acknowledgement ids are counted up from 0: with 15 digits nobody is ever at the end, and they are exact numbers in JavaScript.
const ID_DIGITS: usize = 15;

/// Names that a client library uses for itself: an event of a stranger must not look like one of them.
const RESERVED: [&str; 6] = [
    "connect",
    "connect_error",
    "disconnect",
    "disconnecting",
    "newListener",
    "removeListener",
];

/// The arguments of an event, each a JSON text.
pub(crate) type Arguments<'a> = SmallVec<[&'a RawValue; 4]>;

/// A client's packet.
#[derive(Debug)]
pub(crate) struct Packet<'a> {
    /// `/` where none was named. Without the query that some clients append.
    pub namespace: Cow<'a, str>,
    pub body: Body<'a>,
    /// Binary messages that belong to it and follow.
    pub attachments: usize,
}

/// What a client's packet says.
#[derive(Debug)]
pub(crate) enum Body<'a> {
    /// Asks for a namespace, perhaps with an object.
    Connect(Option<&'a RawValue>),
    Disconnect,
    Event {
        /// Asks for an acknowledgement.
        id: Option<u64>,
        name: Cow<'a, str>,
        arguments: Arguments<'a>,
    },
    /// An event whose name is none. Nothing is out of step after it, so its sender is told and may stay.
    Misnamed {
        id: Option<u64>,
        why: &'static str,
    },
    Ack {
        id: u64,
        arguments: Arguments<'a>,
    },
}

/// Text that is no packet: which rule it broke. The connection cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed(pub &'static str);

impl<'a> Packet<'a> {
    /// Takes a text message apart. It comes from a stranger.
    pub fn decode(text: &'a str) -> Result<Self, Malformed> {
        let kind = *text.as_bytes().first().ok_or(Malformed("empty packet"))?;
        if !kind.is_ascii_digit() {
            return Err(Malformed("unknown packet type"));
        }
        let mut rest = &text[1..];
        let binary = matches!(kind, b'5' | b'6');
        let mut attachments = 0;
        if binary {
            let (count, after) = rest
                .split_once('-')
                .ok_or(Malformed("no attachment count"))?;
            attachments = number(count, 4).ok_or(Malformed("no attachment count"))? as usize;
            if attachments > ATTACHMENTS {
                return Err(Malformed("too many attachments"));
            }
            rest = after;
        }
        let mut namespace = "/";
        if rest.starts_with('/') {
            (namespace, rest) = rest.split_once(',').unwrap_or((rest, ""));
            namespace = namespace.split('?').next().unwrap_or(namespace);
            if namespace.len() > NAME_BYTES {
                return Err(Malformed("the namespace is too long"));
            }
        }
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let id = match &rest[..digits] {
            "" => None,
            digits => Some(number(digits, ID_DIGITS).ok_or(Malformed("the ack id is too long"))?),
        };
        rest = &rest[digits..];
        let data: Option<&'a RawValue> = match rest {
            "" => None,
            json => Some(serde_json::from_str(json).map_err(|_| Malformed("data is not JSON"))?),
        };
        let body = match (kind, id) {
            (b'0', None) => match data {
                Some(data) if !data.get().starts_with('{') => {
                    return Err(Malformed("CONNECT takes an object"));
                }
                data => Body::Connect(data),
            },
            (b'1', None) if data.is_none() => Body::Disconnect,
            (b'2' | b'5', id) => {
                let mut arguments = arguments(data)?;
                if arguments.is_empty() {
                    return Err(Malformed("an event needs a name"));
                }
                match name(arguments.remove(0))? {
                    Ok(name) => Body::Event {
                        id,
                        name,
                        arguments,
                    },
                    Err(why) => Body::Misnamed { id, why },
                }
            }
            (b'3' | b'6', Some(id)) => Body::Ack {
                id,
                arguments: arguments(data)?,
            },
            (b'0'..=b'3' | b'6', _) => {
                return Err(Malformed("a packet of this type looks otherwise"));
            }
            _ => return Err(Malformed("unknown packet type")),
        };
        if binary {
            placeholders_fit(data, attachments)?;
        }
        Ok(Packet {
            namespace: namespace.into(),
            body,
            attachments,
        })
    }
}

/// Digits, and nothing else.
fn number(digits: &str, at_most: usize) -> Option<u64> {
    if digits.is_empty() || digits.len() > at_most || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

fn arguments(data: Option<&RawValue>) -> Result<Arguments<'_>, Malformed> {
    let data = data.ok_or(Malformed("data is missing"))?;
    let all: Vec<&RawValue> =
        serde_json::from_str(data.get()).map_err(|_| Malformed("data is no array"))?;
    if all.len() > ARGUMENTS {
        return Err(Malformed("too many arguments"));
    }
    Ok(SmallVec::from_vec(all))
}

/// An event's name, or why it is none. One that a client library keeps for itself ends the connection, as in the JavaScript server.
fn name(raw: &RawValue) -> Result<Result<Cow<'_, str>, &'static str>, Malformed> {
    let json = raw.get();
    // borrowed where nothing is escaped
    let plain = json
        .strip_prefix('"')
        .and_then(|j| j.strip_suffix('"'))
        .filter(|j| !j.contains('\\'));
    let name = match plain {
        Some(plain) => Cow::Borrowed(plain),
        None => match serde_json::from_str(json) {
            Ok(name) => Cow::Owned(name),
            Err(_) => return Ok(Err("an event's name is a string")),
        },
    };
    if name.len() > NAME_BYTES {
        return Ok(Err("an event's name has at most 256 bytes"));
    }
    if RESERVED.contains(&&*name) {
        return Err(Malformed("the event's name is reserved"));
    }
    Ok(Ok(name))
}

/// Every placeholder names one of the attachments. One that does not would end the connection of every client that it is passed on to.
fn placeholders_fit(data: Option<&RawValue>, attachments: usize) -> Result<(), Malformed> {
    let Some(data) = data else { return Ok(()) };
    let mut json = serde_json::Deserializer::from_str(data.get());
    Placeholders { attachments }
        .deserialize(&mut json)
        .map_err(|_| Malformed("a placeholder without its attachment"))
}

/// Walks over any JSON; serde_json bounds the depth.
#[derive(Clone, Copy)]
struct Placeholders {
    attachments: usize,
}

impl<'de> DeserializeSeed<'de> for Placeholders {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<(), D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Placeholders {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<(), S::Error> {
        while seq.next_element_seed(self)?.is_some() {}
        Ok(())
    }
    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        let (mut placeholder, mut num) = (false, None);
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            match &*key {
                "_placeholder" => placeholder = map.next_value::<serde_json::Value>()? == true,
                "num" => num = map.next_value::<serde_json::Value>()?.as_u64(),
                _ => map.next_value_seed(self)?,
            }
        }
        if placeholder && num.is_none_or(|n| n >= self.attachments as u64) {
            return Err(serde::de::Error::custom("no such attachment"));
        }
        Ok(())
    }
}

/// Whether a JSON array's last element is a string: the client would take it for the offset to come back with.
pub(crate) fn is_string(json: &str) -> bool {
    json.trim_start().starts_with('"')
}

/// An event, in its Engine.IO message. `arguments` are JSON texts.
pub(crate) fn event<'j>(
    namespace: &str,
    id: Option<u64>,
    name: &str,
    arguments: impl Iterator<Item = &'j str>,
    attachments: usize,
) -> String {
    let mut out = String::with_capacity(64);
    head(&mut out, '2', '5', namespace, id, attachments);
    out.push('[');
    out.push_str(&quoted(name));
    for argument in arguments {
        out.push(',');
        out.push_str(argument);
    }
    out.push(']');
    out
}

/// An acknowledgement, in its Engine.IO message.
pub(crate) fn ack<'j>(
    namespace: &str,
    id: u64,
    arguments: impl Iterator<Item = &'j str>,
    attachments: usize,
) -> String {
    let mut out = String::with_capacity(32);
    head(&mut out, '3', '6', namespace, Some(id), attachments);
    out.push('[');
    for (n, argument) in arguments.enumerate() {
        if n > 0 {
            out.push(',');
        }
        out.push_str(argument);
    }
    out.push(']');
    out
}

/// The namespace is open. `pid`: the client may come back with it.
pub(crate) fn connect(namespace: &str, sid: &str, pid: Option<&str>) -> String {
    let mut out = String::with_capacity(64);
    head(&mut out, '0', '0', namespace, None, 0);
    let _ = write!(out, r#"{{"sid":{}"#, quoted(sid));
    if let Some(pid) = pid {
        let _ = write!(out, r#","pid":{}"#, quoted(pid));
    }
    out.push('}');
    out
}

/// The namespace stays closed. `data` is a JSON text.
pub(crate) fn connect_error(namespace: &str, message: &str, data: Option<&str>) -> String {
    let mut out = String::with_capacity(64);
    head(&mut out, '4', '4', namespace, None, 0);
    let _ = write!(out, r#"{{"message":{}"#, quoted(message));
    if let Some(data) = data {
        let _ = write!(out, r#","data":{data}"#);
    }
    out.push('}');
    out
}

/// The namespace is closed: the client does not come back by itself.
pub(crate) fn disconnect(namespace: &str) -> String {
    let mut out = String::with_capacity(16);
    head(&mut out, '1', '1', namespace, None, 0);
    out
}

fn head(
    out: &mut String,
    plain: char,
    binary: char,
    namespace: &str,
    id: Option<u64>,
    attachments: usize,
) {
    out.push('4');
    if attachments == 0 {
        out.push(plain);
    } else {
        let _ = write!(out, "{binary}{attachments}-");
    }
    if namespace != "/" {
        out.push_str(namespace);
        out.push(',');
    }
    if let Some(id) = id {
        let _ = write!(out, "{id}");
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

#[cfg(test)]
#[path = "socket_io/tests.rs"]
mod tests;
