//! Which messages a screen hears, and what it may ask.

use super::answers::{
    Availability, Called, Joined, Prioritized, Recent, SeenDone, StatusDone, SyncDone, TableDone,
    TicketDone,
};
use super::messages::{
    Alert, Batched, Completed, Connected, Deleted, DishDeleted, MenuUpdated, Order, Ready,
    StatusChanged, Synced, Updated,
};
use super::mistakes::Mistake;
use super::screen::Screen;
use crate::contract::{Channel, Schemas};
use maitred::notice::Pong;

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
        .emits::<MenuUpdated<'_>>("menu:updated", schemas)
        .emits::<DishDeleted<'_>>("menu:updated", schemas)
        .emits::<Vec<Batched<'_>>>("orders:batch_update", schemas)
        .emits::<Mistake<'_>>("error", schemas)
        .answers::<Joined<'_>>("join:restaurant", schemas)
        .answers::<Joined<'_>>("join:station", schemas)
        .answers::<SyncDone>("orders:sync", schemas)
        .answers::<StatusDone<'_>>("order:update_status", schemas)
        .answers::<TableDone<'_>>("table:complete", schemas)
        .answers::<Pong>("ping", schemas)
        .answers::<TicketDone<'_>>("order:bump", schemas)
        .answers::<TicketDone<'_>>("order:recall", schemas)
        .answers::<TicketDone<'_>>("order:confirm", schemas)
        .answers::<TicketDone<'_>>("item:bump", schemas)
        .answers::<TicketDone<'_>>("item:recall", schemas)
        .answers::<TicketDone<'_>>("item:confirm", schemas)
        .answers::<SeenDone<'_>>("orders:seen", schemas)
        .answers::<Prioritized<'_>>("order:prioritize", schemas)
        .answers::<Called<'_>>("order:call", schemas)
        .answers::<Recent<'_>>("orders:recent", schemas)
        .answers::<Availability<'_>>("menu:availability", schemas)
        .refuses::<Mistake<'_>>(schemas);
    vec![screen]
}
