//! What waits for one client whose socket is full. A socket that takes everything at once never has an outbox.

use crate::hub::stream::Stream;
use crate::metrics::Backlog;
use crate::protocol::websocket::pieces;
use bytes::Bytes;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

/// Places of superseded frames that may stay empty before the list is put together anew.
const EMPTY_PLACES: usize = 64;

/// How much may wait for one client when another frame comes: whatever its size, a state that is told to who can wait for it is not cut.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound {
    pub bytes: usize,
    pub frames: usize,
}

/// What became of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pushed {
    /// The frame waits.
    Waits,
    /// The frame waits, in place of an older one of the same entity.
    Superseding,
    /// The frame waits, although the outbox was over its bound already.
    TooMuch,
}

struct WaitingFrame {
    bytes: Bytes,
    /// The entity it shows, where a newer frame may take its place.
    entity: Option<u64>,
}

/// Whole frames in order; only the first may be partly sent.
pub(crate) struct Outbox {
    /// `None`: superseded.
    frames: VecDeque<Option<WaitingFrame>>,
    /// How many places were removed in front: the number of the first place.
    gone: u64,
    /// The place of the frame that waits for an entity.
    places: FxHashMap<u64, u64>,
    /// Frames that are not superseded.
    waiting: usize,
    bytes: usize,
    /// Some of the first frame is on the wire: the rest of it must follow whatever happens.
    partial: bool,
    /// What all outboxes hold.
    backlog: Arc<Backlog>,
}

impl Outbox {
    /// An empty one, counted in `backlog` as long as it lives.
    pub fn new(backlog: Arc<Backlog>) -> Self {
        backlog.opened();
        Outbox {
            frames: VecDeque::new(),
            gone: 0,
            places: FxHashMap::default(),
            waiting: 0,
            bytes: 0,
            partial: false,
            backlog,
        }
    }

    /// Bytes that wait.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Keeps a frame, or what is left of one (`partial`: only for the first). With an entity, the frame that showed it before is removed, unless it has begun
    /// to be sent.
    pub fn push(
        &mut self,
        frame: Bytes,
        partial: bool,
        entity: Option<u64>,
        bound: Bound,
    ) -> Pushed {
        debug_assert!(
            !partial || self.waiting == 0,
            "only the first frame can be partly sent"
        );
        self.partial |= partial;
        let place = self.gone + self.frames.len() as u64;
        let mut pushed = Pushed::Waits;
        if let Some(entity) = entity.filter(|_| !partial)
            && let Some(before) = self.places.insert(entity, place)
            && self.supersede(before)
        {
            pushed = Pushed::Superseding;
        }
        let is_full = self.bytes > bound.bytes || self.waiting >= bound.frames;
        self.count(frame.len() as isize);
        self.waiting += 1;
        self.frames.push_back(Some(WaitingFrame {
            bytes: frame,
            entity: entity.filter(|_| !partial),
        }));
        if self.frames.len() > 2 * self.waiting + EMPTY_PLACES {
            self.close_ranks();
        }
        match is_full {
            false => pushed,
            true => Pushed::TooMuch,
        }
    }

    fn supersede(&mut self, place: u64) -> bool {
        let Some(at) = place.checked_sub(self.gone).map(|at| at as usize) else {
            return false;
        };
        if at == 0 && self.partial {
            return false;
        }
        let Some(old) = self.frames.get_mut(at).and_then(Option::take) else {
            return false;
        };
        self.waiting -= 1;
        self.count(-(old.bytes.len() as isize));
        true
    }

    /// Removes the empty places. Each was made by a push, so the work is spread over those.
    fn close_ranks(&mut self) {
        self.frames.retain(Option::is_some);
        self.places.clear();
        for (at, frame) in self.frames.iter().flatten().enumerate() {
            if let Some(entity) = frame.entity {
                self.places.insert(entity, self.gone + at as u64);
            }
        }
    }

    fn count(&mut self, bytes: isize) {
        self.bytes = self.bytes.saturating_add_signed(bytes);
        self.backlog.add(bytes);
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting == 0
    }

