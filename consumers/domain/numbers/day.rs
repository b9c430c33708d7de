//! A business day in numbers.

use crate::db::{Error, Reader, params};
use crate::domain::business_day::{self, Day};
use crate::domain::items::station;
use crate::domain::restaurants;

/// A business day in numbers. Amounts are integers in the currency's smallest unit.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Numbers {
    pub restaurant_id: i64,
    pub day: Day,
    pub timezone: String,
    pub currency: String,
    pub currency_exp: u32,
    /// Placed on that day and not handed over yet; while it goes on: of any day.
    pub open: i64,
    /// Those of them that wait longer for a station than it takes until its clock is red.
    pub late: i64,
    pub placed: i64,
    pub completed: i64,
    pub cancelled: i64,
    /// Who sits there now.
    pub guests_now: i64,
    /// Who sat down on that day.
    pub guests: i64,
    pub visits: i64,
    /// Owed for what was ordered on that day, or is still open. What was given back is not owed.
    pub unpaid_minor: i64,
    pub unpaid_orders: i64,
    pub stations: Vec<StationNumbers>,
    /// All that was received.
    pub sales: Part,
    /// By the hour of its beginning, in milliseconds since 1970-01-01 UTC; hours without any are left out.
    pub by_hour: Vec<(i64, Part)>,
    pub by_method: Vec<(String, Part)>,
}

/// A station in numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct StationNumbers {
    pub id: i64,
    pub code: String,
    pub name: String,
    /// Lines that are to be made.
    pub open_lines: i64,
    /// Those of them that wait longer than until red.
    pub late_lines: i64,
    /// Lines that became ready on that day.
    pub done_lines: i64,
    /// Seconds from fire to ready, on average.
    pub average_s: Option<i64>,
}

/// Money that was received, or a part of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Part {
    /// Without tips, less what was given back of it.
    pub amount_minor: i64,
    /// Beyond it.
    pub tip_minor: i64,
    /// Given back since.
    pub refunded_minor: i64,
    /// How many payments: one of a whole visit is one.
    pub payments: i64,
}

/// An hour, in milliseconds.
const HOUR_MS: i64 = 3_600_000;

