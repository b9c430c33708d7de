//! Taking a payment.

use super::booking::{Booking, book, takes};
use super::facts::{Method, PaymentFacts, get};
use crate::db::{Error, Transaction, params};
use crate::domain::money::Decimal;
use crate::domain::orders::{self, OrderFacts, Paid};
use crate::domain::{Actor, Refusal, Status, workflow};
use crate::schema::written_as;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

/// How much: an amount, or `"remaining"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amount {
    /// This amount.
    Exactly(Decimal),
    /// Whatever is left.
    Remaining,
}

written_as!(Amount, "PaymentAmount", {
    "description": "A decimal amount, or `\"remaining\"`: all that is left to pay.",
    "type": ["number", "string"],
});

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let decimal = Decimal::deserialize(deserializer)?;
        Ok(match decimal.as_str() {
            "remaining" => Amount::Remaining,
            _ => Amount::Exactly(decimal),
        })
    }
}

/// A payment that is to be taken.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct NewPayment {
    pub amount: Amount,
    #[serde(default)]
    pub tip: Option<Decimal>,
    #[serde(default)]
    pub method: Method,
    /// What the client shows as the balance: if it is another one, nothing is taken.
    #[serde(default)]
    pub expected_balance: Option<Decimal>,
    /// Not received yet: a terminal is asking for it.
    #[serde(default)]
    pub pending: bool,
    #[serde(default)]
    pub provider_ref: Option<String>,
    /// The same key from the same actor is the same payment.
    #[serde(default)]
    pub idempotency_key: Option<String>,
}

/// What became of a payment.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// The payment, as it is now.
    pub payment: PaymentFacts,
    /// The order it is for, as it is now.
    pub order: OrderFacts,
    /// How far the order is paid.
    pub paid: Paid,
    /// Whether it had been taken before, with the same key.
    pub already: bool,
}

/// Takes a payment for an order. An order that is served and now paid is completed.
///
/// # Errors
/// [`Refusal::Amount`], [`Refusal::BalanceChanged`], [`Refusal::Overpayment`], [`Refusal::NothingToPay`], [`Refusal::TerminalBusy`], [`Refusal::KeyUsed`],
/// [`Refusal::Forbidden`], [`Refusal::NotFound`].
pub fn take(
    tx: &Transaction<'_>,
    actor: &Actor,
    order_id: i64,
    new: &NewPayment,
) -> Result<Taken, Error> {
    let order = orders::get(tx, order_id)?;
    takes(actor)?;
    let scope = actor.label();
    if let Some(known) = replayed(tx, &order, &scope, new)? {
        return outcome(tx, known, order_id, true);
    }
    let pending: i64 = tx.one(
        "SELECT CAST(total(amount_minor) AS INTEGER) FROM payments WHERE order_id = ?1 AND status = 'pending'",
        params![order_id],
        |row| row.get(0),
    )?;
    let balance = match order.status {
        Status::Cancelled => 0,
        _ => order
            .total_minor
            .saturating_sub(order.paid_minor)
            .saturating_sub(pending),
    };
    if let Some(expected) = &new.expected_balance
        && expected.minor(order.currency_exp)? != balance
    {
        let balance = order.amount(balance);
        return Err(Refusal::BalanceChanged { balance }.into());
    }
    if balance <= 0 || order.workflow_id != workflow::RESTAURANT {
        return Err(Refusal::NothingToPay.into());
    }
    let amount = match &new.amount {
        Amount::Remaining => balance,
        Amount::Exactly(decimal) => decimal.minor(order.currency_exp)?,
    };
    if amount == 0 {
        return Err(Refusal::value("amount", "more than nothing").into());
    }
    if amount > balance {
        let balance = order.amount(balance);
        return Err(Refusal::Overpayment { balance }.into());
    }
    let tip = new.tip.as_ref();
    let tip = tip.map_or(Ok(0), |tip| tip.minor(order.currency_exp))?;
    if new.pending && new.method == Method::Terminal {
        let busy = tx.row(
            "SELECT 1 FROM payments WHERE order_id = ?1 AND status = 'pending' AND method = 'terminal'",
            params![order_id],
            |row| row.get::<i64>(0),
        )?;
        if busy.is_some() {
            return Err(Refusal::TerminalBusy.into());
        }
    }
    let booking = Booking {
        session_id: order.session_id,
        tip_minor: tip,
        method: new.method,
        pending: new.pending,
        provider_ref: new.provider_ref.as_deref(),
        key: new.idempotency_key.as_deref().map(|key| (&*scope, key)),
        ..Booking::of(order_id, amount)
    };
    let id = book(tx, actor, &booking)?;
    outcome(tx, id, order_id, false)
}

/// The payment that this key or this provider's number already stands for.
fn replayed(
    tx: &Transaction<'_>,
    order: &OrderFacts,
    scope: &str,
    new: &NewPayment,
) -> Result<Option<i64>, Error> {
    let found: Option<(i64, Option<i64>, i64)> = tx.row(
        "SELECT id, order_id, amount_minor FROM payments WHERE (scope = ?1 AND idempotency_key = ?2) OR (method = ?3 AND provider_ref = ?4)",
        params![scope, &new.idempotency_key, new.method.name(), &new.provider_ref],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let Some((id, known_order, known_amount)) = found else {
        return Ok(None);
    };
    let same_amount = match &new.amount {
        Amount::Remaining => true,
        Amount::Exactly(decimal) => decimal.minor(order.currency_exp)? == known_amount,
    };
    if known_order == Some(order.id) && same_amount {
        Ok(Some(id))
    } else {
        Err(Refusal::KeyUsed.into())
    }
}

fn outcome(tx: &Transaction<'_>, id: i64, order_id: i64, already: bool) -> Result<Taken, Error> {
    let order = orders::get(tx, order_id)?;
    Ok(Taken {
        payment: get(tx, id)?,
        paid: order.paid(),
        order,
        already,
    })
}
