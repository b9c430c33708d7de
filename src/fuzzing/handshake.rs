//! The head of a request: where it ends, what hyper makes of it, and whether it may become a WebSocket.

mod habits;
mod hyper;
mod offers;

use super::dice::Dice;
use crate::protocol::websocket::accept_key;
use crate::protocol::websocket::extension::negotiate;
use crate::server::{Position, RequestFraming, Unfit, UpgradeRequest};
use ::http::request::Parts;
use habits::Habits;

/// The longest head, in bytes: short, so that inputs of some kilobytes find the limit.
const HEAD_BYTES: usize = 2048;

/// `data` is what a client sends from the first byte on.
///
/// # Panics
/// When the verdict depends on how the stream was cut; when what was let through could be read in two ways, by hyper or by one that forgives a lot; when a
/// handshake is judged otherwise than the RFC does; when something else is agreed on about compression.
pub fn handshake(data: &[u8]) {
    let mut dice = Dice::of(data);
    let read = Read::of(data);
    for pieces in [
        vec![data],
        data.chunks(dice.up_to(50)).collect(),
        dice.cut(data),
    ] {
        let wrong = first_wrong(&pieces);
        assert_eq!(
            wrong,
            read.wrong,
            "{} reads of {}",
            pieces.len(),
            data.escape_ascii()
        );
    }

    let starts: Vec<usize> = read.requests.iter().map(|request| request.start).collect();
    for habits in Habits::all() {
        let others = habits::starts(&data[..read.settled], habits);
        assert_eq!(others, starts, "{habits:?}: {}", data.escape_ascii());
    }

    // what the server lets hyper see
    let mut passed = data.to_vec();
    if let Some(at) = read.wrong {
        passed.truncate(at);
    }
    if read.wrong.is_some() {
        passed.push(0);
    }
    let seen = hyper::requests(&passed, dice.up_to(300), HEAD_BYTES);
    assert!(seen.len() <= read.requests.len(), "{}", data.escape_ascii());
    for (seen, request) in seen.iter().zip(&read.requests) {
        if let Some(body) = &seen.body {
            assert!(
                request.is_complete && *body == request.body,
                "{}",
                data.escape_ascii()
            );
        }
        let head = &data[request.start..request.head_end];
        judged(&seen.head, head);
    }
}

/// The first byte that must not be there, in pieces.
fn first_wrong(pieces: &[&[u8]]) -> Option<usize> {
    let mut framing = RequestFraming::new(2 * HEAD_BYTES);
    let mut before = 0;
    for piece in pieces {
        if let Err(ambiguous) = framing.take(piece) {
            assert!(ambiguous.at < piece.len());
            return Some(before + ambiguous.at);
        }
        before += piece.len();
    }
    None
}

/// A stream as the server follows it.
#[derive(Default)]
struct Read {
    requests: Vec<Request>,
    /// Where it stopped.
    wrong: Option<usize>,
    /// Up to here it is known what each byte is: the end of a head, or later. In the middle of a head there may still be some mistake.
    settled: usize,
}

/// One whose head is complete.
#[derive(Default)]
struct Request {
    start: usize,
    head_end: usize,
    body: Vec<u8>,
    is_complete: bool,
}

impl Read {
    fn of(data: &[u8]) -> Self {
        let mut read = Read::default();
        let mut framing = RequestFraming::new(2 * HEAD_BYTES);
        let mut start = 0;
        for (at, byte) in data.iter().enumerate() {
            let before = framing.position();
            if framing.take(&[*byte]).is_err() {
                read.wrong = Some(at);
                break;
            }
            let after = framing.position();
            if before == Position::Between {
                start = at;
            }
            if before == Position::Fields && after != Position::Fields {
                read.requests.push(Request {
                    start,
                    head_end: at + 1,
                    ..Request::default()
                });
            }
            if let Some(request) = read.requests.last_mut() {
                if before == Position::Body {
                    request.body.push(*byte);
                }
                let is_begun = matches!(
                    before,
                    Position::Fields | Position::Body | Position::Chunking
                );
                if is_begun && matches!(after, Position::Between | Position::Tunnel) {
                    request.is_complete = true;
                }
            }
            if !matches!(after, Position::RequestLine | Position::Fields) {
                read.settled = at + 1;
            }
            if after == Position::Tunnel {
                break;
            }
        }
        read
    }
}

