//! The end of a drive: picked up, handed over with cash, not handed over, taken back; and drivers who take no orders for a while.

use super::{Platform, Socket, driver, restaurant};
use crate::support::{Client, http};
use serde_json::{Value, json};

impl Platform {
    /// On the road, with this driver's socket, which has heard of all that.
    fn on_the_road(&self) -> (i64, Socket) {
        let mut dao = self.socket(&driver(901));
        let id = self.ready();
        dao.hears_of("new-available-order", id);
        dao.ask("accept-order", json!({"orderId": id}));
        for event in ["order-updated", "order-assigned", "order-accepted"] {
            dao.hears_of(event, id);
        }
        (id, dao)
    }

    fn number(&self, sql: &str) -> i64 {
        self.server.place.number(sql)
    }
}

fn status(dao: &mut Socket, body: Value) -> Value {
    dao.ask("update-order-status", body)
}

#[test]
fn who_is_off_is_offered_nothing_and_finds_what_waits_when_they_are_back() {
    let platform = Platform::start();
    let mut dao = platform.socket(&driver(901));
    let mut other = platform.socket(&driver(901));
    let off = dao.ask("set-availability", json!({"available": false}));
    assert_eq!(
        (&off["ok"], &off["status"], &off["available"]),
        (&json!(true), &json!("offline"), &json!(false))
    );
    for socket in [&mut dao, &mut other] {
        assert_eq!(socket.hears("availability")["available"], false);
    }
    dao.emit("set-availability", json!({"available": false}));
    assert_eq!(
        dao.hears("availability")["status"],
        "offline",
        "whoever asks is answered"
    );
    let id = platform.ready();
    dao.emit("get-available-orders", json!({}));
    assert_eq!(dao.hears("available-orders")["orders"], json!([]));
    // Who comes again is still off, also on another phone.
    let mut later = platform.socket(&driver(901));
    later.emit("get-availability", json!({}));
    assert_eq!(later.hears("availability")["available"], false);
    let second = platform.ready();
    let on = dao.ask("set-availability", json!({"available": true}));
    assert_eq!(on["status"], "available");
    let told = dao.hears("availability");
    assert_eq!(
        (&told["available"], &told["status"]),
        (&json!(true), &json!("available"))
    );
    let waits = dao.hears("available-orders");
    let ids: Vec<&Value> = waits["orders"]
        .as_array()
        .expect("orders")
        .iter()
        .map(|o| &o["id"])
        .collect();
    assert_eq!(ids, [&json!(6), &json!(id), &json!(second)]);
    let third = platform.ready();
    dao.hears_of("new-available-order", third);
    // An owner who types says it as well.
    platform
        .server
        .shell("UPDATE drivers SET status = 'offline' WHERE user_id = 901");
    assert_eq!(dao.hears("availability")["available"], false);
}

#[test]
fn who_goes_off_on_the_road_is_off_when_they_are_home() {
    let platform = Platform::start();
    let (id, mut dao) = platform.on_the_road();
    let off = dao.ask("set-availability", json!({"available": false}));
    assert_eq!(off["status"], "busy");
    dao.hears("availability");
    status(&mut dao, json!({"orderId": id, "status": "delivered"}));
    dao.hears_of("order-updated", id);
    let home = "SELECT count(*) FROM drivers WHERE user_id = 901 AND status = 'offline' AND offline_at IS NOT NULL";
    assert_eq!(platform.number(home), 1);
    let asked = platform
        .rest(&driver(901), "GET /availability", Value::Null)
        .ok();
    assert_eq!(asked, json!({"status": "offline", "available": false}));
    let back = platform
        .rest(
            &driver(901),
            "PUT /availability",
            json!({"available": true}),
        )
        .ok();
    assert_eq!(back["status"], "available");
    let refused = platform.rest(
        &restaurant(789),
        "PUT /availability",
        json!({"available": true}),
    );
    assert_eq!(refused.refused(403), "FORBIDDEN");
}

