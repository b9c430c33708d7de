//! Which web pages may connect.

use super::mistakes::Mistakes;
use http::{HeaderMap, HeaderName, header};
use std::net::{Ipv4Addr, Ipv6Addr};
use toml::Spanned;
use toml::de::DeValue;

/// The web pages that may connect, by their origin (RFC 6454).
///
/// Browsers send `Origin` and do not let a page choose it; other programs can send whatever they like. So this protects a visitor's browser from strange
/// pages, and nothing from strange programs: a request without `Origin` is let through. So is one of our own pages, whose origin is where the request was sent,
/// because some programs send that too, and a page that we served can do no more than its visitor. `origins = []` shuts these out as well.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins {
    /// Every page.
    any: bool,
    /// Pages of these origins.
    listed: Vec<Origin>,
    /// No page at all, not even our own: an empty list was written.
    closed: bool,
    /// Pages from this machine, and `null`, which is a page from a file.
    loopback: bool,
}

/// An origin in a form that can be compared: lower case, with its port, IPv6 in its short form.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Origin {
    scheme: String,
    host: String,
    port: Option<u16>,
}

impl std::fmt::Display for Origins {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let alone = self.listed.is_empty() && !self.loopback;
        match self {
            Origins { any: true, .. } => return f.write_str(r#""*""#),
            Origins { closed: false, .. } if alone => return f.write_str(r#""own""#),
            _ => {}
        }
        let mut all: Vec<String> = Vec::new();
        for origin in &self.listed {
            let port = origin.port.map_or(String::new(), |port| format!(":{port}"));
            all.push(format!("\"{}://{}{port}\"", origin.scheme, origin.host));
        }
        if self.loopback {
            all.push("pages of this machine (demo)".to_owned());
        }
        if !self.closed {
            all.push("its own pages".to_owned());
        }
        write!(f, "[{}]", all.join(", "))
    }
}

impl Origins {
    /// Whether a request with this `Origin` and this `Host` is let through. `tls` says whether it came encrypted.
    pub(crate) fn allows(&self, origin: Option<&str>, host: Option<&str>, tls: bool) -> bool {
        let Some(origin) = origin else {
            return true;
        };
        if self.any || (self.loopback && origin == "null") {
            return true;
        }
        Origin::parse(origin).is_ok_and(|origin| {
            self.listed.contains(&origin)
                || (self.loopback && origin.is_loopback())
                || host.is_some_and(|host| self.allows_own(&origin, host, tls))
        })
    }

    /// Whether a request with these headers is let through. An `Origin` that is no text, or that is there twice, is not allowed, because a proxy may have looked
    /// at the other one.
    pub(crate) fn allow(&self, headers: &HeaderMap, tls: bool) -> bool {
        match one(headers, header::ORIGIN) {
            Ok(None) => true,
            Ok(origin) => self.allows(origin, host(headers), tls),
            Err(()) => self.any,
        }
    }

    /// Whether an origin is the host that the request was sent to, where that is enough. `Host` decides and not the scheme, because behind a proxy that ends
    /// TLS the page's scheme is `https` and ours is not. But a request that came over TLS is never that of a page that did not.
    ///
    /// A page can give its own name our address after it was loaded ("DNS rebinding"), and then its origin is the host that the request was sent to. Where a
    /// token is needed the page gains nothing by that. A demo needs none, so there only an address counts, which nobody can rebind.
    fn allows_own(&self, origin: &Origin, host: &str, tls: bool) -> bool {
        !self.closed && (!self.loopback || origin.is_address()) && origin.is_at(host, tls)
    }

    /// Whether every page may connect.
    pub(crate) fn is_any(&self) -> bool {
        self.any
    }

    /// Lets in pages from this machine (`http://localhost`, `http://127.0.0.1`, `http://[::1]`, any port) and from a file (`null`) too.
    pub(super) fn add_loopback(&mut self) {
        self.loopback = true;
    }

    /// Reads `"*"`, `"own"`, or a list of origins; our own pages belong to a list too, unless it is empty. Mistakes are noted.
    pub(super) fn read(
        value: &Spanned<DeValue<'_>>,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<Origins> {
        if let Some(Ok(origins)) = value.get_ref().as_str().map(Origins::try_from) {
            return Some(origins);
        }
        let mut origins = Origins::default();
        let listed = mistakes.strings(value, ORIGINS)?;
        origins.closed = value
            .get_ref()
            .as_array()
            .is_some_and(|list| list.is_empty());
        for text in listed {
            match Origin::parse(text.get_ref()) {
                Ok(origin) => origins.listed.push(origin),
                Err(why) => {
                    let message = format!("{:?} is not an origin: {why}", text.get_ref());
                    mistakes.add(text.span(), message);
                }
            }
        }
        Some(origins)
    }
}

/// What a setting of origins may be.
const ORIGINS: &str = r#""*", "own" or a list like ["https://example.com"]"#;

impl TryFrom<&str> for Origins {
    type Error = String;

