//! Which lines a payment was for, where somebody said it.

use crate::db::{Error, Reader, params};

/// A line, or some of its pieces, that a payment was for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Allocated {
    /// The line.
    pub item_id: i64,
    pub quantity: i64,
    pub amount_minor: i64,
}

/// The lines that a payment was for. None: it was for an amount.
///
/// # Errors
/// [`Error::Store`].
pub fn of_payment(db: &Reader<'_>, payment_id: i64) -> Result<Vec<Allocated>, Error> {
    db.rows(
        "SELECT order_item_id, qty, amount_minor FROM payment_allocations WHERE payment_id = ?1 ORDER BY order_item_id",
        params![payment_id],
        |row| {
            Ok(Allocated {
                item_id: row.get(0)?,
                quantity: row.get(1)?,
                amount_minor: row.get(2)?,
            })
        },
    )
}
