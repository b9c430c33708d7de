//! Runs the dialogues in `tests/transcripts/`: what a person types into `wscat`, and what comes back.
//!
//! ```text
//! # A comment.
//! $ wscat -c ws://localhost:9000/ws/orders/1/ as manager     opens a connection (`as ROLE`: with a token)
//! > {"action":"get_status"}                                  sends a frame
//! < {"type":"order_status","data":{"id":1,"at":<time>}}      must be the next frame
//! $ wscat -c ... as ROLE and leaves                          somebody else comes, and goes again
//! $ sqlite3 maitred.db "UPDATE ..."                          another program writes
//! $ curl -X PUT localhost:8000/api/... -d '{...}' as admin   somebody asks over HTTP
//! = {"success":true,...}                                     must be the answer
//! ```
//!
//! `<int>`, `<time>`, `<text>` and `<any>` stand for what differs from run to run. `BLESS=1 cargo test -p restaurant transcripts` writes what came
//! into the files; read the difference before you commit it.

use crate::support::client::{Heard, parse};
use crate::support::{Client, PATIENCE, Server, http};
use serde_json::Value;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

#[test]
fn dialogues_go_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/transcripts");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "txt"))
        .collect();
    files.sort();
    assert!(files.len() >= 7, "one for each endpoint");
    let mut wrong = Vec::new();
    for file in files {
        let written = std::fs::read_to_string(&file).expect("text");
        let came = run(&written);
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&file, came.text).expect("blessed");
        } else if let Some(difference) = came.difference {
            wrong.push(format!("{}:{difference}", file.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\n(BLESS=1 accepts what came)",
        wrong.join("\n")
    );
}

struct Came {
    /// The transcript with what really came.
    text: String,
    /// The first line that was not as written.
    difference: Option<String>,
}

fn run(written: &str) -> Came {
    let mut server = Server::start();
    let mut client: Option<Client> = None;
    let mut answered: Option<String> = None;
    let mut came = Came {
        text: String::new(),
        difference: None,
    };
    let mut differs = |n: usize, wanted: &str, got: &str| {
        if came.difference.is_none() {
            came.difference = Some(format!("{}:\nwritten {wanted}\ncame    {got}", n + 1));
        }
    };
    for (n, line) in written.lines().enumerate() {
        let mut out = line.to_owned();
        if let Some(command) = line.strip_prefix("$ ") {
            if let Some(sql) = command.strip_prefix("sqlite3 maitred.db ") {
                server.shell(&format!("{};", sql.trim_matches('"')));
            } else if let Some(other) = command.strip_suffix(" and leaves") {
                // Somebody else, who has heard the first frame when they go.
                open(&mut server, other).next();
            } else if let Some(asked) = command.strip_prefix("curl ") {
                answered = Some(ask(&mut server, asked));
            } else {
                client = Some(open(&mut server, command));
            }
        } else if let Some(frame) = line.strip_prefix("> ") {
            client
                .as_mut()
                .expect("a connection first")
                .send_text(frame);
        } else if let Some(wanted) = line.strip_prefix("= ") {
            let got = answered.take().expect("a request first");
            if !matches(&parse(&quoted(wanted)), &parse(&got)) {
                out = format!("= {}", general(&got));
                differs(n, wanted, &got);
            }
        } else if let Some(wanted) = line.strip_prefix("< ") {
            match client
                .as_mut()
                .expect("a connection first")
                .listen(PATIENCE)
            {
                Heard::Text(text) => {
                    let wanted_value = parse(&quoted(wanted));
                    // What was written stays where it fits, so that its placeholders stay.
                    if !matches(&wanted_value, &parse(&text)) {
                        out = format!("< {}", general(&text));
                        differs(n, wanted, &text);
                    }
                }
                other => {
                    differs(n, wanted, &format!("{other:?}"));
                    break;
                }
            }
        }
        came.text.push_str(&out);
        came.text.push('\n');
    }
    came
}

/// The documents' ports are those of the listeners.
fn listener(server: &mut Server, place: &str) -> (SocketAddr, String) {
    let (port, path) = place.split_at(place.find('/').unwrap_or(place.len()));
    let address = match port {
        "9000" => server.address,
        "8000" => server.listening("timing"),
        other => panic!("nobody listens on {other}"),
    };
    (address, path.trim().to_owned())
}

/// `wscat -c ws://localhost:9000/ws/orders/1/ as manager`
fn open(server: &mut Server, command: &str) -> Client {
    let (url, role) = command.split_once(" as ").unwrap_or((command, ""));
    let place = url
        .strip_prefix("wscat -c ws://localhost:")
        .unwrap_or_else(|| panic!("no connection: {command}"));
    let (address, path) = listener(server, place);
    let bearer = (!role.is_empty()).then(|| format!("Bearer {}", server.token(role.trim())));
    let headers: Vec<_> = bearer.iter().map(|b| ("authorization", &**b)).collect();
    Client::dial(address, &path, &headers).unwrap_or_else(|status| panic!("{url}: {status}"))
}

/// `-X PUT localhost:8000/api/admin/orders/1/status -d '{"status":"ready"}' as admin`: the answer.
fn ask(server: &mut Server, asked: &str) -> String {
    let (asked, role) = asked.split_once(" as ").unwrap_or((asked, ""));
    let (asked, body) = asked.split_once(" -d ").unwrap_or((asked, ""));
    let (method, place) = match asked.strip_prefix("-X ") {
        Some(asked) => asked.split_once(' ').expect("a method and a place"),
        None => ("GET", asked),
    };
    let place = place.strip_prefix("localhost:").expect("a place");
    let (address, path) = listener(server, place);
    let bearer = (!role.is_empty()).then(|| format!("Bearer {}", server.token(role.trim())));
    let headers: Vec<_> = bearer.iter().map(|b| ("Authorization", &**b)).collect();
    let body = body.trim().trim_matches('\'');
    http::send(address, &format!("{method} {path}"), &headers, body).text
}

/// Puts the placeholders, which are bare words, between quotation marks, so that the line is JSON.
pub(crate) fn quoted(template: &str) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some(c) = rest.chars().next() {
        let (token, after) = match c {
            '"' => rest.split_at(string_end(rest)),
            '<' => rest.split_at(rest.find('>').map_or(rest.len(), |at| at + 1)),
            _ => rest.split_at(c.len_utf8()),
        };
        if c == '<' {
            out.push_str(&format!("\"{token}\""));
        } else {
            out.push_str(token);
        }
        rest = after;
    }
    out
}

