//! Orders by the page.

use super::facts::{OrderFacts, facts_sql, read};
use super::kinds::OrderType;
use crate::db::{Error, Reader, params};
use crate::domain::Status;
use crate::domain::items::station;
use crate::domain::page::{PAGE_MAX, Page, paged};

/// Which orders.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of which restaurants; `None`: of all.
    pub restaurants: Option<Vec<i64>>,
    /// In which statuses; empty: in any.
    pub statuses: Vec<Status>,
    /// At which table.
    pub table_id: Option<i64>,
    /// Of which visit.
    pub session_id: Option<i64>,
    /// Of which waiter.
    pub waiter_id: Option<i64>,
    /// Of which driver.
    pub driver_id: Option<i64>,
    /// How they reach whoever eats them.
    pub order_type: Option<OrderType>,
    /// Placed then or later: milliseconds since 1970-01-01 UTC.
    pub from: Option<i64>,
    /// Placed before then.
    pub until: Option<i64>,
    /// The number of orders to leave out at the beginning: for clients that count pages.
    pub skip: u32,
    /// Placed by which account.
    pub customer_user_id: Option<i64>,
    /// With lines for one of these stations; `None`: whatever they are for.
    pub stations: Option<Vec<i64>>,
}

const WHICH: &str = " WHERE o.workflow_id = 1 AND (?1 IS NULL OR o.restaurant_id IN (SELECT value FROM json_each(?1)))
  AND (?2 IS NULL OR o.status IN (SELECT value FROM json_each(?2))) AND (?3 IS NULL OR o.table_id = ?3) AND (?4 IS NULL OR o.session_id = ?4)
  AND (?5 IS NULL OR o.waiter_id = ?5) AND (?6 IS NULL OR o.driver_id = ?6)
  AND (?7 IS NULL OR o.customer_id IN (SELECT id FROM customers WHERE user_id = ?7))
  AND (?8 IS NULL OR o.type = ?8) AND (?9 IS NULL OR o.created_at >= ?9) AND (?10 IS NULL OR o.created_at < ?10)";

/// Only where somebody asks: it looks at the lines.
const FOR_STATIONS: &str = concat!(
    " AND EXISTS (SELECT 1 FROM order_items i WHERE i.order_id = o.id AND ",
    station!(),
    " IN (SELECT value FROM json_each(?11)))"
);

/// Orders, newest first, from the one with an id below `before`.
///
/// # Errors
/// [`Error::Store`].
pub fn list(
    db: &Reader<'_>,
    filter: &Filter,
    before: Option<i64>,
    limit: u32,
) -> Result<Page<OrderFacts>, Error> {
    let restaurants = filter
        .restaurants
        .as_ref()
        .map(serde_json::to_string)
        .transpose()?;
    let statuses = match filter.statuses.as_slice() {
        [] => None,
        some => Some(serde_json::to_string(some)?),
    };
    let limit = limit.clamp(1, PAGE_MAX);
    let stations = filter
        .stations
        .as_ref()
        .map(serde_json::to_string)
        .transpose()?;
    let for_stations = match stations {
        Some(_) => FOR_STATIONS,
        // The parameters keep their numbers.
        None => " AND ?11 IS NULL",
    };
    let which = params![
        &restaurants,
        &statuses,
        filter.table_id,
        filter.session_id,
        filter.waiter_id,
        filter.driver_id,
        filter.customer_user_id,
        filter.order_type.map(OrderType::name),
        filter.from,
        filter.until,
        &stations
    ];
    let mut page = which.to_vec();
    page.extend_from_slice(params![before, limit + 1, filter.skip]);
    let items = db.rows(
        &format!(
            "{}{WHICH}{for_stations} AND (?12 IS NULL OR o.id < ?12) ORDER BY o.id DESC LIMIT ?13 OFFSET ?14",
            facts_sql!("")
        ),
        &page,
        |row| {
            let id = row.get(0)?;
            Ok((id, db.legible("orders", id, read(row))?))
        },
    )?;
    let total = db.one(
        &format!("SELECT count(*) FROM orders o{WHICH}{for_stations}"),
        which,
        |row| row.get(0),
    )?;
    Ok(paged(items, limit, total))
}
