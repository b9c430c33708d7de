//! `maitred serve`

use super::banner::{self, banner};
use super::database::database;
use super::demo_extent::DemoExtent;
use super::failure::Failure;
use super::keys::{self, KeyArgs};
use super::operator::{Instruction, Signals, reload};
use super::output::say;
use super::ready::ready;
use super::routing::{RoutingArgs, parse};
use super::walls;
use super::{house, log, rush};
use crate::rush::Service;
use crate::screens::{Demo, Rush};
use clap::Args;
use maitred::{Keys, Started, StoreConfig};
use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::time::Duration;

/// Whose lines these are in the log, and to MAITRED_LOG.
const TARGET: &str = "maitred::cli::serve";

/// The listener of the dining room, whose endpoints a demo prints.
const DINING: &str = "dining";
/// The listener of the kitchen's screens.
const KITCHEN: &str = "kitchen";
/// The listener of the delivery platform and the workshop.
const DELIVERY: &str = "delivery";
/// The listener of the dashboards.
const TIMING: &str = "timing";

const HELP: &str = "\
Prints `listening on ADDRESS (LISTENER)` for each address on stdout, and a demo also what there is to try, and `ready: SYSTEM URL` for each system.

SIGTERM or Ctrl-C ends it in order: /readyz is answered 503, a second later listeners close, what was accepted is committed, and clients
are told to come back, one after the other over most of --drain-time. A second one ends it within a second.
With --rush it first says what the simulated people did and heard, and fails if any of it was lost, doubled or reordered.
SIGHUP reads the routing file and the certificates it names again. A mistake in them is logged and changes nothing.

Examples:
  maitred serve --demo
  maitred serve --demo --rush=20 --seed=7
  MAITRED_JWT_SECRET=$(cat secret) maitred serve --database /var/lib/maitred/restaurant.db
  maitred serve --key-file issuer.pem --routing /etc/maitred/routing.toml";

/// Runs the server.
///
/// The database is made if there is none, and brought up to date if it is old.
#[derive(Debug, Args)]
#[command(after_help = HELP, after_long_help = format!("{HELP}\n\n{}", keys::HELP))]
pub struct Serve {
    /// Serves a demo restaurant with sample rows; clients on this machine need no token
    #[arg(long, value_name = "EXTENT", value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "full")]
    demo: Option<DemoExtent>,
    /// Simulates a dinner service in the demo, at so many times the speed of a real one [default: 8]
    #[arg(long, value_name = "SPEED", num_args = 0..=1, require_equals = true, default_missing_value = "8", value_parser = speed, requires = "demo")]
    rush: Option<f64>,
    /// Has the simulated people decide as in another run with this seed [default: another one each time]
    #[arg(long, value_name = "N", requires = "rush")]
    seed: Option<u64>,
    /// The database file [default: maitred.db, in a demo maitred-demo.db]
    #[arg(long, value_name = "PATH", env = "MAITRED_DATABASE")]
    database: Option<PathBuf>,
    #[command(flatten)]
    routing: RoutingArgs,
    #[command(flatten)]
    keys: KeyArgs,
    /// Also accept tokens whose `aud` is this; otherwise a token with an `aud` is refused
    #[arg(long, value_name = "NAME", env = "MAITRED_AUDIENCE")]
    audience: Option<String>,
    /// Threads that serve connections [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    shards: Option<u16>,
    /// Events that are kept for clients that come back [default: 100000]
    #[arg(long, value_name = "N", env = "MAITRED_RETENTION_EVENTS")]
    retention_events: Option<NonZeroU64>,
    /// How long events are kept [default: 24h]
    #[arg(long, value_name = "TIME", env = "MAITRED_RETENTION_AGE", value_parser = positive)]
    retention_age: Option<Duration>,
    /// How often to look for other programs' writes [default: 5ms]
    #[arg(long, value_name = "TIME", env = "MAITRED_POLL_INTERVAL", value_parser = positive)]
    poll_interval: Option<Duration>,
    /// How long a write waits for another program's write; then it is refused with BUSY [default: 2s]
    #[arg(long, value_name = "TIME", env = "MAITRED_BUSY_TIMEOUT", value_parser = positive)]
    busy_timeout: Option<Duration>,
    /// How long stopping may take. Clients are closed one after the other over most of this time, so that they do not all reconnect in one moment; 0s closes them at once and waits for none
    #[arg(long, value_name = "TIME", env = "MAITRED_DRAIN_TIME", default_value = "10s", value_parser = humantime::parse_duration)]
    drain_time: Duration,
}

