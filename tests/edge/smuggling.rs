//! A request that two programs could read in two ways is refused, and so is everything behind it (RFC 9112, section 11.2).

use super::{said, server, statuses};

/// What an attacker would like to be taken for a request of its own.
const SMUGGLED: &str = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";

#[test]
fn what_can_be_read_in_two_ways_is_refused_and_ends_the_connection() {
    let server = server("");
    let post = format!(
        "POST /api/v1/orders HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n",
        server.token("manager")
    );
    let get = "GET /healthz HTTP/1.1\r\n";
    let orders = "SELECT count(*) FROM orders";
    let before = server.place.number(orders);
    let cases = [
        (
            "CL and TE",
            format!("{post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ),
        (
            "TE and CL",
            format!("{post}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
        ),
        (
            "two lengths",
            format!("{post}Content-Length: 2\r\nContent-Length: 40\r\n\r\n{{}}"),
        ),
        (
            "one length twice",
            format!("{post}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{{}}"),
        ),
        (
            "a list of lengths",
            format!("{post}Content-Length: 2, 2\r\n\r\n{{}}"),
        ),
        (
            "a signed length",
            format!("{post}Content-Length: +2\r\n\r\n{{}}"),
        ),
        (
            "a negative length",
            format!("{post}Content-Length: -2\r\n\r\n{{}}"),
        ),
        (
            "a length of no digits",
            format!("{post}Content-Length: 0x2\r\n\r\n{{}}"),
        ),
        (
            "a length beyond numbers",
            format!("{post}Content-Length: 99999999999999999999999\r\n\r\n{{}}"),
        ),
        (
            "another coding",
            format!("{post}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        ),
        (
            "chunked twice",
            format!("{post}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
        ),
        (
            "nearly chunked",
            format!("{post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
        ),
        (
            "chunked in HTTP/1.0",
            format!(
                "{}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                post.replace("1.1", "1.0")
            ),
        ),
        (
            "a chunk's size of no digits",
            format!("{post}Transfer-Encoding: chunked\r\n\r\nxyz\r\n{{}}\r\n0\r\n\r\n"),
        ),
        (
            "a chunk's size with a prefix",
            format!("{post}Transfer-Encoding: chunked\r\n\r\n0x2\r\n{{}}\r\n0\r\n\r\n"),
        ),
        (
            "a chunk's size beyond numbers",
            format!(
                "{post}Transfer-Encoding: chunked\r\n\r\n10000000000000002\r\n{{}}\r\n0\r\n\r\n"
            ),
        ),
        (
            "a chunk longer than it says",
            format!("{post}Transfer-Encoding: chunked\r\n\r\n1\r\n{{}}\r\n0\r\n\r\n"),
        ),
        (
            "a chunk's line that ends in a bare LF",
            format!("{post}Transfer-Encoding: chunked\r\n\r\n2\n{{}}\r\n0\r\n\r\n"),
        ),
        (
            "a folded line",
            format!("{get}Host: a\r\nX: y\r\n z\r\n\r\n"),
        ),
        ("a folded first line", format!("{get} Host: a\r\n\r\n")),
        (
            "a space before the colon",
            format!("{get}Host: a\r\nX : y\r\n\r\n"),
        ),
        (
            "a space before the colon of a length",
            format!("{post}Content-Length : 2\r\n\r\n{{}}"),
        ),
        ("no colon", format!("{get}Host: a\r\nX\r\n\r\n")),
        ("no name", format!("{get}Host: a\r\n: y\r\n\r\n")),
        (
            "lines that end in a bare LF",
            format!("{get}Host: a\nX: y\n\n").replace("\r\n", "\n"),
        ),
        (
            "one line that ends in a bare LF",
            format!("{get}Host: a\r\nX: y\nZ: z\r\n\r\n"),
        ),
        ("a bare CR", format!("{get}Host: a\r\nX: y\rZ: z\r\n\r\n")),
        ("a zero byte", format!("{get}Host: a\r\nX: \0\r\n\r\n")),
        ("two hosts", format!("{get}Host: a\r\nHost: b\r\n\r\n")),
        ("no host", format!("{get}\r\n")),
        ("a host that is a path", format!("{get}Host: a/b\r\n\r\n")),
    ];
    for (what, request) in cases {
        let answer = said(&server, &format!("{request}{SMUGGLED}"));
        assert!(
            answer.starts_with("HTTP/1.1 4") || answer.starts_with("HTTP/1.0 4"),
            "{what}: {answer:?}"
        );
        assert_eq!(statuses(&answer).len(), 1, "{what}: {answer}");
        // a good request before it is answered as ever
        let answer = said(&server, &format!("{SMUGGLED}{request}{SMUGGLED}"));
        let found = statuses(&answer);
        assert_eq!(found.len(), 2, "{what}: {answer}");
        assert_eq!(found[0], "200", "{what}: {answer}");
    }
    assert_eq!(server.place.number(orders), before, "nothing was ordered");
}

#[test]
fn who_wrote_such_a_request_is_told_what_is_wrong_with_it() {
    let server = server("");
    let get = "GET /healthz HTTP/1.1\r\n";
    for (request, why) in [
        (
            format!("{get}Host: a\nX: y\r\n\r\n"),
            "a line ends in a bare LF",
        ),
        (
            format!("{get}Host: a\r\nX : y\r\n\r\n"),
            "a blank before its colon",
        ),
        (format!("{get}Host: a\r\nHost: b\r\n\r\n"), "two Hosts"),
        (
            format!("{get}Host: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n"),
            "a Content-Length that is no number, or is not alone",
        ),
        (
            format!("{get}Host: a\r\nTransfer-Encoding: gzip\r\n\r\n"),
            "a Transfer-Encoding that is not chunked",
        ),
    ] {
        // also behind others, with or without a body, on a connection that is kept
        let post = "POST /api/v1/nothing HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}";
        for before in [&[][..], &["200"], &["200", "404"]] {
            let asked = [SMUGGLED, post][..before.len()].concat();
            let answer = said(&server, &format!("{asked}{request}"));
            let mut found = statuses(&answer);
            assert_eq!(found.pop(), Some("400"), "{answer}");
            assert_eq!(found, before, "{answer}");
            assert!(answer.contains("MALFORMED_REQUEST"), "{answer}");
            assert!(answer.contains(why), "{why}: {answer}");
        }
    }
}

#[test]
fn requests_that_mean_one_thing_are_answered_one_after_the_other() {
    let server = server("");
    let post = "POST /api/v1/nothing HTTP/1.1\r\nHost: a\r\n";
    let last = SMUGGLED.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    let answer = said(
        &server,
        &format!(
            "{SMUGGLED}\r\n{post}Content-Length: 4\r\n\r\n\n\n\n\n{post}Transfer-Encoding: chunked\r\n\r\n2;a=b\r\n\r\n\r\n0\r\n\r\n{last}"
        ),
    );
    assert_eq!(statuses(&answer), ["200", "404", "404", "200"], "{answer}");
}
