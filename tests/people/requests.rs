//! Calling a waiter and asking for the bill: once each, with an answer by name.

use super::{guest_at, house};
use crate::support::Client;
use serde_json::{Value, json};

#[test]
fn a_guest_calls_and_hears_who_comes() {
    let server = house();
    let (guest, waiter) = (guest_at(&server, 5), server.token("waiter"));
    let mut phone = Client::open_as(&server, "/ws/tables/sessions/1/", &guest);
    phone.next_is("session_status");
    let mut floor = Client::open_as(&server, "/ws/restaurants/2/notifications/", &waiter);
    floor.sync();
    let line = "POST /api/v1/sessions/1/requests";
    let asked = server.rest(&guest, line, json!({"kind": "call_waiter"}));
    assert_eq!(asked.status, 201, "{asked:?}");
    let task = asked.body["id"].clone();
    let told = floor.expect("task_notification");
    assert_eq!(told["data"]["kind"], "call_waiter");
    assert_eq!(told["data"]["table_number"], "5");
    let shown = phone.expect("session_update");
    assert_eq!(shown["data"]["requests"][0]["status"], "open");
    assert_eq!(shown["data"]["requests"][0]["assignee"], Value::Null);
    // An impatient thumb calls nobody twice.
    let again = server.rest(&guest, line, json!({"kind": "call_waiter"}));
    assert_eq!(again.status, 200);
    assert_eq!(again.body["id"], task);
    let bill = server.rest(&guest, line, json!({"kind": "bill", "note": "by card"}));
    assert_eq!(bill.status, 201, "of another kind");
    floor.expect("task_notification");
    phone.expect("session_update");

    let patch = format!("PATCH /api/v1/tasks/{task}");
    let done = server
        .rest(&waiter, &patch, json!({"status": "acknowledged"}))
        .ok();
    assert_eq!(done["assignee_name"], "Mia");
    let shown = phone.expect("session_update");
    let call = &shown["data"]["requests"][0];
    assert_eq!(call["assignee"], json!({"id": 10, "name": "Mia"}));
    assert_eq!(call["status"], "acknowledged");
    floor.expect("notification_acknowledged");
    // Given back, taken by somebody else, done.
    server.rest(&waiter, &patch, json!({"status": "open"})).ok();
    let shown = phone.expect("session_update");
    assert_eq!(shown["data"]["requests"][0]["assignee"], Value::Null);
    let noah = json!({"status": "acknowledged", "assignee_id": 11});
    let done = server.rest(&waiter, &patch, noah).ok();
    assert_eq!(done["assignee_name"], "Noah");
    server.rest(&waiter, &patch, json!({"status": "done"})).ok();
    let shown = phone.until(|frame| {
        frame["data"]["requests"]
            .as_array()
            .is_some_and(|all| all.len() == 1)
    });
    let shown = shown.last().expect("one");
    assert_eq!(shown["data"]["requests"][0]["kind"], "bill", "{shown}");
    let again = server.rest(&guest, line, json!({"kind": "call_waiter"}));
    assert_eq!(again.status, 201, "a new call");
}

#[test]
fn i_go_in_the_inbox_is_heard_at_the_table() {
    let server = house();
    let (guest, waiter) = (guest_at(&server, 5), server.token("waiter"));
    let mut phone = Client::open_as(&server, "/ws/tables/sessions/1/", &guest);
    phone.next_is("session_status");
    let mut inbox = Client::open_as(&server, "/ws/restaurants/2/notifications/", &waiter);
    inbox.sync();
    server
        .rest(
            &guest,
            "POST /api/v1/sessions/1/requests",
            json!({"kind": "bill"}),
        )
        .ok();
    let told = inbox.expect("task_notification");
    let id = told["data"]["notification_id"].clone();
    inbox.command(json!({"action": "acknowledge", "notification_id": id}));
    let shown = phone.until(|frame| frame["data"]["requests"][0]["assignee"]["name"] == "Mia");
    let versions: Vec<_> = shown
        .iter()
        .filter_map(|frame| frame["data"]["version"].as_i64())
        .collect();
    assert!(
        versions.is_sorted_by(|a, b| a < b),
        "each is newer: {versions:?}"
    );
}

#[test]
fn a_call_is_taken_back_and_ends_with_the_visit() {
    let server = house();
    let (guest, manager) = (guest_at(&server, 5), server.token("manager"));
    let line = "POST /api/v1/sessions/1/requests";
    let call = json!({"kind": "call_waiter"});
    server.rest(&guest, line, call.clone()).ok();
    let gone = "DELETE /api/v1/sessions/1/requests/call_waiter";
    let cancelled = server.rest(&guest, gone, Value::Null).ok();
    assert_eq!(cancelled["cancelled"], true);
    let cancelled = server.rest(&guest, gone, Value::Null).ok();
    assert_eq!(cancelled["cancelled"], false, "nothing waits");
    let open = "SELECT count(*) FROM notifications n JOIN tasks k ON k.id = n.task_id WHERE k.session_id = 1 AND n.acknowledged_at IS NULL";
    assert_eq!(server.place.number(open), 0, "nobody goes for nothing");
    server.rest(&guest, line, call.clone()).ok();
    let how = json!({"force": true, "reason": "a test"});
    server
        .rest(&manager, "POST /api/v1/tables/5/release", how)
        .ok();
    let live = "SELECT count(*) FROM tasks WHERE session_id = 1 AND kind = 'call_waiter' AND status IN ('open', 'acknowledged')";
    assert_eq!(server.place.number(live), 0);
    assert_eq!(server.place.number(open), 0);
    let refused = server.rest(&guest, line, call.clone());
    assert_eq!(refused.refused(410), "SESSION_CLOSED");
    let refused = server.rest(&manager, line, call);
    assert_eq!(refused.refused(410), "SESSION_CLOSED");
}

#[test]
fn who_may_ask_and_who_may_go() {
    let server = house();
    let guest = guest_at(&server, 5);
    let call = json!({"kind": "call_waiter"});
    // Another table's visit is none of theirs, by number or not.
    for session in ["2", "99999"] {
        let line = format!("POST /api/v1/sessions/{session}/requests");
        let refused = server.rest(&guest, &line, call.clone());
        assert_eq!(refused.refused(404), "NOT_FOUND");
    }
    let refused = server.rest(
        &server.token("kitchen"),
        "POST /api/v1/sessions/1/requests",
        call,
    );
    assert_eq!(refused.refused(403), "FORBIDDEN");
    let refused = server.rest(&guest, "PATCH /api/v1/tasks/1", json!({"status": "done"}));
    assert_eq!(refused.refused(403), "FORBIDDEN");
    let refused = server.rest(
        &guest,
        "POST /api/v1/sessions/1/requests",
        json!({"kind": "champagne"}),
    );
    assert_eq!(refused.status, 400);
    let line = "DELETE /api/v1/sessions/1/requests/champagne";
    assert_eq!(
        server.rest(&guest, line, Value::Null).refused(422),
        "INVALID_VALUE"
    );
    // Of another restaurant.
    let sql = "INSERT INTO tasks(restaurant_id, title) VALUES (3, 'x') RETURNING id";
    let db = server.place.foreign();
    let task: i64 = db.query_row(sql, [], |row| row.get(0)).expect("a task");
    let line = format!("PATCH /api/v1/tasks/{task}");
    let refused = server.rest(&server.token("waiter"), &line, json!({"status": "done"}));
    assert_eq!(refused.refused(403), "FORBIDDEN");
}
