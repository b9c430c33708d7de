//! The consumers that `routing.toml` may name. Forgets their types once, here: the only boxed futures.

mod reserved;

pub(crate) use reserved::refuse;

use crate::app::App;
use crate::consumer::context::Context;
use crate::consumer::endpoint::Consumer;
use crate::consumer::rest::Routes;
use crate::error::{ClientError, Error, Kind};
use crate::metrics::LetIn;
use crate::protocol::frame::{FromFrame, Payload, of_parameters};
use crate::protocol::message::{Message, Reply};
use crate::routing::pattern::{self, Params};
use crate::routing::{Known, Routing};
use futures::future::LocalBoxFuture;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// A connection that is being opened.
type Opening<'a, A> = LocalBoxFuture<'a, Result<Box<dyn Session<A>>, Error>>;
type Connect<A> =
    for<'a> fn(&Params, &str, &'a mut Context<A>) -> Result<Opening<'a, A>, ClientError>;

/// A consumer without its type: what a connection can call.
pub(crate) struct Entry<A: App> {
    pub name: &'static str,
    /// Its frames have no envelope.
    pub verbatim: bool,
    /// What its commands have that raw frames keep to themselves.
    pub taken: fn() -> Vec<String>,
    /// Parameters of a query that it asks for in vain.
    pub hidden: fn() -> Vec<&'static str>,
    pub connect: Connect<A>,
    pub render: fn(&A::Event, &A::Group) -> Option<Message>,
    pub entity: fn(&A::Event, &A::Group) -> Option<u64>,
    pub together: fn(&[&Message]) -> Option<Message>,
    pub render_error: fn(&ClientError) -> Message,
    /// See [`Consumer::REFUSES_INSIDE`].
    pub refuses_inside: bool,
    /// See [`Consumer::HEADERS`].
    pub headers: &'static [&'static str],
    /// Whether a frame is one of its commands.
    #[cfg(feature = "fuzzing")]
    pub decode: fn(Payload<'_>) -> Result<(), ClientError>,
}

/// One open connection's consumer.
pub(crate) trait Session<A: App> {
    /// Decodes the frame before the future is made, so that the read buffer can be the thread's.
    fn receive<'a>(
        &'a mut self,
        body: Payload<'_>,
        ctx: &'a mut Context<A>,
    ) -> Result<LocalBoxFuture<'a, Result<Reply, Error>>, ClientError>;
    fn disconnect<'a>(self: Box<Self>, ctx: &'a mut Context<A>) -> LocalBoxFuture<'a, ()>;
}

struct Erased<C>(C, #[allow(dead_code)] LetIn);

impl<C: Consumer> Session<C::App> for Erased<C> {
    fn receive<'a>(
        &'a mut self,
        body: Payload<'_>,
        ctx: &'a mut Context<C::App>,
    ) -> Result<LocalBoxFuture<'a, Result<Reply, Error>>, ClientError> {
        let command = C::Command::from_frame(body)?;
        if let Payload::Event(event) = body {
            ctx.shard.counts.events.came(C::NAME, event.name);
        }
        Ok(Box::pin(self.0.receive(command, ctx)))
    }

    fn disconnect<'a>(self: Box<Self>, ctx: &'a mut Context<C::App>) -> LocalBoxFuture<'a, ()> {
        Box::pin(self.0.disconnect(ctx))
    }
}

fn connect<'a, C: Consumer>(
    params: &Params,
    query: &str,
    ctx: &'a mut Context<C::App>,
) -> Result<Opening<'a, C::App>, ClientError> {
    let client = ctx.client.as_ref();
    let auth = client.and_then(|c| c.auth.as_deref()).map(RawValue::get);
    let params: C::Params = pattern::deserialize(params, query, auth)
        .map_err(|e| ClientError::new(Kind::Invalid, "INVALID_PARAMETER", e))?;
    Ok(Box::pin(async move {
        let consumer = C::connect(params, ctx).await?;
        ctx.settle().await?;
        let let_in = LetIn::new(ctx.shard.counts.clone(), C::NAME);
        Ok(Box::new(Erased(consumer, let_in)) as Box<dyn Session<C::App>>)
    }))
}

/// The consumers and REST interfaces that `routing.toml` may name.
pub struct Registry<A: App> {
    pub(crate) entries: BTreeMap<&'static str, Entry<A>>,
    pub(crate) rest: BTreeMap<&'static str, Routes<A>>,
}

impl<A: App> Default for Registry<A> {
    fn default() -> Self {
        Registry {
            entries: BTreeMap::new(),
            rest: BTreeMap::new(),
        }
    }
}

impl<A: App> Registry<A> {
    /// An empty one.
    pub fn new() -> Self {
        Registry::default()
    }

    /// Adds a consumer under its name.
    ///
    /// # Panics
    /// When two consumers have one name: a mistake in the program, seen at its first start.
    pub fn with<C: Consumer<App = A>>(mut self) -> Self {
        let entry = Entry {
            name: C::NAME,
            verbatim: C::Command::VERBATIM,
            taken: C::Command::taken,
            hidden: of_parameters::<C::Params>,
            connect: connect::<C>,
            render: C::render,
            entity: C::entity,
            together: C::together,
            render_error: C::render_error,
            refuses_inside: C::REFUSES_INSIDE,
            headers: C::HEADERS,
            #[cfg(feature = "fuzzing")]
            decode: |body| C::Command::from_frame(body).map(drop),
        };
        assert!(
            self.entries.insert(C::NAME, entry).is_none(),
            "two consumers are named {}",
            C::NAME
        );
        self
    }

    /// Adds a REST interface: warp routes that a listener mounts with `rest = ["name"]`.
    ///
    /// # Panics
    /// When two interfaces have one name.
    pub fn rest(mut self, name: &'static str, routes: Routes<A>) -> Self {
        assert!(
            self.rest.insert(name, routes).is_none(),
            "two REST interfaces are named {name}"
        );
        self
    }

    /// Reads a routing file that names these consumers and REST interfaces.
    ///
    /// # Errors
    /// As [`Routing::parse`], and [`Error::Config`] when a route leads to a consumer that would never be shown some of its commands or parameters: see
    /// [`Consumer::Command`].
    pub fn routing(&self, file_name: &str, text: &str) -> Result<Routing, Error> {
        let known = Known {
            consumers: &self.consumers(),
            rest: &self.interfaces(),
        };
        let routing = Routing::parse(file_name, text, &known)?;
        refuse(&routing, |name| self.entries.get(name))?;
        Ok(routing)
    }

    /// The consumers' names, for [`Routing::parse`](crate::Routing::parse).
    pub fn consumers(&self) -> Vec<&'static str> {
        self.entries.keys().copied().collect()
    }

    /// The REST interfaces' names.
    pub fn interfaces(&self) -> Vec<&'static str> {
        self.rest.keys().copied().collect()
    }
}