#[test]
fn picking_up_is_said_in_its_own_word() {
    let platform = Platform::start();
    let (id, mut dao) = platform.on_the_road();
    status(&mut dao, json!({"orderId": id, "status": "picked_up"}));
    let told = dao.hears_of("order-updated", id);
    assert_eq!(told["status"], "out_for_delivery");
    assert!(
        told["pickedUpAt"].is_string() && told["readyAt"].is_string(),
        "{told}"
    );
    let before = platform.number(&format!("SELECT version FROM orders WHERE id = {id}"));
    status(&mut dao, json!({"orderId": id, "status": "picked_up"}));
    dao.hears_of("order-updated", id);
    assert_eq!(
        platform.number(&format!("SELECT version FROM orders WHERE id = {id}")),
        before
    );
    // after it the order cannot be given back
    dao.emit("drop-order", json!({"orderId": id}));
    assert!(dao.is_refused().starts_with("Invalid status transition"));
    // what was given to somebody is taken and picked up with one word
    let given = platform.ready();
    dao.hears_of("new-available-order", given);
    platform
        .rest(
            &restaurant(789),
            &format!("PATCH /orders/{given}"),
            json!({"driverId": 901}),
        )
        .ok();
    dao.hears_of("order-updated", given);
    dao.hears_of("order-assigned", given);
    status(&mut dao, json!({"orderId": given, "status": "picked_up"}));
    dao.hears_of("order-updated", given);
    assert!(dao.hears_of("order-updated", given)["pickedUpAt"].is_string());
}

#[test]
fn what_is_dropped_is_on_offer_again() {
    let platform = Platform::start();
    let (id, mut dao) = platform.on_the_road();
    let mut ek = platform.socket(&driver(902));
    assert_eq!(dao.ask("drop-order", json!({"orderId": id}))["ok"], true);
    assert_eq!(
        dao.hears_of("order-updated", id)["status"],
        "ready_for_pickup"
    );
    ek.hears_of("new-available-order", id);
    ek.emit("drop-order", json!({"orderId": id}));
    assert!(ek.is_refused().starts_with("Insufficient permissions"));
}

#[test]
fn a_delivery_that_fails_is_a_task_and_the_order_stays() {
    let platform = Platform::start();
    let (id, mut dao) = platform.on_the_road();
    let manager = super::signed(json!({"sub": "owner", "role": "restaurant", "restaurantId": 789}));
    let mut floor = Client::open_as(
        &platform.server,
        "/ws/restaurants/789/notifications/",
        &manager,
    );
    floor.sync();
    dao.emit(
        "update-order-status",
        json!({"orderId": id, "status": "failed"}),
    );
    assert_eq!(dao.hears("error")["code"], "REASON_REQUIRED");
    let failed = json!({"orderId": id, "status": "failed", "reason": "Nobody at home"});
    status(&mut dao, failed.clone());
    let told = dao.hears_of("order-updated", id);
    assert_eq!(
        (&told["status"], &told["failReason"]),
        (&json!("out_for_delivery"), &json!("Nobody at home"))
    );
    assert!(told["failedAt"].is_string(), "{told}");
    let task = floor.expect("task_notification");
    let title = format!(
        "Delivery of {} failed: Nobody at home",
        told["publicId"].as_str().expect("a name")
    );
    assert_eq!(
        (&task["data"]["message"], &task["data"]["priority"]),
        (&json!(title), &json!(4))
    );
    // said again it is the same; with another reason the task says that
    status(&mut dao, failed);
    dao.hears_of("order-updated", id);
    status(
        &mut dao,
        json!({"orderId": id, "status": "failed", "reason": "Wrong street"}),
    );
    assert_eq!(
        dao.hears_of("order-updated", id)["failReason"],
        "Wrong street"
    );
    let tasks = |status: &str| {
        format!("SELECT count(*) FROM tasks WHERE order_id = {id} AND status = '{status}'")
    };
    assert_eq!(platform.number(&tasks("open")), 1);
    // another driver has it now, and starts anew
    platform
        .rest(
            &restaurant(789),
            &format!("PATCH /orders/{id}"),
            json!({"driverId": 902}),
        )
        .ok();
    assert_eq!(
        (
            platform.number(&tasks("open")),
            platform.number(&tasks("done"))
        ),
        (0, 1)
    );
    let line = format!("GET /orders/{id}");
    let order = platform.rest(&restaurant(789), &line, Value::Null).ok();
    assert_eq!(
        (&order["order"]["failedAt"], &order["order"]["driverId"]),
        (&Value::Null, &json!(902))
    );
    let stranger = json!({"status": "failed", "reason": "x"});
    let refused = platform.rest(
        &driver(901),
        &line.replace("GET", "PATCH"),
        stranger.clone(),
    );
    assert_eq!(refused.refused(403), "FORBIDDEN");
    // what is no word of a restaurant
    let refused = platform.rest(&restaurant(789), &line.replace("GET", "PATCH"), stranger);
    assert_eq!(refused.refused(422), "INVALID_STATUS");
}

