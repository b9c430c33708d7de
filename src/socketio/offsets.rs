//! Whether a client is told the number of each durable event, as one more argument.
//!
//! The stock JavaScript client (4.6 and later) remembers the last argument where it is text, and comes back with it; one more argument harms no function of that
//! language. Nothing in its first request or packet tells it from other clients: it says its `pid` only when it comes back, and then it must have had the number
//! of each event before. Others hand all arguments to their handlers, and some of those take no more than they expect. So everybody is told, except for those
//! who say that they do not want it, and those whose library is known to break: it is known by its request (RFC 9110, section 10.1.5, has `User-Agent` for
//! this).

use super::endpoint::HandshakeRequest;
use crate::routing::pattern::query_pairs;
use crate::routing::{Offsets, Policy};
use http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::value::RawValue;

/// Whether a request that opens a session is of a library that calls handlers with all arguments, where they take no more than they expect:
///
/// - python-socketio (python-engineio) of any transport: a parameter `t` with the time in seconds and a fraction. Its polls also name `python-requests` or
///   `aiohttp`, its WebSockets do not.
/// - socket_io_client of Dart, outside of browsers: handlers have one parameter, which is a list where there is more than one argument.
pub(crate) fn breaks_on_offsets(headers: &HeaderMap, query: &str) -> bool {
    let agent = headers.get(header::USER_AGENT);
    let is_dart = agent.is_some_and(|agent| agent.as_bytes().starts_with(b"Dart/"));
    is_dart || query_pairs(query).any(|(name, value)| name == "t" && is_seconds(&value))
}

/// As Python prints its clock: other clients print milliseconds, and to another base.
fn is_seconds(time: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let parts = time.split_once('.');
    parts.is_some_and(|(whole, part)| whole.len() >= 10 && digits(whole) && digits(part))
}

/// What the `auth` of a CONNECT says about it. Each value may be anything: it is a stranger's.
#[derive(Default, Deserialize)]
struct ConnectOptions<'a> {
    #[serde(borrow, default)]
    offsets: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pid: Option<&'a RawValue>,
    #[serde(borrow, default)]
    since: Option<&'a RawValue>,
}

/// Whether the client that asks for a namespace is told the numbers of what it hears there. `auth`: what it sent along.
pub(super) fn are_told(
    policy: &Policy,
    request: &HandshakeRequest,
    auth: Option<&RawValue>,
) -> bool {
    let said: ConnectOptions<'_> = auth
        .and_then(|auth| serde_json::from_str(auth.get()).ok())
        .unwrap_or_default();
    let asks = match said.offsets.map(RawValue::get) {
        Some("true") => Some(true),
        Some("false") => Some(false),
        // who comes back with either has had it from such a number
        _ => (said.pid.is_some() || said.since.is_some()).then_some(true),
    };
    match policy.offsets {
        Offsets::Auto => asks.unwrap_or(!request.breaks_on_offsets),
        Offsets::Always => asks.unwrap_or(true),
        Offsets::Asked => asks.unwrap_or(false),
        Offsets::Never => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn known(agent: Option<&'static str>, query: &str) -> bool {
        let mut headers = HeaderMap::new();
        if let Some(agent) = agent {
            headers.insert(header::USER_AGENT, HeaderValue::from_static(agent));
        }
        breaks_on_offsets(&headers, query)
    }

    /// As they were recorded: python-engineio 4.15, socket_io_client 3, socket.io-client 3.1 and 4.8, rust_socketio 0.6.
    #[test]
    fn a_library_that_breaks_is_known_by_its_request() {
        let python = "transport=websocket&EIO=4&t=1796114167.5607784";
        assert!(known(None, python));
        assert!(known(Some("python-requests/2.34.2"), python));
        assert!(known(
            Some("Dart/3.5 (dart:io)"),
            "EIO=4&transport=websocket"
        ));
        for query in [
            "EIO=4&transport=websocket",
            "EIO=4&transport=polling&t=fzslze4k",
            "EIO=4&transport=polling&t=Q8mlmZt.0&b64=1",
            "EIO=4&transport=polling&t=970789029",
            "EIO=4&transport=polling&t=1796114167560",
            "EIO=4&transport=polling&t=12345.67",
            "EIO=4&transport=polling&t=1796114167.",
        ] {
            assert!(!known(None, query), "{query}");
            assert!(!known(Some("node-XMLHttpRequest"), query), "{query}");
        }
        assert!(!known(Some("Mozilla/5.0"), "EIO=4&transport=polling&t=abc"));
    }
}
