//! What an order is, and finding one.

use super::kinds::{OrderType, Source};
use crate::db::{Error, Memo, Reader, Row, params};
use crate::domain::items::{self, ItemFacts};
use crate::domain::{Actor, Refusal, Role, Status, money};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// An order.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct OrderFacts {
    pub id: i64,
    pub uuid: String,
    pub public_id: String,
    /// What is called out: `P41`. None for what was placed before there were codes, and for other workflows.
    pub code: Option<String>,
    pub restaurant_id: i64,
    #[serde(default)]
    pub restaurant_uuid: String,
    pub workflow_id: i64,
    /// Of another workflow's order: what comes closest; see [`stage`](Self::stage).
    pub status: Status,
    /// Another workflow's own word for it.
    pub stage: Option<String>,
    /// `dine_in`, `pickup`, `delivery`, `counter`.
    pub order_type: OrderType,
    pub source: Source,
    pub table_id: Option<i64>,
    pub table_number: Option<String>,
    pub session_id: Option<i64>,
    pub waiter_id: Option<i64>,
    pub waiter_name: Option<String>,
    /// Of its visit.
    pub guests_count: Option<i64>,
    pub customer_id: Option<i64>,
    pub driver_id: Option<i64>,
    /// Lines that are not voided.
    #[serde(default, skip_serializing_if = "nothing")]
    pub items_count: i64,
    pub subtotal_minor: i64,
    #[serde(default, skip_serializing_if = "nothing")]
    pub discount_minor: i64,
    #[serde(default, skip_serializing_if = "nothing")]
    pub tax_minor: i64,
    #[serde(default, skip_serializing_if = "nothing")]
    pub delivery_fee_minor: i64,
    #[serde(default, skip_serializing_if = "nothing")]
    pub tip_minor: i64,
    pub total_minor: i64,
    /// What was received for it.
    #[serde(default, skip_serializing_if = "nothing")]
    pub paid_minor: i64,
    /// Some of what was received was given back.
    #[serde(default, skip_serializing_if = "nothing")]
    pub refunded: bool,
    pub currency: String,
    pub currency_exp: u32,
    pub note: Option<String>,
    pub allergy_note: Option<String>,
    /// When a cook confirmed to have read its allergy note.
    pub allergy_acked_at: Option<i64>,
    #[serde(default, skip_serializing_if = "nothing")]
    pub priority: i64,
    pub eta_at: Option<i64>,
    pub created_at: i64,
    pub approved_at: Option<i64>,
    pub confirmed_at: Option<i64>,
    pub preparing_at: Option<i64>,
    pub ready_at: Option<i64>,
    pub driver_accepted_at: Option<i64>,
    pub picked_up_at: Option<i64>,
    pub delivered_at: Option<i64>,
    pub completed_at: Option<i64>,
    pub cancelled_at: Option<i64>,
    pub cancel_reason: Option<String>,
    /// When a cook confirmed to have seen that it is off.
    pub cancel_acked_at: Option<i64>,
    /// When something of it last went back on the stove after it had been ready.
    pub recalled_at: Option<i64>,
    /// When staff called it again.
    pub called_at: Option<i64>,
    /// When the kitchen's screens had drawn all that was fired of it; none while they have not.
    pub seen_at: Option<i64>,
    pub updated_at: i64,
    pub version: i64,
    /// Who gets it, where that is known.
    pub customer: Option<CustomerFacts>,
    /// Where it is driven to.
    pub address: Option<String>,
    /// Who cooks it, where it is driven.
    pub restaurant_name: Option<String>,
    /// When its driver could not hand it over.
    pub failed_at: Option<i64>,
    /// Why not.
    pub fail_reason: Option<String>,
    /// All of its lines, where they are shown with it: see [`whole`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<ItemFacts>,
}

/// What is nothing is not written down: each event carries its order, and most of these are.
fn nothing<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Who gets an order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct CustomerFacts {
    /// Their row in `users`.
    pub user_id: Option<i64>,
    pub name: String,
    /// The one they gave for this order, else the one they always have.
    pub phone: Option<String>,
}

