//! Orders that change tables, and the visits that they belong to.
//!
//! An order of a visit that is going on is never at a table without it: there the next party would find it on their bill, and could not be released.

use super::audit::{self, Note};
use super::orders::OrderFacts;
use super::sessions::{self, GUESTS, SessionFacts};
use super::version::same_version;
use super::{Actor, Refusal, tables};
use crate::db::{Error, Transaction, params};
use serde::Deserialize;
use utoipa::ToSchema;

/// What becomes of the visit when one of its orders changes tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Visit {
    /// It goes along to a free table, with all that it has open: the guests change tables. Where others sit the order alone is theirs from then on.
    #[default]
    Move,
    /// It goes along, and where others sit both visits become one, with one bill.
    Merge,
    /// It stays. The order is of the visit at the other table, or opens one there: it was meant for that table.
    Leave,
}

/// Where an order is to be, and what goes with it.
pub(super) struct Transfer {
    pub table_id: Option<i64>,
    pub session_id: Option<i64>,
    /// Other orders that are to be there.
    along: Vec<Along>,
}

struct Along {
    id: i64,
    /// The kitchen still works on it.
    unready: bool,
    /// Over: it stays where it was served, and is on the visit's bill.
    over: bool,
}

impl Transfer {
    /// Nothing changes.
    pub fn none(order: &OrderFacts) -> Self {
        Transfer {
            table_id: order.table_id,
            session_id: order.session_id,
            along: Vec::new(),
        }
    }

    /// Sees to the visits. The orders are for the caller to bring.
    ///
    /// # Errors
    /// [`Refusal::OtherRestaurant`], [`Refusal::TableInactive`], [`Refusal::Forbidden`], [`Refusal::NotFound`].
    pub fn to(
        tx: &Transaction<'_>,
        actor: &Actor,
        order: &OrderFacts,
        table: Option<i64>,
        visit: Visit,
    ) -> Result<Self, Error> {
        let mut transfer = Transfer {
            table_id: table,
            session_id: None,
            along: Vec::new(),
        };
        let Some(table) = table else {
            return Ok(transfer);
        };
        let target = tables::in_restaurant(tx, table, order.restaurant_id)?;
        let there = target.session.as_ref();
        let own = match order.session_id {
            Some(id) => sessions::facts(tx, id)?,
            None => None,
        };
        transfer.session_id = match (own, there) {
            // It belongs to no visit yet: to the one that is going on there.
            (None, there) => there.map(|visit| visit.id),
            // Another program has moved the one or the other.
            (Some(own), Some(there)) if own.id == there.id => Some(own.id),
            (Some(own), Some(there)) => {
                if visit == Visit::Merge && own.closed_at.is_none() {
                    transfer.along = along(tx, &own, Some(order.id))?;
                    merge(tx, actor, &own, there)?;
                }
                Some(there.id)
            }
            // Who ordered it has left: it is nobody's bill there.
            (Some(own), None) if own.closed_at.is_some() => Some(own.id),
            (Some(_), None) if visit == Visit::Leave => {
                let opened = tables::occupy(tx, actor, table, None)?;
                opened.table.session.map(|visit| visit.id)
            }
            (Some(own), None) => {
                if !target.is_active {
                    return Err(Refusal::TableInactive.into());
                }
                transfer.along = along(tx, &own, Some(order.id))?;
                relocate(tx, own.id, table)?;
                Some(own.id)
            }
        };
        Ok(transfer)
    }

    /// Brings the orders that the kitchen is done with. They go first: a table whose last order that was not ready goes while others are left is told to be ready.
    pub fn bring_ready(&self, tx: &Transaction<'_>) -> Result<(), Error> {
        self.bring(tx, false)
    }

    /// Brings the others.
    pub fn bring_rest(&self, tx: &Transaction<'_>) -> Result<(), Error> {
        self.bring(tx, true)
    }

    fn bring(&self, tx: &Transaction<'_>, unready: bool) -> Result<(), Error> {
        for order in self.along.iter().filter(|order| order.unready == unready) {
            tx.execute(
                "UPDATE orders SET table_id = CASE WHEN ?4 THEN table_id ELSE ?2 END, session_id = ?3 WHERE id = ?1",
                params![order.id, self.table_id, self.session_id, order.over],
            )?;
        }
        Ok(())
    }
}

/// The orders of a visit, and those on its bill that belong to no visit: they were placed for its table while nobody sat there, and the next party there owes nothing
/// of them. `but`: another one.
fn along(
    tx: &Transaction<'_>,
    visit: &SessionFacts,
    but: Option<i64>,
) -> Result<Vec<Along>, Error> {
    tx.rows(
        "SELECT id, status IN ('new', 'pending', 'confirmed', 'preparing'), status IN ('completed', 'cancelled') FROM orders
         WHERE id IS NOT ?3 AND (session_id = ?1 OR (session_id IS NULL AND table_id = ?2 AND workflow_id = 1 AND status <> 'cancelled' AND (status <> 'completed'
           OR total_minor > (SELECT total(p.amount_minor - p.refunded_minor) FROM payments p WHERE p.order_id = orders.id AND p.status = 'captured'))))
         ORDER BY id",
        params![visit.id, visit.table_id, but],
        |row| {
            Ok(Along {
                id: row.get(0)?,
                unready: row.get(1)?,
                over: row.get(2)?,
            })
        },
    )
}

