//! What a Socket.IO client comes back with: data that its recovery fills in.

use super::membership::Membership;
use crate::protocol::sid::unguessable;
use std::cell::Cell;

/// What a client is known by.
pub(crate) struct Pid {
    pub id: Box<str>,
    /// Where its stream began.
    pub baseline: u64,
}

/// A client that comes back.
pub(crate) struct Returning {
    pub pid: String,
    /// Where its stream began; 0 where that is not known.
    pub baseline: u64,
    /// The number of the last event that it saw in this stream.
    pub offset: Option<u64>,
    /// It goes on where it was.
    pub recovered: bool,
}

/// What a client comes back with, and what is kept for the next time.
pub(crate) struct Back<G> {
    /// The groups of the connection that this one continues.
    pub restored: Vec<Membership<G>>,
    /// It has been here before.
    pub returning: Option<Returning>,
    /// What it comes back to is not known.
    pub lost: bool,
    /// Under which id its groups are kept.
    pub pid: Option<Pid>,
    /// Its groups are not those that are kept.
    pub unkept: Cell<bool>,
    /// What this connection is called there.
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
