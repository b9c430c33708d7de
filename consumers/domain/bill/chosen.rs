//! Lines that somebody wants to pay for.

use super::facts::Bill;
use crate::db::{Error, Kind, Reader};
use crate::domain::{Key, Refusal, ids};
use serde::Deserialize;
use utoipa::ToSchema;

/// A line, or some of its pieces, that is to be paid for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WantedLine)]
pub struct Wanted {
    /// Number or uuid of the line.
    pub id: Key,
    /// How many pieces; all that are left, where it is not said.
    #[serde(alias = "quantity")]
    #[schema(minimum = 1, maximum = 999)]
    pub qty: Option<i64>,
}

/// A line that is chosen, and what its pieces cost.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Chosen {
    pub order_id: i64,
    pub item_id: i64,
    pub quantity: i64,
    pub amount_minor: i64,
}

/// The most lines that one payment names: as many as an order may have, several times.
const CHOSEN_MAX: usize = 500;

/// What the wanted lines cost. An order that is paid in part costs no more than what is left of it.
///
/// # Errors
/// [`Refusal::LinePaid`], [`Refusal::NotFound`] for what is not on this bill, [`Refusal::Value`].
pub(super) fn choose(
    db: &Reader<'_>,
    bill: &Bill,
    wanted: &[Wanted],
) -> Result<Vec<Chosen>, Error> {
    if wanted.is_empty() || wanted.len() > CHOSEN_MAX {
        return Err(Refusal::value("items", format!("1 to {CHOSEN_MAX} lines")).into());
    }
    let mut chosen: Vec<Chosen> = Vec::with_capacity(wanted.len());
    for wanted in wanted {
        let item_id = match ids::item(db, &wanted.id) {
            Err(Error::Client(refusal)) if refusal.kind == Kind::NotFound => return Err(no_line()),
            found => found?,
        };
        let (billed, line) = bill.line(item_id).ok_or_else(no_line)?;
        if chosen.iter().any(|known| known.item_id == item_id) {
            return Err(Refusal::value("items", "two of them are the same line").into());
        }
        let quantity = wanted.qty.unwrap_or(line.due_quantity);
        if wanted.qty.is_some_and(|qty| qty < 1) {
            return Err(Refusal::value("qty", "1 or more").into());
        }
        if quantity > line.due_quantity || quantity == 0 {
            // what costs nothing is not paid for
            return Err(match line.amount_minor {
                0 => Refusal::NothingToPay.into(),
                _ => Refusal::LinePaid { item_id }.into(),
            });
        }
        let of_order = chosen.iter().filter(|c| c.order_id == billed.order.id);
        let taken: i64 = of_order.map(|chosen| chosen.amount_minor).sum();
        let left = billed.due_minor().saturating_sub(taken);
        chosen.push(Chosen {
            order_id: billed.order.id,
            item_id,
            quantity,
            amount_minor: line.pieces_minor(quantity).min(left),
        });
    }
    Ok(chosen)
}

fn no_line() -> Error {
    Refusal::NotFound { entity: "line" }.into()
}

impl Bill {
    /// What these lines would cost now.
    ///
    /// # Errors
    /// [`Refusal::LinePaid`], [`Refusal::NotFound`] for what is not on this bill, [`Refusal::Value`].
    pub fn choose(&self, db: &Reader<'_>, wanted: &[Wanted]) -> Result<Vec<Chosen>, Error> {
        choose(db, self, wanted)
    }
}
