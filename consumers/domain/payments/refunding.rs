//! Giving money back.

use super::PaymentState;
use super::facts::{PaymentFacts, get};
use crate::db::{Error, Transaction, params};
use crate::domain::audit::{self, Note};
use crate::domain::money::{self, Decimal};
use crate::domain::note::NOTE_MAX;
use crate::domain::version::same_version;
use crate::domain::{Actor, Refusal};
use serde::{Deserialize, Serialize};

/// What is to be given back of a payment, and why.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refund {
    /// How much; all that is left of it, where it is not said.
    pub amount: Option<Decimal>,
    /// Why.
    pub reason: Option<String>,
    /// The version the asker saw.
    #[serde(rename = "version")]
    pub expected_version: Option<i64>,
}

/// How a payment stands, for the audit.
#[derive(Serialize)]
struct Left {
    status: PaymentState,
    amount: String,
    refunded: String,
}

impl Left {
    fn of(payment: &PaymentFacts) -> Self {
        let amount = |minor| money::format(minor, payment.currency_exp);
        Left {
            status: payment.status,
            amount: amount(payment.amount_minor),
            refunded: amount(payment.refunded_minor),
        }
    }
}

/// Gives back a payment, or a part of it. It does not count as paid any more. Written down with who, how much and why.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::Reason`], [`Refusal::PaymentState`] unless it was captured, [`Refusal::OverRefund`], [`Refusal::Amount`],
/// [`Refusal::Version`], [`Refusal::NotFound`].
pub fn refund(
    tx: &Transaction<'_>,
    actor: &Actor,
    payment_id: i64,
    refund: &Refund,
) -> Result<PaymentFacts, Error> {
    let payment = get(tx, payment_id)?;
    if !actor.may_override() || actor.anonymous {
        return Err(Refusal::Forbidden("only manager, admin may do this".into()).into());
    }
    let reason = refund.reason.as_deref().map(str::trim);
    let reason = reason.filter(|reason| !reason.is_empty());
    let reason = reason.ok_or(Refusal::Reason)?;
    if reason.len() > NOTE_MAX {
        return Err(Refusal::value("reason", format!("at most {NOTE_MAX} bytes")).into());
    }
    if payment.status != PaymentState::Captured {
        let status = payment.status;
        return Err(Refusal::PaymentState { status }.into());
    }
    same_version(refund.expected_version, payment.version)?;
    let left = payment.amount_minor.saturating_sub(payment.refunded_minor);
    let amount = match &refund.amount {
        Some(decimal) => decimal.minor(payment.currency_exp)?,
        None => left,
    };
    if amount == 0 {
        return Err(Refusal::value("amount", "more than nothing").into());
    }
    if amount > left {
        let left = money::format(left, payment.currency_exp);
        return Err(Refusal::OverRefund { left }.into());
    }
    let state = match amount == left {
        true => PaymentState::Refunded,
        false => PaymentState::Captured,
    };
    tx.execute(
        "UPDATE payments SET refunded_minor = refunded_minor + ?2, status = ?3 WHERE id = ?1",
        params![payment_id, amount, state.name()],
    )?;
    let after = get(tx, payment_id)?;
    let note = Note {
        action: "refund",
        entity: "payment",
        id: payment_id,
        restaurant_id: payment.restaurant_id,
        reason: Some(reason),
        before: Left::of(&payment),
        after: Left::of(&after),
    };
    audit::note(tx, actor, &note)?;
    Ok(after)
}
