//! One WebSocket from the accepted handshake to the close. May import `consumer` and everything below it; knows nothing of sessions of Engine.IO.

pub(crate) mod authentication;
mod close_handshake;
mod control;
mod frame;
mod handling;
mod pending;
pub(crate) mod rates;
pub(crate) mod reader;
mod responder;
mod serve;
#[cfg(test)]
mod tests;

pub(crate) use close_handshake::close;
pub(crate) use control::{act_on_requests, dropped_message, error_message, run_control};
pub(crate) use frame::ConnectionFrame;
pub(crate) use pending::{PendingConnection, RawHandshake};
pub(crate) use serve::run;
