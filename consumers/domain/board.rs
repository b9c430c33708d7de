//! The board that guests look at: what is being made, and what can be fetched.

use super::orders::{self, OrderFacts, OrderType};
use super::{Status, workflow};
use crate::db::{Error, Reader, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How long something that is ready is shown, from when it was, or was called again: nobody comes for it any more, or it is in their hands. In milliseconds.
pub const SHOWN_MS: i64 = 10 * 60 * 1000;
/// The most orders on a board, and of one answer: more than a screen has room for.
const BOARD_MAX: i64 = 200;

/// The column in which a code stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// Being made.
    Preparing,
    /// To be fetched.
    Ready,
}

/// The column of an order that stands there. What is served at a table is on no board, and what nobody has confirmed is not being made.
pub fn column(order_type: OrderType, status: Status) -> Option<Column> {
    match (order_type, status) {
        (OrderType::DineIn, _) => None,
        (_, Status::Confirmed | Status::Preparing) => Some(Column::Preparing),
        (_, Status::Ready) => Some(Column::Ready),
        _ => None,
    }
}

impl OrderFacts {
    /// Where it stands on the board.
    pub fn column(&self) -> Option<Column> {
        column(self.order_type, self.status)
    }

    /// What is called out: its code, or what there is.
    pub fn call_sign(&self) -> &str {
        self.code.as_deref().unwrap_or(&self.public_id)
    }

    /// The first name of whoever gets it: everybody reads it.
    pub fn first_name(&self) -> Option<&str> {
        let name = &self.customer.as_ref()?.name;
        name.split_whitespace().next()
    }

    /// When the board takes it down, whoever fetches it.
    pub fn leaves_board_at(&self) -> Option<i64> {
        let since = self.ready_at.max(self.called_at)?;
        (self.column() == Some(Column::Ready)).then_some(since + SHOWN_MS)
    }
}

/// All orders on a restaurant's board at a moment: the oldest first that are being made, the newest first that are ready.
///
/// # Errors
/// [`Error::Store`].
pub fn shown(db: &Reader<'_>, restaurant: i64, now_ms: i64) -> Result<Vec<OrderFacts>, Error> {
    let ids = db.rows(
        "SELECT id FROM orders WHERE restaurant_id = ?1 AND workflow_id = ?2 AND type <> 'dine_in'
           AND (status IN ('confirmed', 'preparing') OR status = 'ready' AND max(coalesce(ready_at, 0), coalesce(called_at, 0)) > ?3)
         ORDER BY status = 'ready', CASE status WHEN 'ready' THEN -max(coalesce(ready_at, 0), coalesce(called_at, 0)) ELSE id END, id DESC LIMIT ?4",
        params![restaurant, workflow::RESTAURANT, now_ms - SHOWN_MS, BOARD_MAX],
        |row| row.get(0),
    )?;
    orders::each(db, ids, |id| orders::facts(db, id))
}