    /// Takes whole messages off the front: at least one, if there is one; none after `bytes` are reached; and at most `messages`. Of a message with more
    /// attachments than that it takes the first part, and the rest becomes the first frame. Only while no part of a message has left by a stream.
    pub fn take(&mut self, bytes: usize, messages: usize) -> Vec<Bytes> {
        let (mut taken, mut sum, mut left) = (Vec::new(), 0, messages);
        while sum < bytes
            && left > 0
            && let Some(first) = self.frames.front()
        {
            let Some(frame) = first.as_ref().map(|f| f.bytes.clone()) else {
                self.written(0); // superseded
                continue;
            };
            let parts = pieces(frame.clone()).take(left);
            let (count, length) = parts.fold((0, 0), |(n, sum), part| (n + 1, sum + part.len()));
            if count == 0 {
                break; // no frame of ours
            }
            left -= count;
            sum += length;
            taken.push(frame.slice(..length));
            self.written(length);
        }
        taken
    }

    /// Puts whole frames in front of all others. Nothing supersedes them any more: they may have been read.
    pub fn put_back(&mut self, frames: Vec<Bytes>) {
        // the rest of a message whose first part comes back is not the first frame any more, and is still no state of its own
        if std::mem::take(&mut self.partial)
            && let Some(Some(rest)) = self.frames.front_mut()
        {
            rest.entity = None;
        }
        self.waiting += frames.len();
        self.count(frames.iter().map(Bytes::len).sum::<usize>() as isize);
        let frames = frames.into_iter().map(|bytes| {
            let entity = None;
            Some(WaitingFrame { bytes, entity })
        });
        let all: Vec<_> = frames.collect();
        for frame in all.into_iter().rev() {
            self.frames.push_front(frame);
        }
        self.close_ranks();
    }

    /// Drops what is not begun, and puts `last` (a close frame) behind the frame that is. Returns how many frames were dropped.
    pub fn cut(&mut self, last: Bytes) -> usize {
        let begun = if self.partial {
            self.frames.pop_front().flatten()
        } else {
            None
        };
        let dropped = self.waiting - usize::from(begun.is_some());
        self.frames.clear();
        self.places.clear();
        self.gone = 0;
        let last = WaitingFrame {
            bytes: last,
            entity: None,
        };
        self.frames
            .extend([begun, Some(last)].into_iter().filter(Option::is_some));
        self.waiting = self.frames.len();
        let left: usize = self.frames.iter().flatten().map(|f| f.bytes.len()).sum();
        self.count(left as isize - self.bytes as isize);
        dropped
    }

    /// Writes until the socket is full: how many bytes it took, and whether nothing waits any more.
    pub fn write_to(&mut self, stream: &Stream) -> io::Result<(usize, bool)> {
        let mut total = 0;
        while self.waiting > 0 {
            match stream.write_frames(self.frames.iter().flatten().map(|f| &f.bytes)) {
                Ok(n) => {
                    total += n;
                    self.written(n);
                }
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => return Ok((total, false)),
                Err(e) => return Err(e),
            }
        }
        Ok((total, stream.settle()?))
    }

    fn written(&mut self, mut n: usize) {
        self.count(-(n as isize));
        while let Some(first) = self.frames.front_mut() {
            if let Some(frame) = first {
                if n < frame.bytes.len() {
                    if n > 0 {
                        frame.bytes = frame.bytes.slice(n..);
                        self.partial = true;
                    }
                    return;
                }
                n -= frame.bytes.len();
                self.waiting -= 1;
                self.partial = false;
                if let Some(entity) = frame.entity
                    && self.places.get(&entity) == Some(&self.gone)
                {
                    self.places.remove(&entity);
                }
            }
            self.frames.pop_front();
            self.gone += 1;
        }
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        self.backlog.add(-(self.bytes as isize));
        self.backlog.closed();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::websocket::{Opcode, encode};
    use proptest::prelude::*;

    const BOUND: Bound = Bound {
        bytes: 8,
        frames: 3,
    };
    const WIDE: Bound = Bound {
        bytes: 1 << 20,
        frames: 1 << 20,
    };

    fn outbox() -> Outbox {
        Outbox::new(Arc::default())
    }

    fn left(o: &Outbox) -> Vec<&[u8]> {
        o.frames.iter().flatten().map(|f| &f.bytes[..]).collect()
    }

    #[test]
    fn a_cut_finishes_what_is_begun() {
        let mut o = outbox();
        let push = |o: &mut Outbox, text: &'static str, partial| {
            o.push(Bytes::from_static(text.as_bytes()), partial, None, BOUND)
        };
        assert_eq!(push(&mut o, "rest", true), Pushed::Waits);
        assert_eq!(push(&mut o, "whole", false), Pushed::Waits);
        let over = push(&mut o, "more", false);
        assert_eq!(over, Pushed::TooMuch, "9 bytes are over 8");
        assert_eq!(o.cut(Bytes::from_static(b"bye")), 2);
        assert_eq!(left(&o), [&b"rest"[..], b"bye"]);
        assert_eq!(o.backlog.now(), (7, 1));
        let backlog = o.backlog.clone();
        drop(o);
        assert_eq!(backlog.now(), (0, 0), "what is gone is not counted");
    }

