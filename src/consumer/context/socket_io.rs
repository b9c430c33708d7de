//! What an author of endpoints can do with a Socket.IO client, and with no other.

use super::{Client, Context};
use crate::app::App;
use crate::error::{ClientError, Error, Kind};
use crate::protocol::arguments::Arguments;
use crate::protocol::message::Message;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::time::Duration;

/// What only a client of Socket.IO or Engine.IO has: its `auth`, the request that opened its session, the groups that it was in before, and answers to questions. See
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
    /// The client, if it speaks Socket.IO or Engine.IO. `None`: it came by a raw WebSocket.
    pub fn client(&self) -> Option<SocketIoClient<'_, A>> {
        let client = self.client.as_deref()?;
        Some(SocketIoClient { ctx: self, client })
    }
}

impl<'c, A: App> SocketIoClient<'c, A> {
    /// The `auth` of the client, as it was sent: `io(url, { auth: { token: "...", userType: "driver" } })`. Without one, an empty object.
    ///
    /// # Errors
    /// Of kind [`Kind::Invalid`] when it is no `T`.
    pub fn auth<T: DeserializeOwned>(self) -> Result<T, ClientError> {
        let auth = self.client.auth.as_deref();
        serde_json::from_str(auth.map_or("{}", RawValue::get))
            .map_err(|e| ClientError::new(Kind::Invalid, "INVALID_AUTH", format!("auth: {e}")))
    }

    /// A header of the request that opened the session, if it is there, is text, and its name is in [`HEADERS`](crate::Consumer::HEADERS) of a consumer of
    /// the route.
    pub fn header(self, name: &str) -> Option<&'c str> {
        self.client.handshake.header(name)
    }

    /// The query of the request that opened the session, without the question mark and without a `token`: `EIO=4&transport=polling`.
    pub fn query(self) -> &'c str {
        &self.client.handshake.query
    }

    /// The groups in which the client was when it was connected last, including those that a command joined. The framework does not join them: `connect` joins those again
    /// that this client may still hear, before it asks for a snapshot, and the events that it missed there are replayed. Empty for new clients.
    pub fn restored(self) -> Vec<A::Group> {
        let before = self.ctx.before().iter();
        before.map(|m| m.group.clone()).collect()
    }

    /// Asks the client a question: an emit with an acknowledgement. Returns with the answer, at the end of the connection, or after `patience`. Other commands of this
    /// client wait until `receive` has returned. The message has no number and is not replayed.
    ///
    /// # Errors
    /// `NO_ANSWER` when none came in time; `CANNOT_ANSWER` over Engine.IO without namespaces, which has no way to; `TOO_MANY_QUESTIONS`; [`Error::Closed`] when
    /// the client is gone.
    ///
    /// # Cancel safety
    /// If the future is dropped, the question has been sent all the same, and its answer is ignored.
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
