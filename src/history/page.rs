//! Replay, page by page.

use super::{Index, floor};
use crate::store::{illegible, text};
use crate::{App, Error, Kind, Reader};
use bytes::Bytes;
use rusqlite::OptionalExtension;
use std::borrow::Cow;
use std::collections::HashMap;

/// Events that one page looks at.
const PAGE_EVENTS: usize = 1_000;
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

/// A group that a connection hears, and the number up to which it never heard it: replay does not reach behind it.
pub(crate) type Heard<G> = (G, u64);

/// A piece of what a client missed.
#[derive(Debug)]
pub(crate) struct Page {
    /// In the order of their numbers.
    pub frames: Vec<Bytes>,
    /// The page reaches so far: the next one's `since`.
    pub upto: u64,
    /// There is another page.
    pub more: bool,
}

/// The events after `since` and up to `upto` that concern `groups`, as `render` shows them: each once, as the first of its groups that is among
/// `groups` and that `render` knows a frame for, as live delivery does. Reads must be of one state of the database.
///
/// # Errors
/// A client's error `HISTORY_PRUNED` when events after `since` were forgotten meanwhile, or one of them cannot be read (another version of the application wrote
/// it, or another program): the client has to come back, and is told to reset then.
pub(crate) fn page<A: App>(
    db: &Reader<'_>,
    groups: &[Heard<A::Group>],
    since: u64,
    upto: u64,
    size: Size,
    mut render: impl FnMut(u64, &A::Event, &A::Group) -> Option<Bytes>,
) -> Result<Page, Error> {
    let c = db.connection;
    let pruned = || {
        Error::client(
            Kind::Gone,
            "HISTORY_PRUNED",
            "what came after this number is no longer known",
        )
    };
    if since < floor(c)? {
        return Err(pruned());
    }
    let names: HashMap<String, &Heard<A::Group>> =
        groups.iter().map(|g| (g.0.to_string(), g)).collect();
    let heard = names.iter().map(|(n, g)| (n, g.1.max(since)));
    let (numbers, missing) = db.index(|index| (numbers(index, heard, upto), index.floor()))?;
    // What was forgotten since this state of the database is not in the index any more.
    if since < missing {
        return Err(pruned());
    }
    let full = numbers.len() == PAGE_EVENTS;
    let mut event_row = c.prepare_cached("SELECT event, groups FROM event_log WHERE seq = ?1")?;
    let (mut frames, mut bytes, mut reached) = (Vec::new(), 0, since);
    for seq in numbers {
        let frame = event_row
            .query_row([seq], |row| {
                let (event, groups) = (text(row.get_ref(0)?)?, text(row.get_ref(1)?)?);
                Ok(first::<A>(seq, &event, &groups, &names, &mut render))
            })
            .optional()?
            .transpose();
        let frame = match frame {
            Ok(frame) => frame.flatten(),
            // To leave it out would be a gap: whoever needs it begins anew.
            Err(error) => {
                illegible("event_log", seq as i64, &error);
                return Err(pruned());
            }
        };
        reached = seq;
        if let Some(frame) = frame {
            bytes += frame.len();
            frames.push(frame);
            if bytes >= size.bytes || frames.len() >= size.frames {
                return Ok(Page {
                    frames,
                    upto: reached,
                    more: reached < upto,
                });
            }
        }
    }
    let upto_now = if full { reached } else { upto.max(since) };
    Ok(Page {
        frames,
        upto: upto_now,
        more: upto_now < upto,
    })
}

/// The frame of one event for a connection that is in the groups `names`.
fn first<A: App>(
    seq: u64,
    event: &str,
    groups: &str,
    names: &HashMap<String, &Heard<A::Group>>,
    render: &mut impl FnMut(u64, &A::Event, &A::Group) -> Option<Bytes>,
) -> Result<Option<Bytes>, Error> {
    // A text without escapes is borrowed; `Cow` in a list is always copied, so these are few and short.
    let told: Vec<Cow<'_, str>> = serde_json::from_str(groups)?;
    let event: A::Event = serde_json::from_str(event)?;
    Ok(told
        .iter()
        .filter_map(|name| names.get(name.as_ref()))
        .filter(|(_, from)| seq > *from)
        .find_map(|(group, _)| render(seq, &event, group)))
}

/// The numbers of the next events of any of the groups, each after its own number; at most a page of them.
fn numbers<'n>(
    index: &Index,
    names: impl Iterator<Item = (&'n String, u64)>,
    upto: u64,
) -> Vec<u64> {
    let (mut found, mut bound): (Vec<u64>, u64) = (Vec::new(), upto);
    for (name, since) in names {
        index.after(name, since, bound, PAGE_EVENTS, &mut found);
        // With a page full of numbers, the next groups are asked only for what would come before its end.
        if found.len() >= 2 * PAGE_EVENTS {
            bound = cut(&mut found).unwrap_or(bound);
        }
    }
    cut(&mut found);
    found
}

/// Leaves the first page of numbers; says the last one if the page is full.
fn cut(found: &mut Vec<u64>) -> Option<u64> {
    found.sort_unstable();
    found.dedup();
    found.truncate(PAGE_EVENTS);
    found.last().copied().filter(|_| found.len() == PAGE_EVENTS)
}
