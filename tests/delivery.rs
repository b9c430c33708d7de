//! The delivery platform: ordering, cooking, driving, over Socket.IO and HTTP.

mod drivers;
mod entrance;
mod handovers;
mod mistakes;
mod ordering;
mod rooms;

use crate::support::socket_io::SocketIo;
use crate::support::{Server, contract, http, token};
use serde_json::{Value, json};
use std::net::SocketAddr;

/// A platform with the demo's restaurants and people.
struct Platform {
    server: Server,
    address: SocketAddr,
}

impl Platform {
    fn start() -> Self {
        let mut server = Server::start();
        let address = server.listening("delivery");
        Platform { server, address }
    }

    /// A JSON request below `/api/delivery`: `POST /orders`.
    fn rest(&self, token: &str, line: &str, body: Value) -> http::Answer {
        let line = line.replacen(" /", " /api/delivery/", 1);
        let bearer = format!("Bearer {token}");
        http::request(self.address, &line, &[("Authorization", &bearer)], body)
    }

    /// Chris orders two red curries from Curry Express, to be driven.
    fn order(&self) -> Value {
        let answer = self.rest(&user(456), "POST /orders", curry()).ok();
        answer["order"].clone()
    }

    /// Such an order, as far as its restaurant can bring it.
    fn ready(&self) -> i64 {
        let id = self.order()["id"].as_i64().expect("a number");
        for status in ["confirmed", "preparing", "ready_for_pickup"] {
            self.set(&restaurant(789), id, status).ok();
        }
        id
    }

    /// Somebody's socket.
    #[track_caller]
    fn socket(&self, token: &str) -> Socket {
        let mut io = SocketIo::open(self.address);
        io.connect(ORDERS, json!({"token": token})).expect("let in");
        Socket(io)
    }

    fn set(&self, token: &str, order: i64, status: &str) -> http::Answer {
        let line = format!("PATCH /orders/{order}");
        self.rest(token, &line, json!({"status": status}))
    }
}

const ORDERS: &str = "/orders";

/// A socket of the namespace `/orders`.
struct Socket(SocketIo);

impl Socket {
    fn emit(&mut self, event: &str, data: Value) {
        self.0.emit(ORDERS, event, &[data]);
    }

    /// What the callback of an emit gets.
    fn ask(&mut self, event: &str, data: Value) -> Value {
        let mut answer = self.0.ask(ORDERS, event, &[data]);
        answer.swap_remove(0)
    }

    /// The next event, which must be this one with this much data: nothing was told before it.
    #[track_caller]
    fn hears(&mut self, event: &str) -> Value {
        let told = self.0.next(ORDERS);
        assert_eq!(told.name, event, "{:?}", told.arguments);
        contract::check_event("delivery.orders", event, &told.arguments);
        told.arguments.into_iter().next().expect("one argument")
    }

    /// The same, about this order.
    #[track_caller]
    fn hears_of(&mut self, event: &str, order: i64) -> Value {
        let told = self.hears(event);
        let id = told["orderId"].as_i64().or(told["order"]["id"].as_i64());
        assert_eq!(id, Some(order), "{event} {told}");
        told["order"].clone()
    }

    /// The sentence of the next event, which must be an error.
    #[track_caller]
    fn is_refused(&mut self) -> String {
        let told = self.hears("error");
        told["message"].as_str().expect("a sentence").to_owned()
    }
}

fn curry() -> Value {
    json!({"restaurantId": 789, "items": [{"menuItemId": 11, "quantity": 2}], "deliveryAddress": "Soi 11, 4"})
}

/// A token with these claims and an hour to live.
fn signed(mut claims: Value) -> String {
    let now = std::time::UNIX_EPOCH.elapsed().expect("after 1970");
    claims["exp"] = json!(now.as_secs() + 3600);
    token::signed(&claims)
}

fn user(id: i64) -> String {
    signed(json!({"sub": id.to_string(), "role": "user"}))
}

fn restaurant(id: i64) -> String {
    signed(json!({"sub": "owner", "role": "restaurant", "restaurantId": id}))
}

fn driver(id: i64) -> String {
    signed(json!({"sub": id.to_string(), "role": "driver"}))
}
