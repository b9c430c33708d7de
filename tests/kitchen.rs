//! The kitchen's screens: everything that its document promises, at the wire.

mod absence;
mod bursts;
mod changes;
mod confirmations;
mod fired_once;
mod http;
mod mistakes;
mod rooms;
mod status;
mod tables;
mod tickets;

use crate::support::socket_io::{SocketIo, Told};
use crate::support::{Server, contract, http as wire, token};
use serde_json::{Value, json};
use std::net::SocketAddr;

/// The demo's restaurant, and the one beside it.
const HERE: &str = "11111111-1111-1111-1111-111111111111";
const BESIDE: &str = "22222222-2222-2222-2222-222222222222";

/// A server, and where its kitchen listens.
struct Kitchen {
    server: Server,
    at: SocketAddr,
}

impl Kitchen {
    fn open() -> Self {
        let mut server = Server::start();
        let at = server.listening("kitchen");
        Kitchen { server, at }
    }

    fn token(&self, role: &str) -> String {
        self.server.token(role)
    }

    /// Of somebody who may look everywhere.
    fn admin(&self) -> String {
        token::mint_with(&self.server.place, &["--role", "admin"])
    }

    /// A request to the kitchen's listener.
    fn rest(&self, token: &str, line: &str, body: Value) -> wire::Answer {
        let bearer = format!("Bearer {token}");
        wire::request(self.at, line, &[("Authorization", &bearer)], body)
    }

    /// What went well, without its envelope.
    #[track_caller]
    fn done(&self, token: &str, line: &str, body: Value) -> Value {
        let answer = self.rest(token, line, body).ok();
        assert_eq!(answer["success"], true, "{answer}");
        answer["data"].clone()
    }

    /// A new order, as the answer shows it.
    #[track_caller]
    fn place(&self, items: Value) -> Value {
        let order = json!({"restaurant_id": HERE, "table_number": "7", "items": items});
        self.done(&self.token("waiter"), "POST /api/v1/orders", order)
    }

    /// A screen that is nowhere yet.
    #[track_caller]
    fn screen(&self, token: &str) -> Screen {
        self.screen_with(json!({"token": token}))
    }

    #[track_caller]
    fn screen_with(&self, auth: Value) -> Screen {
        let mut socket = SocketIo::open(self.at);
        socket.connect("/", auth).expect("let in");
        let mut screen = Screen(socket);
        let first = screen.next();
        assert_eq!(
            (first.name.as_str(), &first.data()["state"]),
            ("connection:status", &json!("connected"))
        );
        screen
    }

    /// A cook's screen that looks at the whole restaurant.
    #[track_caller]
    fn pass(&self) -> Screen {
        let mut screen = self.screen(&self.token("kitchen"));
        screen.ask("join:restaurant", json!(HERE));
        screen
    }

    /// A cook's screen at a station.
    #[track_caller]
    fn station(&self, station: &str) -> Screen {
        let mut screen = self.screen(&self.token("kitchen"));
        let joined = screen.ask(
            "join:station",
            json!({"restaurantId": HERE, "station": station}),
        );
        assert_eq!(
            (&joined["restaurantId"], &joined["station"]),
            (&json!(HERE), &json!(station))
        );
        screen
    }
}

struct Screen(SocketIo);

impl Screen {
    fn emit(&mut self, name: &str, data: Value) {
        self.0.emit("/", name, &[data]);
    }

    /// Asks with a callback; what it is called with.
    #[track_caller]
    fn call(&mut self, name: &str, data: Value) -> Value {
        let answer = self.0.ask("/", name, &[data]);
        assert_eq!(answer.len(), 1, "{answer:?}");
        answer[0].clone()
    }

    /// The same for what must go well.
    #[track_caller]
    fn ask(&mut self, name: &str, data: Value) -> Value {
        let answer = self.call(name, data);
        assert_eq!(answer["success"], true, "{name}: {answer}");
        answer
    }

    /// The same for what must be refused: the code.
    #[track_caller]
    fn refused(&mut self, name: &str, data: Value) -> String {
        let answer = self.call(name, data);
        assert_eq!(answer["success"], false, "{name}: {answer}");
        answer["error"]["code"].as_str().expect("a code").to_owned()
    }

    /// The next event that is no copy of others.
    #[track_caller]
    fn next(&mut self) -> Told {
        loop {
            let told = self.0.next("/");
            contract::check_event("kitchen", &told.name, &told.arguments);
            if told.name != "orders:batch_update" {
                return told;
            }
        }
    }

    /// The next event, which must be this one.
    #[track_caller]
    fn next_is(&mut self, name: &str) -> Value {
        let told = self.next();
        assert_eq!(told.name, name, "{told:?}");
        told.data().clone()
    }

    #[track_caller]
    fn until(&mut self, name: &str) -> Value {
        let told = self.0.until("/", name);
        contract::check_event("kitchen", &told.name, &told.arguments);
        told.data().clone()
    }

    /// What came until now. Whatever was committed before is heard before the writer's answer.
    #[track_caller]
    fn heard(&mut self) -> Vec<Told> {
        let barrier = json!({"tableNumber": "no such table", "restaurantId": HERE});
        assert_eq!(self.refused("table:complete", barrier), "TABLE_NOT_FOUND");
        let mut heard = self.0.take_heard("/");
        for told in &heard {
            contract::check_event("kitchen", &told.name, &told.arguments);
        }
        heard.retain(|told| told.name != "orders:batch_update");
        heard
    }

    /// The names of what came until now.
    #[track_caller]
    fn names(&mut self) -> Vec<String> {
        self.heard().into_iter().map(|told| told.name).collect()
    }
}
