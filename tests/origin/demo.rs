//! What a demo's start page is told, and nobody else.

use super::get;
use crate::support::http::{Answer, request};
use crate::support::{Client, Server};
use serde_json::{Value, json};

const SIGN_INS: &str = "GET /api/demo/sign-ins";

fn ask(server: &Server, headers: &[(&str, &str)]) -> Answer {
    request(server.address, SIGN_INS, headers, Value::Null)
}

#[test]
fn each_screen_has_somebody_who_may_use_it() {
    let server = Server::start();
    let told = ask(&server, &[]).ok();
    assert_eq!(told["restaurant"]["id"], 2);
    assert_eq!(told["rush"], Value::Null);
    assert!(told["tables_taken"].as_u64() <= told["tables"].as_u64());
    let all = told["sign_ins"].as_array().expect("a list");
    let of = |screen: &str| {
        let found = all.iter().filter(|one| one["screen"] == screen);
        found.collect::<Vec<_>>()
    };
    for screen in ["kitchen", "waiter", "guest", "board", "driver", "manager"] {
        assert!(!of(screen).is_empty(), "{screen}");
        for one in of(screen) {
            let page = format!("GET {}", one["url"].as_str().expect("a path"));
            assert_eq!(get(server.address, &page, &[]).status, 200, "{page}");
            assert!(one["name"].as_str().is_some_and(|name| !name.is_empty()));
        }
    }
    let stations: Vec<_> = of("kitchen")
        .iter()
        .map(|one| one["station"].clone())
        .collect();
    assert_eq!(stations, ["kitchen", "bar", "expo"]);
    let token = |one: &Value| one["token"].as_str().expect("a token").to_owned();
    let mia = of("waiter")[0];
    assert_eq!((&mia["name"], &mia["pin"]), (&json!("Mia"), &json!("1010")));
    assert_eq!(
        server
            .rest(&token(mia), "GET /api/v1/tables", Value::Null)
            .status,
        200
    );
    Client::open_as(&server, "/ws/waiters/10/", &token(mia));
    let manager = of("manager")[0];
    assert_eq!(
        server
            .rest(&token(manager), "GET /api/admin/orders", Value::Null)
            .status,
        200
    );
    let driver = of("driver")[0];
    assert_eq!(
        server
            .rest(&token(driver), "GET /api/delivery/orders", Value::Null)
            .status,
        200
    );
    Client::open_as(&server, "/ws/restaurants/2/", &token(of("board")[0]));
}

#[test]
fn in_earnest_there_is_no_such_path() {
    let server = Server::start().in_earnest();
    assert_eq!(ask(&server, &[]).refused(404), "NOT_FOUND");
    let manager = format!("Bearer {}", server.token("manager"));
    assert_eq!(
        ask(&server, &[("Authorization", &manager)]).refused(404),
        "NOT_FOUND"
    );
}

#[test]
fn who_is_elsewhere_is_told_nothing() {
    let server = Server::start();
    for header in [
        ("X-Forwarded-For", "10.0.0.5"),
        ("Origin", "https://elsewhere.example"),
    ] {
        assert_eq!(
            ask(&server, &[header]).refused(404),
            "NOT_FOUND",
            "{header:?}"
        );
    }
    // a token does not make somebody near
    let manager = format!("Bearer {}", server.token("manager"));
    let far = [("Forwarded", "for=10.0.0.5"), ("Authorization", &*manager)];
    assert_eq!(ask(&server, &far).refused(404), "NOT_FOUND");
    let other = request(server.address, "GET /api/demo", &[], Value::Null);
    assert_eq!(other.refused(404), "NOT_FOUND");
}

#[test]
fn a_pin_that_is_another_by_now_is_not_shown() {
    let server = Server::start();
    server.shell("UPDATE users SET pin_hash = 'another' WHERE id = 10");
    let told = ask(&server, &[]).ok();
    let all = told["sign_ins"].as_array().expect("a list");
    let mia = all.iter().find(|one| one["name"] == "Mia").expect("Mia");
    assert_eq!(mia["pin"], Value::Null);
    assert!(mia["token"].is_string());
}
