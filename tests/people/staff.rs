//! Those who work here, for whoever runs the place.

use super::{enter, give_pin, house, pair, text};
use crate::support::Client;
use serde_json::{Value, json};

#[test]
fn somebody_new_signs_in_and_is_out_the_moment_they_have_left() {
    let server = house();
    let manager = server.token("manager");
    let new = json!({"name": "Nina", "role": "waiter", "pin": "4711", "tables": [7, 5]});
    let nina = server.rest(&manager, "POST /api/v1/staff", new);
    assert_eq!(nina.status, 201, "{nina:?}");
    let nina = nina.body;
    assert_eq!(nina["has_pin"], true);
    assert_eq!(nina["tables"], json!([5, 7]));
    let id = nina["id"].as_i64().expect("a number");
    let device = pair(&server, "handheld", "Phone 1");
    let token = text(&enter(&server, &device.token, id, "4711").ok()["token"]);
    let mut floor = Client::open_as(&server, "/ws/restaurants/2/notifications/", &token);
    floor.sync();
    let line = format!("PATCH /api/v1/staff/{id}");
    let gone = server
        .rest(&manager, &line, json!({"is_active": false}))
        .ok();
    assert_eq!(gone["is_active"], false);
    assert_eq!(floor.closed().0, Some(4401));
    assert_eq!(
        enter(&server, &device.token, id, "4711").refused(401),
        "WRONG_PIN"
    );
    // Back again: with a new token, not with the old one.
    server
        .rest(&manager, &line, json!({"is_active": true}))
        .ok();
    let old = server.rest(&token, "GET /api/v1/tables", Value::Null);
    assert_eq!(old.refused(401), "UNAUTHENTICATED");
    enter(&server, &device.token, id, "4711").ok();
}

#[test]
fn another_pin_or_another_role_ends_what_was() {
    let server = house();
    let manager = server.token("manager");
    let device = pair(&server, "handheld", "Phone 1");
    for change in [
        json!({"pin": "2222"}),
        json!({"role": "kitchen"}),
        json!({"pin": null}),
    ] {
        server
            .rest(
                &manager,
                "PATCH /api/v1/staff/11",
                json!({"role": "waiter"}),
            )
            .ok();
        give_pin(&server, 11, "1111");
        let token = text(&enter(&server, &device.token, 11, "1111").ok()["token"]);
        let mut inbox = Client::open_as(&server, "/ws/waiters/11/", &token);
        inbox.sync();
        server
            .rest(&manager, "PATCH /api/v1/staff/11", change.clone())
            .ok();
        assert_eq!(inbox.closed().0, Some(4401), "{change}");
    }
    assert_eq!(
        enter(&server, &device.token, 11, "1111").refused(401),
        "WRONG_PIN"
    );
}

#[test]
fn who_may_change_whom() {
    let server = house();
    let manager = server.token("manager");
    let patch = |token: &str, id: i64, body: Value| {
        server.rest(token, &format!("PATCH /api/v1/staff/{id}"), body)
    };
    // A colleague; a guest's account; the admin; of another restaurant.
    assert_eq!(
        patch(&server.token("waiter"), 11, json!({"pin": "1111"})).refused(403),
        "FORBIDDEN"
    );
    for (id, status) in [(456, 404), (1, 404), (13, 403)] {
        patch(&manager, id, json!({"is_active": false})).refused(status);
    }
    // The last one who can run the place stays.
    for body in [json!({"is_active": false}), json!({"role": "waiter"})] {
        assert_eq!(patch(&manager, 30, body).refused(409), "LAST_MANAGER");
    }
    let version = patch(&manager, 12, json!({"phone": "1"})).ok()["version"].clone();
    patch(&manager, 12, json!({"phone": "2", "version": version})).ok();
    let late = patch(&manager, 12, json!({"phone": "3", "version": version}));
    assert_eq!(late.refused(409), "VERSION_CONFLICT");
    let taken = patch(&manager, 12, json!({"email": "ADMIN@example.com"}));
    assert_eq!(taken.body["field"], "email");
    assert_eq!(taken.refused(409), "NAME_TAKEN");
    for body in [
        json!({"pin": "12"}),
        json!({"pin": 1234}),
        json!({"name": " "}),
        json!({"tables": [31]}),
    ] {
        patch(&manager, 12, body).refused(422);
    }
    let what = "SELECT count(*) FROM audit WHERE entity = 'user' AND entity_id = 12";
    assert_eq!(server.place.number(what), 2, "each change is written down");
}
