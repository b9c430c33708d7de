//! What an author of endpoints meets.

pub(crate) mod announcer;
pub(crate) mod context;
pub(crate) mod endpoint;
pub(crate) mod registry;
pub(crate) mod rest;
