//! What the restaurant says about itself to the framework: its tables, its groups and events, what a token says, and who hears of a change.

use crate::access::Claims;
use crate::domain::Role;
use crate::events::{Event, Group};
use crate::restaurant::Restaurant;
use crate::signals;
use crate::watched::{STEADY, WATCHED};
use maitred::{App, Change, Error, Identity, Reader, Signal, Watched};

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
