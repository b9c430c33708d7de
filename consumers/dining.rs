//! Restaurant staff and guests over plain WebSockets: the dining room's vocabulary.

pub mod messages;
