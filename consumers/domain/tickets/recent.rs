//! What was done lately, and what was called off: the lists that a wrong tap is looked up in, and a screen that was away.

use crate::db::{Error, Reader, params};
use crate::domain::items::station;
use crate::domain::orders::{self, OrderFacts};

/// The most orders of one list: what a kitchen does in four hours of rush.
const RECENT_MAX: i64 = 200;

/// An order that was done, and when: its lines for these stations (`?3`; NULL: all) were ready after `?2`, and none of them is open. The newest first.
const RECENT: &str = concat!(
    "SELECT o.id FROM (
       SELECT i.order_id AS id, max(i.ready_at) AS done_at FROM order_items i WHERE i.ready_at >= ?2 AND i.status IN ('ready', 'served')
         AND (?3 IS NULL OR ",
    station!(),
    " IN (SELECT value FROM json_each(?3))) GROUP BY i.order_id
     ) d JOIN orders o ON o.id = d.id
     WHERE o.restaurant_id = ?1 AND o.workflow_id = 1 AND o.status <> 'cancelled' AND o.status <> 'new'
       AND NOT EXISTS (SELECT 1 FROM order_items i WHERE i.order_id = o.id AND (i.status = 'queued' OR i.status = 'preparing')
         AND (?3 IS NULL OR ",
    station!(),
    " IN (SELECT value FROM json_each(?3))))
     ORDER BY d.done_at DESC, o.id DESC LIMIT ?4"
);

/// Orders whose lines for these stations (`None`: all) were done at `since` or later, with their lines; handed over or not.
///
/// # Errors
/// [`Error::Store`].
pub fn recent(
    db: &Reader<'_>,
    restaurant: i64,
    stations: Option<&[i64]>,
    since: i64,
) -> Result<Vec<OrderFacts>, Error> {
    let stations = stations.map(serde_json::to_string).transpose()?;
    let ids = db.rows(
        RECENT,
        params![restaurant, since, &stations, RECENT_MAX],
        |row| row.get(0),
    )?;
    orders::each(db, ids, |id| orders::whole(db, id))
}

/// How long a cancelled order waits for a cook: longer than anything cooks. In milliseconds.
const CANCELLED_MS: i64 = 4 * 3_600_000;
/// The most of them: what a screen has room for.
const CANCELLED_MAX: i64 = 50;

/// Cancelled orders that the kitchen was told of (`?3`: these stations) and no cook has confirmed to be off.
const CANCELLED: &str = concat!(
    "SELECT o.id FROM orders o WHERE o.restaurant_id = ?1 AND o.status = 'cancelled' AND o.workflow_id = 1 AND o.cancel_acked_at IS NULL
       AND o.cancelled_at >= ?2 AND EXISTS (SELECT 1 FROM order_items i WHERE i.order_id = o.id AND i.fired_at IS NOT NULL
         AND (o.confirmed_at IS NOT NULL OR i.seen_at IS NOT NULL) AND (?3 IS NULL OR ",
    station!(),
    " IN (SELECT value FROM json_each(?3)))) ORDER BY o.id DESC LIMIT ?4"
);

/// Orders that were called off after a cook had taken them on or a screen had drawn them, and that no cook has confirmed: the newest first. Whoever was away when they were called off is
/// told that they are off.
///
/// # Errors
/// [`Error::Store`].
pub fn unconfirmed(
    db: &Reader<'_>,
    restaurant: i64,
    stations: Option<&[i64]>,
    now_ms: i64,
) -> Result<Vec<OrderFacts>, Error> {
    let stations = stations.map(serde_json::to_string).transpose()?;
    let ids = db.rows(
        CANCELLED,
        params![restaurant, now_ms - CANCELLED_MS, &stations, CANCELLED_MAX],
        |row| row.get(0),
    )?;
    orders::each(db, ids, |id| orders::whole(db, id))
}
