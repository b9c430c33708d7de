//! Which command a frame is: what makes its repetition known.
//!
//! Under one id there is one command. That is: of one client, to one consumer with one set of path parameters, the frame as it came. The query is no part of it, as
//! the address that a client came by is none.

use super::Context;
use crate::app::App;
use crate::protocol::frame::Payload;
use crate::protocol::sid::unguessable;
use crate::routing::pattern::{Param, Params};
use crate::store::{Channel, Command, IdempotencyKey, Store};
use serde::Serialize;

impl<A: App> Context<A> {
    /// Sets the id under which the outcomes of the following writes are kept, for vocabularies whose clients send an id in a place of their own: a repetition of the command gets the
    /// same outcome. `command` is what the client asks for. The framework adds the consumer, the path, and the event of Socket.IO. The `id` of a raw frame needs
    /// no such call.
    ///
    /// The ids of a client without a token end with its connection: on another connection they are new.
    pub fn once(&mut self, id: &str, command: &impl Serialize) {
        let body = serde_json::to_vec(command).unwrap_or_default();
        let event = self.client.as_ref().map(|client| client.event());
        let event = event.as_ref().map_or("", |event| event.as_str());
        let named = IdempotencyKey::addressed(self.channel, id, &body, event);
        self.command = Some(Box::new(named));
    }

    /// The path that led here.
    pub(crate) fn addressed(&mut self, params: &Params) {
        self.channel = channel(self.format().renderer.name, params);
    }

    /// Begins what a timer does: no frame has asked for it.
    pub(super) fn begin_unasked(&mut self) {
        if let Some(client) = &self.client {
            client.says("");
        }
        self.begin_command(None);
    }

    /// The frame that is handled next.
    pub(crate) fn begin(&mut self, id: Option<&str>, body: Payload<'_>) {
        if let (Some(client), Payload::Event(event)) = (&self.client, body) {
            client.says(event.name);
        }
        let command = id.map(|id| IdempotencyKey::addressed(self.channel, id, &body.bytes(), ""));
        self.begin_command(command);
    }

    fn begin_command(&mut self, id: Option<IdempotencyKey>) {
        self.command = id.map(Box::new);
        self.writes.set(0);
        self.socket.subscription.wrote(0);
    }

    pub(super) fn next_command(&self) -> Command {
        let nth = self.writes.replace(self.writes.get() + 1);
        let actor = self.identity.subject.clone();
        let id = self.command.as_deref().cloned().map(|mut id| {
            id.scope = match &actor {
                Some(subject) => subject.clone(),
                None => self.nobody().to_owned(),
            };
            if nth > 0 {
                id.key = format!("{}#{nth}", id.key);
            }
            id
        });
        Command {
            actor,
            id,
            ..Command::default()
        }
        .on_shard(self.shard.id)
    }

    /// The scope of a client without a token. No other client can name it, so two such clients never share an id.
    fn nobody(&self) -> &str {
        let make = || Box::new(Nobody(format!("nobody {}", unguessable())));
        &self.nobody.get_or_init(make).0
    }

    /// What is left to do when the connection is gone.
    pub(crate) fn leaving(&mut self) -> Leaving {
        let scope = self.nobody.take().map(|nobody| nobody.0);
        Leaving(scope.zip(self.shard.store.clone()).map(Box::new))
    }
}

/// The scope of a client without a token.
pub(super) struct Nobody(String);

/// The outcomes that end with a connection.
#[must_use]
pub(crate) struct Leaving(Option<Box<(String, Store)>>);

impl Leaving {
    /// Forgets these outcomes. If the server is killed before, they go with their age.
    pub async fn forget(self) {
        if let Some(left) = self.0 {
            let (scope, store) = *left;
            let forgotten = Box::pin(store.forget(scope)).await;
            if let Err(error) = forgotten {
                tracing::debug!(%error, "outcomes of a connection that is gone stay until they are too old");
            }
        }
    }
}

fn channel(consumer: &str, params: &Params) -> Channel {
    let numbers: smallvec::SmallVec<[[u8; 8]; 2]> = params
        .iter()
        .map(|(_, param)| match param {
            Param::Int(n) => n.to_be_bytes(),
            Param::Text(_) => [0; 8],
        })
        .collect();
    let parts = params
        .iter()
        .zip(&numbers)
        .flat_map(|((name, param), number)| {
            let value = match param {
                Param::Int(_) => &number[..],
                Param::Text(text) => text.as_bytes(),
            };
            [name.as_bytes(), value]
        });
    Channel::new(std::iter::once(consumer.as_bytes()).chain(parts))
}
