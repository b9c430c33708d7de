//! What becomes of a payment after it was taken.

use super::PaymentState;
use super::booking::takes;
use super::facts::{PaymentFacts, get};
use crate::db::{Error, Transaction, params};
use crate::domain::audit::{self, Note};
use crate::domain::{Actor, Refusal, progress};

/// What a terminal or a provider says of a payment that is pending, or a manager of one that was captured (voided or refunded, with a reason). Saying it
/// again changes nothing.
///
/// # Errors
/// [`Refusal::PaymentState`], [`Refusal::Forbidden`], [`Refusal::Reason`], [`Refusal::NotFound`].
pub fn set_state(
    tx: &Transaction<'_>,
    actor: &Actor,
    payment_id: i64,
    to: PaymentState,
    reason: Option<&str>,
) -> Result<PaymentFacts, Error> {
    let payment = get(tx, payment_id)?;
    if payment.status == to {
        return Ok(payment);
    }
    takes(actor)?;
    let back = matches!(to, PaymentState::Voided | PaymentState::Refunded);
    match payment.status {
        PaymentState::Pending if to != PaymentState::Refunded => {}
        PaymentState::Captured if back => {
            if !actor.role.manages() {
                return Err(Refusal::Forbidden("only manager, admin may do this".into()).into());
            }
            let reason = reason.filter(|reason| !reason.trim().is_empty());
            let note = Note {
                action: "refund",
                entity: "payment",
                id: payment_id,
                restaurant_id: payment.restaurant_id,
                reason: Some(reason.ok_or(Refusal::Reason)?),
                before: payment.status,
                after: to,
            };
            audit::note(tx, actor, &note)?;
        }
        status => return Err(Refusal::PaymentState { status }.into()),
    }
    let captured_at = match to {
        PaymentState::Captured => Some(tx.now_ms()),
        _ => payment.captured_at,
    };
    tx.execute(
        "UPDATE payments SET status = ?2, captured_at = ?3 WHERE id = ?1",
        params![payment_id, to.name(), captured_at],
    )?;
    if let (PaymentState::Captured, Some(order)) = (to, payment.order_id) {
        progress::settle(tx, order)?;
    }
    get(tx, payment_id)
}
