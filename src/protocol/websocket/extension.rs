//! What is agreed about compression in the handshake (RFC 7692, section 7.1).

use std::borrow::Cow;

/// The extension as the server speaks it.
///
/// No context takeover in either direction, always: a message that is compressed by itself is compressed once for everybody, and no connection owns a
/// compressor, a decompressor or a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeflateParams {
    /// The value of `Sec-WebSocket-Extensions` in the answer.
    pub(crate) answer: String,
    /// The client reads what was compressed with the full window of 32 KiB. One that demands a smaller one gets plain frames, which is always allowed
    /// (section 6), instead of everybody getting worse compression.
    pub(crate) full_window: bool,
}

const NAME: &str = "permessage-deflate";
/// Base-2 logarithm of the window's bytes.
const FULL_WINDOW_BITS: u8 = 15;

/// An offer that is not written as RFC 6455, section 9.1, has it: a handshake with one fails, because nobody knows what was meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

/// The first offer that can be accepted, in the client's order. `values` are those of its `Sec-WebSocket-Extensions` headers. An offer with a parameter that is
/// unknown, twice there, or out of range is declined (section 7.1), and so are other extensions; declining breaks nothing.
pub(crate) fn negotiate<'a>(
    values: impl IntoIterator<Item = &'a str>,
) -> Result<Option<DeflateParams>, Malformed> {
    let mut agreed = None;
    let offers = values.into_iter().flat_map(|v| unquoted(v, ','));
    // a list may have empty elements (RFC 9110, section 5.6.1)
    for offer in offers.filter(|offer| !trimmed(offer).is_empty()) {
        let accepted = accept(offer)?;
        agreed = agreed.or(accepted);
    }
    Ok(agreed)
}

/// Reads an offer to its end, also one that is declined: it may be malformed behind that.
fn accept(offer: &str) -> Result<Option<DeflateParams>, Malformed> {
    let mut parts = unquoted(offer, ';').map(trimmed);
    let name = token(parts.next().unwrap_or_default())?;
    let mut acceptable = name.eq_ignore_ascii_case(NAME);
    let (mut server_alone, mut client_alone) = (None, None);
    let (mut server_bits, mut client_bits) = (None, None);
    for part in parts {
        let (name, value) = match part.split_once('=') {
            Some((name, value)) => (trimmed(name), Some(unquote(trimmed(value))?)),
            None => (part, None),
        };
        let value = value.as_deref();
        let (before, now) = match (token(name)?.to_ascii_lowercase().as_str(), value) {
            ("server_no_context_takeover", None) => (&mut server_alone, Some(0)),
            ("client_no_context_takeover", None) => (&mut client_alone, Some(0)),
            ("server_max_window_bits", Some(value)) => (&mut server_bits, bits(value)),
            // how well the client compresses is its own affair: the answer need not mention it
            ("client_max_window_bits", None) => (&mut client_bits, Some(FULL_WINDOW_BITS)),
            ("client_max_window_bits", Some(value)) => (&mut client_bits, bits(value)),
            _ => {
                acceptable = false;
                continue;
            }
        };
        acceptable &= now.is_some() && before.is_none();
        *before = now;
    }
    if !acceptable {
        return Ok(None);
    }
    let mut answer = format!("{NAME}; server_no_context_takeover; client_no_context_takeover");
    if let Some(bits) = server_bits {
        answer.push_str(&format!("; server_max_window_bits={bits}"));
    }
    Ok(Some(DeflateParams {
        answer,
        full_window: server_bits.is_none_or(|bits| bits == FULL_WINDOW_BITS),
    }))
}

/// 8 to 15 without leading zeros (section 7.1.2).
fn bits(value: &str) -> Option<u8> {
    match value {
        "8" => Some(8),
        "9" => Some(9),
        two => (10..=FULL_WINDOW_BITS).find(|bits| *two == bits.to_string()),
    }
}

fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// At least one character, and none of those that separate (RFC 9110, section 5.6.2).
fn token(text: &str) -> Result<&str, Malformed> {
    let is_one = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    match !text.is_empty() && text.bytes().all(is_one) {
        true => Ok(text),
        false => Err(Malformed),
    }
}

/// A parameter's value. What stands in quotes must be a token when they are gone (RFC 6455, section 9.1).
fn unquote(value: &str) -> Result<Cow<'_, str>, Malformed> {
    let Some(inner) = value.strip_prefix('"') else {
        return token(value).map(Cow::Borrowed);
    };
    let inner = inner.strip_suffix('"').ok_or(Malformed)?;
    let mut text = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(c) = characters.next() {
        text.push(match c {
            '\\' => characters.next().ok_or(Malformed)?,
            c => c,
        });
    }
    token(&text)?;
    Ok(Cow::Owned(text))
}

