//! What all shards share for as long as the server lives.

use super::drain::DrainProgress;
use super::log_limit::LogLimit;
use crate::app::App;
use crate::auth::Keys;
use crate::consumer::entry::Consumers;
use crate::consumer::rest::Interface;
use crate::hub::format::Formats;
use crate::limits::clock::Clock;
use crate::metrics::Stats;
use std::collections::HashMap;
use std::sync::Arc;

pub(super) struct Shared<A: App> {
    pub formats: Arc<Formats<A>>,
    pub consumers: Consumers<A>,
    /// REST interfaces, by the name that `routing.toml` mounts them with.
    pub rest: HashMap<&'static str, Interface<A>>,
    pub keys: Option<Arc<Keys>>,
    /// The time of the whole server.
    pub clock: Clock,
    /// What is counted, and the quotas.
    pub stats: Arc<Stats>,
    pub drain: Arc<DrainProgress>,
    pub log_limits: LogLimits,
}

/// Lines of the log that strangers can cause as often as they like.
#[derive(Default)]
pub(super) struct LogLimits {
    pub accept: LogLimit,
    pub full: LogLimit,
    pub tls: LogLimit,
}
