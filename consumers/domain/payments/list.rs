//! Payments by the page.

use super::facts::{FACTS, Method, PaymentFacts, read};
use super::state::PaymentState;
use crate::db::{Error, Reader, params};
use crate::domain::page::{PAGE_MAX, Page, paged};

/// Which payments.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of which restaurants; `None`: of all.
    pub restaurants: Option<Vec<i64>>,
    /// Of which visit.
    pub session_id: Option<i64>,
    /// Of which order.
    pub order_id: Option<i64>,
    /// Paid how.
    pub method: Option<Method>,
    /// Standing how.
    pub status: Option<PaymentState>,
    /// Taken then or later: milliseconds since 1970-01-01 UTC.
    pub from: Option<i64>,
    /// Taken before then.
    pub until: Option<i64>,
}

const WHICH: &str = " WHERE (?1 IS NULL OR r.id IN (SELECT value FROM json_each(?1))) AND (?2 IS NULL OR p.session_id = ?2) AND (?3 IS NULL OR p.order_id = ?3)
  AND (?4 IS NULL OR p.method = ?4) AND (?5 IS NULL OR p.status = ?5) AND (?6 IS NULL OR coalesce(p.captured_at, p.created_at) >= ?6)
  AND (?7 IS NULL OR coalesce(p.captured_at, p.created_at) < ?7)";

/// Payments, newest first, from the one with an id below `before`.
///
/// # Errors
/// [`Error::Store`].
pub fn list(
    db: &Reader<'_>,
    filter: &Filter,
    before: Option<i64>,
    limit: u32,
) -> Result<Page<PaymentFacts>, Error> {
    let restaurants = filter.restaurants.as_ref();
    let restaurants = restaurants.map(serde_json::to_string).transpose()?;
    let limit = limit.clamp(1, PAGE_MAX);
    let which = params![
        &restaurants,
        filter.session_id,
        filter.order_id,
        filter.method.map(Method::name),
        filter.status.map(PaymentState::name),
        filter.from,
        filter.until
    ];
    let mut page = which.to_vec();
    page.extend_from_slice(params![before, limit + 1]);
    let items = db.rows(
        &format!("{FACTS}{WHICH} AND (?8 IS NULL OR p.id < ?8) ORDER BY p.id DESC LIMIT ?9"),
        &page,
        |row| {
            let id = row.get(0)?;
            Ok((id, db.legible("payments", id, read(row))?))
        },
    )?;
    let total = db.one(
        &format!("SELECT count(*) FROM ({FACTS}{WHICH})"),
        which,
        |row| row.get(0),
    )?;
    Ok(paged(items, limit, total))
}
