//! An announced event on its way to the members of its groups.

use crate::app::App;
use crate::protocol::websocket;
use bytes::Bytes;
use smallvec::SmallVec;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// An event, its audience, and the frames made of it so far: at most one per group and format in the whole process.
pub(crate) struct Publication<A: App> {
    /// 0: ephemeral, without a number.
    pub seq: u64,
    pub event: A::Event,
    pub groups: SmallVec<[A::Group; 2]>,
    /// The members' guards judge again.
    pub rechecks: bool,
    frames: Mutex<SmallVec<[MadeFrame; 2]>>,
}

/// A frame that was made.
struct MadeFrame {
    /// The group's position: there is no bound on how many are told of one event.
    group: usize,
    format: u16,
    /// `None`: this format is not told.
    plain: Option<Bytes>,
    /// The compressed frame, once somebody wanted it. It is made outside of the lock, because others may want the plain one meanwhile.
    deflated: Option<Arc<OnceLock<Bytes>>>,
}

impl<A: App> Publication<A> {
    pub fn new(seq: u64, event: A::Event, groups: impl IntoIterator<Item = A::Group>) -> Self {
        Publication {
            seq,
            event,
            groups: groups.into_iter().collect(),
            rechecks: false,
            frames: Mutex::default(),
        }
    }

    /// The frame for a group and a format: made by whoever asks first, shared by all others.
    pub fn frame(
        &self,
        group: usize,
        format: u16,
        make: impl FnOnce(&A::Event, &A::Group) -> Option<Bytes>,
    ) -> Option<Bytes> {
        let mut frames = self.frames.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = frames
            .iter()
            .find(|m| (m.group, m.format) == (group, format))
        {
            return made.plain.clone();
        }
        let plain = make(&self.event, &self.groups[group]);
        frames.push(MadeFrame {
            group,
            format,
            plain: plain.clone(),
            deflated: None,
        });
        plain
    }

    /// `plain`, which [`frame`](Self::frame) said, compressed once for all who agreed to that.
    pub fn deflated(&self, group: usize, format: u16, plain: &Bytes) -> Bytes {
        let mut frames = self.frames.lock().unwrap_or_else(PoisonError::into_inner);
        let made = frames
            .iter_mut()
            .find(|m| (m.group, m.format) == (group, format));
        let once = made.map(|m| m.deflated.get_or_insert_default().clone());
        drop(frames);
        match once {
            Some(once) => once.get_or_init(|| websocket::deflated(plain)).clone(),
            None => plain.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
