//! Which messages a screen hears, and what it may ask.

use super::{
    Alert, Completed, Connected, Deleted, Order, Ready, StatusChanged, Synced, Told, Updated,
};
use crate::contract::{Channel, Schemas};
use crate::domain::alerts::Level;
use crate::domain::{KITCHEN, Status};
use crate::kitchen::answers::{Joined, StatusDone, SyncDone, TableDone};
use crate::kitchen::mistakes::Mistake;
use crate::kitchen::screen::Screen;
use schemars::{Schema, SchemaGenerator, json_schema};

/// What the namespace says and understands.
pub fn channels(schemas: &mut Schemas) -> Vec<Channel> {
    let title = "The kitchen: orders as tickets, stations, alerts";
    let screen = Channel::socket_io::<Screen>(title, schemas)
        .emits::<Connected>("connection:status", schemas)
        .emits::<Synced<'_>>("orders:sync:complete", schemas)
        .emits::<Order<'_>>("order:created", schemas)
        .emits::<Updated<'_>>("order:updated", schemas)
        .emits::<StatusChanged<'_>>("order:status_changed", schemas)
        .emits::<Deleted<'_>>("order:deleted", schemas)
        .emits::<Ready<'_>>("table:ready", schemas)
        .emits::<Completed<'_>>("table:completed", schemas)
        .emits::<Alert<'_>>("kitchen:alert", schemas)
        .emits::<Vec<Told<'_>>>("orders:batch_update", schemas)
        .emits::<Mistake<'_>>("error", schemas)
        .answers::<Joined<'_>>("join:restaurant", schemas)
        .answers::<Joined<'_>>("join:station", schemas)
        .answers::<SyncDone>("orders:sync", schemas)
        .answers::<StatusDone<'_>>("order:update_status", schemas)
        .answers::<TableDone<'_>>("table:complete", schemas)
        .refuses::<Mistake<'_>>(schemas);
    vec![screen]
}

/// How an alert is meant.
pub(super) fn level(_: &mut SchemaGenerator) -> Schema {
    let words = [Level::Urgent, Level::Warning, Level::Info].map(Level::name);
    json_schema!({"type": "string", "enum": words})
}

/// One of the document's words.
pub fn word(_: &mut SchemaGenerator) -> Schema {
    let mut words = Status::ALL.map(|status| KITCHEN.word(status)).to_vec();
    words.dedup();
    json_schema!({"enum": words})
}
