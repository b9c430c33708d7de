//! A wall that says nothing any more: managers are told, once, until it is back.

use super::{house, pair};
use crate::support::Client;
use serde_json::{Value, json};

#[test]
fn managers_hear_of_a_wall_that_is_gone_and_nobody_of_a_phone() {
    let server = house();
    let manager = server.token("manager");
    let wall = pair(&server, "kitchen", "Pass");
    let board = pair(&server, "board", "Pick-up");
    pair(&server, "handheld", "Phone 1");
    let mut boss = Client::open_as(&server, "/ws/restaurants/2/notifications/", &manager);
    let mut waiter = Client::open_as(
        &server,
        "/ws/restaurants/2/notifications/",
        &server.token("waiter"),
    );
    boss.sync();
    waiter.sync();
    // As short as a shell can make it. The one that says that it is there is not missed.
    server.shell(
        "UPDATE restaurants SET settings_json = json_set(settings_json, '$.device_alert_s', 1) WHERE id = 2;
         UPDATE device_signs SET last_seen_at = last_seen_at + 3600000 WHERE device_id = (SELECT id FROM devices WHERE name = 'Pick-up');",
    );
    let told = boss.expect("alert");
    assert_eq!(told["message"], "Pass does not answer");
    assert_eq!(told["data"]["title"], "Screen gone");
    let open = |token: &str| {
        let line = "GET /api/v1/notifications?open=true";
        let all = server.rest(token, line, Value::Null).ok();
        let items = all["items"].as_array().expect("items").clone();
        items
            .iter()
            .filter(|one| one["title"] == "Screen gone")
            .count()
    };
    assert_eq!(open(&manager), 1, "once");
    assert_eq!(open(&server.token("waiter")), 0, "not what waiters see to");
    assert!(
        waiter.sync().iter().all(|frame| frame["type"] != "alert"),
        "nor hear"
    );
    let back = json!({"build": "b", "outbox": 0});
    for device in [&wall, &board] {
        server
            .rest(&device.token, "POST /api/v1/devices/me", back.clone())
            .ok();
    }
    boss.expect("notification_acknowledged");
    assert_eq!(open(&manager), 0, "it is back");
}
