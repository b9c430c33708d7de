//! Frames that a client must not see before something else is done.

use bytes::Bytes;
use std::cell::RefCell;

/// Frames that wait for a permission. `None`: nothing waits, frames leave as they come.
#[derive(Default)]
pub(super) struct Deferred(RefCell<Option<Vec<Bytes>>>);

/// What became of a frame.
pub(super) enum Deferral {
    /// Frames are not deferred: it is to leave now.
    Not,
    Kept,
    /// More waits than is allowed, and it was dropped.
    TooMuch,
}

impl Deferred {
    /// Frames wait from now on.
    pub fn begin(&self) {
        self.0.borrow_mut().get_or_insert_default();
    }

    /// Keeps a frame, if frames are deferred; at most so many frames, and one more when so many bytes are reached.
    pub fn keep(&self, frame: &Bytes, bytes: usize, frames: usize) -> Deferral {
        let mut deferred = self.0.borrow_mut();
        let Some(all) = deferred.as_mut() else {
            return Deferral::Not;
        };
        let waiting: usize = all.iter().map(Bytes::len).sum();
        if waiting > bytes || all.len() >= frames {
            return Deferral::TooMuch;
        }
        all.push(frame.clone());
        Deferral::Kept
    }

    pub fn is_empty(&self) -> bool {
        self.0.borrow().as_ref().is_none_or(Vec::is_empty)
    }

    /// Ends the waiting and returns the frames. `None`: frames were not deferred.
    pub fn take(&self) -> Option<Vec<Bytes>> {
        self.0.borrow_mut().take()
    }
}
