//! Sessions of Engine.IO: a client's connection over one transport or the other, and the namespaces on it. May import `connection` and everything below it.
//!
//! ```text
//! websocket frames ─┐                      ┌─> namespace's mailbox ─> its task: Consumer::receive
//!                   ├─> packets ─> serve ──┤
//! bodies of POST  ──┘                      └─> acknowledgements: at once, to who asked
//!
//! events, answers ─> Socket of the namespace ─> Socket of the session ─┬─> websocket
//!                                                                      └─> outbox ─> body of a GET
//! ```
//!
//! Frames are made once, as WebSocket frames, whoever gets them: for a client that polls they are taken apart again.

mod attach;
mod command;
mod endpoint;
mod namespace;
mod offsets;
mod packets;
mod polling;
mod recently_closed;
mod session;
mod sessions;
mod upgrade;

pub(crate) use attach::{Boarded, board};
pub(crate) use endpoint::{Door, Entrance, Visit};
pub(crate) use offsets::stumbles;
pub(crate) use polling::{Fate, Posted, Taken, body, noop};
pub(crate) use recently_closed::poll_late;
pub(crate) use session::{Beginning, Session};
pub(crate) use sessions::Sessions;
