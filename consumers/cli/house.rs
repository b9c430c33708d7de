//! The only place where the command line meets the application: its consumers, its tables, its demo.

use super::demo_extent::DemoExtent;
use super::source::Source;
use crate::assembly::{SCHEMA, registry, registry_of};
use crate::demo::{seed, seed_evening};
use crate::domain::devices;
use crate::restaurant::Restaurant;
use crate::screens::Demo;
use maitred::{
    Command, Copied, Error, Keys, Preview, Progress, Restored, Routing, Server, Started, Store,
    StoreConfig,
};
use std::path::Path;

/// What to serve, and how.
pub struct Plan {
    pub routing: Routing,
    pub store: StoreConfig,
    pub keys: Keys,
    pub shards: Option<usize>,
    pub demo: Option<Demo>,
}

/// Reads a routing file, with the application's names.
pub fn routing(source: &Source) -> Result<Routing, Error> {
    registry().routing(&source.name, &source.text)
}

/// From which version to which.
pub fn migrate(store: &StoreConfig) -> Result<(u32, u32), Error> {
    maitred::migrate(store, &SCHEMA, <Restaurant as maitred::App>::WATCHED)
}

pub fn backup(
    store: &StoreConfig,
    to: &Path,
    progress: impl FnMut(Progress),
) -> Result<Copied, Error> {
    maitred::backup(store, &SCHEMA, to, progress)
}

pub fn restore(
    store: &StoreConfig,
    from: &Path,
    progress: impl FnMut(Progress),
) -> Result<Restored, Error> {
    maitred::restore(store, &SCHEMA, from, progress)
}

pub fn start(plan: Plan) -> Result<Started, Error> {
    let mut server = Server::new(plan.routing, registry_of(plan.demo))
        .store(plan.store, SCHEMA)
        .keys(plan.keys);
    if let Some(shards) = plan.shards {
        server = server.shards(shards);
    }
    server.start()
}

/// The groups that a client would be in: see [`maitred::preview`].
pub fn preview(
    routing: &Routing,
    keys: Option<&Keys>,
    store: &StoreConfig,
    to: (&str, &str, &str),
    token: Option<&str>,
) -> Result<Preview, Error> {
    maitred::preview(routing, registry(), keys, store, to, token)
}

/// Tells managers of walls that say nothing; `since_ms`: nobody could have said anything before.
pub async fn look_for_walls(store: &Store, since_ms: i64, now_ms: i64) -> Result<(), Error> {
    let silent = store
        .read(move |db| devices::silent(db, since_ms, now_ms))
        .await?;
    if silent.is_empty() {
        return Ok(());
    }
    // Looked at again where nothing can change between: it may be back.
    let tell = move |tx: &maitred::Transaction<'_>| {
        for wall in devices::silent(tx, since_ms, now_ms)? {
            devices::miss(tx, wall)?;
        }
        Ok(())
    };
    store.write(Command::new().by("system"), tell).await
}

/// Fills an empty database with the demo restaurant. One whose tables are broken is not empty: it is served as soon as they are whole, and the log says so.
pub async fn furnish(store: &Store, extent: DemoExtent) -> Result<(), Error> {
    let seed = match extent {
        DemoExtent::Full => seed_evening,
        DemoExtent::Small => seed,
    };
    match store.write(Command::new().by("demo"), seed).await {
        Err(Error::Unavailable(_)) => Ok(()),
        done => done,
    }
}
