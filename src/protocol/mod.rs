//! Codecs: bytes in, values out, no IO. May import `limits`, `error` and `trace`.

pub(crate) mod arguments;
pub(crate) mod close;
pub(crate) mod dialect;
pub(crate) mod frame;
pub(crate) mod message;
pub mod notice;
pub(crate) mod sid;
pub(crate) mod websocket;
