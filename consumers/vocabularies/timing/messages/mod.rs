//! What this vocabulary says. Each name of the document is spelled here and nowhere else.
//!
//! Its messages have their fields beside `type`, without `data` around them. What the document does not name (`canonical_status`, `version`, the exact amounts as
//! text) stands beside what it does, and breaks nobody.

mod data;
mod message;

pub use data::{Item, Order};
pub use message::{
    Connected, Connection, Disconnect, NewOrder, OrderStatusUpdate, connected, connection,
    disconnect, new_order, order_status_update,
};
