//! Paying a bill: an amount, a share, or lines. It is one payment for whoever pays, and a row for each order that it covers.

use super::chosen::{Chosen, Wanted};
use super::facts::{self, Bill};
use crate::db::{Error, Transaction, params};
use crate::domain::money::Decimal;
use crate::domain::payments::{self, Amount, Booking, Method, PaymentFacts, Share};
use crate::domain::{Actor, Refusal, ids};
use serde::Deserialize;
use utoipa::ToSchema;

/// A payment of a visit: one of `amount`, `share` and `items`.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct NewVisitPayment {
    /// This much of the bill, or all that is left.
    pub amount: Option<Amount>,
    /// One of several equal shares of it.
    pub share: Option<Share>,
    /// These lines of it.
    #[schema(min_items = 1, max_items = 500)]
    pub items: Option<Vec<Wanted>>,
    pub tip: Option<Decimal>,
    #[serde(default)]
    pub method: Method,
    /// What the client shows as the balance: if it is another one, nothing is taken.
    pub expected_balance: Option<Decimal>,
    /// The provider's number of it: the same number is the same payment.
    #[schema(max_length = 128)]
    pub provider_ref: Option<String>,
}

/// A payment of a visit that was taken.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct VisitPayment {
    pub group_uuid: String,
    pub method: Method,
    pub amount_minor: i64,
    pub tip_minor: i64,
    pub share: Option<Share>,
    /// Lines that it was for, where that was said.
    pub items: Vec<Chosen>,
    /// One for each order that it covers.
    pub payments: Vec<PaymentFacts>,
    /// The bill after it.
    pub bill: Bill,
}

/// The longest number of a provider, in bytes.
const PROVIDER_REF_MAX: usize = 128;

/// Takes a payment of a visit. Orders that are served and now paid are completed.
///
/// # Errors
/// [`Refusal::BalanceChanged`], [`Refusal::Overpayment`], [`Refusal::NothingToPay`], [`Refusal::LinePaid`], [`Refusal::SharePaid`], [`Refusal::KeyUsed`],
/// [`Refusal::Amount`], [`Refusal::Value`], [`Refusal::Forbidden`], [`Refusal::NotFound`].
pub fn pay(
    tx: &Transaction<'_>,
    actor: &Actor,
    session_id: i64,
    new: &NewVisitPayment,
) -> Result<VisitPayment, Error> {
    payments::takes(actor)?;
    let bill = facts::of(tx, session_id)?;
    known_reference(tx, new)?;
    let exp = bill.currency_exp;
    let balance = bill.balance_minor();
    if let Some(expected) = &new.expected_balance
        && expected.minor(exp)? != balance
    {
        let balance = bill.amount(balance);
        return Err(Refusal::BalanceChanged { balance }.into());
    }
    let mut items = Vec::new();
    // How much of each order.
    let covered = match (&new.amount, new.share, &new.items) {
        (Some(amount), None, None) => oldest_first(&bill, exactly(&bill, amount)?),
        (None, Some(share), None) => oldest_first(&bill, of_share(&bill, share)?),
        (None, None, Some(wanted)) => {
            items = bill.choose(tx, wanted)?;
            let of = |order: i64| {
                let chosen = items.iter().filter(|chosen| chosen.order_id == order);
                chosen.map(|chosen| chosen.amount_minor).sum()
            };
            let orders = bill.orders.iter();
            orders
                .map(|billed| (billed.order.id, of(billed.order.id)))
                .filter(|(_, amount)| *amount > 0)
                .collect()
        }
        _ => {
            let rule = "name one of amount, share and items";
            return Err(Refusal::value("body", rule).into());
        }
    };
    let amount_minor: i64 = covered.iter().map(|(_, amount)| amount).sum();
    if amount_minor == 0 {
        return Err(Refusal::NothingToPay.into());
    }
    let tip_minor = new.tip.as_ref().map_or(Ok(0), |tip| tip.minor(exp))?;
    let group_uuid = ids::uuid();
    let mut rows = Vec::with_capacity(covered.len());
    for (nth, (order_id, amount)) in covered.into_iter().enumerate() {
        let first = nth == 0;
        let booking = Booking {
            session_id: Some(session_id),
            tip_minor: if first { tip_minor } else { 0 },
            method: new.method,
            provider_ref: new.provider_ref.as_deref().filter(|_| first),
            group_uuid: Some(&group_uuid),
            share: new.share,
            ..Booking::of(order_id, amount)
        };
        let id = payments::book(tx, actor, &booking)?;
        for chosen in items.iter().filter(|c| c.order_id == order_id) {
            allocate(tx, id, chosen)?;
        }
        rows.push(id);
    }
    let mut payments = Vec::with_capacity(rows.len());
    for id in rows {
        payments.push(payments::get(tx, id)?);
    }
    Ok(VisitPayment {
        group_uuid,
        method: new.method,
        amount_minor,
        tip_minor,
        share: new.share,
        items,
        payments,
        bill: facts::of(tx, session_id)?,
    })
}

