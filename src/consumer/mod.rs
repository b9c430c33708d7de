//! What an author of endpoints meets.

pub(crate) mod announcer;
pub(crate) mod context;
pub(crate) mod disconnect;
pub(crate) mod endpoint;
pub(crate) mod entry;
pub(crate) mod numbers;
pub(crate) mod registry;
pub(crate) mod reserved;
pub(crate) mod rest;
pub(crate) mod routes;
pub(crate) mod timed;