/// What was paid of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Paid {
    /// Nothing yet.
    Unpaid,
    /// Less than it costs.
    Partial,
    /// All of it.
    Paid,
    /// It was, and all of it was given back.
    Refunded,
}

impl OrderFacts {
    /// `"250.00"`
    pub fn total(&self) -> String {
        self.amount(self.total_minor)
    }

    /// An amount in this order's currency.
    pub fn amount(&self, minor: i64) -> String {
        money::format(minor, self.currency_exp)
    }

    /// What is still owed; nothing for a cancelled order, and below zero where too much was paid.
    pub fn balance_minor(&self) -> i64 {
        match self.status {
            Status::Cancelled => self.paid_minor.saturating_neg(),
            _ => self.total_minor.saturating_sub(self.paid_minor),
        }
    }

    /// Its note says that somebody is allergic, and no cook has said that they know.
    pub fn allergy_waits(&self) -> bool {
        let allergy = self.allergy_note.as_deref().unwrap_or_default();
        !allergy.trim().is_empty() && self.allergy_acked_at.is_none()
    }

    /// Drivers may take it: it is ready, to be driven, and nobody's.
    pub fn is_on_offer(&self) -> bool {
        self.status == Status::Ready
            && self.order_type == OrderType::Delivery
            && self.driver_id.is_none()
    }

    /// What is to be collected at the door.
    pub fn collect_minor(&self) -> i64 {
        match self.order_type {
            OrderType::Delivery => self.balance_minor().max(0),
            _ => 0,
        }
    }

    /// The account of whoever gets it.
    pub fn customer_user_id(&self) -> Option<i64> {
        self.customer.as_ref().and_then(|customer| customer.user_id)
    }

    /// How far it is paid.
    pub fn paid(&self) -> Paid {
        match self.paid_minor {
            0 if self.refunded => Paid::Refunded,
            paid if paid >= self.total_minor => Paid::Paid,
            0 => Paid::Unpaid,
            _ => Paid::Partial,
        }
    }
}

/// One statement: it runs for every change of an order. `total`, because `sum` fails where another program wrote amounts that have none; it is exact up to 2^53.
macro_rules! facts_sql {
    ($rest:literal) => {
        concat!(
            "SELECT o.id, o.uuid, o.public_id, o.restaurant_id, o.workflow_id, o.status, o.type, o.source, o.table_id, t.number,
             o.session_id, o.waiter_id, o.customer_id, o.driver_id, (SELECT count(*) FROM order_items i WHERE i.order_id = o.id AND i.status <> 'voided'),
             o.subtotal_minor, o.discount_minor, o.tax_minor, o.delivery_fee_minor, o.tip_minor, o.total_minor,
             (SELECT CAST(total(p.amount_minor - p.refunded_minor) AS INTEGER) FROM payments p WHERE p.order_id = o.id AND p.status = 'captured'), r.currency, r.currency_exp,
             o.note, o.allergy_note, o.priority, o.eta_at, o.created_at, o.approved_at, o.confirmed_at, o.preparing_at, o.ready_at, o.driver_accepted_at,
             o.picked_up_at, o.delivered_at, o.completed_at, o.cancelled_at, o.cancel_reason, o.updated_at, o.version,
             CASE o.workflow_id WHEN 1 THEN NULL ELSE (SELECT phase FROM workflow_states w WHERE w.workflow_id = o.workflow_id AND w.code = o.status) END,
             EXISTS (SELECT 1 FROM payments p WHERE p.order_id = o.id AND (p.status = 'refunded' OR p.refunded_minor > 0)),
             c.id, c.user_id, c.name, coalesce(CASE WHEN json_valid(o.attributes_json) THEN CAST(json_extract(o.attributes_json, '$.phone') AS TEXT) END, c.phone),
             CASE WHEN json_valid(o.attributes_json) THEN CAST(json_extract(o.attributes_json, '$.address') AS TEXT) END, r.uuid,
             k.code, (SELECT name FROM users u WHERE u.id = o.waiter_id), (SELECT guests_count FROM table_sessions s WHERE s.id = o.session_id),
             o.allergy_acked_at, o.cancel_acked_at, (SELECT max(i.recalled_at) FROM order_items i WHERE i.order_id = o.id), o.called_at,
             (SELECT CASE count(*) WHEN count(i.seen_at) THEN max(i.seen_at) END FROM order_items i
              WHERE i.order_id = o.id AND i.status <> 'held' AND i.status <> 'voided'),
             CASE o.type WHEN 'delivery' THEN r.name END, o.failed_at, o.fail_reason
             FROM orders o JOIN restaurants r ON r.id = o.restaurant_id LEFT JOIN tables t ON t.id = o.table_id LEFT JOIN order_codes k ON k.id = o.id
             LEFT JOIN customers c ON c.id = o.customer_id",
            $rest
        )
    };
}
pub(super) use facts_sql;

