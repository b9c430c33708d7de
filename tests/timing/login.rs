//! `POST /api/auth/login`.

use super::{Timing, log_in, refused};
use crate::support::Server;
use crate::support::http::request;
use serde_json::{Value, json};

#[test]
fn who_knows_the_password_gets_a_token_that_opens_the_dashboard() {
    let timing = Timing::start();
    let email = " Manager@Example.com";
    let answer = log_in(timing.address, email, "admin12345").ok();
    assert_eq!(answer["success"], true);
    assert_eq!(answer["token"], answer["data"]["token"]);
    assert_eq!(
        answer["data"]["user"],
        json!({"id": 30, "name": "Somchai", "email": "manager@example.com", "role": "manager", "restaurant_id": 2})
    );
    let token = answer["token"].as_str().expect("a token");
    let first = timing.dashboard(token).next_is("connection");
    let orders = first["orders"].as_array().expect("orders");
    assert!(orders.iter().all(|order| order["restaurant_id"] == 2));
}

#[test]
fn nobody_learns_from_it_who_has_an_account() {
    let timing = Timing::start();
    timing
        .server
        .shell("UPDATE users SET is_active = 0 WHERE id = 30;");
    let said = |email: &str, password: &str| {
        let answer = log_in(timing.address, email, password);
        let body = answer.body.clone();
        assert_eq!(refused(answer, 401), "INVALID_CREDENTIALS");
        body
    };
    let wrong = said("admin@example.com", "admin1234");
    for (email, password) in [
        ("nobody@example.com", "admin12345"),
        ("manager@example.com", "admin12345"),
        ("", ""),
        ("admin@example.com", ""),
        ("' OR 1=1 --", "x"),
    ] {
        assert_eq!(said(email, password), wrong, "{email}");
    }
}

#[test]
fn what_is_no_attempt_is_refused_before_one_is_made() {
    let timing = Timing::start();
    let post = |body: Value| request(timing.address, "POST /api/auth/login", &[], body);
    for body in [
        json!({"email": "a"}),
        json!({"email": 5, "password": "x"}),
        json!([]),
    ] {
        assert_eq!(refused(post(body), 400), "INVALID_BODY");
    }
    let long = json!({"email": "a".repeat(300), "password": "x"});
    assert_eq!(refused(post(long), 422), "INVALID_VALUE");
}

#[test]
fn who_guesses_is_told_to_wait_and_others_are_not() {
    let timing = Timing::start();
    let guess = || log_in(timing.address, "manager@example.com", "guess");
    let mut tries = 0;
    let stopped = loop {
        let answer = guess();
        if answer.status == 429 {
            break answer;
        }
        assert_eq!(refused(answer, 401), "INVALID_CREDENTIALS");
        tries += 1;
        assert!(tries < 100, "for ever");
    };
    assert!(tries >= 5, "whoever mistypes may try again: {tries}");
    // the header and the body say the same
    let seconds = stopped.body["retry_after_s"].as_u64().expect("seconds");
    assert!(seconds > 0);
    let header = stopped.header("retry-after").and_then(|s| s.parse().ok());
    assert_eq!(header, Some(seconds));
    assert_eq!(refused(stopped, 429), "RATE_LIMITED");
    // the right password does not help now, and another account is not concerned
    let right = log_in(timing.address, "manager@example.com", "admin12345");
    assert_eq!(refused(right, 429), "RATE_LIMITED");
    log_in(timing.address, "admin@example.com", "admin12345").ok();
}

#[test]
fn logging_in_needs_no_token_where_everything_else_does() {
    let server = Server::start().in_earnest();
    let timing = Timing::of(server);
    timing.opened();
    let list = timing.guest("GET /api/admin/orders", Value::Null);
    assert_eq!(refused(list, 401), "TOKEN_MISSING");
}
