//! The restaurant as an application: who can be addressed, what can be told, what a token says.

mod claims;
mod event;
mod group;

pub use claims::{Claims, Name, Role};
pub use event::{
    ChangeRecord, Event, Fact, ItemFact, ModifierFact, NotificationFact, Operation, OrderFact,
    PaymentFact, SessionFact, TableFact, TaskFact,
};
pub use group::{Entity, Group, NotAGroup};
