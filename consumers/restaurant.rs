//! The restaurant as an application: who can be addressed, what can be told, what a token says.

mod claims;
mod event;
mod group;

pub use claims::{Claims, Scopes};
pub use event::{ChangeRecord, Event, Fact, Operation, OrderOff};
pub use group::{Entity, Group, NotAGroup};

use crate::domain::Role;
use crate::signals;
use crate::watched::{STEADY, WATCHED};
use maitred::{App, Change, Error, Identity, Reader, Signal, Watched};

/// The application.
pub struct Restaurant;

impl App for Restaurant {
    type Claims = Claims;
    type Group = Group;
    type Event = Event;
    const WATCHED: &'static [Watched] = WATCHED;
    const STEADY: &'static [&'static str] = STEADY;

    fn announce(change: &Change<'_>, db: &Reader<'_>) -> Result<Vec<Signal<Self>>, Error> {
        signals::announce(change, db)
    }

    /// An admin's token: whoever may read every row may read how many there are.
    fn operates(bearer: &Identity<Claims>) -> bool {
        bearer
            .claims
            .as_ref()
            .is_some_and(|claims| claims.role == Role::Admin)
    }

    fn role(bearer: &Identity<Claims>) -> &'static str {
        let claims = bearer.claims.as_ref();
        claims.map_or("anonymous", |claims| claims.role.name())
    }
}
