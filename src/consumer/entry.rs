//! A consumer without its type: forgotten here, once. The only boxed futures.

use crate::app::App;
use crate::consumer::context::Context;
use crate::consumer::disconnect::Disconnect;
use crate::consumer::endpoint::Consumer;
use crate::error::{ClientError, Error, Kind};
use crate::hub::renderer::Renderer;
use crate::hub::shard::Shard;
use crate::metrics::LetIn;
use crate::protocol::frame::{FromFrame, Payload, of_parameters};
use crate::protocol::message::Reply;
use crate::routing::pattern::{self, Params};
use futures::future::LocalBoxFuture;
use serde_json::value::RawValue;
use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::ops::Index;
use std::sync::Arc;

/// A connection that is being opened.
type Opening<'a, A> = LocalBoxFuture<'a, Result<Box<dyn OpenConsumer<A>>, Error>>;
type Connect<A> =
    for<'a> fn(&Params, &str, &'a mut Context<A>) -> Result<Opening<'a, A>, ClientError>;

/// A consumer without its type: what a connection can call.
pub(crate) struct Entry<A: App> {
    /// The consumer's type.
    pub is: TypeId,
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

impl<A: App> Entry<A> {
    pub fn of<C: Consumer<App = A>>() -> Self {
        Entry {
            is: TypeId::of::<C>(),
            renderer: Arc::new(Renderer {
                name: C::NAME,
                verbatim: C::Command::VERBATIM,
                render: C::render,
                entity: C::entity,
                render_batch: C::render_batch,
                render_error: C::render_error,
            }),
            taken: C::Command::taken,
            hidden: of_parameters::<C::Params>,
            connect: connect::<C>,
            refuses_inside: C::REFUSES_INSIDE,
            headers: C::HEADERS,
            #[cfg(feature = "fuzzing")]
            decode: |body| C::Command::from_frame(body).map(drop),
        }
    }
}

impl<A: App> Context<A> {
    /// What its consumer was registered as.
    pub(crate) fn entry(&self) -> &Entry<A> {
        &Consumers::of(&self.shard)[self.format().renderer.name]
    }
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

    /// The consumers that the shard was made with.
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
        self.0.get(name).expect("formats are of consumers")
    }
}

/// One open connection's consumer.
pub(crate) trait OpenConsumer<A: App> {
    /// Decodes the frame before the future is made, so that the read buffer can be the thread's.
    fn receive<'a>(
        &'a mut self,
        body: Payload<'_>,
        ctx: &'a mut Context<A>,
    ) -> Result<LocalBoxFuture<'a, Result<Reply, Error>>, ClientError>;
    /// The consumer itself, for an elapsed timer, which knows its type.
    fn consumer(&mut self) -> &mut dyn Any;
    fn disconnect<'a>(
        self: Box<Self>,
        why: Disconnect,
        ctx: &'a mut Context<A>,
    ) -> LocalBoxFuture<'a, ()>;
}

struct Erased<C>(C, #[allow(dead_code)] LetIn);

impl<C: Consumer> OpenConsumer<C::App> for Erased<C> {
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

    fn consumer(&mut self) -> &mut dyn Any {
        &mut self.0
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
        Ok(Box::new(Erased(consumer, let_in)) as Box<dyn OpenConsumer<C::App>>)
    }))
}
