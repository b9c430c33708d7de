//! What was announced: event_log, event_group.

use crate::Error;

pub(crate) fn head(c: &rusqlite::Connection) -> Result<u64, Error> {
    Ok(
        c.prepare_cached("SELECT coalesce(max(seq), 0) FROM event_log")?
            .query_row([], |r| r.get(0))?,
    )
}
