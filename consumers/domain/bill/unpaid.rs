//! What guests still owe when they leave.

use crate::db::{Error, Reader, params};
use crate::domain::{UnpaidOrder, money, orders};

/// What a visit owes: its orders, and those that were placed for its table, while nobody sat there, and belong to no visit.
///
/// # Errors
/// [`Error::Store`].
pub fn unpaid(db: &Reader<'_>, session_id: i64, table_id: i64) -> Result<Vec<UnpaidOrder>, Error> {
    let ids: Vec<i64> = db.rows(
        "SELECT id FROM orders WHERE workflow_id = 1 AND status <> 'cancelled' AND (session_id = ?1 OR (session_id IS NULL AND table_id = ?2))
           AND total_minor > (SELECT total(p.amount_minor - p.refunded_minor) FROM payments p WHERE p.order_id = orders.id AND p.status = 'captured') ORDER BY id",
        params![session_id, table_id],
        |row| row.get(0),
    )?;
    let mut unpaid = Vec::with_capacity(ids.len());
    for id in ids {
        let order = orders::get(db, id)?;
        let balance_minor = order.balance_minor();
        unpaid.push(UnpaidOrder {
            id,
            total_amount: order.total(),
            balance: money::format(balance_minor, order.currency_exp),
            public_id: order.public_id,
            balance_minor,
        });
    }
    Ok(unpaid)
}
