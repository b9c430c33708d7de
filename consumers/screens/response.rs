//! A file as an answer: what browsers are told beside its content.

use super::embedded::File;
use crate::rest::refusal;
use bytes::Bytes;
use maitred::ClientError;
use warp::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    HOST, IF_NONE_MATCH,
};
use warp::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use warp::reply::Response;

/// What the page may load, and where it may connect. Nothing from elsewhere, nothing that is written into the page itself, and nobody may frame it.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: blob:; worker-src 'self'; \
manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; connect-src 'self'";

/// The same for every file.
const ALWAYS: &[(&str, &str)] = &[
    ("cache-control", "no-cache"),
    ("x-content-type-options", "nosniff"),
    ("vary", "accept-encoding"),
];

/// For what rules others: a page, an image that may hold scripts, a worker. A page of eighty files would pay for these on each of them.
const RULING: &[(&str, &str)] = &[
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// The file with this name, for who asks so.
pub fn file(name: &str, file: &File, asked: &HeaderMap) -> Response {
    let gzipped = match accepts_gzip(asked) {
        true => file.gzipped(name),
        false => None,
    };
    // another representation is another tag (RFC 9110, section 8.8.3)
    let tag = match gzipped {
        Some(_) => format!("\"{}.gz\"", file.hash),
        None => format!("\"{}\"", file.hash),
    };
    let known = asked.get_all(IF_NONE_MATCH).iter();
    let known = known
        .filter_map(|value| value.to_str().ok())
        .any(|value| matches(value, &tag));
    let mut response = match (known, &gzipped) {
        (true, _) => empty(StatusCode::NOT_MODIFIED),
        (false, Some(bytes)) => with_body(bytes),
        (false, None) => with_body(&file.plain),
    };
    let headers = response.headers_mut();
    for (header, value) in ALWAYS {
        headers.insert(*header, HeaderValue::from_static(value));
    }
    set(headers, ETAG, &tag);
    if rules(name) {
        for (header, value) in RULING {
            headers.insert(*header, HeaderValue::from_static(value));
        }
        set(headers, CONTENT_SECURITY_POLICY, &policy(asked));
    }
    if !known {
        set(headers, CONTENT_TYPE, file.kind.content_type);
        if gzipped.is_some() {
            set(headers, CONTENT_ENCODING, "gzip");
        }
    }
    if name == "shared/sw.js" {
        set(
            headers,
            HeaderName::from_static("service-worker-allowed"),
            "/",
        );
    }
    response
}

/// Whether a browser takes rules from this file: what it can show as a document, and the worker.
fn rules(name: &str) -> bool {
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    matches!(end, "html" | "svg" | "md" | "txt") || name == "shared/sw.js"
}

/// A refusal, as the dining room tells one.
pub fn refused(error: &ClientError) -> Response {
    let status = StatusCode::from_u16(error.kind.status());
    json(
        status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        refusal(error),
    )
}

/// What is true at this moment.
pub fn json(status: StatusCode, text: String) -> Response {
    let mut response = Response::new(text.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn with_body(bytes: &Bytes) -> Response {
    Response::new(bytes.clone().into())
}

fn empty(status: StatusCode) -> Response {
    let mut response = with_body(&Bytes::new());
    *response.status_mut() = status;
    response
}

/// Nothing is set that is no value of a header.
fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// With the sockets of the page's own host: to some browsers `'self'` is `http:` and `https:` only.
fn policy(asked: &HeaderMap) -> String {
    let host = asked.get(HOST).and_then(|host| host.to_str().ok());
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-.:[]".contains(&b);
    match host.filter(|host| !host.is_empty() && host.len() <= 255 && host.bytes().all(plain)) {
        Some(host) => format!("{POLICY} ws://{host} wss://{host}"),
        None => POLICY.to_owned(),
    }
}

/// Whether a list of tags has this one, or is `*`. Weak ones count as well (RFC 9110, section 13.1.2).
fn matches(list: &str, tag: &str) -> bool {
    let tags = list.split(',').map(str::trim);
    tags.map(|known| known.strip_prefix("W/").unwrap_or(known))
        .any(|known| known == tag || known == "*")
}

/// Whether gzip is among what the client takes, with a weight above 0.
fn accepts_gzip(asked: &HeaderMap) -> bool {
    let lists = asked.get_all(ACCEPT_ENCODING).iter();
    let mut codings = lists
        .filter_map(|list| list.to_str().ok())
        .flat_map(|list| list.split(','));
    codings.any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let named = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case("gzip") || name == "*");
        let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
        let weight: f32 = weight.map_or(1.0, |weight| weight.parse().unwrap_or(0.0));
        named && weight > 0.0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_may_show_by_itself_has_rules() {
        for name in [
            "home/index.html",
            "shared/icon.svg",
            "shared/sw.js",
            "vendor/LICENSE-htm.txt",
        ] {
            assert!(rules(name), "{name}");
        }
        for name in [
            "home/home.js",
            "shared/tokens.css",
            "fonts/archivo-text.woff2",
            "home",
        ] {
            assert!(!rules(name), "{name}");
        }
    }

    fn asked(name: HeaderName, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().expect("a value"));
        headers
    }

    #[test]
    fn tags_are_compared_one_by_one() {
        for (list, expected) in [
            ("\"a\"", true),
            ("W/\"a\"", true),
            ("\"b\", \"a\"", true),
            ("*", true),
            ("\"b\"", false),
            ("a", false),
            ("\"a.gz\"", false),
        ] {
            assert_eq!(matches(list, "\"a\""), expected, "{list}");
        }
    }

    #[test]
    fn gzip_is_taken_where_it_is_wanted() {
        for (list, expected) in [
            ("gzip, deflate, br", true),
            ("br;q=1.0, gzip;q=0.8", true),
            ("*", true),
            ("gzip;q=0", false),
            ("gzip; q=0.0, br", false),
            ("identity", false),
            ("", false),
        ] {
            assert_eq!(
                accepts_gzip(&asked(ACCEPT_ENCODING, list)),
                expected,
                "{list}"
            );
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }

    #[test]
    fn sockets_of_the_own_host_are_allowed_and_a_host_that_is_none_adds_nothing() {
        let of = |host| policy(&asked(HOST, host));
        assert!(
            of("10.0.0.5:9000")
                .ends_with("connect-src 'self' ws://10.0.0.5:9000 wss://10.0.0.5:9000")
        );
        assert!(of("[::1]:9000").ends_with("ws://[::1]:9000 wss://[::1]:9000"));
        for host in ["a; script-src *", "a b", "*", "a,b", "a'b"] {
            assert_eq!(of(host), POLICY, "{host}");
        }
        assert!(!POLICY.contains("unsafe"));
    }
}
