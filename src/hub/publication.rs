//! An announced event on its way to the members of its groups.

use crate::app::App;
use crate::protocol::websocket;
use bytes::Bytes;
use smallvec::SmallVec;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// An event, its audience, and the frames made of it so far: at most one per group and lane in the whole process.
pub(crate) struct Publication<A: App> {
    /// 0: ephemeral, without a number.
    pub seq: u64,
    pub event: A::Event,
    pub groups: SmallVec<[A::Group; 2]>,
    /// The members' guards judge again.
    pub rechecks: bool,
    frames: Mutex<SmallVec<[Made; 2]>>,
}

/// A frame that was made.
struct Made {
    /// The group's position: there is no bound on how many are told of one event.
    group: usize,
    lane: u16,
    /// `None`: this lane is not told.
    plain: Option<Bytes>,
    /// The same compressed, once somebody wanted it: not under the lock, because others may want the plain one meanwhile.
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

    /// The frame for a group and a lane: made by whoever asks first, shared by all others.
    pub fn frame(
        &self,
        group: usize,
        lane: u16,
        make: impl FnOnce(&A::Event, &A::Group) -> Option<Bytes>,
    ) -> Option<Bytes> {
        let mut frames = self.frames.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = frames.iter().find(|m| (m.group, m.lane) == (group, lane)) {
            return made.plain.clone();
        }
        let plain = make(&self.event, &self.groups[group]);
        frames.push(Made {
            group,
            lane,
            plain: plain.clone(),
            deflated: None,
        });
        plain
    }

    /// `plain`, which [`frame`](Self::frame) said, compressed once for all who agreed to that.
    pub fn deflated(&self, group: usize, lane: u16, plain: &Bytes) -> Bytes {
        let mut frames = self.frames.lock().unwrap_or_else(PoisonError::into_inner);
        let made = frames
            .iter_mut()
            .find(|m| (m.group, m.lane) == (group, lane));
        let once = made.map(|m| m.deflated.get_or_insert_default().clone());
        drop(frames);
        match once {
            Some(once) => once.get_or_init(|| websocket::deflated(plain)).clone(),
            None => plain.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::fixture::Numbers;

    #[test]
    fn no_group_is_told_in_the_words_for_another_however_many_there_are() {
        const GROUPS: u64 = 65_600;
        let publication = Publication::<Numbers>::new(1, 7, 0..GROUPS);
        let told = |group: usize| {
            let make = |_: &u64, group: &u64| Some(Bytes::from(format!("menu:{group}")));
            publication.frame(group, 0, make).expect("a frame")
        };
        // 65,536 apart
        for group in [0, 1, 65_535, 65_536, 65_537] {
            assert_eq!(told(group), format!("menu:{group}"));
        }
        let plain = told(65_537);
        publication.deflated(65_537, 0, &plain);
        assert_eq!(
            publication.deflated(1, 0, &told(1)),
            websocket::deflated(&told(1))
        );
    }
}
