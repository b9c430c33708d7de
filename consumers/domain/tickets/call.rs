//! Calling somebody once more whose order is ready.

use super::lines::{staff, ticket};
use crate::db::{Error, Transaction, params};
use crate::domain::orders::{self, OrderFacts};
use crate::domain::{Actor, Refusal, Status};

/// The board chimes for it again, and shows it for as long as if it had just become ready.
///
/// # Errors
/// [`Refusal::Transition`] for what is not ready, [`Refusal::Forbidden`], [`Refusal::NotFound`].
pub fn call(tx: &Transaction<'_>, actor: &Actor, order_id: i64) -> Result<OrderFacts, Error> {
    staff(actor)?;
    let order = ticket(tx, order_id)?;
    if order.status != Status::Ready {
        return Err(Refusal::Transition {
            status: order.status,
            requested: Status::Ready,
            allowed: Vec::new(),
        }
        .into());
    }
    // Twice in one millisecond is one call.
    if order.called_at != Some(tx.now_ms()) {
        tx.execute(
            "UPDATE orders SET called_at = ?2 WHERE id = ?1",
            params![order_id, tx.now_ms()],
        )?;
    }
    orders::get(tx, order_id)
}
