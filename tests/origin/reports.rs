//! Errors in pages: logged, and no more than a log takes.

use crate::support::Server;
use crate::support::http::{request, send};
use serde_json::{Value, json};

#[test]
fn an_error_in_a_page_is_in_the_log_and_nowhere_else() {
    let server = Server::start().in_earnest();
    let head = server
        .place
        .number("SELECT coalesce(max(seq), 0) FROM event_log");
    let report = json!({"screen": "kitchen", "message": "lines is\nundefined \u{1b}[31m", "where": "ticket",
        "stack": "x".repeat(10_000), "build": "0123", "device": "wall 1", "more": [1]});
    let answer = request(server.address, "POST /api/v1/reports", &[], report).ok();
    assert_eq!(answer, json!({"logged": true}));
    server.until_logged("an error in a page");
    let log = server.log();
    let line = log.lines().find(|line| line.contains("an error in a page"));
    let line = line.expect("one line");
    // what is no letter is escaped: nobody writes a line of their own into the log
    assert!(line.contains(r"lines is\nundefined"), "{line}");
    assert!(
        !line.contains('\u{1b}') || !line.contains("\u{1b}[31m"),
        "{line}"
    );
    assert!(line.contains("wall 1") && line.contains("ticket"), "{line}");
    assert!(line.matches('x').count() < 4_100, "the stack is cut");
    let after = server
        .place
        .number("SELECT coalesce(max(seq), 0) FROM event_log");
    assert_eq!(after, head);
}

#[test]
fn a_beacon_may_say_it_as_plain_text() {
    let server = Server::start();
    let text = r#"{"screen":"board","message":"gone"}"#;
    assert_eq!(
        send(server.address, "POST /api/v1/reports", &[], text).status,
        200
    );
}

#[test]
fn a_page_that_fails_all_the_time_is_told_to_wait() {
    let server = Server::start();
    let report = |device: &str| {
        let report = json!({"screen": "waiter", "message": "again", "device": device});
        request(server.address, "POST /api/v1/reports", &[], report)
    };
    let answers: Vec<_> = (0..14).map(|_| report("a")).collect();
    let logged = answers.iter().filter(|answer| answer.status == 200).count();
    assert!((10..13).contains(&logged), "{logged}");
    let refused = answers.last().expect("fourteen");
    assert_eq!(refused.status, 429);
    assert!(
        refused.body["retry_after_s"]
            .as_u64()
            .is_some_and(|s| s > 0)
    );
    assert!(refused.header("retry-after").is_some());
    // another name is the same address
    assert_eq!(report("b").refused(429), "RATE_LIMITED");
    server.until_logged("an error in a page");
}

#[test]
fn what_is_no_report_is_refused() {
    let server = Server::start();
    let refused =
        |body: Value| request(server.address, "POST /api/v1/reports", &[], body).refused(422);
    assert_eq!(
        refused(json!({"screen": "", "message": "x"})),
        "INVALID_VALUE"
    );
    assert_eq!(
        refused(json!({"screen": "x".repeat(33), "message": "x"})),
        "INVALID_VALUE"
    );
    assert_eq!(
        refused(json!({"screen": "board", "message": ""})),
        "INVALID_VALUE"
    );
    let nothing = request(
        server.address,
        "POST /api/v1/reports",
        &[],
        json!({"screen": "board"}),
    );
    assert_eq!(nothing.refused(400), "INVALID_BODY");
    let long = json!({"screen": "board", "message": "x".repeat(70_000)});
    let long = request(server.address, "POST /api/v1/reports", &[], long);
    assert_eq!(long.status, 413);
}
