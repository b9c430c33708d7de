//! An announced event on its way to the members of its groups.

use crate::app::App;
use crate::hub::shard::Shard;
use crate::protocol::websocket;
use bytes::Bytes;
use smallvec::SmallVec;
use std::rc::Rc;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;
use tokio::sync::mpsc;

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

/// An answer that waits for its commit. Runs on the shard that asked, after the commit's publications were handed to the members there.
pub(crate) type Reply = Box<dyn FnOnce() + Send>;

/// Runs on the shard that it is sent to.
pub(crate) type Call<A> = Box<dyn FnOnce(&Rc<Shard<A>>) + Send>;

/// What reaches a shard from outside.
pub(crate) enum ToShard<A: App> {
    /// Something that only this shard can do: a request has come elsewhere that concerns a session here.
    Call(Call<A>),
    /// Ephemeral publications of another shard's turn.
    Published(Vec<Arc<Publication<A>>>),
    /// After a commit with which the history has begun anew at this number: no stream of before goes on. Or, when the store is closed, without one.
    Reset { head: u64 },
    /// One per commit and shard, also where no member lives: a shard must know how far it has come.
    Committed {
        /// The newest event's number after this commit.
        head: u64,
        publications: Arc<[Arc<Publication<A>>]>,
        replies: Vec<Reply>,
        /// When it was durable.
        at: Instant,
    },
}

/// Commits that wait for one shard. The writer waits when it is full, so a shard must never wait for the writer without yielding.
pub(crate) const INBOX_MESSAGES: usize = 1024;

pub(crate) type Inbox<A> = mpsc::Sender<ToShard<A>>;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consumer::announcer::fixture::{Cafe, Event, Group};

    #[test]
    fn no_group_is_told_in_the_words_for_another_however_many_there_are() {
        const GROUPS: i64 = 65_600;
        let event = Event {
            op: "new".into(),
            name: "soup".into(),
            by: None,
        };
        let publication = Publication::<Cafe>::new(1, event, (0..GROUPS).map(Group::Menu));
        let told = |group: usize| {
            let make = |_: &Event, group: &Group| Some(Bytes::from(group.to_string()));
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
