//! Numbers that several of the demo's tables share.

/// A minute, in milliseconds.
pub const MINUTE_MS: i64 = 60_000;
/// The restaurant of the dining room and the kitchen.
pub const HOUSE: i64 = 2;
/// The print workshop.
pub const SHOP: i64 = 5;