/// A business day in numbers, as things stand at `now_ms`.
///
/// # Errors
/// [`Refusal::NotFound`](crate::domain::Refusal::NotFound).
pub fn of(db: &Reader<'_>, restaurant_id: i64, day: Day, now_ms: i64) -> Result<Numbers, Error> {
    let house = restaurants::get(db, restaurant_id)?;
    let (from, until) = (day.from, day.until);
    let goes_on = (from..until).contains(&now_ms);
    let open_from = if goes_on { 0 } else { from };
    let sql = concat!(
        "SELECT count(*), count(CASE WHEN EXISTS (SELECT 1 FROM order_items i JOIN stations k ON k.id = ",
        station!(),
        " WHERE i.order_id = o.id AND i.status IN ('queued', 'preparing') AND i.fired_at + 1000 * k.red_s < ?4) THEN 1 END)
         FROM orders o WHERE o.restaurant_id = ?1 AND o.workflow_id = 1 AND o.created_at >= ?2 AND o.created_at < ?3
           AND o.status IN ('new', 'pending', 'confirmed', 'preparing', 'ready', 'out_for_delivery')"
    );
    let (open, late) = db.one(
        sql,
        params![restaurant_id, open_from, until, now_ms],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let within = params![restaurant_id, from, until];
    let (placed, completed, cancelled) = db.one(
        "SELECT count(CASE WHEN created_at >= ?2 AND created_at < ?3 THEN 1 END), count(CASE WHEN completed_at >= ?2 AND completed_at < ?3 THEN 1 END),
           count(CASE WHEN cancelled_at >= ?2 AND cancelled_at < ?3 THEN 1 END) FROM orders WHERE restaurant_id = ?1 AND workflow_id = 1",
        within,
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let (guests_now, guests, visits) = db.one(
        "SELECT CAST(total(CASE WHEN s.closed_at IS NULL THEN s.guests_count END) AS INTEGER),
           CAST(total(CASE WHEN s.opened_at >= ?2 AND s.opened_at < ?3 THEN s.guests_count END) AS INTEGER),
           count(CASE WHEN s.opened_at >= ?2 AND s.opened_at < ?3 THEN 1 END)
         FROM tables t JOIN table_sessions s ON s.table_id = t.id WHERE t.restaurant_id = ?1 AND s.merged_into_id IS NULL
           AND (s.closed_at IS NULL OR s.opened_at >= ?2)",
        within,
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let (unpaid_orders, unpaid_minor) = db.one(
        "SELECT count(*), CAST(total(owed) AS INTEGER) FROM (SELECT o.total_minor
             - (SELECT total(p.amount_minor) FROM payments p WHERE p.order_id = o.id AND p.status IN ('captured', 'refunded')) AS owed
           FROM orders o WHERE o.restaurant_id = ?1 AND o.workflow_id = 1 AND o.status <> 'cancelled' AND o.created_at < ?3
             AND (o.created_at >= ?2 OR (?4 AND o.status <> 'completed'))) WHERE owed > 0",
        params![restaurant_id, from, until, goes_on],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(Numbers {
        restaurant_id,
        timezone: house.timezone,
        currency: house.currency,
        currency_exp: house.currency_exp,
        open,
        late,
        placed,
        completed,
        cancelled,
        guests_now,
        guests,
        visits,
        unpaid_minor,
        unpaid_orders,
        stations: stations(db, restaurant_id, &day, now_ms)?,
        sales: received(db, restaurant_id, &day, "''", |row| row.text(0).map(drop))?
            .pop()
            .map_or_else(Part::default, |((), part)| part),
        by_hour: received(
            db,
            restaurant_id,
            &day,
            "(p.captured_at - ?2) / 3600000",
            |row| Ok(from + row.get::<i64>(0)? * HOUR_MS),
        )?,
        by_method: received(db, restaurant_id, &day, "p.method", |row| row.get(0))?,
        day,
    })
}

fn stations(
    db: &Reader<'_>,
    restaurant: i64,
    day: &Day,
    now_ms: i64,
) -> Result<Vec<StationNumbers>, Error> {
    let sql = concat!(
        "SELECT k.id, k.code, k.name,
           count(CASE WHEN l.status IN ('queued', 'preparing') THEN 1 END),
           count(CASE WHEN l.status IN ('queued', 'preparing') AND l.fired_at + 1000 * k.red_s < ?4 THEN 1 END),
           count(CASE WHEN l.ready_at >= ?2 AND l.ready_at < ?3 THEN 1 END),
           CAST(avg(CASE WHEN l.ready_at >= ?2 AND l.ready_at < ?3 THEN l.ready_at - l.fired_at END) / 1000 AS INTEGER)
         FROM stations k LEFT JOIN (SELECT i.status, i.fired_at, i.ready_at, ",
        station!(),
        " AS station FROM order_items i JOIN orders o ON o.id = i.order_id
           WHERE o.restaurant_id = ?1 AND o.workflow_id = 1 AND (o.status IN ('pending', 'confirmed', 'preparing', 'ready') OR o.created_at >= ?2 - 86400000)
             AND o.status <> 'cancelled' AND i.status <> 'voided' AND i.fired_at IS NOT NULL) l ON l.station = k.id
         WHERE k.restaurant_id = ?1 GROUP BY k.id ORDER BY k.id"
    );
    db.rows(
        sql,
        params![restaurant, day.from, day.until, now_ms],
        |row| {
            Ok(StationNumbers {
                id: row.get(0)?,
                code: row.get(1)?,
                name: row.get(2)?,
                open_lines: row.get(3)?,
                late_lines: row.get(4)?,
                done_lines: row.get(5)?,
                average_s: row.get(6)?,
            })
        },
    )
}

/// What was received on a day, by something.
fn received<T>(
    db: &Reader<'_>,
    restaurant: i64,
    day: &Day,
    by: &str,
    read: impl Fn(&crate::db::Row<'_>) -> Result<T, Error>,
) -> Result<Vec<(T, Part)>, Error> {
    let sql = format!(
        "SELECT {by}, CAST(total(p.amount_minor - CASE p.status WHEN 'refunded' THEN p.amount_minor ELSE p.refunded_minor END) AS INTEGER),
           CAST(total(p.tip_minor) AS INTEGER), CAST(total(CASE p.status WHEN 'refunded' THEN p.amount_minor ELSE p.refunded_minor END) AS INTEGER),
           count(DISTINCT coalesce(p.group_uuid, p.uuid))
         FROM payments p LEFT JOIN orders o ON o.id = p.order_id LEFT JOIN table_sessions s ON s.id = p.session_id LEFT JOIN tables t ON t.id = s.table_id
         WHERE p.captured_at >= ?2 AND p.captured_at < ?3 AND p.status IN ('captured', 'refunded') AND coalesce(o.restaurant_id, t.restaurant_id) = ?1
         GROUP BY 1 ORDER BY 1"
    );
    db.rows(&sql, params![restaurant, day.from, day.until], |row| {
        let part = Part {
            amount_minor: row.get(1)?,
            tip_minor: row.get(2)?,
            refunded_minor: row.get(3)?,
            payments: row.get(4)?,
        };
        Ok((read(row)?, part))
    })
}

impl Numbers {
    /// What the clock on the wall shows at a moment of that day: `18:00`.
    ///
    /// # Errors
    /// [`Refusal::NotFound`](crate::domain::Refusal::NotFound).
    pub fn clock(&self, db: &Reader<'_>, at_ms: i64) -> Result<String, Error> {
        let minutes = business_day::minutes(db, self.restaurant_id, at_ms)?;
        Ok(format!("{:02}:{:02}", minutes / 60, minutes % 60))
    }
}
