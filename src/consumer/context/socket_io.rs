//! What an author of endpoints can do with a Socket.IO client, and with no other.

use super::{Client, Context};
use crate::app::App;
use crate::error::{ClientError, Error, Kind};
use crate::protocol::arguments::Arguments;
use crate::protocol::message::Message;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::time::Duration;

/// What only a client of Socket.IO or Engine.IO has: its `auth`, the request that opened its session, what it was in before, and answers. See
/// [`Context::client`].
pub struct SocketIoClient<'c, A: App> {
    ctx: &'c Context<A>,
    client: &'c Client,
}

// `derive` would ask for `A: Copy`
impl<A: App> Clone for SocketIoClient<'_, A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A: App> Copy for SocketIoClient<'_, A> {}

impl<A: App> Context<A> {
    /// What only a client of Socket.IO or Engine.IO has. `None`: this one came by a raw WebSocket.
    pub fn client(&self) -> Option<SocketIoClient<'_, A>> {
        let client = self.client.as_deref()?;
        Some(SocketIoClient { ctx: self, client })
    }
}

impl<'c, A: App> SocketIoClient<'c, A> {
    /// What it gave as `auth`, as it is: `io(url, { auth: { token: "...", userType: "driver" } })`. Without one, an empty object.
    ///
    /// # Errors
    /// Of kind [`Kind::Invalid`] when it is no `T`.
    pub fn auth<T: DeserializeOwned>(self) -> Result<T, ClientError> {
        let auth = self.client.auth.as_deref();
        serde_json::from_str(auth.map_or("{}", RawValue::get))
            .map_err(|e| ClientError::new(Kind::Invalid, "INVALID_AUTH", format!("auth: {e}")))
    }

    /// A header of the request that opened its session, if that has one that is text and its name is in [`HEADERS`](crate::Consumer::HEADERS) of a consumer of
    /// the route.
    pub fn header(self, name: &str) -> Option<&'c str> {
        self.client.handshake.header(name)
    }

    /// The query of the request that opened its session, without its question mark and a `token`: `EIO=4&transport=polling`.
    pub fn query(self) -> &'c str {
        &self.client.handshake.query
    }

    /// The groups that it was in when it was connected last, also those that it had joined by a command. They come back by being joined: `connect` joins again
    /// what this client may still hear, before it asks for a snapshot, and what it missed there is replayed. Empty for new clients.
    pub fn restored(self) -> Vec<A::Group> {
        let before = self.ctx.before().iter();
        before.map(|m| m.group.clone()).collect()
    }

    /// Says something that the client answers: an emit with an acknowledgement. Other commands of this client wait until `receive` has returned; so does the
    /// caller, until the answer, the end of the connection, or the end of `patience`. The message has no number: it is not replayed.
    ///
    /// # Errors
    /// `NO_ANSWER` when none came in time; `CANNOT_ANSWER` over Engine.IO without namespaces, which has no way to; `TOO_MANY_QUESTIONS`; [`Error::Closed`] when
    /// the client is gone.
    ///
    /// # Cancel safety
    /// The question stands when the future is dropped, and its answer is passed over.
    pub async fn ask(self, message: &Message, patience: Duration) -> Result<Arguments, Error> {
        let SocketIoClient { ctx, client } = self;
        if !ctx.is_socket_io() {
            let text = "this client has no way to answer";
            return Err(Error::client(Kind::Invalid, "CANNOT_ANSWER", text));
        }
        if ctx.is_unkept() {
            // the question would wait for what is kept after this command
            ctx.note_joins().await?;
        }
        let Some((id, answered)) = client.asks() else {
            let text = "this client has too many questions to answer";
            return Err(Error::client(Kind::Busy, "TOO_MANY_QUESTIONS", text));
        };
        ctx.shard
            .send(&ctx.socket, ctx.format().question(message, id));
        let answer = ctx.shard.clock.timeout(patience, answered).await;
        client.gives_up(id);
        match answer {
            Some(Ok(arguments)) => Ok(arguments),
            Some(Err(_)) => Err(Error::Closed),
            None => Err(Error::client(
                Kind::Busy,
                "NO_ANSWER",
                "the client did not answer in time",
            )),
        }
    }
}
