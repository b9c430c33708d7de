//! What a connection would do, without one: for whoever asks why somebody hears something, or does not.

use crate::app::App;
use crate::auth::{Identity, Keys};
use crate::consumer::context::Context;
use crate::consumer::entry::Consumers;
use crate::consumer::registry::Registry;
use crate::error::{ClientError, Error};
use crate::hub::broker::local::Local;
use crate::hub::extensions::Extensions;
use crate::hub::format::Formats;
use crate::hub::shard::{Setup, Shard};
use crate::hub::socket::{Compression, Socket};
use crate::hub::stream::{Stream, pair};
use crate::limits::Quota;
use crate::limits::clock::Clock;
use crate::metrics::Stats;
use crate::routing::{Auth, Routing};
use crate::store::{StoreConfig, look};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Builder, LocalOptions};

/// A consumer that waits for something that a preview does not have.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is on its way to the client that a preview stands for.
const STREAM_BYTES: usize = 64 << 10;

/// What [`preview`] found.
#[derive(Debug)]
#[non_exhaustive]
pub struct Preview {
    /// The groups that were joined, in that order.
    pub groups: Vec<String>,
    /// Why the connection would be refused, if it would.
    pub refused: Option<ClientError>,
}

/// Runs a consumer's [`connect`](crate::Consumer::connect) as a client of `path` on `listener` with this token would cause it, on the rows as they are,
/// and says which groups it joins. Nothing is written, nobody is told, and a server may run on the same database. Blocks; needs no runtime.
///
/// # Errors
/// [`Error::Config`] when there is no such route, or no such database; [`Error::Store`] when that cannot be read.
pub fn preview<A: App>(
    routing: &Routing,
    registry: Registry<A>,
    keys: Option<&Keys>,
    store: &StoreConfig,
    (listener, path, consumer): (&str, &str, &str),
    token: Option<&str>,
) -> Result<Preview, Error> {
    let (bare, query) = path.split_once('?').unwrap_or((path, ""));
    let missing = || Error::Config(format!("no route of listener {listener:?} leads to {bare}"));
    let here = routing.listeners.iter().find(|l| l.name == listener);
    let here = here.ok_or_else(missing)?;
    let (index, params) = here.find(bare).ok_or_else(missing)?;
    let route = &here.routes[index];
    let (_, _, policy) = route
        .consumers()
        .find(|(_, name, _)| *name == consumer)
        .ok_or_else(missing)?;
    let consumers = Consumers::new(registry.entries);
    let clock = Clock::system();
    let formats = Arc::new(Formats::new(consumers.renderers(), clock.clone()));
    let format = formats.number_of(consumer, None).ok_or_else(missing)?;
    let refused = |error| {
        Ok(Preview {
            groups: Vec::new(),
            refused: Some(error),
        })
    };
    let identity = match (token, policy.auth) {
        (Some(token), Auth::Required | Auth::Optional | Auth::Loopback) => {
            match crate::connection::authentication::verify::<A>(keys, token) {
                Ok(identity) => identity,
                Err(error) => return refused(error),
            }
        }
        _ => Identity::anonymous(),
    };
    let store = look(store)?;
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())?;
    runtime.block_on(async move {
        let stats = Arc::new(Stats::new(
            1,
            Arc::new(Quota::new(routing.limits, clock.clone())),
            routing.limits.outbox_total_bytes,
            &clock,
        ));
        let shard = Rc::new(Shard::new(Setup {
            id: 0,
            formats,
            store: Some(store),
            broker: Local::new([], clock.clone()),
            stats,
            clock: clock.clone(),
            extensions: Extensions::default().with(consumers),
        }));
        shard.skip_ahead(); // nobody delivers here: there is nothing to wait for
        let policy = Arc::new(policy.clone());
        // a stream is the one thing that a context cannot be without; whatever is said is read
        let (stream, mut client) = pair(STREAM_BYTES);
        let listens = async move { tokio::io::copy(&mut client, &mut tokio::io::sink()).await };
        tokio::task::spawn_local(listens);
        let socket = Socket::new(
            0,
            Stream::Memory(stream),
            policy,
            Compression::NONE,
            shard.counts.clone(),
            0,
        );
        let mut ctx = Context::new(shard.clone(), Rc::new(socket), format, identity, None);
        let connect = ctx.entry().connect;
        let opened = async { connect(&params, query, &mut ctx)?.await };
        let result = match clock.timeout(PATIENCE, opened).await {
            Some(result) => result.map(drop),
            None => Ok(()), // what it joined so far is what can be known
        };
        let ended = ctx.ending().and_then(|ending| ending.error);
        let refused = match result {
            Ok(()) => ended,
            // a snapshot that needs the writer, which belongs to the server: the groups were joined before
            Err(Error::Closed) => ended,
            Err(error) => Some(error.into_client()),
        };
        Ok(Preview {
            groups: ctx.groups().map(ToString::to_string).collect(),
            refused,
        })
    })
}
