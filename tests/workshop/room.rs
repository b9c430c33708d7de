//! The root namespace.

use super::{Workshop, signed, staff};
use crate::support::contract;
use crate::support::socket_io::SocketIo;
use serde_json::{Value, json};

struct Socket(SocketIo);

impl Workshop {
    /// Somebody without a token.
    fn anybody(&self) -> Socket {
        self.socket(json!({}))
    }

    fn socket(&self, auth: Value) -> Socket {
        let mut io = SocketIo::open(self.address);
        io.connect("/", auth).expect("let in");
        Socket(io)
    }

    fn change(&self, order: &str, change: Value) {
        self.rest(&staff(), &format!("PATCH /orders/{order}"), change)
            .ok();
    }
}

impl Socket {
    /// The next event, which must be this one: nothing was told before it.
    #[track_caller]
    fn hears(&mut self, event: &str) -> Value {
        let told = self.0.next("/");
        assert_eq!(told.name, event, "{:?}", told.arguments);
        contract::check_event("workshop", event, &told.arguments);
        told.arguments.into_iter().next().expect("one argument")
    }
}

fn keys(object: &Value) -> Vec<&str> {
    let members = object.as_object().expect("an object");
    let mut keys: Vec<&str> = members.keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn everybody_hears_everything_whatever_room_they_joined() {
    let workshop = Workshop::start();
    let plain = workshop.anybody();
    let mut joined = workshop.anybody();
    let mut left = workshop.anybody();
    let works_here = workshop.socket(json!({"token": staff()}));
    joined.0.emit("/", "joinRoom", &[]);
    joined.hears("joinedRoom");
    left.0.emit("/", "joinRoom", &[json!("orders")]);
    left.hears("joinedRoom");
    left.0.emit("/", "leaveRoom", &[]);
    left.hears("leftRoom");
    let mut all = [plain, joined, left, works_here];

    let id = workshop.order();
    for socket in &mut all {
        let told = socket.hears("orderCreated");
        assert_eq!(
            (&told["orderId"], &told["status"], &told["quantity"]),
            (&json!(id), &json!("In Production"), &json!(500))
        );
        for key in [
            "customerName",
            "productName",
            "sheetType",
            "timestamp",
            "message",
        ] {
            assert!(told[key].is_string(), "{key}: {told}");
        }
        assert!(told.get("estimatedDate").is_some());
    }
    workshop.change(
        &id,
        json!({"status": "In Printing", "estimatedDate": "2026-02-01", "message": "On the press"}),
    );
    for socket in &mut all {
        let told = socket.hears(&format!("{id}/update"));
        assert_eq!(
            keys(&told),
            [
                "estimatedDate",
                "message",
                "orderId",
                "status",
                "timestamp",
                "version"
            ]
        );
        assert_eq!(
            (
                &told["orderId"],
                &told["status"],
                &told["message"],
                &told["estimatedDate"]
            ),
            (
                &json!(id),
                &json!("In Printing"),
                &json!("On the press"),
                &json!("2026-02-01T00:00:00Z")
            )
        );
        let told = socket.hears("orderUpdated");
        assert_eq!(keys(&told), ["message", "order", "timestamp"]);
        assert_eq!(
            (&told["message"], &told["order"]["status"]),
            (&json!("On the press"), &json!("In Printing"))
        );
    }
    workshop
        .rest(&staff(), &format!("DELETE /orders/{id}"), Value::Null)
        .ok();
    for socket in &mut all {
        let told = socket.hears("orderDeleted");
        assert_eq!(keys(&told), ["message", "orderId", "timestamp", "version"]);
        assert_eq!(told["orderId"], json!(id));
    }
}

#[test]
fn a_message_is_told_with_its_change_and_not_again() {
    let workshop = Workshop::start();
    let mut socket = workshop.anybody();
    let said = |socket: &mut Socket| {
        let told = socket.hears("ORD-1001/update");
        socket.hears("orderUpdated");
        told.get("message").cloned()
    };
    for _ in 0..2 {
        workshop.change("ORD-1001", json!({"message": "Nearly there"}));
        assert_eq!(said(&mut socket), Some(json!("Nearly there")));
    }
    // Another program knows nothing of messages.
    workshop
        .server
        .shell("UPDATE orders SET status = 'In Binding' WHERE public_id = 'ORD-1001'");
    assert_eq!(said(&mut socket), None);
    workshop.change("ORD-1001", json!({"status": "Delivery"}));
    assert_eq!(said(&mut socket), None);
}

#[test]
fn what_is_no_news_to_who_waits_is_told_once() {
    let workshop = Workshop::start();
    let mut socket = workshop.anybody();
    workshop.change("ORD-1001", json!({"quantity": 400}));
    assert_eq!(socket.hears("orderUpdated")["order"]["quantity"], 400);
    workshop.change("ORD-1001", json!({"estimatedDate": "2026-03-01"}));
    assert_eq!(
        socket.hears("ORD-1001/update")["estimatedDate"],
        "2026-03-01T00:00:00Z"
    );
    socket.hears("orderUpdated");
    // A change that changes nothing is none.
    workshop.change("ORD-1001", json!({"quantity": 400}));
    workshop.change("ORD-1002", json!({"status": "Packaging"}));
    socket.hears("ORD-1002/update");
}

#[test]
fn suppers_deliveries_and_other_shops_are_not_told_of() {
    let workshop = Workshop::start();
    let mut socket = workshop.anybody();
    let mut next_door = workshop.socket(
        json!({"token": signed(json!({"sub": "30", "role": "manager", "restaurantId": 2}))}),
    );
    workshop.server.shell(
        "UPDATE orders SET note = 'x' WHERE id IN (1, 123);
         INSERT INTO orders(restaurant_id, table_id) VALUES (2, 5);
         INSERT INTO orders(restaurant_id, workflow_id, status, public_id) VALUES (2, 2, 'In Printing', 'MENU-1');
         INSERT INTO orders(restaurant_id, workflow_id, status, public_id) VALUES (5, 2, 'In Printing', 'CARD-1')",
    );
    assert_eq!(socket.hears("orderCreated")["orderId"], "CARD-1");
    assert_eq!(next_door.hears("orderCreated")["orderId"], "MENU-1");
}

#[test]
fn what_cannot_be_asked_is_answered() {
    let workshop = Workshop::start();
    let mut socket = workshop.anybody();
    socket.0.emit("/", "joinRom", &[]);
    let told = socket.hears("error");
    assert_eq!(
        (&told["code"], &told["statusCode"]),
        (&json!("UNKNOWN_ACTION"), &json!(400))
    );
    let mut io = SocketIo::open(workshop.address);
    assert!(io.connect("/", json!({"token": "forged"})).is_err());
}

#[test]
fn routing_can_ask_for_a_token() {
    let workshop = Workshop::with_routing(|routing| {
        let (before, after) = routing
            .split_once("consumer = \"workshop\"")
            .expect("the route");
        let after = after.replacen("\"optional\"", "\"required\"", 1);
        format!("{before}consumer = \"workshop\"{after}")
    });
    // A demo lets everybody of this machine in, but nobody who comes through a proxy.
    let forwarded = [("x-forwarded-for", "203.0.113.7")];
    let mut io = SocketIo::dial(workshop.address, "/socket.io/", &forwarded);
    let refused = io.connect("/", json!({})).expect_err("no token");
    assert_eq!(refused["data"]["code"], "TOKEN_MISSING");
    let mut works_here = workshop.socket(json!({"token": staff()}));
    let id = workshop.order();
    assert_eq!(works_here.hears("orderCreated")["orderId"], json!(id));
}

/// A house that wants its restaurant's orders on the wall says so in its settings; until then the wall shows what is printed.
#[test]
fn a_wall_that_shows_all_has_the_restaurants_orders_in_its_own_words() {
    let workshop = Workshop::start();
    let mia = workshop.server.token("waiter");
    let mut wall = workshop.socket(json!({"token": mia}));
    let order = |table: i64| {
        let supper = json!({"restaurant_id": 2, "table_id": table, "items": [{"menu_item_id": 1, "quantity": 2}, {"menu_item_id": 2}]});
        let placed = workshop.server.rest(&mia, "POST /api/v1/orders", supper);
        let placed = placed.ok();
        let id = placed["id"].as_i64().expect("an id");
        (id, placed["public_id"].as_str().expect("a name").to_owned())
    };
    order(5);
    let shell = |sql: &str| workshop.server.shell(sql);
    shell(
        "UPDATE restaurants SET settings_json = json_set(settings_json, '$.workshop', 'all') WHERE id = 2;",
    );
    let (id, name) = order(8);
    let told = wall.hears("orderCreated");
    assert_eq!(
        (
            &told["orderId"],
            &told["customerName"],
            &told["productName"]
        ),
        (
            &json!(name),
            &json!("Table 8"),
            &json!("2 Pad Thai, 1 Iced tea")
        )
    );
    assert_eq!(
        (&told["status"], &told["quantity"], &told["sheetType"]),
        (&json!("In Production"), &json!(3), &Value::Null)
    );
    let mut keys_of_a_job = keys(&told);
    keys_of_a_job.retain(|key| *key != "timestamp");

    // What looks the same is an update; another stage, or time, is told under the order's own name, too.
    let set = |status: &str| {
        shell(&format!(
            "UPDATE orders SET status = '{status}' WHERE id = {id};"
        ));
    };
    let own = format!("{name}/update");
    set("preparing");
    assert_eq!(
        wall.hears("orderUpdated")["order"]["status"],
        "In Production"
    );
    for (status, stage) in [("ready", "Packaging"), ("delivered", "Delivery")] {
        set(status);
        let told = wall.hears(&own);
        assert_eq!(
            (&told["orderId"], &told["status"]),
            (&json!(name), &json!(stage))
        );
        let told = wall.hears("orderUpdated");
        assert_eq!(told["order"]["status"], stage);
        assert_eq!(keys(&told["order"]), keys_of_a_job);
    }
    shell(&format!(
        "UPDATE orders SET eta_at = 1893499200000 WHERE id = {id};"
    ));
    assert_eq!(wall.hears(&own)["estimatedDate"], "2030-01-01T12:00:00Z");
    wall.hears("orderUpdated");

    // Another line is another product; what is called off, or gone, is gone.
    let (other, called) = order(7);
    wall.hears("orderCreated");
    let line = format!("POST /api/v1/orders/{other}/items");
    let more = json!({"items": [{"menu_item_id": 2, "quantity": 4}]});
    workshop.server.rest(&mia, &line, more).ok();
    let told = wall.hears("orderUpdated");
    assert_eq!(
        told["order"]["productName"],
        "2 Pad Thai, 1 Iced tea, 4 Iced tea"
    );
    let list = |query: &str| -> Vec<Value> {
        let all = workshop.rest(&mia, &format!("GET /orders{query}"), Value::Null);
        let all = all.ok();
        let all = all.as_array().expect("orders").iter();
        all.map(|order| order["orderId"].clone()).collect()
    };
    assert_eq!(list("?limit=2"), [json!(called), json!(name)]);
    assert_eq!(list(&format!("?limit=1&before={called}")), [json!(name)]);
    assert!(list("?status=Delivery").contains(&json!(name)));
    assert!(!list("?status=Delivery").contains(&json!(called)));
    shell(&format!(
        "UPDATE orders SET status = 'cancelled' WHERE id = {other};"
    ));
    assert_eq!(wall.hears("orderDeleted")["orderId"], json!(called));
    assert_eq!(list("?limit=1"), [json!(name)]);
    let shown = workshop.rest(&mia, &format!("GET /orders/{called}"), Value::Null);
    assert_eq!(shown.status, 404);

    // It is looked at here, and moved where its own words are.
    let show = format!("/orders/{name}");
    let shown = workshop
        .rest(&mia, &format!("GET {show}"), Value::Null)
        .ok();
    assert_eq!(shown["status"], "Delivery");
    let moved = workshop.rest(
        &mia,
        &format!("PATCH {show}"),
        json!({"status": "In Printing"}),
    );
    assert_eq!(moved.status, 404);
    shell(&format!("DELETE FROM orders WHERE id = {id};"));
    assert_eq!(wall.hears("orderDeleted")["orderId"], json!(name));

    // And back again.
    shell("UPDATE restaurants SET settings_json = '{}' WHERE id = 2;");
    order(6);
    let new = json!({"customerName": "Noodle Corner", "productName": "Menus", "quantity": 5});
    let printed = workshop.rest(&mia, "POST /orders", new).ok();
    let told = wall.hears("orderCreated");
    assert_eq!(told["orderId"], printed["orderId"]);
}
