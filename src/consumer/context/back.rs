//! What a Socket.IO client comes back with: data that its recovery fills in.

use super::membership::Membership;
use crate::protocol::sid::unguessable;
use std::cell::Cell;

/// The name under which a client is known when it comes back.
pub(crate) struct Pid {
    pub id: Box<str>,
    /// Where its stream began.
    pub baseline: u64,
}

/// A client that comes back.
pub(crate) struct Returning {
    pub pid: String,
    /// The number at which the client's stream began; 0 if that is not known.
    pub baseline: u64,
    /// The number of the last event that it saw in this stream.
    pub offset: Option<u64>,
    /// Whether the client goes on where it was: it gets what it missed, and keeps its `pid`.
    pub recovered: bool,
}

/// What a client comes back with, and what is kept for the next time.
pub(crate) struct Back<G> {
    /// The groups of the connection that this one continues.
    pub restored: Vec<Membership<G>>,
    /// The client, if it has been here before.
    pub returning: Option<Returning>,
    /// Whether the client names a `pid` that is not known any more.
    pub lost: bool,
    /// The id under which the client's groups are kept.
    pub pid: Option<Pid>,
    /// Whether the groups that are kept are not the connection's.
    pub unkept: Cell<bool>,
    /// The name of this connection in the table `recovery`.
    pub holder: String,
}

impl<G> Back<G> {
    pub fn new() -> Self {
        Back {
            restored: Vec::new(),
            returning: None,
            lost: false,
            pid: None,
            unkept: Cell::new(false),
            holder: unguessable(),
        }
    }
}
