//! A request that is being put together: for a connection, or for an answer over HTTP.

use super::answer::{self, Answer};
use super::client::Client;
use super::in_process::InProcess;
use crate::protocol::websocket;
use serde::Serialize;
use std::fmt::{Display, Write};
use std::net::{Ipv4Addr, SocketAddr};

/// Any sixteen bytes would do: nobody caches between us and the server.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

/// A request that is being put together: see [`InProcess::at`].
#[must_use = "it is sent by `connect`, `get`, `post` or `send`"]
pub struct Request<'s> {
    server: &'s InProcess,
    listener: usize,
    target: String,
    /// Lines of the head.
    fields: String,
    body: Vec<u8>,
    peer: SocketAddr,
}

impl<'s> Request<'s> {
    pub(super) fn new(server: &'s InProcess, target: &str) -> Self {
        Request {
            server,
            listener: 0,
            target: target.to_owned(),
            fields: String::new(),
            body: Vec::new(),
            peer: SocketAddr::from((Ipv4Addr::LOCALHOST, 1)),
        }
    }

    /// To this listener, by its name, instead of the first one.
    ///
    /// # Panics
    /// When there is none of this name.
    #[track_caller]
    pub fn listener(mut self, name: &str) -> Self {
        let found = self.server.names.iter().position(|known| known == name);
        self.listener = found.unwrap_or_else(|| panic!("no listener is named {name:?}"));
        self
    }

    /// Sends a token, as `Authorization: Bearer`.
    pub fn token(self, token: impl Display) -> Self {
        self.header("Authorization", format!("Bearer {token}"))
    }

    /// Sends a header.
    pub fn header(mut self, name: &str, value: impl Display) -> Self {
        let _ = write!(self.fields, "{name}: {value}\r\n");
        self
    }

    /// As a client that comes back with the last number that it saw.
    pub fn since(mut self, seq: u64) -> Self {
        let mark = if self.target.contains('?') { '&' } else { '?' };
        let _ = write!(self.target, "{mark}since={seq}");
        self
    }

    /// From this address, instead of one of this machine.
    pub fn from(mut self, peer: SocketAddr) -> Self {
        self.peer = peer;
        self
    }

    /// Sends this body, as JSON.
    ///
    /// # Panics
    /// When it cannot be written as JSON.
    #[track_caller]
    pub fn json(mut self, body: &impl Serialize) -> Self {
        self.body = serde_json::to_vec(body).expect("a body that is JSON");
        self.header("Content-Type", "application/json")
    }

    /// Opens a WebSocket.
    ///
    /// # Errors
    /// The answer over HTTP, when that is what came instead.
    ///
    /// # Panics
    /// When no answer comes.
    #[track_caller]
    pub fn connect(self) -> Result<Client, Box<Answer>> {
        let end = self.server.arrive(self.listener, self.peer);
        let head = format!(
            "GET {} HTTP/1.1\r\nHost: in-process\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n{}\r\n",
            self.target, self.fields
        );
        end.write(head.as_bytes()).expect("the server reads");
        let (answer, early) = answer::head(&end);
        if answer.status != 101 {
            return Err(Box::new(answer::rest(&end, answer, early)));
        }
        let accepted = answer.header("sec-websocket-accept");
        let expected = websocket::accept_key(KEY);
        assert_eq!(accepted, Some(&*expected), "of another handshake");
        Ok(Client::new(end, early))
    }

    /// Reads what is there.
    ///
    /// # Panics
    /// When no answer comes.
    #[track_caller]
    pub fn get(self) -> Answer {
        self.send("GET")
    }

    /// Sends the body.
    ///
    /// # Panics
    /// When no answer comes.
    #[track_caller]
    pub fn post(self) -> Answer {
        self.send("POST")
    }

    /// Sends it with a method of HTTP.
    ///
    /// # Panics
    /// When no answer comes.
    #[track_caller]
    pub fn send(self, method: &str) -> Answer {
        let end = self.server.arrive(self.listener, self.peer);
        let mut request = format!(
            "{method} {} HTTP/1.1\r\nHost: in-process\r\nConnection: close\r\nContent-Length: {}\r\n{}\r\n",
            self.target,
            self.body.len(),
            self.fields
        )
        .into_bytes();
        request.extend_from_slice(&self.body);
        end.write(&request).expect("the server reads");
        let (answer, early) = answer::head(&end);
        answer::rest(&end, answer, early)
    }
}
