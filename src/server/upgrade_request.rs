//! A request to become a WebSocket, by its head alone (RFC 6455, section 4.2.1). Its origin and its token are judged later.

use super::errors::{READ, method_not_allowed};
use crate::consumer::rest::answer::{Response, text};
use crate::protocol::websocket;
use crate::protocol::websocket::extension::{DeflateParams, negotiate};
use ::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use std::borrow::Cow;

/// A request that may become a WebSocket.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UpgradeRequest<'h> {
    /// 16 bytes in base64.
    pub key: &'h str,
    /// The origin of the page that asks, if a browser does.
    pub origin: Option<&'h str>,
    /// The offered subprotocols, of all headers that list some, separated by commas.
    pub protocols: Option<Cow<'h, str>>,
    /// The agreed extension; `None`: no offer can be accepted.
    pub compression: Option<DeflateParams>,
}

/// Why a request cannot become a WebSocket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unfit {
    Method,
    NoUpgrade,
    Version,
    Key,
    Body,
    Origin,
    Extensions,
}

impl<'h> UpgradeRequest<'h> {
    /// Reads a request. A header that may come once is refused when it comes twice: a proxy may have read the other one.
    pub fn of(method: &Method, headers: &'h HeaderMap) -> Result<Self, Unfit> {
        let listed = |name, word: &str| {
            let mut words = values(headers, name).flat_map(|value| value.split(','));
            words.any(|listed| listed.trim().eq_ignore_ascii_case(word))
        };
        if method != Method::GET {
            return Err(Unfit::Method);
        }
        if !listed(header::UPGRADE, "websocket") || !listed(header::CONNECTION, "upgrade") {
            return Err(Unfit::NoUpgrade);
        }
        if only(headers, header::SEC_WEBSOCKET_VERSION) != Some(Some("13")) {
            return Err(Unfit::Version);
        }
        let key = only(headers, header::SEC_WEBSOCKET_KEY).flatten();
        let Some(key) = key.filter(|key| websocket::valid_key(key)) else {
            return Err(Unfit::Key);
        };
        // a length of zero is no body (RFC 9112, section 6.3): some clients send it with every request
        let lengths = headers.get_all(header::CONTENT_LENGTH).iter();
        let has_body = lengths.into_iter().any(|length| !is_zero(length));
        if has_body || headers.contains_key(header::TRANSFER_ENCODING) {
            return Err(Unfit::Body);
        }
        // one that cannot be read is not none: programs send none, and may connect
        let Some(origin) = only(headers, header::ORIGIN) else {
            return Err(Unfit::Origin);
        };
        let mut lists = values(headers, header::SEC_WEBSOCKET_PROTOCOL);
        let protocols = lists.next().map(|first| {
            lists.fold(Cow::Borrowed(first), |all, list| {
                Cow::Owned(format!("{all},{list}"))
            })
        });
        let offers = headers.get_all(header::SEC_WEBSOCKET_EXTENSIONS).iter();
        // what is no text is no offer either
        let offers = offers.map(|value| value.to_str().unwrap_or("\0"));
        let Ok(compression) = negotiate(offers) else {
            return Err(Unfit::Extensions);
        };
        Ok(UpgradeRequest {
            key,
            origin,
            protocols,
            compression,
        })
    }
}

fn is_zero(length: &HeaderValue) -> bool {
    !length.is_empty() && length.as_bytes().iter().all(|digit| *digit == b'0')
}

/// The values of a header that are text.
fn values(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).into_iter();
    values.filter_map(|value| value.to_str().ok())
}

/// The one value of a header, if it is there. `None`: there are more, or it is no text.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<Option<&str>> {
    let mut all = headers.get_all(name).into_iter();
    match (all.next(), all.next()) {
        (None, _) => Some(None),
        (Some(value), None) => value.to_str().ok().map(Some),
        (Some(_), Some(_)) => None,
    }
}

impl Unfit {
    pub fn response(self) -> Response {
        let mut response = match self {
            Unfit::Method => method_not_allowed(READ),
            Unfit::NoUpgrade => text(
                StatusCode::UPGRADE_REQUIRED,
                "this is a WebSocket endpoint: connect with ws://\n",
            ),
            Unfit::Version => text(
                StatusCode::UPGRADE_REQUIRED,
                "WebSocket version 13 is spoken here\n",
            ),
            Unfit::Key => text(
                StatusCode::BAD_REQUEST,
                "Sec-WebSocket-Key is missing, repeated, or no 16 bytes of base64\n",
            ),
            Unfit::Body => text(StatusCode::BAD_REQUEST, "a handshake has no body\n"),
            Unfit::Extensions => text(
                StatusCode::BAD_REQUEST,
                "Sec-WebSocket-Extensions is malformed\n",
            ),
            Unfit::Origin => text(
                StatusCode::FORBIDDEN,
                "this origin is not allowed here: see `origins` in routing.toml\n",
            ),
        };
        let head = response.headers_mut();
        let fixed = HeaderValue::from_static;
        head.insert(header::CACHE_CONTROL, fixed("no-store"));
        match self {
            Unfit::NoUpgrade => {
                head.insert(header::UPGRADE, fixed("websocket"));
                head.insert(header::CONNECTION, fixed("Upgrade"));
            }
            Unfit::Version => {
                head.insert(header::SEC_WEBSOCKET_VERSION, fixed("13"));
            }
            Unfit::Method | Unfit::Key | Unfit::Body | Unfit::Origin | Unfit::Extensions => {}
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: [(&str, &str); 4] = [
        ("upgrade", "websocket"),
        ("connection", "Upgrade"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];

    fn judged(more: &[(&'static str, &[u8])]) -> Result<Option<String>, Unfit> {
        let mut headers = HeaderMap::new();
        let least = LEAST.iter().map(|(name, value)| (*name, value.as_bytes()));
        for (name, value) in least.chain(more.iter().copied()) {
            headers.append(name, HeaderValue::from_bytes(value).expect("a value"));
        }
        let request = UpgradeRequest::of(&Method::GET, &headers)?;
        Ok(request.protocols.map(Cow::into_owned))
    }

    #[test]
    fn an_origin_that_cannot_be_read_is_not_taken_for_none() {
        assert_eq!(judged(&[]), Ok(None));
        assert_eq!(judged(&[("origin", b"http://a")]), Ok(None));
        assert_eq!(judged(&[("origin", b"http://\xfc")]), Err(Unfit::Origin));
        let two: [(&str, &[u8]); 2] = [("origin", b"http://a"), ("origin", b"http://b")];
        assert_eq!(judged(&two), Err(Unfit::Origin));
    }

    #[test]
    fn subprotocols_are_those_of_all_headers() {
        let name = "sec-websocket-protocol";
        assert_eq!(
            judged(&[(name, b"json"), (name, b"bearer, a.b.c")]),
            Ok(Some("json,bearer, a.b.c".to_owned()))
        );
    }

    #[test]
    fn a_version_that_is_told_twice_is_refused() {
        let twice = judged(&[("sec-websocket-version", b"8")]);
        assert_eq!(twice, Err(Unfit::Version));
    }
}
