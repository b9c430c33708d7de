//! What was announced, to whom: what replay and the change feed read.
//!
//! `event_log` has each event with its number and its groups in their order; `event_group` finds a group's events. A prefix may be forgotten: `floor` is the newest
//! number that is. `event_hole` records numbers that never were.

use crate::{App, Error};
use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension};
use rustc_hash::FxHashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(crate) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS event_log(seq INTEGER PRIMARY KEY, event TEXT NOT NULL, groups TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS event_group(grp TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(grp, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS event_hole(head INTEGER NOT NULL, base INTEGER PRIMARY KEY) STRICT;
CREATE TABLE IF NOT EXISTS event_floor(one INTEGER PRIMARY KEY CHECK(one = 1), floor INTEGER NOT NULL, kept INTEGER NOT NULL) STRICT;
INSERT OR IGNORE INTO event_floor VALUES(1, 0, 0);
CREATE TABLE IF NOT EXISTS change_rejects(
  id INTEGER PRIMARY KEY AUTOINCREMENT, tbl TEXT NOT NULL, row_id INTEGER NOT NULL, op TEXT NOT NULL, old TEXT, new TEXT,
  actor TEXT, command_id TEXT, error TEXT NOT NULL, at INTEGER NOT NULL) STRICT;";

/// Numbers begin at the milliseconds since this moment, 2025-01-01 UTC, as milliseconds since 1970.
const NUMBERS_SINCE_MS: u64 = 1_735_689_600_000;

/// The newest event's number; 0: there never was one.
pub(crate) fn head(c: &Connection) -> Result<u64, Error> {
    Ok(
        c.prepare_cached("SELECT coalesce(max(seq), 0) FROM event_log")?
            .query_row([], |r| r.get(0))?,
    )
}

/// The newest number that is forgotten; 0: none.
pub(crate) fn floor(c: &Connection) -> Result<u64, Error> {
    Ok(c.prepare_cached("SELECT floor FROM event_floor")?
        .query_row([], |r| r.get(0))?)
}

/// How many events are kept.
pub(crate) fn count(c: &Connection) -> Result<u64, Error> {
    Ok(c.prepare_cached("SELECT kept FROM event_floor")?
        .query_row([], |r| r.get(0))?)
}

/// Notes that events were added.
pub(crate) fn added(c: &Connection, events: usize) -> Result<(), Error> {
    c.prepare_cached("UPDATE event_floor SET kept = kept + ?1")?
        .execute([events as i64])?;
    Ok(())
}

/// A start: numbers go on behind every number that may ever have been told, also by a history that this database has lost (it was deleted, or restored from a
/// backup). The hole is recorded, so that a client of that other history hears that it must begin anew. Returns the first number of this start.
pub(crate) fn begin(c: &Connection) -> Result<u64, Error> {
    let head = head(c)?;
    let clock = SystemTime::now()
        .duration_since(UNIX_EPOCH + Duration::from_millis(NUMBERS_SINCE_MS))
        .map_or(0, |d| d.as_millis() as u64);
    let base = (head + 1).max(clock);
    // a start that announced nothing left a hole that this one swallows
    c.execute("DELETE FROM event_hole WHERE head = ?1", [head])?;
    c.execute(
        "INSERT OR IGNORE INTO event_hole(head, base) VALUES(?1, ?2)",
        (head, base),
    )?;
    Ok(base)
}

/// Whether a client that has processed everything up to `since` can be told the rest.
pub(crate) fn accepts(c: &Connection, since: u64) -> Result<bool, Error> {
    if since < floor(c)? || since > head(c)? {
        return Ok(false);
    }
    let hole: bool = c
        .prepare_cached("SELECT EXISTS(SELECT 1 FROM event_hole WHERE head < ?1 AND ?1 < base)")?
        .query_row([since as i64], |r| r.get(0))?;
    Ok(!hole)
}

/// Whether there are changes that were not announced.
pub(crate) fn waiting(c: &Connection) -> Result<bool, Error> {
    Ok(c.prepare_cached("SELECT EXISTS(SELECT 1 FROM change_log)")?
        .query_row([], |r| r.get(0))?)
}

/// Events of one page.
const PAGE_EVENTS: usize = 1_000;
/// Frames of one page, in bytes.
const PAGE_BYTES: usize = 256 << 10;

/// A piece of what a client missed.
pub(crate) struct Page {
    pub frames: Vec<Bytes>,
    /// It has everything up to this number.
    pub upto: u64,
    /// There is more behind it.
    pub more: bool,
}

/// What was told to `groups` after `since`, up to `at`, as live members heard it: of an event's groups, in their order, the first that has a frame decides.
pub(crate) fn page<A: App>(
    c: &Connection,
    groups: &[A::Group],
    since: u64,
    at: u64,
    mut render: impl FnMut(u64, &A::Event, &A::Group) -> Option<Bytes>,
) -> Result<Page, Error> {
    let mine: FxHashMap<String, &A::Group> = groups.iter().map(|g| (g.to_string(), g)).collect();
    let (mut found, mut upto): (Vec<u64>, u64) = (Vec::new(), at);
    for name in mine.keys() {
        let mut query = c.prepare_cached("SELECT seq FROM event_group WHERE grp = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq LIMIT ?4")?;
        let before = found.len();
        for seq in query.query_map((name, since, at, PAGE_EVENTS as i64), |r| r.get(0))? {
            found.push(seq?);
        }
        if found.len() - before == PAGE_EVENTS {
            // this group may have more: what others have behind this number comes with the next page
            upto = upto.min(found[found.len() - 1]);
        }
    }
    found.sort_unstable();
    found.dedup();
    let (mut frames, mut bytes) = (Vec::new(), 0);
    let mut query = c.prepare_cached("SELECT event, groups FROM event_log WHERE seq = ?1")?;
    for seq in found {
        if seq > upto {
            break;
        }
        if bytes > PAGE_BYTES {
            upto = seq - 1;
            break;
        }
        let row: Option<(String, String)> = query
            .query_row([seq], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?;
        let Some((event, named)) = row else { continue };
        let event: A::Event = serde_json::from_str(&event)?;
        let frame = named
            .split('\n')
            .filter_map(|name| mine.get(name))
            .find_map(|group| render(seq, &event, group));
        if let Some(frame) = frame {
            bytes += frame.len();
            frames.push(frame);
        }
    }
    Ok(Page {
        frames,
        upto,
        more: upto < at,
    })
}

/// Whether [`prune`] would find something: asked without the writer's lock.
pub(crate) fn prunable(c: &Connection, keep: u64, before_ms: i64) -> Result<bool, Error> {
    let oldest: Option<i64> = c
        .prepare_cached("SELECT at FROM event_log WHERE seq < (SELECT max(seq) FROM event_log) ORDER BY seq LIMIT 1")?
        .query_row([], |r| r.get(0))
        .optional()?;
    Ok(oldest.is_some_and(|at| at < before_ms) || count(c)? > keep.max(1))
}

/// Forgets at most `limit` of the oldest events: those over `keep`, and those older than `before_ms`. Only ever a prefix, and never the newest: the clock may have
/// jumped, so the first event that is young enough ends it. Returns how many are kept.
pub(crate) fn prune(c: &Connection, keep: u64, before_ms: i64, limit: usize) -> Result<u64, Error> {
    let kept = count(c)?;
    let over = kept.saturating_sub(keep);
    let mut gone: Vec<(u64, String)> = Vec::new();
    {
        let newest = head(c)?;
        let mut query = c.prepare_cached(
            "SELECT seq, groups, at FROM event_log WHERE seq < ?1 ORDER BY seq LIMIT ?2",
        )?;
        let mut rows = query.query((newest, limit as i64))?;
        while let Some(row) = rows.next()? {
            if gone.len() as u64 >= over && row.get::<_, i64>(2)? >= before_ms {
                break;
            }
            gone.push((row.get(0)?, row.get(1)?));
        }
    }
    let Some((last, _)) = gone.last() else {
        return Ok(kept);
    };
    let left = kept.saturating_sub(gone.len() as u64);
    let mut forget = c.prepare_cached("DELETE FROM event_group WHERE grp = ?1 AND seq = ?2")?;
    for (seq, groups) in &gone {
        for group in groups.split('\n') {
            forget.execute((group, seq))?;
        }
    }
    c.prepare_cached("DELETE FROM event_log WHERE seq <= ?1")?
        .execute([last])?;
    c.prepare_cached("UPDATE event_floor SET floor = ?1, kept = ?2")?
        .execute((last, left))?;
    Ok(left)
}
