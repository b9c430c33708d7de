//! JSON frames: what the dialect makes of them, what each consumer makes of the rest, and what the client is told.

mod json;

use crate::app::App;
use crate::connection::error_message;
use crate::consumer::entry::Entry;
use crate::consumer::registry::Registry;
use crate::error::{ClientError, Kind};
use crate::protocol::dialect::{Control, Dialect, Envelope, Inbound, Refusal};
use crate::protocol::frame::Payload;
use crate::protocol::message::Message;
use crate::protocol::websocket::Opcode;
use json::{members, spelled_again};
use serde::de::IgnoredAny;
use serde_json::{Value, json};

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
    let dialect = Dialect::Json;
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
            let frame = error_message(entry.renderer.render_error, error, id);
            let frame = read(&dialect, &frame);
            assert_eq!(frame.get("id").and_then(Value::as_str), id, "{frame}");
            shape(&error.in_short(), &frame);
        };
        match &decoded {
            Ok(Inbound::Command { id, body, .. }) => match (entry.decode)(*body) {
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

/// The actions of a consumer.
fn known<A: App>(entry: &Entry<A>) -> Vec<String> {
    // there can be none with such a name, and who asks for it is told which there are
    let probe = Payload::Text(r#"{"action":"\u0000"}"#);
    let probe = (entry.decode)(probe).expect_err("no action has such a name");
    assert_eq!(probe.code, "UNKNOWN_ACTION", "{}", probe.text);
    let (_, known) = probe.text.split_once("known: ").unwrap_or_default();
    let known = known.split(", ").filter(|name| !name.is_empty());
    known.map(str::to_owned).collect()
}

/// A command that the consumer takes is one of its actions, and it is no matter how it is spelled.
fn understood<A: App>(entry: &Entry<A>, body: Payload<'_>) {
    let Some((text, members)) = text_and_members(body) else {
        return;
    };
    let action = action(&members);
    let known = known(entry);
    let is_known = action.is_some_and(|action| known.iter().any(|k| k == action));
    assert!(is_known, "{} took {action:?}", entry.renderer.name);
    if let Some(again) = spelled_again(text) {
        let read = (entry.decode)(Payload::Text(&again));
        assert!(read.is_ok(), "{text} is taken, {again} is not: {read:?}");
    }
}

/// What is told says what is wrong: the action that there is not, the one that is missing, or something about the others.
fn not_understood<A: App>(entry: &Entry<A>, body: Payload<'_>, error: &ClientError) {
    let (name, told) = (entry.renderer.name, &*error.text);
    assert_eq!(error.kind, Kind::Invalid);
    // serde's words are for those who write Rust
    for word in ["variant", "`", "invalid type", "struct ", " at line "] {
        let quoted = matches!(body, Payload::Text(text) if text.contains(word));
        assert!(quoted || !told.contains(word), "{name}: {told}");
    }
    let Some((text, members)) = text_and_members(body) else {
        // JSON, an object, but nothing that could be kept
        assert_eq!(error.code, "INVALID_FRAME", "{told}");
        assert!(told.starts_with("the frame cannot be read: "), "{told}");
        return;
    };
    let known = known(entry);
    let unknown = action(&members).filter(|action| known.iter().all(|k| k != action));
    let code = match unknown {
        Some(_) => "UNKNOWN_ACTION",
        None => "INVALID_FRAME",
    };
    assert_eq!(error.code, code, "{name}: {told}: {text}");
    let start = match unknown {
        Some(action) => {
            let start: String = action.chars().take(10).collect();
            let quoted = format!("{start:?}");
            format!("unknown action {}", &quoted[..quoted.len() - 1])
        }
        None if member(&members, "action").is_none_or(Value::is_null) => {
            "\"action\" is missing; ".to_owned()
        }
        None => String::new(),
    };
    assert!(told.starts_with(&start), "{name}: {told}: {text}");
    for action in known.iter().filter(|_| !start.is_empty()) {
        assert!(told.contains(action), "{name}: {told} without {action}");
    }
    if let Some(again) = spelled_again(text) {
        let told_again = (entry.decode)(Payload::Text(&again)).expect_err("refused");
        assert_eq!(told_again.text, told, "{text}\n{again}");
    }
}

fn text_and_members(body: Payload<'_>) -> Option<(&str, Vec<(String, Value)>)> {
    match body {
        Payload::Text(text) => Some((text, members(text)?)),
        Payload::Binary(_) | Payload::Event(_) => None,
    }
}

fn action(members: &[(String, Value)]) -> Option<&str> {
    member(members, "action")?.as_str()
}

fn member<'m>(members: &'m [(String, Value)], name: &str) -> Option<&'m Value> {
    let found = members.iter().find(|(n, _)| n == name);
    found.map(|(_, value)| value)
}

fn acknowledged(dialect: &Dialect, id: &str) {
    let some = serde_json::value::to_raw_value(&json!({"n": [1, "}"]})).expect("JSON");
    for (data, n) in [(None, None), (Some(&*some), Some(json!([1, "}"])))] {
        let ack: Message = dialect.ack(id, None, data);
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