pub(super) fn read(row: &Row<'_>) -> Result<OrderFacts, Error> {
    let phase: Option<String> = row.get(41)?;
    let status = match &phase {
        Some(phase) => Status::of_phase(phase),
        None => {
            let text = row.text(5)?;
            text.parse()
                .map_err(|_| Error::Store(format!("order status {text:?}")))?
        }
    };
    Ok(OrderFacts {
        id: row.get(0)?,
        uuid: row.get(1)?,
        public_id: row.get(2)?,
        restaurant_id: row.get(3)?,
        workflow_id: row.get(4)?,
        status,
        stage: phase.map(|_| row.get(5)).transpose()?,
        order_type: OrderType::of(&row.text(6)?),
        source: Source::of(&row.text(7)?),
        table_id: row.get(8)?,
        table_number: row.get(9)?,
        session_id: row.get(10)?,
        waiter_id: row.get(11)?,
        customer_id: row.get(12)?,
        driver_id: row.get(13)?,
        items_count: row.get(14)?,
        subtotal_minor: row.get(15)?,
        discount_minor: row.get(16)?,
        tax_minor: row.get(17)?,
        delivery_fee_minor: row.get(18)?,
        tip_minor: row.get(19)?,
        total_minor: row.get(20)?,
        paid_minor: row.get(21)?,
        refunded: row.get(42)?,
        currency: row.get(22)?,
        currency_exp: row.get(23)?,
        note: row.get(24)?,
        allergy_note: row.get(25)?,
        priority: row.get(26)?,
        eta_at: row.get(27)?,
        created_at: row.get(28)?,
        approved_at: row.get(29)?,
        confirmed_at: row.get(30)?,
        preparing_at: row.get(31)?,
        ready_at: row.get(32)?,
        driver_accepted_at: row.get(33)?,
        picked_up_at: row.get(34)?,
        delivered_at: row.get(35)?,
        completed_at: row.get(36)?,
        cancelled_at: row.get(37)?,
        cancel_reason: row.get(38)?,
        updated_at: row.get(39)?,
        version: row.get(40)?,
        customer: match row.get::<Option<i64>>(43)? {
            Some(_) => Some(CustomerFacts {
                user_id: row.get(44)?,
                name: row.get(45)?,
                phone: row.get(46)?,
            }),
            None => None,
        },
        address: row.get(47)?,
        restaurant_uuid: row.get(48)?,
        code: row.get(49)?,
        waiter_name: row.get(50)?,
        guests_count: row.get(51)?,
        allergy_acked_at: row.get(52)?,
        cancel_acked_at: row.get(53)?,
        recalled_at: row.get(54)?,
        called_at: row.get(55)?,
        seen_at: row.get(56)?,
        restaurant_name: row.get(57)?,
        failed_at: row.get(58)?,
        fail_reason: row.get(59)?,
        lines: Vec::new(),
    })
}

