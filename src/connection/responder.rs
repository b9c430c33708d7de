//! How a connection's client is told something while its consumer has the context.

use super::control::error_message;
use crate::app::App;
use crate::consumer::context::Context;
use crate::error::Error;
use crate::hub::format::Format;
use crate::hub::shard::Shard;
use crate::hub::socket::Socket;
use crate::protocol::arguments::Arguments;
use crate::protocol::dialect::Envelope;
use crate::protocol::message::{Message, Reply};
use bytes::Bytes;
use std::rc::Rc;

/// Sends messages to the client of one connection.
pub(super) struct Responder<A: App> {
    pub shard: Rc<Shard<A>>,
    pub socket: Rc<Socket<A>>,
    format: u16,
}

impl<A: App> Responder<A> {
    pub fn of(ctx: &Context<A>) -> Self {
        Responder {
            shard: ctx.shard.clone(),
            socket: ctx.socket.clone(),
            format: ctx.format,
        }
    }

    pub fn format(&self) -> &Format<A> {
        &self.shard.formats[self.format as usize]
    }

    /// Sends a frame at the end of the tick.
    pub fn send(&self, frame: Bytes) {
        self.shard.send(&self.socket, frame);
    }

    fn say(&self, message: &Message) {
        self.send(self.format().frame(message, Envelope::default()));
    }

    /// Answers a command: the message of its reply, or its mistake, and an acknowledgement if it has an id.
    pub fn answer(&self, id: Option<&str>, answer: Result<Reply, Error>) {
        match answer {
            Ok(Reply { message, ack }) => {
                if let Some(message) = message {
                    self.say(&message);
                }
                if let Some(id) = id {
                    let members = ack.as_ref().and_then(Arguments::first);
                    let as_of = self.socket.subscription.as_of();
                    self.say(&self.format().dialect.ack(id, as_of, members));
                }
            }
            Err(error) => {
                let error = error.into_client();
                self.say(&error_message(
                    self.format().renderer.render_error,
                    &error,
                    id,
                ));
            }
        }
    }
}
