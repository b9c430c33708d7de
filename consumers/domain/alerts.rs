//! Alerts: urgent words to one waiter, to the floor or to the kitchen.

use super::notifications::{self, Audience, New, NotificationFacts, NotificationKind};
use super::{Actor, Key, Refusal, ids, orders, restaurants, tables, tasks, waiters};
use crate::db::{Error, Transaction};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An alert that is to be raised.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewAlert {
    /// What is wrong.
    #[schema(required = true, min_length = 1, max_length = 500)]
    pub message: String,
    /// In a few words.
    pub title: Option<String>,
    /// For one waiter; else for the floor.
    pub waiter_id: Option<Key>,
    /// For the kitchen instead.
    pub kitchen: bool,
    /// How it is meant.
    pub level: Option<Level>,
    /// 1 to 5; where it is not said, as the level has it, else 4.
    #[serde(alias = "priority")]
    #[schema(minimum = 1, maximum = 5)]
    pub severity: Option<i64>,
    /// The order it is about; its table then, too.
    pub order_id: Option<Key>,
    /// The table it is about.
    pub table_id: Option<Key>,
}

/// How an alert is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Level {
    Urgent,
    Warning,
    Info,
}

impl Level {
    /// As in `notifications.event`.
    pub const fn name(self) -> &'static str {
        match self {
            Level::Urgent => "urgent",
            Level::Warning => "warning",
            Level::Info => "info",
        }
    }

    /// What somebody meant who only said how urgent it is.
    pub const fn of_severity(severity: i64) -> Level {
        match severity {
            ..=2 => Level::Info,
            3 => Level::Warning,
            _ => Level::Urgent,
        }
    }

    const fn severity(self) -> i64 {
        match self {
            Level::Urgent => 5,
            Level::Warning => 3,
            Level::Info => 1,
        }
    }
}

/// Raises an alert.
///
/// # Errors
/// [`Refusal::Value`], [`Refusal::OtherRestaurant`], [`Refusal::Forbidden`], [`Refusal::NotFound`].
pub fn raise(
    tx: &Transaction<'_>,
    actor: &Actor,
    restaurant_id: i64,
    new: &NewAlert,
) -> Result<NotificationFacts, Error> {
    if !actor.role.is_staff() {
        return Err(Refusal::Forbidden("please ask a waiter".into()).into());
    }
    restaurants::get(tx, restaurant_id)?;
    let audience = match &new.waiter_id {
        Some(key) => Audience::Waiter(waiters::in_restaurant(tx, key, restaurant_id)?),
        None if new.kitchen => Audience::Kitchen,
        None => Audience::Floor,
    };
    let order = match &new.order_id {
        Some(key) => Some(orders::get(tx, ids::order(tx, key, Some(restaurant_id))?)?),
        None => None,
    };
    let mut table_id = order.as_ref().and_then(|order| order.table_id);
    if let Some(key) = &new.table_id {
        table_id = Some(tables::in_restaurant(tx, ids::table(tx, key)?, restaurant_id)?.id);
    }
    let (kind, title) = (NotificationKind::Alert, new.title.as_deref());
    let said = New::said(restaurant_id, audience, kind, title, &new.message)?;
    let usual = new.level.map_or(said.severity, Level::severity);
    let alert = New {
        event: new.level.map(Level::name),
        severity: tasks::severity("severity", new.severity, usual)?,
        order_id: order.map(|order| order.id),
        table_id,
        ..said
    };
    notifications::insert(tx, actor, &alert)
}
