//! The consumers that `routing.toml` may name. Forgets their types once, here: the only boxed futures.

mod reserved;

pub(crate) use reserved::refuse;

use crate::app::App;
use crate::consumer::context::Context;
use crate::consumer::disconnect::Disconnect;
use crate::consumer::endpoint::Consumer;
use crate::consumer::rest::Interface;
use crate::error::{ClientError, Error, Kind};
use crate::hub::renderer::Renderer;
use crate::hub::shard::Shard;
use crate::metrics::LetIn;
use crate::protocol::frame::{FromFrame, Payload, of_parameters};
use crate::protocol::message::Reply;
use crate::routing::pattern::{self, Params};
use crate::routing::{Known, Routing};
use futures::future::LocalBoxFuture;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::ops::Index;
use std::sync::Arc;

/// A connection that is being opened.
type Opening<'a, A> = LocalBoxFuture<'a, Result<Box<dyn Session<A>>, Error>>;
type Connect<A> =
    for<'a> fn(&Params, &str, &'a mut Context<A>) -> Result<Opening<'a, A>, ClientError>;

/// A consumer without its type: what a connection can call.
pub(crate) struct Entry<A: App> {
    /// How it tells its clients of events.
    pub renderer: Arc<Renderer<A>>,
    /// What its commands have that raw frames keep to themselves.
    pub taken: fn() -> Vec<String>,
    /// Parameters of a query that it asks for in vain.
    pub hidden: fn() -> Vec<&'static str>,
    pub connect: Connect<A>,
    /// See [`Consumer::REFUSES_INSIDE`].
    pub refuses_inside: bool,
    /// See [`Consumer::HEADERS`].
    pub headers: &'static [&'static str],
    /// Whether a frame is one of its commands.
    #[cfg(feature = "fuzzing")]
    pub decode: fn(Payload<'_>) -> Result<(), ClientError>,
}

/// The consumers of a server by name. Every shard carries them, so that a connection finds its own.
pub(crate) struct Consumers<A: App>(Arc<BTreeMap<&'static str, Entry<A>>>);

// `derive` would ask for `A: Clone`
impl<A: App> Clone for Consumers<A> {
    fn clone(&self) -> Self {
        Consumers(self.0.clone())
    }
}

impl<A: App> Consumers<A> {
    pub fn new(entries: BTreeMap<&'static str, Entry<A>>) -> Self {
        Consumers(Arc::new(entries))
    }

    /// Those that the shard was made with.
    pub fn of(shard: &Shard<A>) -> &Self {
        let found = shard.extensions.get::<Self>();
        found.expect("a shard with connections has consumers")
    }

    pub fn renderers(&self) -> impl Iterator<Item = Arc<Renderer<A>>> {
        self.0.values().map(|entry| entry.renderer.clone())
    }
}

impl<A: App> Index<&str> for Consumers<A> {
    type Output = Entry<A>;

    fn index(&self, name: &str) -> &Entry<A> {
        self.0.get(name).expect("lanes are of consumers")
    }
}

/// One open connection's consumer.
pub(crate) trait Session<A: App> {
    /// Decodes the frame before the future is made, so that the read buffer can be the thread's.
    fn receive<'a>(
        &'a mut self,
        body: Payload<'_>,
        ctx: &'a mut Context<A>,
    ) -> Result<LocalBoxFuture<'a, Result<Reply, Error>>, ClientError>;
    fn disconnect<'a>(
        self: Box<Self>,
        why: Disconnect,
        ctx: &'a mut Context<A>,
    ) -> LocalBoxFuture<'a, ()>;
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

    fn disconnect<'a>(
        self: Box<Self>,
        why: Disconnect,
        ctx: &'a mut Context<C::App>,
    ) -> LocalBoxFuture<'a, ()> {
        Box::pin(self.0.disconnect(why, ctx))
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
    pub(crate) rest: BTreeMap<&'static str, Interface<A>>,
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
            renderer: Arc::new(Renderer {
                name: C::NAME,
                verbatim: C::Command::VERBATIM,
                render: C::render,
                entity: C::entity,
                together: C::together,
                render_error: C::render_error,
            }),
            taken: C::Command::taken,
            hidden: of_parameters::<C::Params>,
            connect: connect::<C>,
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
