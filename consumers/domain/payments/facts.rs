//! What a payment is, and finding one.

use super::PaymentState;
use crate::db::{Error, Reader, Row, params};
use crate::domain::{Key, Refusal, money};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How it is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Method {
    #[default]
    Cash,
    Card,
    Terminal,
    Online,
    Voucher,
    Other,
}

impl Method {
    /// As in `payments.method`.
    pub const fn name(self) -> &'static str {
        match self {
            Method::Cash => "cash",
            Method::Card => "card",
            Method::Terminal => "terminal",
            Method::Online => "online",
            Method::Voucher => "voucher",
            Method::Other => "other",
        }
    }
}

/// A payment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct PaymentFacts {
    pub id: i64,
    pub uuid: String,
    pub restaurant_id: i64,
    /// `None`: its order was deleted, or it is for a whole visit.
    pub order_id: Option<i64>,
    pub session_id: Option<i64>,
    pub table_id: Option<i64>,
    pub table_number: Option<String>,
    pub waiter_id: Option<i64>,
    pub amount_minor: i64,
    pub tip_minor: i64,
    /// What its order costs.
    pub total_minor: i64,
    /// What is received for its order so far.
    pub paid_minor: i64,
    pub currency: String,
    pub currency_exp: u32,
    pub method: String,
    pub status: PaymentState,
    pub created_at: i64,
    pub captured_at: Option<i64>,
    pub version: i64,
    /// Of what was captured, what was given back.
    #[serde(default)]
    pub refunded_minor: i64,
    /// Rows of one payment of a visit have the same.
    #[serde(default)]
    pub group_uuid: Option<String>,
    /// Which of how many equal shares of a visit's bill.
    #[serde(default)]
    pub share: Option<Share>,
    /// The account of whoever took it.
    #[serde(default)]
    pub taken_by: Option<i64>,
}

/// One of several equal shares of a bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// Which one, from 1.
    #[schema(minimum = 1, maximum = 100)]
    pub n: i64,
    /// Of how many.
    #[schema(minimum = 1, maximum = 100)]
    pub of: i64,
}

impl PaymentFacts {
    /// `"250.00"`
    pub fn amount(&self) -> String {
        money::format(self.amount_minor, self.currency_exp)
    }

    /// Whether its order is paid in full.
    pub fn settles(&self) -> bool {
        self.order_id.is_some() && self.paid_minor >= self.total_minor
    }
}

pub(super) const FACTS: &str = "SELECT p.id, p.uuid, r.id, p.order_id, p.session_id, t.id, t.number, coalesce(o.waiter_id, s.waiter_id), p.amount_minor, p.tip_minor,
  coalesce(o.total_minor, 0), (SELECT CAST(total(x.amount_minor - x.refunded_minor) AS INTEGER) FROM payments x WHERE x.order_id = o.id AND x.status = 'captured'),
  r.currency, r.currency_exp, p.method, p.status, p.created_at, p.captured_at, p.version,
  CASE p.status WHEN 'refunded' THEN p.amount_minor ELSE p.refunded_minor END, p.group_uuid, p.share_n, p.share_of, p.taken_by
  FROM payments p LEFT JOIN orders o ON o.id = p.order_id LEFT JOIN table_sessions s ON s.id = coalesce(p.session_id, o.session_id)
  LEFT JOIN tables t ON t.id = coalesce(o.table_id, s.table_id) JOIN restaurants r ON r.id = coalesce(o.restaurant_id, t.restaurant_id)";

pub(super) fn read(row: &Row<'_>) -> Result<PaymentFacts, Error> {
    Ok(PaymentFacts {
        id: row.get(0)?,
        uuid: row.get(1)?,
        restaurant_id: row.get(2)?,
        order_id: row.get(3)?,
        session_id: row.get(4)?,
        table_id: row.get(5)?,
        table_number: row.get(6)?,
        waiter_id: row.get(7)?,
        amount_minor: row.get(8)?,
        tip_minor: row.get(9)?,
        total_minor: row.get(10)?,
        paid_minor: row.get(11)?,
        currency: row.get(12)?,
        currency_exp: row.get(13)?,
        method: row.get(14)?,
        status: match &*row.text(15)? {
            "pending" => PaymentState::Pending,
            "failed" => PaymentState::Failed,
            "voided" => PaymentState::Voided,
            "refunded" => PaymentState::Refunded,
            _ => PaymentState::Captured,
        },
        created_at: row.get(16)?,
        captured_at: row.get(17)?,
        version: row.get(18)?,
        refunded_minor: row.get(19)?,
        group_uuid: row.get(20)?,
        share: match (row.get(21)?, row.get(22)?) {
            (Some(n), Some(of)) => Some(Share { n, of }),
            _ => None,
        },
        taken_by: row.get(23)?,
    })
}

/// A payment, if there is one that an order or a visit still leads to a restaurant.
///
/// # Errors
/// [`Error::Store`].
pub fn facts(db: &Reader<'_>, id: i64) -> Result<Option<PaymentFacts>, Error> {
    db.row(&format!("{FACTS} WHERE p.id = ?1"), params![id], read)
}

/// The payments of an order, oldest first.
///
/// # Errors
/// [`Error::Store`].
pub fn of_order(db: &Reader<'_>, order_id: i64) -> Result<Vec<PaymentFacts>, Error> {
    let all = db.rows(
        &format!("{FACTS} WHERE p.order_id = ?1 ORDER BY p.id"),
        params![order_id],
        |row| db.legible("payments", row.get(0)?, read(row)),
    )?;
    Ok(all.into_iter().flatten().collect())
}

/// The payment that a key names: its number or its uuid.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn named(db: &Reader<'_>, key: &Key) -> Result<PaymentFacts, Error> {
    let found = match key {
        Key::Id(id) => facts(db, *id)?,
        Key::Text(uuid) => db.row(&format!("{FACTS} WHERE p.uuid = ?1"), params![uuid], read)?,
    };
    found.ok_or_else(|| Refusal::NotFound { entity: "payment" }.into())
}

pub(in crate::domain) fn get(db: &Reader<'_>, id: i64) -> Result<PaymentFacts, Error> {
    facts(db, id)?.ok_or_else(|| Refusal::NotFound { entity: "payment" }.into())
}
