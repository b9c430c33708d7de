//! The smallest application, for the tests of this room: events are numbers, groups are numbers.

use crate::app::{App, Signal};
use crate::error::Error;
use crate::hub::broker::local::Local;
use crate::hub::extensions::Extensions;
use crate::hub::format::Formats;
use crate::hub::shard::{Setup, Shard};
use crate::limits::clock::Clock;
use crate::limits::{Limits, Quota};
use crate::metrics::Stats;
use crate::store::change::Change;
use crate::store::{Reader, Watched};
use std::rc::Rc;
use std::sync::Arc;

pub struct Numbers;

impl App for Numbers {
    type Claims = ();
    type Group = u64;
    type Event = u64;
    const WATCHED: &'static [Watched] = &[];

    fn announce(_: &Change<'_>, _: &Reader<'_>) -> Result<Vec<Signal<Self>>, Error> {
        Ok(Vec::new())
    }
}

/// A shard without a store, alone in its process.
pub fn shard(clock: Clock) -> Rc<Shard<Numbers>> {
    let quota = Arc::new(Quota::new(Limits::default(), clock.clone()));
    Rc::new(Shard::new(Setup {
        id: 0,
        formats: Arc::new(Formats::new([], clock.clone())),
        store: None,
        broker: Local::new([], clock.clone()),
        stats: Arc::new(Stats::new(1, quota, usize::MAX, &clock)),
        clock,
        extensions: Extensions::default(),
    }))
}