    /// `"*"` or `"own"`.
    fn try_from(word: &str) -> Result<Self, String> {
        match word {
            "*" => Ok(Origins {
                any: true,
                ..Origins::default()
            }),
            "own" => Ok(Origins::default()),
            other => Err(format!("expected {ORIGINS}, found {other:?}")),
        }
    }
}

impl<const N: usize> TryFrom<[&str; N]> for Origins {
    type Error = String;

    /// These origins, and our own pages; an empty list is no page at all.
    fn try_from(listed: [&str; N]) -> Result<Self, String> {
        let parse = |text: &str| {
            Origin::parse(text).map_err(|why| format!("{text:?} is not an origin: {why}"))
        };
        Ok(Origins {
            closed: listed.is_empty(),
            listed: listed.into_iter().map(parse).collect::<Result<_, _>>()?,
            ..Origins::default()
        })
    }
}

/// The host that a request was sent to, as its client says.
pub(crate) fn host(headers: &HeaderMap) -> Option<&str> {
    one(headers, header::HOST).ok().flatten()
}

/// The value of a header, if it is there. An error if there are several values, or one that is no text.
fn one(headers: &HeaderMap, name: HeaderName) -> Result<Option<&str>, ()> {
    let mut all = headers.get_all(name).into_iter();
    match (all.next(), all.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| ()),
        (Some(_), Some(_)) => Err(()),
    }
}

