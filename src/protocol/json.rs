//! The envelopes of raw WebSockets: one JSON object per message.

use crate::error::{ClientError, Kind};
use crate::protocol::arguments::{Arguments, inlined};
use crate::protocol::dialect::{Control, Envelope, Inbound, Refusal};
use crate::protocol::frame::Payload;
use crate::protocol::message::Message;
use crate::protocol::notice::Acknowledged;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The longest command id, in bytes: a UUID is 36.
const ID_BYTES: usize = 128;

pub(super) fn encode(name: Option<&str>, data: &str, beside: &str, envelope: Envelope) -> String {
    let mut out = String::with_capacity(data.len() + beside.len() + 64);
    match name {
        Some(name) => {
            out.push_str(r#"{"type":"#);
            push_text(&mut out, name);
            push_envelope(&mut out, envelope);
            out.push_str(beside);
            out.push_str(r#","data":"#);
            out.push_str(data);
            out.push('}');
        }
        None => {
            // a bare message is an object: members go inside, before its closing brace
            let inner = data.strip_suffix('}').unwrap_or("{");
            out.push_str(inner);
            let mut rest = String::new();
            push_envelope(&mut rest, envelope);
            rest.push_str(beside);
            let rest = if inner == "{" {
                rest.strip_prefix(',').unwrap_or(&rest)
            } else {
                &rest
            };
            out.push_str(rest);
            out.push('}');
        }
    }
    out
}

/// A message with several arguments: the first one is the data, those that follow are in a list beside it; what is binary is base64.
pub(super) fn encode_all(
    name: Option<&str>,
    beside: &str,
    arguments: &Arguments,
    envelope: Envelope,
) -> String {
    let values: Vec<String> = arguments
        .values
        .iter()
        .map(|v| inlined(v.get(), &arguments.attachments))
        .collect();
    let mut beside = beside.to_owned();
    if let Some(more) = values.get(1..).filter(|more| !more.is_empty()) {
        let _ = write!(beside, r#","arguments":[{}]"#, more.join(","));
    }
    let data = values.first().map_or("null", String::as_str);
    encode(name, data, &beside, envelope)
}

fn push_text(out: &mut String, text: &str) {
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}

fn push_envelope(out: &mut String, envelope: Envelope) {
    if let Some(seq) = envelope.seq {
        let _ = write!(out, r#","seq":{seq}"#);
    }
    if envelope.reset {
        out.push_str(r#","reset":true"#);
    }
}

pub(super) fn ack(id: &str, as_of: Option<u64>, data: Option<&RawValue>) -> Message {
    let ack = Message::bare(&Acknowledged {
        id,
        ok: true,
        as_of,
    });
    // the outcome's members stand beside these
    let members = data
        .and_then(|d| d.get().strip_prefix('{'))
        .filter(|m| m.trim_end() != "}");
    let head = ack.data().trim_end_matches('}');
    let text = match (members, data) {
        (Some(_), Some(data)) if clashes(data, as_of.is_some()) => {
            format!(r#"{head},"data":{data}}}"#)
        }
        (Some(members), _) => format!("{head},{members}"),
        (None, _) => ack.data().to_owned(),
    };
    Message::new("ack", &RawValue::from_string(text).ok())
}

pub(super) fn decode(text: &str) -> Result<Inbound<'_>, Refusal> {
    let nameless = |error| Refusal { id: None, error };
    let peek = Peek::at(text).map_err(nameless)?;
    let id = peek.id.map(command_id).transpose().map_err(nameless)?;
    let read = peek.action().and_then(|action| {
        let control = peek.control(action.as_deref())?;
        Ok((action, control))
    });
    match read {
        Ok((_, Some(control))) => Ok(Inbound::Control { id, control }),
        Ok((action, None)) => Ok(Inbound::Command {
            id,
            action,
            body: Payload::Text(text),
        }),
        Err(error) => Err(Refusal { id, error }),
    }
}

/// Whether an outcome has members with the names of ours. Of two with one name a client reads only one, so such an outcome has a place of its own.
fn clashes(outcome: &RawValue, has_as_of: bool) -> bool {
    let ours = &["id", "ok", "as_of"][..if has_as_of { 3 } else { 2 }];
    let text = outcome.get();
    // most have none, however deep
    if !ours.iter().any(|name| text.contains(name)) {
        return false;
    }
    let members: BTreeMap<Cow<'_, str>, IgnoredAny> =
        serde_json::from_str(text).unwrap_or_default();
    ours.iter().any(|name| members.contains_key(*name))
}

fn misshapen(what: &'static str) -> ClientError {
    ClientError::new(Kind::Invalid, "INVALID_FRAME", what)
}

/// The members of a frame that mean something to the framework. `null` is as good as none.
#[derive(Deserialize)]
struct Peek<'a> {
    #[serde(borrow, default)]
    action: Option<&'a RawValue>,
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    since: Option<&'a RawValue>,
    #[serde(borrow, default)]
    token: Option<&'a RawValue>,
}

impl<'a> Peek<'a> {
    fn at(text: &'a str) -> Result<Self, ClientError> {
        let invalid = |what: String| ClientError::new(Kind::Invalid, "INVALID_JSON", what);
        if !text.trim_start().starts_with('{') {
            return Err(match serde_json::from_str::<&RawValue>(text) {
                Ok(_) => invalid("a frame is a JSON object with an \"action\"".to_owned()),
                Err(e) => invalid(format!("invalid JSON: {e}")),
            });
        }
        serde_json::from_str(text).map_err(|e| invalid(format!("invalid JSON: {e}")))
    }

    fn action(&self) -> Result<Option<Cow<'a, str>>, ClientError> {
        match self.action {
            None => Ok(None),
            Some(action) => match text(action) {
                None => Err(misshapen("\"action\" must be text")),
                action => Ok(action),
            },
        }
    }

    /// `None`: it is for the consumer.
    fn control(&self, action: Option<&str>) -> Result<Option<Control>, ClientError> {
        Ok(Some(match action {
            Some("ping") => Control::Ping,
            Some("resume") => Control::Resume(self.since.and_then(number)),
            Some("authenticate") => match self.token.and_then(text) {
                Some(token) => Control::Authenticate(token.into_owned()),
                None => return Err(misshapen("\"authenticate\" needs a \"token\"")),
            },
            _ => return Ok(None),
        }))
    }
}

fn text(raw: &RawValue) -> Option<Cow<'_, str>> {
    // a plain `Cow` would always be owned
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    serde_json::from_str(raw.get()).ok().map(|Text(text)| text)
}

/// Not negative; text that is one will do.
fn number(raw: &RawValue) -> Option<u64> {
    match text(raw) {
        Some(text) => text.parse().ok(),
        None => raw.get().parse().ok(),
    }
}

/// A command's id: text or an integer.
fn command_id(raw: &RawValue) -> Result<String, ClientError> {
    let refuse = || {
        ClientError::new(
            Kind::Invalid,
            "INVALID_FRAME",
            "\"id\" must be text of at most 128 bytes, or an integer",
        )
    };
    let text = match text(raw) {
        Some(text) => text.into_owned(),
        None => raw.get().parse::<i64>().map_err(|_| refuse())?.to_string(),
    };
    if text.is_empty() || text.len() > ID_BYTES {
        Err(refuse())
    } else {
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::dialect::Dialect;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn parsed(message: &Message, envelope: Envelope) -> Value {
        let (_, text) = Dialect::Json.encode(message, envelope);
        serde_json::from_slice(&text).expect("JSON")
    }

    #[test]
    fn a_message_stands_in_its_envelope() {
        let m = Message::new("items_list", &json!({"n": 1})).beside("items", &[1, 2]);
        let stream = Envelope {
            seq: Some(7),
            reset: true,
            ask: None,
        };
        assert_eq!(
            parsed(&m, stream),
            json!({"type": "items_list", "seq": 7, "reset": true, "items": [1, 2], "data": {"n": 1}})
        );
        assert_eq!(
            parsed(&m, Envelope::default()),
            json!({"type": "items_list", "items": [1, 2], "data": {"n": 1}})
        );
        let bare = Message::bare(&json!({"error": "no"})).beside("id", &"x");
        assert_eq!(
            parsed(&bare, Envelope::default()),
            json!({"error": "no", "id": "x"})
        );
        assert_eq!(
            parsed(
                &Message::bare(&json!({})).beside("id", &1),
                Envelope::default()
            ),
            json!({"id": 1})
        );
    }

    #[test]
    fn an_outcome_that_has_an_id_of_its_own_does_not_hide_the_commands() {
        for (outcome, told) in [
            (
                json!({"id": 7, "n": 1}),
                json!({"id": "tap", "ok": true, "data": {"id": 7, "n": 1}}),
            ),
            (
                json!({"ok": null}),
                json!({"id": "tap", "ok": true, "data": {"ok": null}}),
            ),
            (
                json!({"order": {"id": 7, "ok": 1}}),
                json!({"id": "tap", "ok": true, "order": {"id": 7, "ok": 1}}),
            ),
            (json!({}), json!({"id": "tap", "ok": true})),
        ] {
            let raw = serde_json::value::to_raw_value(&outcome).expect("JSON");
            let said = parsed(&ack("tap", None, Some(&raw)), Envelope::default());
            assert_eq!(said["data"], told, "{outcome}");
        }
    }

    #[test]
    fn what_has_written_says_as_of_which_event_and_an_outcome_keeps_its_own() {
        for (outcome, told) in [
            (
                json!({"n": 1}),
                json!({"id": "tap", "ok": true, "as_of": 812, "n": 1}),
            ),
            (json!({}), json!({"id": "tap", "ok": true, "as_of": 812})),
            (
                json!({"as_of": 7}),
                json!({"id": "tap", "ok": true, "as_of": 812, "data": {"as_of": 7}}),
            ),
        ] {
            let raw = serde_json::value::to_raw_value(&outcome).expect("JSON");
            let said = parsed(&ack("tap", Some(812), Some(&raw)), Envelope::default());
            assert_eq!(said["data"], told, "{outcome}");
        }
        let own = serde_json::value::to_raw_value(&json!({"as_of": 7})).expect("JSON");
        let said = parsed(&ack("tap", None, Some(&own)), Envelope::default());
        assert_eq!(said["data"], json!({"id": "tap", "ok": true, "as_of": 7}));
    }

    #[test]
    fn frames_are_taken_apart() {
        let Ok(Inbound::Command { id, .. }) = decode(r#"{"action":"occupy","id":7}"#) else {
            panic!()
        };
        assert_eq!(id.as_deref(), Some("7"));
        let control = |text| match decode(text) {
            Ok(Inbound::Control { control, .. }) => control,
            other => panic!("{other:?}"),
        };
        assert_eq!(control(r#"{"action":"ping"}"#), Control::Ping);
        assert_eq!(
            control(r#"{"action":"resume","since":12}"#),
            Control::Resume(Some(12))
        );
        assert_eq!(
            control(r#"{"action":"resume","since":"12"}"#),
            Control::Resume(Some(12))
        );
        assert_eq!(
            control(r#"{"action":"resume","since":-1}"#),
            Control::Resume(None)
        );
        assert_eq!(
            control(r#"{"action":"authenticate","token":"a.b"}"#),
            Control::Authenticate("a.b".into())
        );
        for (text, code) in [
            ("", "INVALID_JSON"),
            ("[1]", "INVALID_JSON"),
            ("{", "INVALID_JSON"),
            (r#"{"action":5}"#, "INVALID_FRAME"),
            (r#"{"action":"x","id":{}}"#, "INVALID_FRAME"),
            (r#"{"action":"authenticate"}"#, "INVALID_FRAME"),
        ] {
            assert_eq!(decode(text).expect_err(text).error.code, code, "{text}");
        }
    }

    #[test]
    fn a_number_spelled_with_escapes_is_resumed_from() {
        let frame = r#"{"action":"resume","since":"\u0031\u0032"}"#;
        assert!(matches!(
            decode(frame),
            Ok(Inbound::Control {
                control: Control::Resume(Some(12)),
                ..
            })
        ));
    }

    #[test]
    fn a_refused_frame_is_refused_under_its_id() {
        for (text, id) in [
            (r#"{"action":5,"id":"x"}"#, Some("x")),
            (r#"{"action":"authenticate","id":7}"#, Some("7")),
            (r#"{"action":5}"#, None),
            (r#"{"action":"ping","id":{}}"#, None),
        ] {
            assert_eq!(decode(text).expect_err(text).id.as_deref(), id, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_strangers_bytes_never_panic(text in ".{0,200}") {
            let _ = decode(&text);
        }
    }
}