/// The lines of a head, as they stand there: names in small letters, values without the blanks around them.
fn fields(head: &[u8]) -> Vec<(String, &[u8])> {
    let lines = head.split(|b| *b == b'\n').skip(1);
    let fields = lines.filter_map(|line| {
        let colon = line.iter().position(|b| *b == b':')?;
        let name = String::from_utf8_lossy(&line[..colon]).to_ascii_lowercase();
        Some((name, line[colon + 1..].trim_ascii()))
    });
    fields.collect()
}

/// RFC 6455, section 4.2.1, read line by line.
fn judged(seen: &Parts, head: &[u8]) {
    let shown = head.escape_ascii();
    let fields = fields(head);
    let all = |name: &str| -> Vec<&[u8]> {
        let named = fields.iter().filter(|(n, _)| n == name);
        named.map(|(_, value)| *value).collect()
    };
    let is_text = |value: &[u8]| value.iter().all(|b| matches!(b, b' '..=b'~' | b'\t'));
    let lists = |name: &str, word: &str| {
        let mut values = all(name).into_iter().filter(|value| is_text(value));
        values.any(|value| {
            let mut words = value.split(|b| *b == b',');
            words.any(|listed| listed.trim_ascii().eq_ignore_ascii_case(word.as_bytes()))
        })
    };
    let key = match all("sec-websocket-key")[..] {
        [key] if is_16_bytes_of_base64(key) => Some(key),
        _ => None,
    };
    let origins = all("origin");
    let is_zero = |length: &&[u8]| !length.is_empty() && length.iter().all(|b| *b == b'0');
    let has_body = !all("content-length").iter().all(is_zero);
    let expected = if !head.trim_ascii_start().starts_with(b"GET ") {
        Err(Unfit::Method)
    } else if !lists("upgrade", "websocket") || !lists("connection", "upgrade") {
        Err(Unfit::NoUpgrade)
    } else if all("sec-websocket-version") != [b"13"] {
        Err(Unfit::Version)
    } else if key.is_none() {
        Err(Unfit::Key)
    } else if has_body || !all("transfer-encoding").is_empty() {
        Err(Unfit::Body)
    } else if origins.len() > 1 || origins.iter().any(|origin| !is_text(origin)) {
        Err(Unfit::Origin)
    } else {
        offers::negotiated(&all("sec-websocket-extensions")).map_err(|()| Unfit::Extensions)
    };
    let judged = UpgradeRequest::of(&seen.method, &seen.headers);
    let verdict = match &judged {
        Ok(asked) => {
            let agreed = asked.compression.as_ref();
            Ok(agreed.map(|agreed| (agreed.answer.clone(), agreed.full_window)))
        }
        Err(unfit) => Err(*unfit),
    };
    assert_eq!(verdict, expected, "{shown}");
    if let Ok(asked) = judged {
        assert_eq!(Some(asked.key.as_bytes()), key, "{shown}");
        assert_eq!(
            asked.origin.map(str::as_bytes),
            origins.first().copied(),
            "{shown}"
        );
        let lists = all("sec-websocket-protocol")
            .into_iter()
            .filter(|list| is_text(list));
        let offered: Vec<Vec<u8>> = lists.map(<[u8]>::to_vec).collect();
        let offered = (!offered.is_empty()).then(|| offered.join(&b','));
        assert_eq!(
            asked.protocols.as_ref().map(|p| p.as_bytes().to_vec()),
            offered,
            "{shown}"
        );
        if let Some(agreed) = &asked.compression {
            let again = negotiate([&*agreed.answer]).expect("well-formed");
            assert_eq!(again.as_ref(), Some(agreed), "offered again: {shown}");
        }
        let accept = accept_key(asked.key);
        assert!(accept.len() == 28 && accept.ends_with('='), "{accept}");
    } else if let Err(unfit) = judged {
        let status = unfit.response().status();
        assert!(status.is_client_error(), "{status}: {shown}");
    }
}

/// 22 characters hold 132 bits, the last four of which must say nothing.
fn is_16_bytes_of_base64(key: &[u8]) -> bool {
    let is_digit = |b: &u8| b.is_ascii_alphanumeric() || b"+/".contains(b);
    match key {
        [digits @ .., last, b'=', b'='] if digits.len() == 21 => {
            digits.iter().all(is_digit) && b"AQgw".contains(last)
        }
        _ => false,
    }
}
