//! What this vocabulary says. Each name of the document is spelled here and nowhere else.
//!
//! Ids are uuids, as the document's examples have them, and times have milliseconds. Amounts are numbers that are written from integers, so that 0.1 + 0.2 is
//! nobody's bill; `total_amount` says the same as text. What the document does not have (`canonical_status`, `version`) is there in addition. `version` is
//! the row's: what shows an order of a lower one than is shown already is old.

mod changes;
mod data;
mod message;
mod words;

pub use data::{DishData, Item, Order, Station, Time};
pub use message::{
    Alert, Batched, Completed, Connected, Deleted, DishDeleted, MenuUpdated, Ready, StatusChanged,
    Synced, Updated, batch_update, completed, connected, event, moved, sync_complete,
};
pub use words::word;
