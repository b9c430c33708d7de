//! Replay, page by page.

use super::recent::{Recent, Rendering};
use crate::app::App;
use crate::error::Error;
use crate::store::illegible;
use crate::store::log::{Log, PAGE_EVENTS, Unresumable};
use bytes::Bytes;
use rustc_hash::FxHashMap;
use std::fmt::Display;

/// A page ends with the frame that reaches it.
const PAGE_BYTES: usize = 256 << 10;

/// How much a page has at most; always one event, whatever its size.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    bytes: usize,
    frames: usize,
}

impl Size {
    /// For a client for which so much may wait: half of it, so that a page never fills its outbox.
    pub const fn of_outbox(bytes: usize, frames: usize) -> Self {
        const fn less(a: usize, b: usize) -> usize {
            if a < b { a } else { b }
        }
        Size {
            bytes: less(PAGE_BYTES, bytes / 2),
            frames: less(PAGE_EVENTS, frames / 2),
        }
    }
}

/// The groups that a connection hears, by name, each with the number up to which it never heard it: replay does not reach behind that.
pub(crate) struct Audience<G>(FxHashMap<Box<str>, (G, u64)>);

impl<G: Display> Audience<G> {
    pub fn new(heard: impl IntoIterator<Item = (G, u64)>) -> Self {
        let named = heard.into_iter().map(|(group, from)| {
            let name = group.to_string().into();
            (name, (group, from))
        });
        Audience(named.collect())
    }

    /// The group of this name, if it hears what has this number.
    pub fn group(&self, name: &str, seq: u64) -> Option<&G> {
        let (group, from) = self.0.get(name)?;
        (seq > *from).then_some(group)
    }
}

/// A piece of what a client missed.
#[derive(Debug)]
pub(crate) struct Page {
    /// In the order of their numbers.
    pub frames: Vec<Bytes>,
    /// The length of all frames together, in bytes.
    pub bytes: usize,
    /// The page reaches so far: the next one's `since`.
    pub upto: u64,
    /// There is another page.
    pub more: bool,
}

/// The events after `since` and up to `upto` that concern `heard`, as `rendering` tells them: each once, as the first of its groups that is heard and that
/// there is a frame for, as live delivery does. [`Unresumable::Pruned`] when some were forgotten meanwhile, or one cannot be read (another version of the
/// application wrote it, or another program): to leave it out would be a gap. Reads must be of one state of the database.
///
/// # Errors
/// [`Error::Store`].
pub(crate) fn page<A: App>(
    log: &impl Log,
    recent: &Recent<A>,
    heard: &Audience<A::Group>,
    (since, upto): (u64, u64),
    size: Size,
    rendering: &Rendering<'_, A>,
) -> Result<Result<Page, Unresumable>, Error> {
    let names = heard.0.iter().map(|(n, g)| (&**n, g.1.max(since)));
    let (numbers, full) = match log.page(names, since, upto)? {
        Ok(found) => (found.numbers, found.full),
        Err(why) => return Ok(Err(why)),
    };
    let page = recent.with(|recent| {
        let (mut frames, mut bytes) = (Vec::new(), 0);
        for (at, seq) in numbers.iter().enumerate() {
            let frame = recent.frame(log, &numbers[at..], heard, rendering);
            let frame = frame.inspect_err(|error| illegible("event_log", *seq as i64, error))?;
            bytes += frame.as_ref().map_or(0, Bytes::len);
            frames.extend(frame);
            if bytes >= size.bytes || frames.len() >= size.frames || recent.is_full() {
                return Ok(Page {
                    frames,
                    bytes,
                    upto: *seq,
                    more: *seq < upto,
                });
            }
        }
        let reached = match numbers.last() {
            Some(last) if full => *last,
            _ => upto.max(since),
        };
        Ok(Page {
            frames,
            bytes,
            upto: reached,
            more: reached < upto,
        })
    });
    match page {
        Err(Error::Json(_)) => Ok(Err(Unresumable::Pruned)),
        page => page.map(Ok),
    }
}

#[cfg(test)]
mod tests;
