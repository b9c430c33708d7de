//! Codecs: bytes in, values out, no IO. May import `limits`, `error` and `trace`.

pub(crate) mod arguments;
pub(crate) mod close;
pub(crate) mod dialect;
pub(crate) mod engine_io;
pub(crate) mod frame;
mod json;
pub(crate) mod message;
pub mod notice;
pub(crate) mod sid;
pub(crate) mod socket_io;
pub(crate) mod websocket;
