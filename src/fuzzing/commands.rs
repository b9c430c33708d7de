//! JSON frames: what the dialect makes of them, what each consumer makes of the rest, and what the client is told.

use crate::connection::told;
use crate::dialect::{Control, Dialect, Envelope, Inbound, Refusal};
use crate::frame::Payload;
use crate::registry::Entry;
use crate::websocket::Opcode;
use crate::{App, ClientError, Kind, Message, Registry};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Value, json};
use std::fmt;

/// More than any error needs, and no echo of what a stranger sent.
const MOST_TOLD: usize = 4096;
const ID_BYTES: usize = 128;

/// `data` is a text message to each consumer of the registry. `shape` judges every error frame, which is there as the client reads it: it knows what the
/// vocabulary's document promises.
///
/// # Panics
/// When frame, id or action are not what a plain reading of the JSON says; when an error is not told in the vocabulary's shape, with the id, in few words.
pub fn commands<A: App>(registry: &Registry<A>, data: &[u8], shape: impl Fn(&ClientError, &Value)) {
    // the frame parser lets no other text through
    let text = std::str::from_utf8(data);
    let dialect = Dialect::Raw;
    let decoded = dialect.decode(text.map_or(Payload::Binary(data), Payload::Text));
    match text {
        Ok(text) => as_it_reads(text, &decoded),
        Err(_) => match &decoded {
            Err(refusal) => assert_eq!(refusal.error.code, "BINARY_FRAME"),
            Ok(inbound) => panic!("{inbound:?}"),
        },
    }

    for entry in registry.entries.values() {
        let refused = |id: Option<&str>, error: &ClientError| {
            let frame = told(entry.render_error, error, id);
            let frame = read(&dialect, &frame);
            assert_eq!(frame.get("id").and_then(Value::as_str), id, "{frame}");
            shape(&error.in_short(), &frame);
        };
        match &decoded {
            Ok(Inbound::Command { id, body }) => match (entry.decode)(*body) {
                Ok(()) => understood(entry, *body),
                Err(error) => {
                    not_understood(entry, *body, &error);
                    refused(id.as_deref(), &error);
                }
            },
            Ok(Inbound::Control { .. }) => {}
            Err(refusal) => refused(refusal.id.as_deref(), &refusal.error),
        }
    }
    if let Ok(Inbound::Command { id: Some(id), .. } | Inbound::Control { id: Some(id), .. }) =
        &decoded
    {
        acknowledged(&dialect, id);
    }
}

/// The members of an object, in order, repeated ones too; `None` if the text is none that could be kept as a value.
fn members(text: &str) -> Option<Vec<(String, Value)>> {
    struct Members(Vec<(String, Value)>);
    struct Collect;
    impl<'de> Visitor<'de> for Collect {
        type Value = Members;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Members, M::Error> {
            let mut members = Vec::new();
            while let Some(member) = map.next_entry()? {
                members.push(member);
            }
            Ok(Members(members))
        }
    }
    impl<'de> Deserialize<'de> for Members {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_map(Collect)
        }
    }
    serde_json::from_str::<Members>(text).ok().map(|m| m.0)
}

/// Whether the decoded frame is what a plain reading of the text says.
fn as_it_reads(text: &str, decoded: &Result<Inbound<'_>, Refusal>) {
    let code = decoded.as_ref().err().map(|refusal| &*refusal.error.code);
    if let Some(code) = code {
        assert!(matches!(code, "INVALID_JSON" | "INVALID_FRAME"), "{code}");
    }
    if serde_json::from_str::<IgnoredAny>(text).is_err() {
        assert_eq!(code, Some("INVALID_JSON"), "{text}");
        return;
    }
    if !text.trim_start().starts_with('{') {
        assert_eq!(code, Some("INVALID_JSON"), "{text}");
        return;
    }
    // JSON that cannot be kept as a value: too deep, a number that is too large, half a surrogate pair
    let Some(members) = members(text) else {
        return;
    };
    let ours = ["action", "id", "since", "token"];
    let count = |name: &str| members.iter().filter(|(n, _)| n == name).count();
    if ours.iter().any(|name| count(name) > 1) {
        assert_eq!(code, Some("INVALID_JSON"), "which of the two? {text}");
        return;
    }
    let member = |name: &str| {
        let found = members.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value).filter(|v| !v.is_null())
    };

    let id = match member("id") {
        None => Ok(None),
        Some(Value::String(id)) if (1..=ID_BYTES).contains(&id.len()) => Ok(Some(id.clone())),
        Some(Value::Number(n)) if n.as_i64().is_some() => Ok(n.as_i64().map(|n| n.to_string())),
        Some(Value::Number(n)) if n.as_f64() == Some(0.0) => return, // -0
        Some(_) => Err(()),
    };
    let Ok(id) = id else {
        assert_eq!(code, Some("INVALID_FRAME"), "{text}");
        return;
    };
    let found = match decoded {
        Ok(Inbound::Command { id, .. } | Inbound::Control { id, .. }) => id,
        Err(refusal) => &refusal.id,
    };
    assert_eq!(*found, id, "{text}");

    let expected = match (member("action").map(Value::as_str), member("token")) {
        (Some(None), _) => Err(()),
        (Some(Some("ping")), _) => Ok(Some(Control::Ping)),
        (Some(Some("resume")), _) => Ok(Some(Control::Resume(member("since").and_then(since)))),
        (Some(Some("authenticate")), Some(Value::String(token))) => {
            Ok(Some(Control::Authenticate(token.clone())))
        }
        (Some(Some("authenticate")), _) => Err(()),
        _ => Ok(None),
    };
    match (decoded, expected) {
        (Err(_), Err(())) => assert_eq!(code, Some("INVALID_FRAME"), "{text}"),
        (Ok(Inbound::Control { control, .. }), Ok(Some(expected))) => {
            assert_eq!(*control, expected, "{text}");
        }
        (Ok(Inbound::Command { body, .. }), Ok(None)) => assert_eq!(*body, Payload::Text(text)),
        (decoded, expected) => panic!("{decoded:?}, not {expected:?}: {text}"),
    }
}

