//! The kitchen's screens: everything that its document promises, at the wire.

mod http;

use crate::support::{Server, http as wire};
use serde_json::Value;
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
}