/// The parts between separators that stand in no quotes.
fn unquoted(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |c| {
        let is_quote = c == '"' && !escaped;
        escaped = quoted && c == '\\' && !escaped;
        quoted ^= is_quote;
        c == separator && !quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALWAYS: &str =
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    #[track_caller]
    fn agreed(offer: &str, more: &str, full_window: bool) {
        let answer = format!("{ALWAYS}{more}");
        let expected = Some(DeflateParams {
            answer,
            full_window,
        });
        assert_eq!(negotiate([offer]), Ok(expected), "{offer}");
    }

    #[test]
    fn what_browsers_offer_is_accepted() {
        agreed("permessage-deflate", "", true);
        agreed("permessage-deflate; client_max_window_bits", "", true);
        agreed("Permessage-Deflate;client_max_window_bits=8", "", true);
        agreed(ALWAYS, "", true);
        agreed("x-webkit-deflate-frame, permessage-deflate", "", true);
    }

    #[test]
    fn a_smaller_window_is_granted_and_means_plain_frames() {
        agreed(
            "permessage-deflate; server_max_window_bits=10",
            "; server_max_window_bits=10",
            false,
        );
        agreed(
            r#"permessage-deflate; server_max_window_bits = "8""#,
            "; server_max_window_bits=8",
            false,
        );
        agreed(
            r#"permessage-deflate; server_max_window_bits="1\0""#,
            "; server_max_window_bits=10",
            false,
        );
        agreed(
            "permessage-deflate; server_max_window_bits=15",
            "; server_max_window_bits=15",
            true,
        );
        let choice = "permessage-deflate; server_max_window_bits=9, permessage-deflate";
        agreed(choice, "; server_max_window_bits=9", false);
    }

    #[test]
    fn an_offer_with_a_mistake_is_passed_over() {
        for offer in [
            "",
            ",",
            "permessage-bzip2",
            r#"permessage-bzip2; level="\9""#,
            "permessage-deflate; window=5",
            "permessage-deflate; server_max_window_bits",
            "permessage-deflate; server_max_window_bits=7",
            "permessage-deflate; server_max_window_bits=16",
            "permessage-deflate; server_max_window_bits=010",
            "permessage-deflate; server_max_window_bits=9; server_max_window_bits=9",
            "permessage-deflate; server_max_window_bits=9; server_max_window_bits=99",
            "permessage-deflate; client_max_window_bits; client_max_window_bits=9",
            "permessage-deflate; client_max_window_bits=+9",
            "permessage-deflate; client_max_window_bits=015",
            "permessage-deflate; server_no_context_takeover=1",
            "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
        ] {
            assert_eq!(negotiate([offer]), Ok(None), "{offer}");
            agreed(&format!("{offer}, permessage-deflate"), "", true);
        }
        assert_eq!(negotiate([]), Ok(None));
        let two_headers = ["permessage-deflate; window=5", "permessage-deflate"];
        assert!(matches!(negotiate(two_headers), Ok(Some(_))));
    }

    #[test]
    fn what_is_no_offer_at_all_fails_the_handshake() {
        for value in [
            ";",
            "permessage-deflate;",
            "permessage-deflate; ; client_max_window_bits",
            "permessage-deflate; =9",
            "permessage-deflate; client_max_window_bits=",
            "permessage-deflate; client max window bits",
            "permessage-deflate client_max_window_bits",
            "permessage-deflate; window=5; =",
            r#"permessage-deflate; server_max_window_bits=""#,
            r#"permessage-deflate; server_max_window_bits="""#,
            r#"permessage-deflate; server_max_window_bits="9"#,
            r#"permessage-deflate; server_max_window_bits="9 ""#,
            r#"permessage-deflate; server_max_window_bits="9\""#,
            r#"foo; bar="a, permessage-deflate;", permessage-deflate"#,
            "f(o)o",
        ] {
            assert_eq!(negotiate([value]), Err(Malformed), "{value}");
            let first = ["permessage-deflate", value];
            assert_eq!(negotiate(first), Err(Malformed), "{value}");
        }
    }

    proptest! {
        #[test]
        fn a_strangers_header_never_panics(value in "[a-z_=;, \"\\\\0-9]{0,80}") {
            let _ = negotiate([value.as_str()]);
        }
    }
}
