//! The change log: triggers, generated from the schema, that note every change of a watched table, whoever makes it.
//!
//! They run in the SQLite of whoever writes: a stock `sqlite3` shell has `foreign_keys` and `recursive_triggers` off and may be as old as 3.38. So they use
//! nothing newer, and do themselves what those pragmas would do:
//!
//! - `REPLACE` removes rows without firing their delete triggers. A `BEFORE` trigger notes the rows that may go (all that share a key with the new one); the
//!   `AFTER` trigger reports those that are gone. `OR IGNORE` and upserts keep the row, so their notes come to nothing and are wiped by the next `BEFORE`.
//!   Under `recursive_triggers` the delete triggers do fire; then the note is only there for the version.
//! - `ON DELETE CASCADE` and `SET NULL` are done by `BEFORE DELETE` triggers of the parent, and fire the children's triggers (`cascades.rs`).
//! - `version` rises and `updated_at` and the stamps are set where the statement did not; that repair is no change of its own. An insert's version stays what
//!   it is, unless the row replaced another one: `RETURNING` has shown it already.
//!
//! Another program may rebuild a table, and its triggers are gone: [`mend()`] compares, and makes them anew.
//!
//! Limits: what a `REPLACE` removes because of a unique index on an expression is not told (the log names the index); `ON UPDATE CASCADE` is left to SQLite (ids do not change here).
//!
//! The writer's own statements can do without the log: who sees what they change is behind [`Capture`].

mod any;
mod authorizer;
mod blueprint;
mod buffer;
mod buffered;
mod cascades;
mod changes;
mod contract;
mod image;
mod keys;
mod made;
mod mend;
mod read_back;
mod rejects;
mod row_change;
mod sql;
mod steady;
mod table;
mod tables;
mod temporary;
mod triggers;
mod upkeep;

pub(crate) use any::AnyCapture;
pub(crate) use authorizer::silence;
pub(crate) use blueprint::Blueprint;
pub(crate) use changes::Changes;
pub(crate) use contract::{Capture, Captured};
pub(crate) use image::RowImage;
pub(crate) use made::{lost, unsettle};
#[cfg(any(test, feature = "testing"))]
pub(crate) use mend::install;
pub(crate) use mend::{Condition, Mended, mend};
pub(crate) use row_change::{RowChange, RowChanges, TableColumns};
pub(crate) use steady::Steady;
pub(crate) use tables::create;

#[cfg(test)]
mod tests;