    #[test]
    fn a_partial_write_keeps_the_rest() {
        let mut o = outbox();
        o.push(Bytes::from_static(b"abc"), false, None, BOUND);
        o.push(Bytes::from_static(b"def"), false, None, BOUND);
        o.written(4);
        assert_eq!((o.waiting, o.bytes, o.partial), (1, 2, true));
        o.written(2);
        assert_eq!((o.waiting, o.bytes, o.partial), (0, 0, false));
    }

    #[test]
    fn a_message_with_many_attachments_is_taken_in_parts() {
        let message = |n: u8| encode(Opcode::Binary, &[n]);
        let all = |from: u8, to: u8| (from..to).flat_map(message).collect::<Vec<u8>>();
        let mut o = outbox();
        o.push(all(0, 1).into(), false, None, WIDE);
        o.push(all(1, 7).into(), false, Some(1), WIDE);
        o.push(all(7, 8).into(), false, None, WIDE);
        assert_eq!(o.take(1000, 4), [all(0, 1), all(1, 4)]);
        // nothing takes the place of a message of which a part was taken
        o.push(all(8, 9).into(), false, Some(1), WIDE);
        let lost = o.take(1000, 2);
        assert_eq!(lost, [all(4, 6)]);
        o.put_back(lost);
        o.push(all(9, 10).into(), false, Some(1), WIDE);
        assert_eq!(left(&o), [all(4, 6), all(6, 7), all(7, 8), all(9, 10)]);
        assert_eq!(o.take(1000, 100).len(), 4);
        assert_eq!((o.waiting, o.bytes, o.partial), (0, 0, false));
    }

    #[test]
    fn the_newest_frame_of_an_entity_takes_the_place_at_the_end() {
        let mut o = outbox();
        let mut push = |text: &'static str, entity| {
            o.push(Bytes::from_static(text.as_bytes()), false, entity, WIDE)
        };
        push("a1", Some(1));
        push("b1", Some(2));
        push("answer", None);
        assert_eq!(push("a2", Some(1)), Pushed::Superseding);
        assert_eq!(push("c1", Some(3)), Pushed::Waits);
        assert_eq!(left(&o), [&b"b1"[..], b"answer", b"a2", b"c1"]);
        o.written(1); // b1 is half on the wire
        o.push(Bytes::from_static(b"b2"), false, Some(2), WIDE);
        assert_eq!(left(&o), [&b"1"[..], b"answer", b"a2", b"c1", b"b2"]);
    }

    proptest! {
        /// As a list that is searched from its beginning would do it.
        #[test]
        fn entities_are_superseded_as_in_a_plain_list(steps in prop::collection::vec((0_u64..6, 1_usize..9, 0_usize..12), 1..300)) {
            let mut o = outbox();
            let mut model: Vec<(Option<u64>, Vec<u8>, bool)> = Vec::new();
            for (n, (entity, len, written)) in steps.into_iter().enumerate() {
                let entity = (entity > 0).then_some(entity);
                let bytes = vec![n as u8; len];
                o.push(bytes.clone().into(), false, entity, WIDE);
                if entity.is_some() {
                    model.retain(|(e, _, begun)| *e != entity || *begun);
                }
                model.push((entity, bytes, false));
                let mut written = written.min(o.bytes);
                o.written(written);
                while written > 0 {
                    let n = written.min(model[0].1.len());
                    model[0].1.drain(..n);
                    model[0].2 = true;
                    if model[0].1.is_empty() {
                        model.remove(0);
                    }
                    written -= n;
                }
                let expected: Vec<&[u8]> = model.iter().map(|m| &m.1[..]).collect();
                prop_assert_eq!(left(&o), expected);
                prop_assert_eq!(o.waiting, model.len());
                prop_assert_eq!(o.bytes, model.iter().map(|m| m.1.len()).sum::<usize>());
                prop_assert!(o.frames.len() <= 2 * o.waiting + EMPTY_PLACES);
                prop_assert!(o.places.len() <= o.waiting);
            }
        }
    }
}
