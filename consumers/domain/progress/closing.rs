//! Closing all that a table ordered, at once.

use super::moving::apply;
use crate::db::{Error, Transaction, params};
use crate::domain::notifications::{self, Audience, New, NotificationKind};
use crate::domain::orders::{self, OrderFacts};
use crate::domain::{Actor, Refusal, Role, Status, restaurants, tables};
use serde::{Deserialize, Serialize};

/// What became of closing a table's orders.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct TableCompleted {
    pub restaurant_id: i64,
    pub restaurant_uuid: String,
    pub table_id: i64,
    pub table_number: String,
    /// Those that were closed. None: there was nothing to do, and nobody was told.
    pub order_uuids: Vec<String>,
    /// When, in milliseconds.
    pub at: i64,
}

/// Completes every order of a table that is not over, whatever its status is and whether it is paid or not: in a kitchen's eyes a table that was served
/// is done. One command, so nobody sees half of it. The table stays occupied, and owes what it owes.
///
/// # Errors
/// [`Refusal::NotFound`] without such a table in this restaurant; [`Refusal::Forbidden`].
pub fn complete_table(
    tx: &Transaction<'_>,
    actor: &Actor,
    restaurant_id: i64,
    number: &str,
) -> Result<TableCompleted, Error> {
    let may = matches!(
        actor.role,
        Role::Waiter | Role::Kitchen | Role::Manager | Role::Admin | Role::System
    );
    if !may || actor.anonymous {
        let text = "only waiter, kitchen, manager, admin may do this";
        return Err(Refusal::Forbidden(text.into()).into());
    }
    let restaurant = restaurants::get(tx, restaurant_id)?;
    let table = tables::by_number(tx, restaurant_id, number)?;
    let table = table.ok_or(Refusal::NotFound { entity: "table" })?;
    let live: Vec<i64> = tx.rows(
        "SELECT id FROM orders WHERE table_id = ?1 AND workflow_id = 1 AND status NOT IN ('completed', 'cancelled') ORDER BY id",
        params![table.id],
        |row| row.get(0),
    )?;
    let mut order_uuids = Vec::with_capacity(live.len());
    for id in live {
        let order = orders::get(tx, id)?;
        apply(tx, actor, &order, onward(&order), None)?;
        order_uuids.push(order.uuid);
    }
    if !order_uuids.is_empty() {
        let message = format!("Table {number} is done");
        let kind = NotificationKind::TableCompleted;
        let told = New {
            event: Some(Status::Completed.name()),
            table_id: Some(table.id),
            order_uuids: Some(&order_uuids),
            ..New::said(restaurant_id, Audience::Kitchen, kind, None, &message)?
        };
        notifications::insert(tx, actor, &told)?;
    }
    Ok(TableCompleted {
        restaurant_id,
        restaurant_uuid: restaurant.uuid,
        table_id: table.id,
        table_number: table.number,
        order_uuids,
        at: tx.now_ms(),
    })
}

/// All that still lies before an order. What is eaten at a table is not driven anywhere.
fn onward(order: &OrderFacts) -> Vec<Status> {
    let ahead = Status::ALL.into_iter().filter(|status| {
        *status > order.status && !matches!(status, Status::OutForDelivery | Status::Cancelled)
    });
    ahead.filter(|status| *status != Status::Pending).collect()
}
