//! What can be told of a change, and to whom. Imports the domain, whose facts are told.

mod entity;
mod event;
mod fact;
mod group;
pub mod history;

pub use entity::{Entity, NotAnEntity};
pub use event::{ChangeRecord, Event, Operation};
pub use fact::{Fact, OrderOff};
pub use group::{Group, NotAGroup};
