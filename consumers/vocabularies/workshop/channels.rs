//! Which messages are said where.

use super::messages::{Created, Deleted, Mistake, Room, Update, Updated};
use super::socket::WorkshopSocket;
use crate::contract::{Channel, Schemas};
use serde_json::json;

/// What the namespace says and understands.
pub fn channels(schemas: &mut Schemas) -> Vec<Channel> {
    let title = "The print workshop";
    let update = json!({"type": "string", "pattern": "^.+/update$"});
    let workshop = Channel::socket_io::<WorkshopSocket>(title, schemas)
        .emits::<Created<'_>>("orderCreated", schemas)
        .emits_named::<Update<'_>>("{orderId}/update", update, schemas)
        .emits::<Updated<'_>>("orderUpdated", schemas)
        .emits::<Deleted<'_>>("orderDeleted", schemas)
        .emits::<Room>("joinedRoom", schemas)
        .emits::<Room>("leftRoom", schemas)
        .emits::<Mistake<'_>>("error", schemas)
        .refuses::<Mistake<'_>>(schemas);
    vec![workshop]
}
