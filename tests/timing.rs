//! The Timing API (port 8000): dashboards over a WebSocket, and REST.

mod access;
mod login;
mod orders;
mod stream;

use crate::support::http::{Answer, request};
use crate::support::{Client, Server};
use serde_json::{Value, json};
use std::net::SocketAddr;

/// A demo, and where its dashboards are.
struct Timing {
    server: Server,
    address: SocketAddr,
    /// The demo's admin's, as the login endpoint gives it.
    admin: String,
}

impl Timing {
    fn start() -> Self {
        Timing::of(Server::start())
    }

    fn of(mut server: Server) -> Self {
        let address = server.listening("timing");
        let admin = log_in(address, "admin@example.com", "admin12345").ok();
        let admin = admin["token"].as_str().expect("a token").to_owned();
        Timing {
            server,
            address,
            admin,
        }
    }

    /// The dashboard as the document connects to it: `/admin?token=`.
    fn dashboard(&self, token: &str) -> Client {
        self.dial(&format!("/admin?token={token}"))
    }

    fn dial(&self, path: &str) -> Client {
        Client::dial(self.address, path, &[]).expect("a WebSocket")
    }

    /// An admin's dashboard that has heard how things stand.
    fn opened(&self) -> Client {
        let mut client = self.dashboard(&self.admin);
        client.next_is("connection");
        client
    }

    fn guest(&self, line: &str, body: Value) -> Answer {
        request(self.address, line, &[], body)
    }

    fn rest(&self, token: &str, line: &str, body: Value) -> Answer {
        let bearer = format!("Bearer {token}");
        request(self.address, line, &[("Authorization", &bearer)], body)
    }

    fn ask(&self, line: &str, body: Value) -> Answer {
        self.rest(&self.admin, line, body)
    }

    fn put(&self, order: i64, status: &str) -> Answer {
        let line = format!("PUT /api/admin/orders/{order}/status");
        self.ask(&line, json!({"status": status}))
    }

    /// A new order of two dishes for 160.00.
    fn order(&self) -> i64 {
        let placed = self.ask("POST /api/orders", two_dishes()).ok();
        placed["data"]["id"].as_i64().expect("an id")
    }
}

fn two_dishes() -> Value {
    json!({"restaurant_id": 2, "customer_info": {"name": "Jo", "phone": "+66 2 000 0001"}, "items": [{"menu_item_id": 1, "quantity": 2}]})
}

fn log_in(address: SocketAddr, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password});
    request(address, "POST /api/auth/login", &[], body)
}

/// The code of a refusal in this vocabulary's shape.
#[track_caller]
fn refused(answer: Answer, status: u16) -> String {
    assert_eq!(answer.body["success"], false, "{answer:?}");
    assert!(answer.body["message"].is_string(), "{answer:?}");
    answer.refused(status)
}
