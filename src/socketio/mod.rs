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

mod assembly;
mod attach;
mod command;
mod endpoint;
mod exchange;
mod mailbox;
mod namespace;
mod namespace_task;
mod offsets;
mod packets;
mod polling;
mod recently_closed;
mod serve;
mod session;
mod sessions;
mod upgrade;

pub(crate) use attach::{Attached, EngineHandshake, attach};
pub(crate) use endpoint::{Endpoint, HandshakeRequest, NamespaceRoute};
pub(crate) use exchange::{Fate, Posted, Taken, body, noop};
pub(crate) use offsets::breaks_on_offsets;
pub(crate) use session::{NewSession, Session};
pub(crate) use sessions::Sessions;