#[test]
fn cash_at_the_door_is_booked_once() {
    let platform = Platform::start();
    let mut dao = platform.socket(&driver(901));
    let id = platform.ready();
    let offer = dao.hears_of("new-available-order", id);
    assert_eq!(offer["collect"], offer["total_amount"]);
    assert!(
        offer["restaurantName"].is_string() && offer["customerPhone"].is_null(),
        "{offer}"
    );
    dao.ask("accept-order", json!({"orderId": id}));
    for event in ["order-updated", "order-assigned", "order-accepted"] {
        dao.hears_of(event, id);
    }
    let cash = offer["collect"].as_str().expect("an amount");
    let over = format!("1{cash}");
    dao.emit(
        "update-order-status",
        json!({"orderId": id, "status": "delivered", "collected": over}),
    );
    assert_eq!(dao.hears("error")["code"], "OVERPAYMENT");
    let payments =
        format!("SELECT count(*) FROM payments WHERE order_id = {id} AND status = 'captured'");
    assert_eq!(platform.number(&payments), 0, "nothing happened");
    let delivered = json!({"orderId": id, "status": "delivered", "collected": cash, "tip": 20});
    status(&mut dao, delivered.clone());
    let told = dao.hears_of("order-updated", id);
    assert_eq!(
        (&told["paymentStatus"], &told["collect"]),
        (&json!("paid"), &json!("0.00"))
    );
    assert_eq!(dao.hears_of("order-updated", id)["status"], "delivered");
    // out of a pocket without signal it comes again, on whatever way
    status(&mut dao, delivered.clone());
    let line = format!("PATCH /orders/{id}");
    platform
        .rest(
            &driver(901),
            &line,
            json!({"status": "delivered", "collected": cash}),
        )
        .ok();
    assert_eq!(platform.number(&payments), 1);
    assert_eq!(
        platform.number(&format!(
            "SELECT tip_minor FROM payments WHERE order_id = {id}"
        )),
        2000
    );
    let by = format!("SELECT taken_by FROM payments WHERE order_id = {id} AND method = 'cash'");
    assert_eq!(platform.number(&by), 901);
}

#[test]
fn a_wrong_delivered_is_taken_back_with_its_cash() {
    let platform = Platform::start();
    let (id, mut dao) = platform.on_the_road();
    let total = platform.number(&format!("SELECT total_minor FROM orders WHERE id = {id}"));
    let cash = format!("{}.{:02}", total / 100, total % 100);
    let send = |token: &str, body: Value| -> http::Answer {
        platform.rest(token, &format!("PATCH /orders/{id}"), body)
    };
    let delivered = json!({"status": "delivered", "collected": cash});
    assert_eq!(
        send(&driver(901), delivered.clone()).ok()["order"]["canonical_status"],
        "completed"
    );
    // only with the word that says so
    let plain = json!({"status": "out_for_delivery"});
    assert_eq!(send(&driver(901), plain).refused(409), "INVALID_TRANSITION");
    let undo = json!({"status": "out_for_delivery", "undo": true});
    assert_eq!(send(&driver(902), undo.clone()).refused(403), "FORBIDDEN");
    let back = send(&driver(901), undo.clone()).ok();
    let order = &back["order"];
    assert_eq!(
        (&order["status"], &order["driverId"]),
        (&json!("out_for_delivery"), &json!(901))
    );
    assert_eq!(
        (&order["collect"], &order["deliveredAt"]),
        (&json!(cash), &Value::Null)
    );
    let lines =
        format!("SELECT count(*) FROM order_items WHERE order_id = {id} AND status = 'ready'");
    assert_eq!(platform.number(&lines), 1);
    assert_eq!(
        send(&driver(901), undo.clone()).ok()["order"]["version"],
        order["version"],
        "again: nothing"
    );
    let audited = format!(
        "SELECT count(*) FROM audit WHERE action = 'undo_delivered' AND entity_id = {id} AND actor = 'driver:901'"
    );
    assert_eq!(platform.number(&audited), 1);
    // and handed over in the end, the cash counts
    send(&driver(901), delivered).ok();
    let states =
        format!("SELECT count(*) FROM payments WHERE order_id = {id} AND status = 'captured'");
    assert_eq!(platform.number(&states), 1);
    // not after half an hour
    platform.server.shell(&format!("UPDATE orders SET delivered_at = delivered_at - 1900000, completed_at = completed_at - 1900000 WHERE id = {id}"));
    assert_eq!(send(&driver(901), undo).refused(409), "RECALL_EXPIRED");
    assert_eq!(platform.number(&states), 1, "and its cash stays");
    for event in ["order-updated"; 3] {
        dao.hears_of(event, id);
    }
}