pub(crate) fn matches(wanted: &Value, got: &Value) -> bool {
    match (wanted, got) {
        (Value::String(w), _) if w == "<any>" => true,
        (Value::String(w), Value::Number(n)) if w == "<int>" => n.is_i64() || n.is_u64(),
        (Value::String(w), Value::String(s)) if w == "<time>" => is_time(s),
        (Value::String(w), Value::String(_)) if w == "<text>" => true,
        (Value::Object(w), Value::Object(g)) => {
            w.len() == g.len()
                && w.iter()
                    .all(|(key, w)| g.get(key).is_some_and(|g| matches(w, g)))
        }
        (Value::Array(w), Value::Array(g)) => {
            w.len() == g.len() && w.iter().zip(g).all(|(w, g)| matches(w, g))
        }
        _ => wanted == got,
    }
}

/// A uuid; those of the demo that the documents name look like no other.
fn is_random(text: &str) -> bool {
    let dashes = [8, 13, 18, 23];
    text.len() == 36
        && dashes.iter().all(|at| text.as_bytes()[*at] == b'-')
        && !text.starts_with("11111111-1111")
}

fn is_time(text: &str) -> bool {
    text.len() >= 20 && text.ends_with('Z') && text.as_bytes()[10] == b'T'
}

/// A frame as it came, with placeholders for what the next run will not repeat: times, identifiers, numbers of the history.
pub(crate) fn general(text: &str) -> String {
    let mut out = String::new();
    let mut key = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let end = match c {
            '"' => string_end(rest),
            '0'..='9' | '-' => rest
                .find(|c: char| !"0123456789+-.eE".contains(c))
                .unwrap_or(rest.len()),
            _ => c.len_utf8(),
        };
        let (token, after) = rest.split_at(end);
        let is_key = c == '"' && after.starts_with(':');
        // A view's version is a point of the history; a row's counts from 1.
        let varies = ["seq", "as_of", "serverTime"].contains(&key.as_str())
            || key == "version" && token.len() > 6;
        let content = token.trim_matches('"');
        if is_key {
            key = content.to_owned();
            out.push_str(token);
        } else if c == '"' && is_time(content) {
            out.push_str("<time>");
        } else if c == '"'
            && (is_random(content) || key == "uuid" || key == "session_code" && content != "ABC123")
        {
            out.push_str("<text>");
        } else if varies && (c.is_ascii_digit()) {
            out.push_str("<int>");
        } else {
            out.push_str(token);
        }
        rest = after;
    }
    out
}

/// Where the string literal at the start of `text` ends.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (i, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return i + 1,
            _ => {}
        }
    }
    text.len()
}

#[test]
fn placeholders_stand_for_what_differs() {
    let frame = r#"{"type":"x","seq":7,"data":{"id":1,"at":"2026-01-28T21:00:00Z","as_of":9,"note":"a \"b\": 3","none":""}}"#;
    let wanted = r#"{"type":"x","seq":<int>,"data":{"id":1,"at":<time>,"as_of":<int>,"note":"a \"b\": 3","none":""}}"#;
    assert_eq!(general(frame), wanted);
    assert!(matches(&parse(&quoted(wanted)), &parse(frame)));
    assert!(!matches(&parse(r#"{"id":1}"#), &parse(r#"{"id":2}"#)));
    assert!(!matches(
        &parse(r#"{"id":1}"#),
        &parse(r#"{"id":1,"more":true}"#)
    ));
}
