//! A bill in equal shares: each is of what is left, divided among those who have not paid. So the shares add up, also where somebody orders something, or
//! pays otherwise, in between.

use super::facts::Bill;
use super::parts;
use crate::domain::Refusal;
use crate::domain::payments::{PaymentFacts, PaymentState};
use std::collections::BTreeSet;

/// The most shares: more people do not sit at one table.
pub const SHARES_MAX: i64 = 100;

/// A share of a bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareOf {
    /// Which one, from 1.
    pub n: i64,
    /// What it costs now; of one that is paid, what was paid.
    pub amount_minor: i64,
    /// Whether it is paid.
    pub paid: bool,
}

impl Bill {
    /// The bill in so many equal shares. When all of them are paid and something is owed again, they begin anew.
    ///
    /// # Errors
    /// [`Refusal::Value`].
    pub fn shares(&self, of: i64) -> Result<Vec<ShareOf>, Refusal> {
        if !(1..=SHARES_MAX).contains(&of) {
            return Err(Refusal::value("of", format!("1 to {SHARES_MAX}")));
        }
        let paid = self.paid_shares(of);
        let mut shares: Vec<ShareOf> = paid
            .iter()
            .map(|(n, amount_minor)| ShareOf {
                n: *n,
                amount_minor: *amount_minor,
                paid: true,
            })
            .collect();
        let is_paid = |n: i64| paid.iter().any(|(known, _)| *known == n);
        let left = parts::among(self.balance_minor(), of, is_paid);
        shares.extend(left.into_iter().map(|(n, amount_minor)| ShareOf {
            n,
            amount_minor,
            paid: false,
        }));
        shares.sort_by_key(|share| share.n);
        Ok(shares)
    }

    /// Those of the shares that are paid in the round that is going on, and what was paid.
    fn paid_shares(&self, of: i64) -> Vec<(i64, i64)> {
        let counts = |payment: &&PaymentFacts| {
            payment.session_id == Some(self.session.id)
                && payment.share.is_some_and(|share| share.of == of)
                && matches!(
                    payment.status,
                    PaymentState::Captured | PaymentState::Pending
                )
        };
        let paid: Vec<&PaymentFacts> = self.payments.iter().filter(counts).collect();
        let groups = |n: i64| {
            let of_share = paid.iter().filter(|p| p.share.is_some_and(|s| s.n == n));
            let groups: BTreeSet<&str> = of_share.filter_map(|p| p.group_uuid.as_deref()).collect();
            groups
        };
        // Each round every share is paid once.
        let rounds = (1..=of).map(|n| groups(n).len()).min().unwrap_or(0);
        let amount = |group: &str| {
            let rows = paid.iter();
            let rows = rows.filter(|p| p.group_uuid.as_deref() == Some(group));
            rows.map(|p| p.amount_minor).fold(0, i64::saturating_add)
        };
        // Their uuids sort as they were made.
        let newest = |n: i64| groups(n).iter().nth(rounds).map(|group| amount(group));
        (1..=of)
            .filter_map(|n| newest(n).map(|amount| (n, amount)))
            .collect()
    }
}
