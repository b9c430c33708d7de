//! A shop's jobs by the page.

use super::facts::{JobFacts, attributes, facts_sql, get, issued, read};
use super::wide::{self, shows_all};
use crate::db::{Error, Reader, params};
use crate::domain::page::{PAGE_MAX, Page, paged};

/// A shop's jobs, and what else it [shows](shows_all), those issued last first; of these the ones behind `before`.
///
/// # Errors
/// [`Refusal::NotFound`](crate::domain::Refusal::NotFound) when `before` is no job.
pub fn list(
    db: &Reader<'_>,
    restaurant_id: i64,
    stage: Option<&str>,
    before: Option<i64>,
    limit: u32,
) -> Result<Page<JobFacts>, Error> {
    if shows_all(db, restaurant_id)? {
        return wide::list(db, restaurant_id, stage, before, limit);
    }
    let limit = limit.clamp(1, PAGE_MAX);
    let (at, id) = match before {
        Some(id) => (Some(get(db, id)?.issued_at), Some(id)),
        None => (None, None),
    };
    let jobs = db.rows(
        concat!(
            facts_sql!(
                "o.restaurant_id = ?1 AND (?2 IS NULL OR o.status = ?2) AND (?3 IS NULL OR ("
            ),
            issued!(),
            ", o.id) < (?3, ?4)) ORDER BY ",
            issued!(),
            " DESC, o.id DESC LIMIT ?5"
        ),
        params![restaurant_id, stage, at, id, limit + 1],
        |row| {
            let id = row.get(0)?;
            Ok((id, db.legible("orders", id, read(row))?))
        },
    )?;
    let total = db.one(
        "SELECT count(*) FROM orders WHERE workflow_id = 2 AND restaurant_id = ?1 AND (?2 IS NULL OR status = ?2)",
        params![restaurant_id, stage],
        |row| row.get(0),
    )?;
    Ok(paged(jobs, limit, total))
}