/// What staff have to do for a visit, they do where it is.
const TASKS: &str = "UPDATE tasks SET session_id = ?2, table_id = ?3 WHERE session_id = ?1 AND status IN ('open', 'acknowledged')";

fn relocate(tx: &Transaction<'_>, session: i64, table: i64) -> Result<(), Error> {
    tx.execute(
        "UPDATE table_sessions SET table_id = ?2 WHERE id = ?1",
        params![session, table],
    )?;
    tx.execute(TASKS, params![session, session, table])?;
    Ok(())
}

/// What became of moving a visit.
#[derive(Debug, Clone, PartialEq)]
pub struct VisitMoved {
    /// The visit at the table where they are now.
    pub session: SessionFacts,
    /// It is that of those who sat there already.
    pub merged: bool,
    /// Where they came from: the table, and what is on it.
    pub from: (i64, String),
}

/// Moves a visit to another table, with all that it has open; where others sit, with `merge`, both become one with one bill. Nothing is cooked again.
///
/// # Errors
/// [`Refusal::TableOccupied`], [`Refusal::TableInactive`], [`Refusal::OtherRestaurant`], [`Refusal::SessionClosed`], [`Refusal::Version`], [`Refusal::Forbidden`],
/// [`Refusal::NotFound`].
pub fn move_visit(
    tx: &Transaction<'_>,
    actor: &Actor,
    session_id: i64,
    table_id: i64,
    merging: bool,
    expected_version: Option<i64>,
) -> Result<VisitMoved, Error> {
    let visit = sessions::get(tx, session_id)?;
    sessions::serves(actor)?;
    if visit.closed_at.is_some() {
        return Err(Refusal::SessionClosed.into());
    }
    same_version(expected_version, visit.version)?;
    let target = tables::in_restaurant(tx, table_id, visit.restaurant_id)?;
    let from = (visit.table_id, visit.table_number.clone());
    if target.id == visit.table_id {
        return Ok(VisitMoved {
            session: visit,
            merged: false,
            from,
        });
    }
    let into = match &target.session {
        Some(there) if !merging => {
            return Err(Refusal::TableOccupied {
                table_id: target.id,
                table_number: target.number,
                session_id: there.id,
                guests_count: there.guests_count,
            }
            .into());
        }
        None if !target.is_active => return Err(Refusal::TableInactive.into()),
        there => there.as_ref(),
    };
    let transfer = Transfer {
        table_id: Some(target.id),
        session_id: Some(into.map_or(visit.id, |there| there.id)),
        along: along(tx, &visit, None)?,
    };
    match into {
        Some(there) => merge(tx, actor, &visit, there)?,
        None => relocate(tx, visit.id, target.id)?,
    }
    transfer.bring_ready(tx)?;
    transfer.bring_rest(tx)?;
    Ok(VisitMoved {
        session: sessions::get(tx, into.map_or(visit.id, |there| there.id))?,
        merged: into.is_some(),
        from,
    })
}

/// Two visits become the second one, with what both have ordered and paid.
fn merge(
    tx: &Transaction<'_>,
    actor: &Actor,
    from: &SessionFacts,
    into: &SessionFacts,
) -> Result<(), Error> {
    let guests = from.guests_count.saturating_add(into.guests_count);
    tx.execute(
        "UPDATE table_sessions SET guests_count = ?2 WHERE id = ?1",
        params![into.id, guests.min(*GUESTS.end())],
    )?;
    tx.execute(
        "UPDATE payments SET session_id = ?2, share_n = NULL, share_of = NULL WHERE session_id = ?1",
        params![from.id, into.id],
    )?;
    // Shares were of the bill that they had alone.
    tx.execute(
        "UPDATE payments SET share_n = NULL, share_of = NULL WHERE session_id = ?1",
        params![into.id],
    )?;
    // Who is called at both is called once.
    tx.execute(
        "UPDATE tasks SET status = 'cancelled' WHERE session_id = ?1 AND status IN ('open', 'acknowledged') AND kind IN ('call_waiter', 'bill')
           AND kind IN (SELECT kind FROM tasks WHERE session_id = ?2 AND status IN ('open', 'acknowledged'))",
        params![from.id, into.id],
    )?;
    tx.execute(TASKS, params![from.id, into.id, into.table_id])?;
    let reason = format!("merged into table {}", into.table_number);
    tx.execute(
        "UPDATE table_sessions SET closed_at = ?2, closed_by = ?3, close_reason = ?4, merged_into_id = ?5 WHERE id = ?1",
        params![from.id, tx.now_ms(), actor.user_id, &reason, into.id],
    )?;
    let note = Note {
        action: "merge",
        entity: "session",
        id: from.id,
        restaurant_id: from.restaurant_id,
        reason: Some(&reason),
        before: from,
        after: into,
    };
    audit::note(tx, actor, &note)
}
