//! Which messages are said where.

use super::admin::AdminSocket;
use super::messages::{Connected, Connection, Disconnect, NewOrder, OrderStatusUpdate};
use crate::contract::{Channel, Schemas};

/// Which of these a dashboard hears.
pub fn channels(schemas: &mut Schemas) -> Vec<Channel> {
    let dashboard =
        Channel::raw::<AdminSocket>("Every order of the restaurants that somebody runs", schemas)
            .says_flat::<Connection<'_>>("connection", schemas)
            .says_flat::<Connected>("connection", schemas)
            .says_flat::<Disconnect>("disconnect", schemas)
            .says_flat::<NewOrder<'_>>("newOrder", schemas)
            .says_flat::<OrderStatusUpdate<'_>>("orderStatusUpdate", schemas);
    vec![dashboard]
}
