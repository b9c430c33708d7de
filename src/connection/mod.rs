//! One WebSocket from the upgrade to the close. May import `consumer` and everything below it; knows nothing of sessions of Engine.IO.

pub(crate) mod authentication;
mod close_handshake;
mod pending;
pub(crate) mod rates;
pub(crate) mod reader;
mod serve;

pub(crate) use close_handshake::finish;
pub(crate) use pending::{Agreed, Boarding, Opening};
pub(crate) use serve::{Frame, attend, dropped, run, steer, told, unaddressed};