/// Digits, as a number or as text.
fn since(value: &Value) -> Option<u64> {
    match value {
        Value::String(text) => text.parse().ok(),
        value => value.as_u64(),
    }
}

/// The action of a command, and whether the consumer has it. `None`: the JSON cannot be kept as a value.
fn action<A: App>(entry: &Entry<A>, body: Payload<'_>) -> Option<(Option<String>, bool)> {
    let Payload::Text(body) = body else {
        return None;
    };
    let members = members(body)?;
    let action = members.iter().find(|(name, _)| name == "action");
    let action = action.and_then(|(_, value)| Some(value.as_str()?.to_owned()));
    // serde tells which there are when it is asked for one that there cannot be
    let probe = Payload::Text(r#"{"action":"\u0000"}"#);
    let probe = (entry.decode)(probe).expect_err("no action has such a name");
    let (_, known) = probe.text.split_once(", ").expect("what is expected");
    let known = action
        .as_deref()
        .is_some_and(|action| known.contains(&format!("`{action}`")));
    Some((action, known))
}

fn understood<A: App>(entry: &Entry<A>, body: Payload<'_>) {
    if let Some((action, known)) = action(entry, body) {
        assert!(known, "{} took {action:?}", entry.name);
    }
}

fn not_understood<A: App>(entry: &Entry<A>, body: Payload<'_>, error: &ClientError) {
    assert_eq!(error.kind, Kind::Invalid);
    assert!(matches!(&*error.code, "UNKNOWN_ACTION" | "INVALID_FRAME"));
    if let Some((action, known)) = action(entry, body) {
        let unknown = action.as_deref().filter(|_| !known);
        if let Some(unknown) = unknown.filter(|unknown| unknown.len() < 100) {
            let quoted = format!("unknown variant `{unknown}`, ");
            assert!(error.text.starts_with(&quoted), "{}", error.text);
        }
        assert_eq!(
            error.code == "UNKNOWN_ACTION",
            unknown.is_some(),
            "{}: {action:?} is {}: {}",
            entry.name,
            error.code,
            error.text
        );
    }
}

fn acknowledged(dialect: &Dialect, id: &str) {
    let some = serde_json::value::to_raw_value(&json!({"n": [1, "}"]})).expect("JSON");
    for (data, n) in [(None, None), (Some(&*some), Some(json!([1, "}"])))] {
        let ack: Message = dialect.ack(id, data);
        let ack = read(dialect, &ack);
        let mut expected = json!({"type": "ack", "data": {"id": id, "ok": true}});
        if let Some(n) = n {
            expected["data"]["n"] = n;
        }
        assert_eq!(ack, expected);
    }
}

/// A message as its client reads it.
fn read(dialect: &Dialect, message: &Message) -> Value {
    let (opcode, frame) = dialect.encode(message, Envelope::default());
    let shown = String::from_utf8_lossy(&frame);
    assert_eq!(opcode, Opcode::Text, "{shown}");
    assert!(frame.len() <= MOST_TOLD, "{} bytes: {shown}", frame.len());
    let frame: Value = serde_json::from_slice(&frame).unwrap_or_else(|e| panic!("{e}: {shown}"));
    assert!(frame.is_object(), "{frame}");
    frame
}
