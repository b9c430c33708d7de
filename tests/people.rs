//! Who is let in and on what: PINs, devices of the house, the codes on tables; what managers allow, and what guests ask for.

mod approvals;
mod devices;
mod guests;
mod pins;
mod requests;
mod staff;
mod walls;

use crate::support::http::{Answer, request};
use crate::support::{Server, http};
use serde_json::{Value, json};

/// The demo's rows, served as a house would be: nobody is let in who shows no token.
fn house() -> Server {
    Server::start().in_earnest()
}

/// A request without a token.
fn ask(server: &Server, line: &str, body: Value) -> Answer {
    request(server.address, line, &[], body)
}

/// Gives somebody a PIN.
#[track_caller]
fn give_pin(server: &Server, user: i64, pin: &str) {
    let line = format!("PATCH /api/v1/staff/{user}");
    let manager = server.token("manager");
    server.rest(&manager, &line, json!({"pin": pin})).ok();
}

/// A device of the house: what it holds, its token, its number.
struct Device {
    secret: String,
    token: String,
    id: i64,
}

#[track_caller]
fn pair(server: &Server, kind: &str, name: &str) -> Device {
    let shown = ask(
        server,
        "POST /api/v1/devices/pair",
        json!({"build": "test-1"}),
    );
    assert_eq!(shown.status, 201, "{shown:?}");
    let shown = shown.body;
    let (code, secret) = (text(&shown["code"]), text(&shown["secret"]));
    let waiting = ask(
        server,
        "POST /api/v1/devices/token",
        json!({"secret": secret}),
    );
    assert_eq!(waiting.status, 202, "{waiting:?}");
    assert_eq!(waiting.body["code"], shown["code"]);
    let spaced = format!("{} {}", &code[..3].to_lowercase(), &code[3..]);
    let made = server.rest(
        &server.token("manager"),
        "POST /api/v1/devices",
        json!({"code": spaced, "kind": kind, "name": name}),
    );
    assert_eq!(made.status, 201, "{made:?}");
    let id = made.body["id"].as_i64().expect("its number");
    let token = token_of(server, &secret);
    Device { secret, token, id }
}

/// What a device gets for its key.
#[track_caller]
fn token_of(server: &Server, secret: &str) -> String {
    let got = ask(
        server,
        "POST /api/v1/devices/token",
        json!({"secret": secret}),
    );
    text(&got.ok()["token"])
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

/// Tries a PIN on a device.
fn enter(server: &Server, device: &str, user: i64, pin: &str) -> http::Answer {
    let body = json!({"user_id": user, "pin": pin});
    server.rest(device, "POST /api/v1/sign-in", body)
}

/// What a phone gets for the code on a table.
fn scan(server: &Server, table: i64) -> http::Answer {
    let secret = secret_of(server, table);
    ask(server, &format!("POST /api/v1/qr/{secret}"), Value::Null)
}

fn secret_of(server: &Server, table: i64) -> String {
    let sql = "SELECT qr_secret FROM tables WHERE id = ?1";
    let db = server.place.foreign();
    db.query_row(sql, [table], |row| row.get(0))
        .expect("a table")
}

/// The token of a guest at a table where somebody sits.
#[track_caller]
fn guest_at(server: &Server, table: i64) -> String {
    text(&scan(server, table).ok()["session_token"])
}
