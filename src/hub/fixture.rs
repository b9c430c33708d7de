//! The smallest application, for the tests of this room: events are numbers, groups are numbers.

use crate::app::{App, Signal};
use crate::error::Error;
use crate::hub::broker::local::Local;
use crate::hub::extensions::Extensions;
use crate::hub::format::Formats;
use crate::hub::renderer::Renderer;
use crate::hub::shard::{Setup, Shard};
use crate::limits::clock::Clock;
use crate::limits::{Limits, Quota};
use crate::metrics::Stats;
use crate::protocol::message::Message;
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

/// The number of the plain format.
pub const FORMAT: u16 = 0;

/// An event is told as itself, several as how many they are.
fn renderer() -> Renderer<Numbers> {
    Renderer {
        name: "numbers",
        verbatim: false,
        render: |event, _| Some(Message::new("n", event)),
        entity: |_, _| None,
        render_batch: |messages| Some(Message::new("batch", &messages.len())),
        render_error: Message::error,
    }
}

/// A shard without a store, alone in its process.
pub fn shard(clock: Clock) -> Rc<Shard<Numbers>> {
    let formats = Formats::new([Arc::new(renderer())], clock.clone());
    assert_eq!(formats.number_of("numbers", None), Some(FORMAT));
    let quota = Arc::new(Quota::new(Limits::default(), clock.clone()));
    Rc::new(Shard::new(Setup {
        id: 0,
        formats: Arc::new(formats),
        store: None,
        broker: Local::new([], clock.clone()),
        stats: Arc::new(Stats::new(1, quota, usize::MAX, &clock)),
        clock,
        extensions: Extensions::default(),
    }))
}
