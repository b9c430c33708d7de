//! The print workshop: what everybody on its socket hears, and its orders over HTTP.

mod orders;
mod room;

use crate::support::{Place, Server, http, token};
use serde_json::{Value, json};
use std::net::SocketAddr;

/// A workshop with the demo's orders.
struct Workshop {
    server: Server,
    address: SocketAddr,
}

impl Workshop {
    fn start() -> Self {
        Workshop::on(Server::start())
    }

    /// With another routing file.
    fn with_routing(change: impl Fn(String) -> String) -> Self {
        let place = Place::new();
        let file = place.file("routing.toml");
        let routing = std::fs::read_to_string(&file).expect("the routing file");
        std::fs::write(&file, change(routing)).expect("written");
        Workshop::on(Server::on(place, &[]))
    }

    fn on(mut server: Server) -> Self {
        let address = server.listening("delivery");
        Workshop { server, address }
    }

    fn rest(&self, token: &str, line: &str, body: Value) -> http::Answer {
        let bearer = format!("Bearer {token}");
        http::request(self.address, line, &[("Authorization", &bearer)], body)
    }

    fn order(&self) -> String {
        let new = json!({"customerName": "Noodle Corner", "productName": "Flyers", "quantity": 500, "sheetType": "115 g"});
        let made = self.rest(&staff(), "POST /orders", new).ok();
        made["orderId"].as_str().expect("a name").to_owned()
    }
}

/// A token with these claims and an hour to live.
fn signed(mut claims: Value) -> String {
    let now = std::time::UNIX_EPOCH.elapsed().expect("after 1970");
    claims["exp"] = json!(now.as_secs() + 3600);
    token::signed(&claims)
}

/// Somebody who works at the demo's workshop.
fn staff() -> String {
    signed(json!({"sub": "35", "role": "staff", "restaurantId": 5}))
}