impl Serve {
    pub fn run(self) -> Result<(), Failure> {
        let (keys, own_key) = self.keys()?;
        log::start()?;
        let source = self.routing.read()?;
        let mut routing = parse(&source)?;
        if self.demo.is_some() {
            routing = routing.demo();
        }
        let store = self.store();
        let database = store.path.display().to_string();
        tracing::info!(
            target: TARGET,
            routing = source.name,
            database,
            demo = self.demo.is_some(),
            "starting"
        );
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| Failure::Failed(e.to_string()))?;
        // before anything can be asked of the server
        let mut signals = {
            let _within = runtime.enter();
            Signals::listen()?
        };
        let mut server = house::start(house::Plan {
            routing,
            store,
            keys: keys.clone(),
            shards: self.shards.map(usize::from),
            demo: self.demo.map(|_| Demo {
                rush: self.rush.map(|speed| Rush { speed }),
            }),
        })?;
        if let (Some(extent), Some(store)) = (self.demo, server.store()) {
            runtime.block_on(house::furnish(store, extent))?;
        }
        announce(&server);
        if self.demo.is_some() {
            if own_key {
                tracing::warn!(target: TARGET, "no MAITRED_JWT_SECRET: tokens are good until this server stops");
            }
            // A demo without an audience goes on.
            let mint = |claims: &_| keys.mint(claims).ok();
            if let Some(base) = base(server.addresses(), DINING) {
                let _ = say(&banner(&base, &database, mint));
            }
            if let Some(base) = base(server.addresses(), DELIVERY) {
                let _ = say(&banner::delivery(&base, mint));
            }
            if let Some(base) = base(server.addresses(), KITCHEN) {
                let _ = say(&banner::kitchen(&base, mint));
            }
            if let Some(base) = base(server.addresses(), TIMING) {
                let _ = say(&banner::timing(&base, mint));
            }
            let _ = say(&ready(|listener| base(server.addresses(), listener)));
        }
        let rush = self.rush(server.addresses())?;
        let walls = server.store().cloned();
        let account = runtime.block_on(async {
            let watch = async {
                match &walls {
                    Some(store) => walls::watch(store).await,
                    None => std::future::pending().await,
                }
            };
            let obey = async {
                while signals.next().await == Instruction::Reload {
                    reload(
                        &mut server,
                        &self.routing,
                        source.embedded,
                        self.demo.is_some(),
                    )
                    .await;
                }
            };
            tokio::select! {
                () = obey => {}
                () = watch => {}
            }
            let account = match rush {
                Some(rush) => rush::end(rush, &mut signals).await,
                None => None,
            };
            tracing::info!(target: TARGET, drain_time = ?self.drain_time, "stopping");
            server.drain(self.drain_time);
            tokio::select! {
                () = server.drained() => {}
                () = signals.end() => server.hurry(),
            }
            account
        });
        server.stop();
        rush::judge(account)
    }

    /// Begins the simulated service, if one is wanted.
    fn rush(&self, addresses: &[(String, SocketAddr)]) -> Result<Option<Service>, Failure> {
        let Some(speed) = self.rush else {
            return Ok(None);
        };
        let mut own = addresses.iter().filter(|(name, _)| name == DINING);
        let near = own.find(|(_, address)| address.ip().is_loopback());
        rush::begin(near.map(|(_, address)| address), speed, self.seed).map(Some)
    }

    /// The key, and whether it is one for this run.
    fn keys(&self) -> Result<(Keys, bool), Failure> {
        let (keys, own_key) = if self.demo.is_none() {
            let otherwise = "\n\nTo look around without one: maitred serve --demo";
            (self.keys.require(otherwise)?, false)
        } else if let Some(keys) = self.keys.load()? {
            (keys, false)
        } else {
            (keys::random()?, true)
        };
        Ok(match &self.audience {
            Some(audience) => (keys.with_audience(audience), own_key),
            None => (keys, own_key),
        })
    }

    fn store(&self) -> StoreConfig {
        let mut store = StoreConfig::new(database(self.database.as_deref(), self.demo.is_some()));
        if let Some(events) = self.retention_events {
            store.retention_events = events.get();
        }
        store.retention_age = self.retention_age.unwrap_or(store.retention_age);
        store.poll_interval = self.poll_interval.unwrap_or(store.poll_interval);
        store.busy_timeout = self.busy_timeout.unwrap_or(store.busy_timeout);
        store
    }
}

/// From a hundredth to a thousand times as fast.
fn speed(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(speed) if (0.01..=1000.0).contains(&speed) => Ok(speed),
        _ => Err("a number from 0.01 to 1000".to_owned()),
    }
}

fn positive(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(Duration::ZERO) => Err("more than nothing".to_owned()),
        Ok(time) => Ok(time),
        Err(e) => Err(e.to_string()),
    }
}

/// A server goes on when nobody reads this.
fn announce(server: &Started) {
    for (name, address) in server.addresses() {
        tracing::info!(target: TARGET, listener = name, %address, "listening");
        let _ = say(&format!("listening on {address} ({name})"));
    }
}

/// How a listener is called in a URL: as the documents have it where that works, else by number.
fn base(addresses: &[(String, SocketAddr)], listener: &str) -> Option<String> {
    let own = addresses.iter().filter(|(name, _)| name == listener);
    let (_, address) = own.min_by_key(|(_, address)| !address.ip().is_loopback())?;
    Some(
        match address.ip().is_loopback() || address.ip().is_unspecified() {
            true => format!("localhost:{}", address.port()),
            false => address.to_string(),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn localhost_is_preferred() {
        let at = |list: &[(&str, &str)]| {
            let list: Vec<_> = list
                .iter()
                .map(|(name, address)| (name.to_string(), address.parse().unwrap()))
                .collect();
            base(&list, DINING)
        };
        let kitchen = ("kitchen", "127.0.0.1:3001");
        assert_eq!(at(&[kitchen]), None);
        assert_eq!(
            at(&[kitchen, ("dining", "127.0.0.1:9000")]).unwrap(),
            "localhost:9000"
        );
        assert_eq!(at(&[("dining", "0.0.0.0:80")]).unwrap(), "localhost:80");
        assert_eq!(at(&[("dining", "10.0.0.5:80")]).unwrap(), "10.0.0.5:80");
        assert_eq!(
            at(&[("dining", "10.0.0.5:80"), ("dining", "[::1]:81")]).unwrap(),
            "localhost:81"
        );
    }
}
