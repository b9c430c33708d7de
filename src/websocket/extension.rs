//! What is agreed about compression in the handshake (RFC 7692, section 7.1).

/// The extension as the server speaks it.
///
/// No context takeover in either direction, always: a message that is compressed by itself is compressed once for everybody, and no connection owns a
/// compressor, a decompressor or a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Agreed {
    /// The value of `Sec-WebSocket-Extensions` in the answer.
    pub(crate) answer: String,
    /// The client reads what was compressed with the full window of 32 KiB. One that demands a smaller one gets plain frames, which is always allowed
    /// (section 6), instead of everybody getting worse compression.
    pub(crate) full_window: bool,
}

const NAME: &str = "permessage-deflate";
/// Base-2 logarithm of the window's bytes.
const FULL_WINDOW_BITS: u8 = 15;

/// The first offer that can be accepted, in the client's order. `values` are those of its `Sec-WebSocket-Extensions` headers. An offer with a parameter that is
/// unknown, twice there, or out of range is declined (section 7.1), and so are other extensions; declining breaks nothing.
pub(crate) fn negotiate<'a>(values: impl IntoIterator<Item = &'a str>) -> Option<Agreed> {
    let offers = values.into_iter().flat_map(|v| unquoted(v, ','));
    offers.filter_map(accept).next()
}

fn accept(offer: &str) -> Option<Agreed> {
    let mut parts = unquoted(offer, ';').map(str::trim);
    if !parts.next()?.eq_ignore_ascii_case(NAME) {
        return None;
    }
    let (mut server_alone, mut client_alone) = (false, false);
    let (mut server_bits, mut client_bits) = (None, None);
    for part in parts {
        let (name, value) = match part.split_once('=') {
            Some((name, value)) => (name.trim_end(), Some(value.trim_start())),
            None => (part, None),
        };
        let twice = match (name.to_ascii_lowercase().as_str(), value) {
            ("server_no_context_takeover", None) => std::mem::replace(&mut server_alone, true),
            ("client_no_context_takeover", None) => std::mem::replace(&mut client_alone, true),
            ("server_max_window_bits", Some(value)) => server_bits.replace(bits(value)?).is_some(),
            // how well the client compresses is its own affair: the answer need not mention it
            ("client_max_window_bits", None) => client_bits.replace(FULL_WINDOW_BITS).is_some(),
            ("client_max_window_bits", Some(value)) => client_bits.replace(bits(value)?).is_some(),
            _ => return None,
        };
        if twice {
            return None;
        }
    }
    let mut answer = format!("{NAME}; server_no_context_takeover; client_no_context_takeover");
    if let Some(bits) = server_bits {
        answer.push_str(&format!("; server_max_window_bits={bits}"));
    }
    Some(Agreed {
        answer,
        full_window: server_bits.is_none_or(|bits| bits == FULL_WINDOW_BITS),
    })
}

/// 8 to 15 without leading zeros, perhaps in quotes (section 7.1.2).
fn bits(value: &str) -> Option<u8> {
    let quoted = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
    match quoted.unwrap_or(value) {
        "8" => Some(8),
        "9" => Some(9),
        two => (10..=FULL_WINDOW_BITS).find(|bits| *two == bits.to_string()),
    }
}

/// The parts between separators that stand in no quotes.
fn unquoted(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |c| {
        quoted ^= c == '"';
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
        let expected = Some(Agreed {
            answer,
            full_window,
        });
        assert_eq!(negotiate([offer]), expected, "{offer}");
    }

    #[test]
    fn what_browsers_offer_is_accepted() {
        agreed("permessage-deflate", "", true);
        agreed("permessage-deflate; client_max_window_bits", "", true);
        agreed("Permessage-Deflate;client_max_window_bits=8", "", true);
        agreed(ALWAYS, "", true);
        agreed("x-webkit-deflate-frame, permessage-deflate", "", true);
        agreed(
            r#"foo; bar="a, permessage-deflate;", permessage-deflate"#,
            "",
            true,
        );
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
            ";",
            "permessage-bzip2",
            "permessage-deflate; ",
            "permessage-deflate; window=5",
            "permessage-deflate; server_max_window_bits",
            "permessage-deflate; server_max_window_bits=7",
            "permessage-deflate; server_max_window_bits=16",
            "permessage-deflate; server_max_window_bits=010",
            "permessage-deflate; client_max_window_bits=+9",
            "permessage-deflate; client_max_window_bits=",
            "permessage-deflate; server_no_context_takeover=1",
            "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
        ] {
            assert_eq!(negotiate([offer]), None, "{offer}");
            agreed(&format!("{offer}, permessage-deflate"), "", true);
        }
        assert_eq!(negotiate([]), None);
    }

    proptest! {
        #[test]
        fn a_strangers_header_never_panics(value in "[a-z_=;, \"0-9]{0,80}") {
            let _ = negotiate([value.as_str()]);
        }
    }
}
