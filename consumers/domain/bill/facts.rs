//! What is on a bill.

use super::parts;
use crate::db::{Error, Reader, params};
use crate::domain::items::{self, ItemFacts, ItemStatus};
use crate::domain::orders::{self, OrderFacts, Paid};
use crate::domain::payments::{self, PaymentFacts, PaymentState};
use crate::domain::sessions::{self, SessionFacts};
use crate::domain::{Status, money, restaurants};

/// The bill of a visit.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Bill {
    pub session: SessionFacts,
    pub currency: String,
    /// Digits after the point.
    pub currency_exp: u32,
    /// Oldest first.
    pub orders: Vec<BilledOrder>,
    /// What was paid during the visit for these orders, and what is being asked for; oldest first.
    pub payments: Vec<PaymentFacts>,
}

/// An order on a bill.
#[derive(Debug, Clone, PartialEq)]
pub struct BilledOrder {
    /// The order.
    pub order: OrderFacts,
    /// What terminals are asking for.
    pub pending_minor: i64,
    /// Its lines but for those that were voided.
    pub lines: Vec<BilledLine>,
}

/// A line on a bill.
#[derive(Debug, Clone, PartialEq)]
pub struct BilledLine {
    /// The line.
    pub item: ItemFacts,
    /// What it costs: its part of what the order costs, so that all lines of an order add up to that.
    pub amount_minor: i64,
    /// Pieces that somebody paid for as such.
    pub paid_quantity: i64,
    /// What was paid for them.
    pub paid_minor: i64,
    /// Pieces that can still be paid for.
    pub due_quantity: i64,
    /// What they cost together, at most what is left of their order.
    pub due_minor: i64,
}

impl BilledOrder {
    /// What can still be taken for it: nothing that a terminal is asking for already.
    pub fn due_minor(&self) -> i64 {
        let due = match self.order.status {
            Status::Cancelled => 0,
            _ => self
                .order
                .balance_minor()
                .saturating_sub(self.pending_minor),
        };
        due.max(0)
    }

    /// Received beyond what it costs.
    pub fn surplus_minor(&self) -> i64 {
        self.order.balance_minor().saturating_neg().max(0)
    }

    /// What it costs: nothing once it is cancelled.
    pub fn total_minor(&self) -> i64 {
        match self.order.status {
            Status::Cancelled => 0,
            _ => self.order.total_minor,
        }
    }
}

impl BilledLine {
    /// What some of its pieces cost that are not paid yet. The last ones cost what is left.
    pub(super) fn pieces_minor(&self, quantity: i64) -> i64 {
        let (all, paid) = (self.item.quantity, self.paid_quantity);
        let amount = if paid.saturating_add(quantity) >= all {
            self.amount_minor.saturating_sub(self.paid_minor)
        } else {
            let upto = |some| parts::of_pieces(self.amount_minor, all, some);
            upto(paid + quantity) - upto(paid)
        };
        amount.max(0)
    }
}

impl Bill {
    fn sum(&self, of: impl Fn(&BilledOrder) -> i64) -> i64 {
        self.orders.iter().map(of).fold(0, i64::saturating_add)
    }

    /// What all of it costs.
    pub fn total_minor(&self) -> i64 {
        self.sum(BilledOrder::total_minor)
    }

    /// What was received, and not given back.
    pub fn paid_minor(&self) -> i64 {
        self.sum(|billed| billed.order.paid_minor)
    }

    /// What can still be taken. An order that was paid too much does not pay for another one: that money is given back.
    pub fn balance_minor(&self) -> i64 {
        self.sum(BilledOrder::due_minor)
    }

    /// Received beyond what the orders cost.
    pub fn surplus_minor(&self) -> i64 {
        self.sum(BilledOrder::surplus_minor)
    }

    /// What terminals are asking for.
    pub fn pending_minor(&self) -> i64 {
        self.sum(|billed| billed.pending_minor)
    }

    /// Given back of what was received.
    pub fn refunded_minor(&self) -> i64 {
        let all = self.payments.iter().map(|payment| payment.refunded_minor);
        all.fold(0, i64::saturating_add)
    }

    /// Tips that were received.
    pub fn tip_minor(&self) -> i64 {
        let received = |payment: &&PaymentFacts| payment.status == PaymentState::Captured;
        let received = self.payments.iter().filter(received);
        let tips = received.map(|payment| payment.tip_minor);
        tips.fold(0, i64::saturating_add)
    }

