//! Where a request carries its token.

use std::borrow::Cow;

/// The subprotocol that says "my next neighbour in this list is a token".
const PROTOCOL: &str = "bearer";

/// The query parameter.
const PARAMETER: &str = "token";

/// The token and the subprotocol of a request.
pub(crate) struct OfferedToken<'a> {
    /// The token, not verified yet.
    pub token: Option<Cow<'a, str>>,
    /// The subprotocol to answer with. `Some` exactly when the client offered any.
    ///
    /// RFC 6455 (section 4.2.2) has a server name one that it is willing to speak, or none. The only one that we know is `bearer`; but an endpoint speaks the
    /// same whatever it is called, and browsers give up a connection whose answer names none of theirs (WHATWG WebSockets, section 4.1): so who offers others
    /// is answered with the first of them.
    pub protocol: Option<&'a str>,
}

/// Finds the token of a request. `authorization` and `protocols` are the values of the headers `Authorization` and `Sec-WebSocket-Protocol` (several
/// of the latter are joined with commas), `query` is what follows the question mark.
///
/// In this order, and an empty token counts as none:
/// 1. `Authorization: Bearer TOKEN`.
/// 2. `Sec-WebSocket-Protocol: bearer, TOKEN` or `bearer.TOKEN`, anywhere in the list, because that is the only header a browser's `WebSocket` lets a
///    page set. Answered with `bearer` for the first form, else with the first offered protocol that is not itself a token, so that the token does not come back.
///    Only where there is none, with `bearer.TOKEN`.
/// 3. `?token=TOKEN`, percent-decoded. It ends up in the logs of proxies: the last resort.
pub(crate) fn token_of<'a>(
    authorization: Option<&'a str>,
    protocols: Option<&'a str>,
    query: &'a str,
) -> OfferedToken<'a> {
    let (offered, protocol) = protocols.map(in_protocols).unwrap_or_default();
    let token = authorization
        .and_then(in_authorization)
        .or(offered)
        .map(Cow::Borrowed)
        .or_else(|| in_query(query));
    OfferedToken { token, protocol }
}

/// A request's path and query for a log line: without the value of `token`, nor of any parameter whose name ends like that.
pub(crate) fn redacted(path_and_query: &str) -> Cow<'_, str> {
    let Some((path, query)) = path_and_query.split_once('?') else {
        return Cow::Borrowed(path_and_query);
    };
    if !query.split('&').any(is_secret) {
        return Cow::Borrowed(path_and_query);
    }
    let parts: Vec<&str> = query
        .split('&')
        .map(|part| {
            if is_secret(part) {
                "token=[redacted]"
            } else {
                part
            }
        })
        .collect();
    Cow::Owned(format!("{path}?{}", parts.join("&")))
}

/// A query without the token that it may have, to be kept.
pub(crate) fn without_token(query: &str) -> Cow<'_, str> {
    let brings_one =
        |part: &str| form_urlencoded::parse(part.as_bytes()).any(|(name, _)| name == PARAMETER);
    if !query.split('&').any(brings_one) {
        return Cow::Borrowed(query);
    }
    let rest: Vec<&str> = query.split('&').filter(|part| !brings_one(part)).collect();
    Cow::Owned(rest.join("&"))
}

fn in_authorization(header: &str) -> Option<&str> {
    let (scheme, token) = header.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// The token in a list of subprotocols, and the protocol to answer with.
fn in_protocols(list: &str) -> (Option<&str>, Option<&str>) {
    let mut token = None;
    let mut protocol = None;
    let mut offers = list.split(',').map(str::trim).filter(|o| !o.is_empty());
    let mut first = None;
    while let Some(offer) = offers.next() {
        first = first.or(Some(offer));
        if let Some(dotted) = dotted(offer) {
            token = token.or(Some(dotted));
            continue;
        }
        if offer == PROTOCOL {
            token = token.or(offers.next());
            protocol = Some(offer);
        } else {
            protocol = protocol.or(Some(offer));
        }
    }
    (token, protocol.or(first))
}

/// The token of `bearer.TOKEN`.
fn dotted(offer: &str) -> Option<&str> {
    offer
        .strip_prefix(PROTOCOL)?
        .strip_prefix('.')
        .filter(|token| !token.is_empty())
}

fn in_query(query: &str) -> Option<Cow<'_, str>> {
    form_urlencoded::parse(query.as_bytes())
        .find(|(name, value)| name == PARAMETER && !value.is_empty())
        .map(|(_, value)| value)
}