impl Origin {
    fn parse(text: &str) -> Result<Origin, &'static str> {
        match text {
            "*" => return Err(r#"write origins = "*", without a list"#),
            "null" => return Err(r#"any page can send it; write origins = "*" if that is meant"#),
            _ => {}
        }
        let scheme_and_rest = text.split_once("://");
        let (scheme, rest) = scheme_and_rest.ok_or(r#"it begins with "https://" or the like"#)?;
        let scheme_char = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        if !scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            || !scheme.chars().all(scheme_char)
        {
            return Err(r#"it begins with "https://" or the like"#);
        }
        if rest.contains(['/', '?', '#', '@']) {
            return Err(r#"it ends after the host and port, without a "/""#);
        }
        // The last colon, because an IPv6 address in brackets has colons of its own.
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (rest, None),
        };
        let scheme = scheme.to_ascii_lowercase();
        let port = match port {
            Some(port) if port.bytes().all(|b| b.is_ascii_digit()) => Some(
                port.parse()
                    .map_err(|_| "its port is no number below 65536")?,
            ),
            Some(_) => return Err("its port is no number below 65536"),
            None => match &*scheme {
                "http" | "ws" => Some(80),
                "https" | "wss" => Some(443),
                _ => None,
            },
        };
        let in_brackets = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
        let host = match in_brackets {
            Some(ip) => {
                let ip: Ipv6Addr = ip.parse().map_err(|_| "its host is no IPv6 address")?;
                format!("[{ip}]")
            }
            None => host.to_ascii_lowercase(),
        };
        let host_char = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        if in_brackets.is_none() && (host.is_empty() || !host.chars().all(host_char)) {
            return Err(
                "its host is a name (Punycode if it is not ASCII), or an IP address, IPv6 in []",
            );
        }
        Ok(Origin { scheme, host, port })
    }

    /// Whether `Host` names this origin. A `Host` without a port means the default port of the origin's scheme, because that is the one that a client leaves out.
    fn is_at(&self, host: &str, tls: bool) -> bool {
        let scheme = match &*self.scheme {
            "https" => true,
            "http" => !tls,
            _ => false,
        };
        scheme && Origin::parse(&format!("{}://{host}", self.scheme)).as_ref() == Ok(self)
    }

    /// Whether its host is an address and no name.
    fn is_address(&self) -> bool {
        self.host.starts_with('[') || self.host.parse::<Ipv4Addr>().is_ok()
    }

    fn is_loopback(&self) -> bool {
        matches!(&*self.scheme, "http" | "https")
            && matches!(&*self.host, "localhost" | "127.0.0.1" | "[::1]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn origins(listed: &[&str]) -> Origins {
        let listed = listed.iter().map(|o| Origin::parse(o).unwrap()).collect();
        Origins {
            listed,
            ..Origins::default()
        }
    }

    #[test]
    fn allowed() {
        let listed = origins(&[
            "https://Orders.example.com",
            "http://shop.example.com:80",
            "https://[2001:DB8:0::1]:8443",
            "capacitor://localhost",
        ]);
        let mut demo = listed.clone();
        demo.add_loopback();
        let any = Origins {
            any: true,
            ..Origins::default()
        };
        // listed, the same in demo, any
        for (origin, expected) in [
            (None, [true, true, true]),
            (Some("https://orders.example.com"), [true, true, true]),
            (Some("HTTPS://ORDERS.EXAMPLE.COM:443"), [true, true, true]),
            (Some("http://shop.example.com"), [true, true, true]),
            (Some("https://[2001:db8::1]:8443"), [true, true, true]),
            (Some("capacitor://localhost"), [true, true, true]),
            (Some("http://orders.example.com"), [false, false, true]),
            (
                Some("https://orders.example.com:8443"),
                [false, false, true],
            ),
            (
                Some("https://orders.example.com.evil.com"),
                [false, false, true],
            ),
            (Some("https://orders.example.com/"), [false, false, true]),
            (
                Some("https://orders.example.com@evil.com"),
                [false, false, true],
            ),
            (
                Some("https://a.b https://orders.example.com"),
                [false, false, true],
            ),
            (Some(""), [false, false, true]),
            (Some("*"), [false, false, true]),
            (Some("null"), [false, true, true]),
            (Some("NULL"), [false, false, true]),
            (Some("http://localhost:9000"), [false, true, true]),
            (Some("https://LOCALHOST"), [false, true, true]),
            (Some("http://127.0.0.1:1"), [false, true, true]),
            (Some("http://[::1]:3000"), [false, true, true]),
            (Some("http://[0:0:0:0:0:0:0:1]"), [false, true, true]),
            (Some("http://localhost.evil.com"), [false, false, true]),
            (Some("http://localhost:"), [false, false, true]),
            (Some("http://localhost:65536"), [false, false, true]),
            (Some("ftp://localhost"), [false, false, true]),
        ] {
            let found = [&listed, &demo, &any].map(|o| o.allows(origin, None, false));
            assert_eq!(found, expected, "{origin:?}");
        }
        assert!(!Origins::default().allows(Some("http://localhost"), None, false));
    }

    #[test]
    fn own_pages_are_those_from_where_the_request_was_sent() {
        let own = Origins::default();
        let closed = Origins {
            closed: true,
            ..Origins::default()
        };
        let mut demo = Origins::default();
        demo.add_loopback();
        // origin, host, whether it came over TLS; own, demo
        for (origin, host, tls, expected) in [
            ("http://a.example", "a.example", false, [true, false]),
            ("http://a.example:80", "A.Example", false, [true, false]),
            (
                "http://a.example:9000",
                "a.example:9000",
                false,
                [true, false],
            ),
            ("http://10.0.0.7:9000", "10.0.0.7:9000", false, [true, true]),
            (
                "http://[fd00:0::7]:9000",
                "[fd00::7]:9000",
                false,
                [true, true],
            ),
            // a proxy speaks TLS for us
            ("https://a.example", "a.example", false, [true, false]),
            ("https://a.example", "a.example", true, [true, false]),
            (
                "https://a.example:8443",
                "a.example:8443",
                true,
                [true, false],
            ),
            ("http://a.example", "a.example", true, [false, false]),
            (
                "http://a.example:9000",
                "a.example:9001",
                false,
                [false, false],
            ),
            ("http://a.example:9000", "a.example", false, [false, false]),
            ("https://a.example", "a.example:80", false, [false, false]),
            ("http://evil.example", "a.example", false, [false, false]),
            (
                "http://a.example",
                "a.example@evil.example",
                false,
                [false, false],
            ),
            ("http://a.example", "", false, [false, false]),
            ("ftp://a.example", "a.example", false, [false, false]),
            ("null", "null", false, [false, true]),
        ] {
            let found = [&own, &demo].map(|o| o.allows(Some(origin), Some(host), tls));
            assert_eq!(found, expected, "{origin} at {host}");
            assert!(!closed.allows(Some(origin), Some(host), tls), "{origin}");
        }
    }

    #[test]
    fn of_two_origins_neither_counts() {
        let mut headers = HeaderMap::new();
        headers.append("host", "a.example".parse().unwrap());
        headers.append("origin", "http://a.example".parse().unwrap());
        assert!(Origins::default().allow(&headers, false));
        headers.append("origin", "http://a.example".parse().unwrap());
        assert!(!Origins::default().allow(&headers, false));
    }

    proptest! {
        #[test]
        fn no_header_panics(text: String, like in "[a-z]{0,3}:?/{0,2}\\[?[0-9a-f:.@]{0,8}\\]?:?[0-9]{0,6}") {
            for text in [&text, &like] {
                let _ = origins(&["https://a.b"]).allows(Some(text), Some(text), false);
            }
        }
    }
}