    /// How far it is paid.
    pub fn paid(&self) -> Paid {
        let refunded = self.orders.iter().any(|billed| billed.order.refunded);
        match (
            self.paid_minor(),
            self.balance_minor() + self.pending_minor(),
        ) {
            (0, _) if refunded => Paid::Refunded,
            (0, owed) if owed > 0 => Paid::Unpaid,
            (_, owed) if owed > 0 => Paid::Partial,
            _ => Paid::Paid,
        }
    }

    /// An amount in its currency.
    pub fn amount(&self, minor: i64) -> String {
        money::format(minor, self.currency_exp)
    }

    /// A line that is on it, and the order it is of.
    pub(super) fn line(&self, item: i64) -> Option<(&BilledOrder, &BilledLine)> {
        self.orders.iter().find_map(|billed| {
            let found = billed.lines.iter().find(|line| line.item.id == item);
            found.map(|line| (billed, line))
        })
    }
}

/// The bill of a visit: its orders, and those that were placed for its table while nobody sat there, are owed, and belong to no visit. All of them, however many a
/// party ordered: a bill with something left out is none.
///
/// # Errors
/// [`Refusal::NotFound`](crate::domain::Refusal::NotFound).
pub fn of(db: &Reader<'_>, session_id: i64) -> Result<Bill, Error> {
    let session = sessions::get(db, session_id)?;
    let restaurant = restaurants::get(db, session.restaurant_id)?;
    let open = session.closed_at.is_none();
    let ids = db.rows(
        "SELECT id FROM orders WHERE workflow_id = 1 AND (
             (session_id = ?1 AND (status <> 'cancelled' OR EXISTS (SELECT 1 FROM payments p WHERE p.order_id = orders.id AND p.status = 'captured')))
             OR (session_id IS NULL AND id IN (SELECT order_id FROM payments WHERE session_id = ?1 AND status IN ('captured', 'pending')))
             OR (?3 AND session_id IS NULL AND table_id = ?2 AND status <> 'cancelled'
               AND total_minor > (SELECT total(p.amount_minor - p.refunded_minor) FROM payments p WHERE p.order_id = orders.id AND p.status = 'captured')))
         ORDER BY id",
        params![session_id, session.table_id, open],
        |row| row.get(0),
    )?;
    let orders = orders::each(db, ids, |id| billed(db, id))?;
    let mut payments = Vec::new();
    for billed in &orders {
        payments.extend(payments::of_order(db, billed.order.id)?);
    }
    payments.sort_by_key(|payment| payment.id);
    Ok(Bill {
        session,
        currency: restaurant.currency,
        currency_exp: restaurant.currency_exp,
        orders,
        payments,
    })
}

fn billed(db: &Reader<'_>, id: i64) -> Result<Option<BilledOrder>, Error> {
    let Some(order) = orders::facts(db, id)? else {
        return Ok(None);
    };
    let pending_minor = db.one(
        "SELECT CAST(total(amount_minor) AS INTEGER) FROM payments WHERE order_id = ?1 AND status = 'pending'",
        params![id],
        |row| row.get(0),
    )?;
    let mut items = items::of_order(db, id)?;
    items.retain(|item| item.status != ItemStatus::Voided);
    let price = |item: &ItemFacts| item.unit_price_minor.saturating_mul(item.quantity);
    let prices: Vec<i64> = items.iter().map(price).collect();
    let amounts = parts::in_proportion(order.total_minor, &prices);
    let mut billed = BilledOrder {
        order,
        pending_minor,
        lines: Vec::with_capacity(items.len()),
    };
    let left = billed.due_minor();
    for (item, amount_minor) in items.into_iter().zip(amounts) {
        let (paid_quantity, paid_minor) = paid_of(db, item.id)?;
        let mut line = BilledLine {
            due_quantity: item.quantity.saturating_sub(paid_quantity).max(0),
            item,
            amount_minor,
            paid_quantity,
            paid_minor,
            due_minor: 0,
        };
        line.due_minor = line.pieces_minor(line.due_quantity).min(left);
        if line.due_minor == 0 {
            line.due_quantity = 0;
        }
        billed.lines.push(line);
    }
    Ok(Some(billed))
}

/// The pieces of a line that were paid for as such, and what for. Money that was given back pays for nothing.
fn paid_of(db: &Reader<'_>, item: i64) -> Result<(i64, i64), Error> {
    db.one(
        "SELECT CAST(total(a.qty) AS INTEGER), CAST(total(a.amount_minor) AS INTEGER) FROM payment_allocations a JOIN payments p ON p.id = a.payment_id
         WHERE a.order_item_id = ?1 AND p.status IN ('captured', 'pending')",
        params![item],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}
