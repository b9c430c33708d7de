//! Changes of an order that are not a change of status: its note, its time, its table, its waiter, its end.

use super::audit::{self, Note};
use super::orders::{self, OrderFacts};
use super::transfers::{Transfer, Visit};
use super::version::same_version;
use super::{Actor, Key, Refusal, ids, note, waiters};
use crate::db::{Error, Transaction, params};
use serde::{Deserialize, Deserializer};

/// What is to be different. What is not named stays; `null` empties.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct Patch {
    #[serde(deserialize_with = "named")]
    pub note: Option<Option<String>>,
    #[serde(deserialize_with = "named")]
    pub allergy_note: Option<Option<String>>,
    /// Milliseconds.
    #[serde(deserialize_with = "named")]
    pub eta_at: Option<Option<i64>>,
    pub priority: Option<i64>,
    #[serde(deserialize_with = "named")]
    pub table_id: Option<Option<Key>>,
    /// What becomes of its visit when the order changes tables.
    pub visit: Visit,
    #[serde(deserialize_with = "named")]
    pub waiter_id: Option<Option<Key>>,
    #[serde(rename = "version")]
    pub expected_version: Option<i64>,
}

/// Tells `null` from nothing.
fn named<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    d: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(d).map(Some)
}

/// Changes what the patch names. The lines of an order that changes tables go with it and are not cooked again, and so does its [visit](Visit).
///
/// # Errors
/// [`Refusal::Forbidden`] for guests, [`Refusal::OrderClosed`] for moving what is over, [`Refusal::TableInactive`],
/// [`Refusal::OtherRestaurant`], [`Refusal::Value`], [`Refusal::Version`].
pub fn patch(
    tx: &Transaction<'_>,
    actor: &Actor,
    order_id: i64,
    patch: &Patch,
) -> Result<OrderFacts, Error> {
    let order = orders::get(tx, order_id)?;
    if !actor.role.is_staff() {
        return Err(Refusal::Forbidden("please ask a waiter".into()).into());
    }
    same_version(patch.expected_version, order.version)?;
    let note = patch.note.clone().unwrap_or(order.note.clone());
    let allergy_note = patch.allergy_note.clone();
    let allergy_note = allergy_note.unwrap_or(order.allergy_note.clone());
    note::check("note", note.as_deref())?;
    note::check("allergy_note", allergy_note.as_deref())?;
    let mut transfer = Transfer::none(&order);
    if let Some(table) = &patch.table_id {
        let table = table.as_ref().map(|key| ids::table(tx, key)).transpose()?;
        if table != order.table_id {
            if order.status.is_terminal() {
                return Err(Refusal::OrderClosed {
                    status: order.status,
                }
                .into());
            }
            transfer = Transfer::to(tx, actor, &order, table, patch.visit)?;
        }
    }
    let waiter_id = match &patch.waiter_id {
        None => order.waiter_id,
        Some(None) => None,
        Some(Some(key)) => Some(waiters::in_restaurant(tx, key, order.restaurant_id)?),
    };
    let eta_at = patch.eta_at.unwrap_or(order.eta_at);
    let priority = patch.priority.unwrap_or(order.priority);
    transfer.bring_ready(tx)?;
    tx.execute(
        "UPDATE orders SET note = ?2, allergy_note = ?3, allergy_acked_at = CASE WHEN allergy_note IS ?3 THEN allergy_acked_at END, eta_at = ?4, priority = ?5, table_id = ?6, session_id = ?7, waiter_id = ?8 WHERE id = ?1",
        params![order_id, &note, &allergy_note, eta_at, priority, transfer.table_id, transfer.session_id, waiter_id],
    )?;
    transfer.bring_rest(tx)?;
    orders::get(tx, order_id)
}

/// Removes an order and its lines for good: for mistakes and tests. What was ordered and is not wanted is cancelled instead.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::OrderHasPayments`], [`Refusal::NotFound`].
pub fn delete(
    tx: &Transaction<'_>,
    actor: &Actor,
    order_id: i64,
    reason: Option<&str>,
) -> Result<OrderFacts, Error> {
    let order = orders::get(tx, order_id)?;
    if !actor.may_override() || actor.anonymous {
        return Err(Refusal::Forbidden("only manager, admin may do this".into()).into());
    }
    let money = tx.row(
        "SELECT 1 FROM payments WHERE order_id = ?1 AND status IN ('pending', 'captured', 'refunded')",
        params![order_id],
        |row| row.get::<i64>(0),
    )?;
    if money.is_some() {
        return Err(Refusal::OrderHasPayments.into());
    }
    let note = Note {
        action: "delete",
        entity: "order",
        id: order_id,
        restaurant_id: order.restaurant_id,
        reason,
        before: &order,
        after: (),
    };
    audit::note(tx, actor, &note)?;
    tx.execute("DELETE FROM orders WHERE id = ?1", params![order_id])?;
    Ok(order)
}
