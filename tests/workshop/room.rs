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