/// Whether a `name=value` of a query is not for logs. The name is decoded as [`in_query`] does it, else `%74oken=` would slip through.
fn is_secret(part: &str) -> bool {
    form_urlencoded::parse(part.as_bytes())
        .any(|(name, _)| name.to_ascii_lowercase().ends_with(PARAMETER))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_kept_of_a_query_is_not_its_token() {
        assert_eq!(without_token("EIO=4&a=token"), "EIO=4&a=token");
        assert_eq!(
            without_token("EIO=4&token=x&%74oken=y&tokens=z"),
            "EIO=4&tokens=z"
        );
        assert_eq!(without_token("token=x"), "");
    }

    fn found(
        authorization: Option<&str>,
        protocols: Option<&str>,
        query: &str,
    ) -> (Option<String>, Option<String>) {
        let found = token_of(authorization, protocols, query);
        (
            found.token.map(Cow::into_owned),
            found.protocol.map(str::to_owned),
        )
    }

    #[test]
    fn every_place_a_token_may_travel() {
        for (authorization, protocols, query, token, protocol) in [
            (None, None, "", None, None),
            (Some("Bearer a.b.c"), None, "", Some("a.b.c"), None),
            (Some("bearer  a.b.c "), None, "", Some("a.b.c"), None),
            (Some("Basic a.b.c"), None, "", None, None),
            (Some("Bearer"), None, "", None, None),
            (Some("Bearer "), None, "token=q", Some("q"), None),
            (
                None,
                Some("bearer, a.b.c"),
                "",
                Some("a.b.c"),
                Some("bearer"),
            ),
            (
                None,
                Some("bearer,a.b.c,json"),
                "",
                Some("a.b.c"),
                Some("bearer"),
            ),
            (
                None,
                Some("json, bearer, a.b.c"),
                "",
                Some("a.b.c"),
                Some("bearer"),
            ),
            (
                None,
                Some("bearer.a.b.c"),
                "",
                Some("a.b.c"),
                Some("bearer.a.b.c"),
            ),
            (
                None,
                Some("bearer.a.b.c, json"),
                "",
                Some("a.b.c"),
                Some("json"),
            ),
            (None, Some("json"), "token=q", Some("q"), Some("json")),
            (None, Some("bearer"), "", None, Some("bearer")),
            (None, Some("bearer."), "", None, Some("bearer.")),
            (None, Some(" , "), "", None, None),
            (None, None, "since=3&token=a%2Eb.c", Some("a.b.c"), None),
            (None, None, "token=&token=b", Some("b"), None),
            (None, None, "my_token=a", None, None),
            (
                Some("Bearer h"),
                Some("bearer, p"),
                "token=q",
                Some("h"),
                Some("bearer"),
            ),
            (
                None,
                Some("bearer, p"),
                "token=q",
                Some("p"),
                Some("bearer"),
            ),
        ] {
            let expected = (token.map(str::to_owned), protocol.map(str::to_owned));
            assert_eq!(
                found(authorization, protocols, query),
                expected,
                "{authorization:?} {protocols:?} {query:?}"
            );
        }
    }

    #[test]
    fn a_token_never_reaches_a_log() {
        for (given, expected) in [
            ("/ws/orders/1/", "/ws/orders/1/"),
            ("/ws/orders/1/?since=3", "/ws/orders/1/?since=3"),
            ("/admin?token=a.b.c", "/admin?token=[redacted]"),
            (
                "/admin?since=3&token=a.b.c&x=1",
                "/admin?since=3&token=[redacted]&x=1",
            ),
            ("/admin?%74oken=a.b.c", "/admin?token=[redacted]"),
            ("/admin?access_Token=a.b.c", "/admin?token=[redacted]"),
            ("/admin?token=a?token=b", "/admin?token=[redacted]"),
        ] {
            assert_eq!(redacted(given), expected);
        }
    }

    proptest! {
        #[test]
        fn hostile_text_is_no_problem(a in ".{0,40}", p in "[ ,.a-z]{0,40}|.{0,40}", q in "[&=%0-9a-z]{0,40}|.{0,40}") {
            let found = token_of(Some(&a), Some(&p), &q);
            prop_assert_ne!(found.token.as_deref(), Some(""));
            prop_assert_eq!(found.protocol.is_some(), p.split(',').any(|o| !o.trim().is_empty()));
            redacted(&q);
        }

        #[test]
        fn what_is_found_in_a_query_is_redacted(before in "[a-z&=]{0,10}", secret in "[A-Z]{8}") {
            let query = format!("{before}&token={secret}");
            let line = redacted(&format!("/x?{query}")).into_owned();
            prop_assert!(!line.contains(&secret), "{}", line);
        }
    }
}
