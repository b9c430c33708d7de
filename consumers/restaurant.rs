//! The restaurant as an application: who can be addressed, what can be told, what a token says.

mod claims;
mod event;
mod group;

pub use claims::Claims;
pub use event::{ChangeRecord, Event, Fact, Operation};
pub use group::{Entity, Group, NotAGroup};

use crate::signals;
use crate::watched::WATCHED;
use maitred::{App, Change, Error, Reader, Signal, Watched};

/// The application.
pub struct Restaurant;

impl App for Restaurant {
    type Claims = Claims;
    type Group = Group;
    type Event = Event;
    const WATCHED: &'static [Watched] = WATCHED;

    fn announce(change: &Change<'_>, db: &Reader<'_>) -> Result<Vec<Signal<Self>>, Error> {
        signals::announce(change, db)
    }
}
