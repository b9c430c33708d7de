//! The restaurant as an application: who can be addressed, what can be told, what a token says.

mod claims;
mod event;
mod group;
pub mod names;
pub mod views;

pub use claims::{Claims, Name, Role};
pub use event::{
    ChangeRecord, Event, Fact, ItemFact, ModifierFact, NotificationFact, Operation, OrderFact,
    PaymentFact, SessionFact, TableFact, TaskFact,
};
pub use group::{Entity, Group, NotAGroup};

use crate::signals;
use maitred::{App, Change, Error, Reader, Signal, Stamp, Watched};

/// The application.
pub struct Restaurant;

impl App for Restaurant {
    type Claims = Claims;
    type Group = Group;
    type Event = Event;
    const WATCHED: &'static [Watched] = &[
        plain("restaurants"),
        plain("zones"),
        plain("stations"),
        secretive("tables", &["qr_secret"]),
        secretive("users", &["pin_hash", "password_hash"]),
        plain("waiter_tables"),
        plain("menu_categories"),
        plain("menu_items"),
        secretive("table_sessions", &["token"]),
        stamped(
            "orders",
            &[
                status("confirmed", "confirmed_at"),
                status("preparing", "preparing_at"),
                status("ready", "ready_at"),
                status("delivered", "delivered_at"),
                status("completed", "completed_at"),
                status("cancelled", "cancelled_at"),
            ],
        ),
        stamped(
            "order_items",
            &[
                status("queued", "fired_at"),
                status("preparing", "started_at"),
                status("ready", "ready_at"),
                status("served", "served_at"),
                status("voided", "voided_at"),
            ],
        ),
        stamped("payments", &[status("captured", "captured_at")]),
        stamped(
            "tasks",
            &[
                status("acknowledged", "acked_at"),
                status("done", "done_at"),
            ],
        ),
        plain("notifications"),
    ];

    fn announce(change: &Change<'_>, db: &Reader<'_>) -> Result<Vec<Signal<Self>>, Error> {
        signals::announce(change, db)
    }
}

const fn plain(table: &'static str) -> Watched {
    stamped(table, &[])
}

const fn stamped(table: &'static str, stamps: &'static [Stamp]) -> Watched {
    let secret = &[];
    Watched {
        table,
        stamps,
        secret,
    }
}

const fn secretive(table: &'static str, secret: &'static [&'static str]) -> Watched {
    let stamps = &[];
    Watched {
        table,
        stamps,
        secret,
    }
}

/// When the status became this, that column notes the time.
const fn status(value: &'static str, at: &'static str) -> Stamp {
    let column = "status";
    Stamp { column, value, at }
}
