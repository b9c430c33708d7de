//! What waits for one client whose socket is full. A socket that takes everything at once never has an outbox.

use bytes::Bytes;
use std::collections::VecDeque;
use std::io::{self, IoSlice};
use tokio::net::TcpStream;

/// Frames of one `writev`. Linux takes up to 1,024; a socket buffer is full long before.
const FRAMES_PER_WRITE: usize = 64;

/// How much may wait for one client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound {
    pub bytes: usize,
    pub frames: usize,
}

/// Whole frames in order; only the first may be partly sent.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    frames: VecDeque<Bytes>,
    bytes: usize,
    /// Some of the first frame is on the wire: the rest of it must follow whatever happens.
    partial: bool,
}

impl Outbox {
    /// Keeps a frame, or what is left of one (`partial`: only for the first). Says whether the outbox is within its bound.
    pub fn push(&mut self, frame: Bytes, partial: bool, bound: Bound) -> bool {
        debug_assert!(
            !partial || self.frames.is_empty(),
            "only the first frame can be partly sent"
        );
        self.partial |= partial;
        self.bytes += frame.len();
        self.frames.push_back(frame);
        self.bytes <= bound.bytes && self.frames.len() <= bound.frames
    }

    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Takes whole frames off the front: at least one, if there is one, and no more when these bytes are reached.
    pub fn take(&mut self, bytes: usize) -> Vec<Bytes> {
        let (mut taken, mut sum) = (Vec::new(), 0);
        while sum < bytes
            && let Some(frame) = self.frames.pop_front()
        {
            sum += frame.len();
            taken.push(frame);
        }
        self.bytes -= sum;
        taken
    }

    /// Drops what is not begun, and puts `last` (a close frame) behind the frame that is. Returns how many frames were dropped.
    pub fn cut(&mut self, last: Bytes) -> usize {
        let keep = usize::from(self.partial);
        let dropped = self.frames.len() - keep.min(self.frames.len());
        self.frames.truncate(keep);
        self.frames.push_back(last);
        self.bytes = self.frames.iter().map(Bytes::len).sum();
        dropped
    }

    /// Writes until the socket is full. `Ok(true)`: nothing waits any more.
    pub fn write_to(&mut self, stream: &TcpStream) -> io::Result<bool> {
        while !self.frames.is_empty() {
            let written = {
                let slices: smallvec::SmallVec<[IoSlice<'_>; FRAMES_PER_WRITE]> = self
                    .frames
                    .iter()
                    .take(FRAMES_PER_WRITE)
                    .map(|f| IoSlice::new(f))
                    .collect();
                match stream.try_write_vectored(&slices) {
                    Ok(n) => n,
                    Err(e) if e.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                    Err(e) => return Err(e),
                }
            };
            self.written(written);
        }
        Ok(true)
    }

    fn written(&mut self, mut n: usize) {
        self.bytes -= n;
        while let Some(first) = self.frames.front_mut() {
            if n < first.len() {
                if n > 0 {
                    *first = first.slice(n..);
                    self.partial = true;
                }
                return;
            }
            n -= first.len();
            self.frames.pop_front();
            self.partial = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUND: Bound = Bound {
        bytes: 10,
        frames: 3,
    };

    #[test]
    fn a_cut_finishes_what_is_begun() {
        let mut o = Outbox::default();
        assert!(o.push(Bytes::from_static(b"rest"), true, BOUND));
        assert!(o.push(Bytes::from_static(b"whole"), false, BOUND));
        assert!(
            !o.push(Bytes::from_static(b"more"), false, BOUND),
            "13 bytes are over 10"
        );
        assert_eq!(o.cut(Bytes::from_static(b"bye")), 2);
        assert_eq!(
            o.frames,
            [Bytes::from_static(b"rest"), Bytes::from_static(b"bye")]
        );
    }

    #[test]
    fn a_partial_write_keeps_the_rest() {
        let mut o = Outbox::default();
        o.push(Bytes::from_static(b"abc"), false, BOUND);
        o.push(Bytes::from_static(b"def"), false, BOUND);
        o.written(4);
        assert_eq!((o.frames.len(), o.bytes, o.partial), (1, 2, true));
        o.written(2);
        assert_eq!((o.frames.len(), o.bytes, o.partial), (0, 0, false));
    }
}