/// An order, if there is one.
///
/// # Errors
/// [`Error::Store`].
pub fn facts(db: &Reader<'_>, id: i64) -> Result<Option<OrderFacts>, Error> {
    look(db, id, OrderFacts::clone)
}

/// Looks at an order, if there is one: who needs a number of it need not copy all of it.
///
/// # Errors
/// As [`facts`].
pub fn look<T>(
    db: &Reader<'_>,
    id: i64,
    see: impl Fn(&OrderFacts) -> T,
) -> Result<Option<T>, Error> {
    let order = db.memo(&ORDERS, id, |db| kept(db, id))?;
    Ok(order.as_deref().map(see))
}

/// A command asks whose an order is, moves it and tells of it: that is one order, and one read.
static ORDERS: Memo<Option<Arc<OrderFacts>>> = Memo::new("order").by(&[
    ("orders", "id"),
    ("order_items", "order_id"),
    ("payments", "order_id"),
    ("order_codes", "id"),
]);

fn kept(db: &Reader<'_>, id: i64) -> Result<Option<Arc<OrderFacts>>, Error> {
    Ok(read_facts(db, id)?.map(Arc::new))
}

/// What an order is now, for code that has just written it and all that follows from it.
///
/// # Errors
/// As [`facts`].
pub(in crate::domain) fn written(db: &Reader<'_>, order: &OrderFacts) -> Result<(), Error> {
    let value = Some(Arc::new(order.clone()));
    db.memo_written(&ORDERS, order.id, value, |db| kept(db, order.id))
}

fn read_facts(db: &Reader<'_>, id: i64) -> Result<Option<OrderFacts>, Error> {
    db.row(facts_sql!(" WHERE o.id = ?1"), params![id], read)
}

/// An order with its lines, if there is one.
///
/// # Errors
/// As [`facts`].
pub fn whole(db: &Reader<'_>, id: i64) -> Result<Option<OrderFacts>, Error> {
    let order = facts(db, id)?;
    order.map(|order| with_lines(db, order)).transpose()
}

/// An order with its lines for those who are told of it.
///
/// # Errors
/// As [`facts`].
pub fn told(db: &Reader<'_>, id: i64) -> Result<Option<OrderFacts>, Error> {
    whole(db, id)
}

/// Orders of a list, in its order. One that makes no sense (another program wrote it) is left out, and so is one that is gone.
///
/// # Errors
/// As [`facts`].
pub fn each<T>(
    db: &Reader<'_>,
    ids: Vec<i64>,
    read: impl Fn(i64) -> Result<Option<T>, Error>,
) -> Result<Vec<T>, Error> {
    let all = ids
        .into_iter()
        .map(|id| db.legible("orders", id, read(id)).map(Option::flatten));
    all.filter_map(Result::transpose).collect()
}

/// An order that was read already, with its lines.
///
/// # Errors
/// As [`facts`].
pub fn with_lines(db: &Reader<'_>, mut order: OrderFacts) -> Result<OrderFacts, Error> {
    order.lines = items::of_order(db, order.id)?;
    Ok(order)
}

/// An order that must be there.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn get(db: &Reader<'_>, id: i64) -> Result<OrderFacts, Error> {
    facts(db, id)?.ok_or_else(|| Refusal::NotFound { entity: "order" }.into())
}

/// A guest acts on own orders only: those of their visit, or of their account. For others they do not exist.
pub(in crate::domain) fn own(
    db: &Reader<'_>,
    actor: &Actor,
    order: &OrderFacts,
) -> Result<(), Error> {
    if actor.role != Role::Customer {
        return Ok(());
    }
    let visit = actor.session_id.is_some() && actor.session_id == order.session_id;
    let account = || {
        db.row(
            "SELECT 1 FROM customers WHERE id = ?1 AND user_id = ?2",
            params![order.customer_id, actor.user_id],
            |row| row.get::<i64>(0),
        )
    };
    if visit || account()?.is_some() {
        return Ok(());
    }
    Err(Refusal::NotFound { entity: "order" }.into())
}