/// What a provider has told already is not taken a second time: two rows of a payment cannot tell whether all of it is the same.
fn known_reference(tx: &Transaction<'_>, new: &NewVisitPayment) -> Result<(), Error> {
    let Some(reference) = &new.provider_ref else {
        return Ok(());
    };
    if !(1..=PROVIDER_REF_MAX).contains(&reference.len()) {
        let rule = format!("1 to {PROVIDER_REF_MAX} bytes");
        return Err(Refusal::value("provider_ref", rule).into());
    }
    let known = tx.row(
        "SELECT 1 FROM payments WHERE method = ?1 AND provider_ref = ?2",
        params![new.method.name(), reference],
        |row| row.get::<i64>(0),
    )?;
    match known {
        Some(_) => Err(Refusal::KeyUsed.into()),
        None => Ok(()),
    }
}

fn exactly(bill: &Bill, amount: &Amount) -> Result<i64, Refusal> {
    let balance = bill.balance_minor();
    let amount = match amount {
        Amount::Remaining => balance,
        Amount::Exactly(decimal) => match decimal.minor(bill.currency_exp)? {
            0 => return Err(Refusal::value("amount", "more than nothing")),
            amount => amount,
        },
    };
    match (balance, amount) {
        (0, _) => Err(Refusal::NothingToPay),
        (balance, amount) if amount > balance => Err(Refusal::Overpayment {
            balance: bill.amount(balance),
        }),
        (_, amount) => Ok(amount),
    }
}

fn of_share(bill: &Bill, share: Share) -> Result<i64, Refusal> {
    let shares = bill.shares(share.of)?;
    let wanted = shares.into_iter().find(|known| known.n == share.n);
    let Some(wanted) = wanted else {
        return Err(Refusal::value("n", format!("1 to {}", share.of)));
    };
    match wanted.paid {
        true => Err(Refusal::SharePaid { n: share.n }),
        false => Ok(wanted.amount_minor),
    }
}

/// What an amount pays: the oldest order first.
fn oldest_first(bill: &Bill, mut amount: i64) -> Vec<(i64, i64)> {
    let mut covered = Vec::new();
    for billed in &bill.orders {
        let part = billed.due_minor().min(amount);
        if part > 0 {
            covered.push((billed.order.id, part));
            amount -= part;
        }
    }
    covered
}

fn allocate(tx: &Transaction<'_>, payment_id: i64, chosen: &Chosen) -> Result<(), Error> {
    if chosen.amount_minor > 0 {
        tx.execute(
            "INSERT INTO payment_allocations(payment_id, order_item_id, qty, amount_minor) VALUES (?1, ?2, ?3, ?4)",
            params![payment_id, chosen.item_id, chosen.quantity, chosen.amount_minor],
        )?;
    }
    Ok(())
}
