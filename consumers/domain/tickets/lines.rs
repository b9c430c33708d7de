//! Which lines of a ticket a command is about, and what came of it.

use crate::db::{Error, Reader};
use crate::domain::items::{self, ItemFacts};
use crate::domain::orders::{self, OrderFacts};
use crate::domain::placing::LINES_MAX;
use crate::domain::{Actor, Refusal, Role, workflow};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Which lines of an order.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    /// Those that are for one of these stations; `None`: whatever they are for.
    pub stations: Option<Vec<i64>>,
    /// Only these; `None`: all. What came later than the cook looked is not among them.
    pub items: Option<Vec<i64>>,
}

impl Lines {
    /// Those of an order that are meant.
    ///
    /// # Errors
    /// [`Refusal::Value`] for too many names.
    pub(super) fn of(&self, db: &Reader<'_>, order_id: i64) -> Result<Vec<ItemFacts>, Error> {
        if self
            .items
            .as_ref()
            .is_some_and(|some| some.len() > LINES_MAX)
        {
            return Err(Refusal::value("items", format!("at most {LINES_MAX}")).into());
        }
        let mut all = self.at_stations(db, order_id)?;
        if let Some(some) = &self.items {
            all.retain(|line| some.contains(&line.id));
        }
        Ok(all)
    }

    /// Those of the stations, whoever is named.
    pub(super) fn at_stations(
        &self,
        db: &Reader<'_>,
        order_id: i64,
    ) -> Result<Vec<ItemFacts>, Error> {
        let mut all = items::of_order(db, order_id)?;
        if let Some(stations) = &self.stations {
            let routed = items::routed(db, order_id)?;
            let theirs: BTreeSet<i64> = routed
                .into_iter()
                .filter(|(_, station)| station.is_some_and(|station| stations.contains(&station)))
                .map(|(line, _)| line)
                .collect();
            all.retain(|line| theirs.contains(&line.id));
        }
        Ok(all)
    }
}

/// What came of a command about a ticket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Done {
    /// The order now.
    pub order: OrderFacts,
    /// The lines that it was about, as they are now.
    pub items: Vec<ItemFacts>,
    /// Something is different: what is done already is a success without a change.
    pub changed: bool,
}

impl Done {
    /// With the lines of these ids.
    pub(super) fn of(
        db: &Reader<'_>,
        order_id: i64,
        lines: &[i64],
        changed: bool,
    ) -> Result<Self, Error> {
        let mut items = items::of_order(db, order_id)?;
        items.retain(|line| lines.contains(&line.id));
        Ok(Done {
            order: orders::get(db, order_id)?,
            items,
            changed,
        })
    }
}

/// An order of a kitchen. Those of other workflows are none.
pub(super) fn ticket(db: &Reader<'_>, order_id: i64) -> Result<OrderFacts, Error> {
    let order = orders::get(db, order_id)?;
    match order.workflow_id == workflow::RESTAURANT {
        true => Ok(order),
        false => Err(Refusal::NotFound { entity: "order" }.into()),
    }
}

/// Only who cooks, or runs the house, says what was cooked.
pub(super) fn cook(actor: &Actor) -> Result<(), Refusal> {
    let cooks = actor.role == Role::Kitchen || actor.role.manages();
    match cooks && !actor.anonymous {
        true => Ok(()),
        false => Err(Refusal::Forbidden(
            "only kitchen, manager, admin may do this".into(),
        )),
    }
}

/// Who serves, too.
pub(super) fn staff(actor: &Actor) -> Result<(), Refusal> {
    match actor.role.is_staff() && !actor.anonymous {
        true => Ok(()),
        false => Err(Refusal::Forbidden(
            "only waiter, kitchen, manager, admin may do this".into(),
        )),
    }
}

/// The ids as a parameter for `json_each`.
pub(super) fn json(ids: &[i64]) -> Result<String, Error> {
    Ok(serde_json::to_string(ids)?)
}

/// The ids of lines.
pub(super) fn ids<'a>(lines: impl IntoIterator<Item = &'a ItemFacts>) -> Vec<i64> {
    lines.into_iter().map(|line| line.id).collect()
}
