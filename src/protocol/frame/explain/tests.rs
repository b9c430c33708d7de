use super::*;
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
#[allow(dead_code)] // only what is refused is looked at
enum Ask {
    GetStatus,
    SetGuests {
        guests_count: i64,
        why: Option<String>,
    },
    Move {
        to: Place,
        at: Option<Moment>,
        seats: Option<Vec<u8>>,
    },
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Place {
    Inside,
    Outside,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code)]
struct Moment {
    hour: u8,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
enum Nothing {}

#[test]
fn mistakes_are_told_in_our_words() {
    for (frame, code, text) in [
        (
            r#"{"action":"dance"}"#,
            "UNKNOWN_ACTION",
            r#"unknown action "dance"; known: get_status, set_guests, move"#,
        ),
        (
            r#"{"action":"get_stats"}"#,
            "UNKNOWN_ACTION",
            r#"unknown action "get_stats"; did you mean get_status? known: get_status, set_guests, move"#,
        ),
        (
            r#"{}"#,
            "INVALID_FRAME",
            r#""action" is missing; known: get_status, set_guests, move"#,
        ),
        (
            r#"{"action":"set_guests"}"#,
            "INVALID_FRAME",
            r#""guests_count" is missing"#,
        ),
        (
            r#"{"action":"set_guests","guests_count":"many"}"#,
            "INVALID_FRAME",
            r#"guests_count: a whole number is expected, not "many""#,
        ),
        (
            r#"{"action":"set_guests","guests_count":2.5}"#,
            "INVALID_FRAME",
            "guests_count: a whole number is expected, not 2.5",
        ),
        (
            r#"{"action":"set_guests","guests_count":null}"#,
            "INVALID_FRAME",
            "guests_count: a whole number is expected, not null",
        ),
        (
            r#"{"action":"set_guests","why":[],"guests_count":2}"#,
            "INVALID_FRAME",
            "why: text is expected, not a list",
        ),
        (
            r#"{"action":"move","to":"dance"}"#,
            "INVALID_FRAME",
            r#"to: "dance" is none of inside, outside"#,
        ),
        (
            r#"{"action":"move","to":7}"#,
            "INVALID_FRAME",
            "to: a word is expected, not 7",
        ),
        (
            r#"{"action":"move","to":"inside","at":{"hour":300}}"#,
            "INVALID_FRAME",
            "at: a whole number from 0 to 255 is expected, not 300",
        ),
        (
            r#"{"action":"move","to":"inside","at":true}"#,
            "INVALID_FRAME",
            "at: an object is expected, not true",
        ),
        (
            r#"{"action":"move","to":"inside","seats":[1,-1]}"#,
            "INVALID_FRAME",
            "seats: a whole number from 0 to 255 is expected, not -1",
        ),
    ] {
        let told = explain::<Ask>(frame.as_bytes());
        assert_eq!((&*told.code, &*told.text), (code, text), "{frame}");
    }
    assert_eq!(
        explain::<Nothing>(r#"{"action":"dance"}"#.as_bytes()).text,
        r#"unknown action "dance"; nothing can be asked for here"#
    );
}

#[test]
fn an_action_that_is_null_is_missing() {
    let told = explain::<Ask>(br#"{"action":null}"#);
    assert_eq!(
        (&*told.code, &*told.text),
        (
            "INVALID_FRAME",
            r#""action" is missing; known: get_status, set_guests, move"#
        )
    );
}

#[test]
fn json_that_no_value_holds_is_not_called_no_object() {
    let deep = format!(
        r#"{{"action":"get_status","n":{}1{}}}"#,
        "[".repeat(200),
        "]".repeat(200)
    );
    for (frame, why) in [
        (
            r#"{"action":"get_status","n":1e999}"#,
            "number out of range",
        ),
        (
            r#"{"action":"get_status","n":"\ud800"}"#,
            "unexpected end of hex escape",
        ),
        (&*deep, "recursion limit exceeded"),
        (
            r#"{"action":"set_guests","guests_count":1,"guests_count":2}"#,
            "is a name in it twice?",
        ),
    ] {
        let told = explain::<Ask>(frame.as_bytes());
        assert_eq!(told.code, "INVALID_FRAME");
        assert_eq!(told.text, format!("the frame cannot be read: {why}"));
    }
}

#[test]
fn a_strangers_text_is_repeated_in_part() {
    let frame = format!(r#"{{"action":"{}"}}"#, "é".repeat(5_000));
    let told = explain::<Ask>(frame.as_bytes());
    assert_eq!(told.code, "UNKNOWN_ACTION");
    assert!(told.text.len() < 200, "{}", told.text);
    let frame = format!(
        r#"{{"action":"set_guests","guests_count":"{}"}}"#,
        "x".repeat(5_000)
    );
    assert!(explain::<Ask>(frame.as_bytes()).text.len() < 200);
}

proptest! {
    #[test]
    fn no_word_of_the_library_gets_out(action in "(get_status|set_guests|move|[a-z]{0,8})", name in "(guests_count|why|to|at|seats|[a-z]{0,4})",
        value in r#"(null|true|-?(0|[1-9][0-9]{0,18})|[0-9]\.[0-9]|"[a-z ]{0,8}"|\[\]|\[7\]|\{\}|\{"hour":"x"\})"#) {
        let frame = format!(r#"{{"action":"{action}","{name}":{value}}}"#);
        if serde_json::from_str::<Ask>(&frame).is_err() {
            let text = explain::<Ask>(frame.as_bytes()).text;
            prop_assert!(!text.starts_with("the frame cannot be read"), "{}", frame);
            for word in ["variant", "`", "invalid type", "i64", "u8", "struct", "enum"] {
                prop_assert!(!text.contains(word), "{frame}: {text}");
            }
        }
    }
}
