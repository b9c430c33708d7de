//! The kinds of rows whose changes are announced.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A kind of row that announces its changes, as the change feed names it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Entity {
    /// `restaurants`
    Restaurant,
    /// `zones`
    Zone,
    /// `tables`
    Table,
    /// `table_sessions`
    Session,
    /// `users`
    User,
    /// `devices`
    Device,
    /// `menu_items`
    MenuItem,
    /// `orders`
    Order,
    /// `order_items`
    OrderItem,
    /// `payments`
    Payment,
    /// `tasks`
    Task,
    /// `notifications`
    Notification,
}

impl Entity {
    /// All of them, and the tables they are rows of.
    pub const TABLES: &[(Entity, &str)] = &[
        (Entity::Restaurant, "restaurants"),
        (Entity::Zone, "zones"),
        (Entity::Table, "tables"),
        (Entity::Session, "table_sessions"),
        (Entity::User, "users"),
        (Entity::Device, "devices"),
        (Entity::MenuItem, "menu_items"),
        (Entity::Order, "orders"),
        (Entity::OrderItem, "order_items"),
        (Entity::Payment, "payments"),
        (Entity::Task, "tasks"),
        (Entity::Notification, "notifications"),
    ];

    /// The kind of a watched table's rows.
    pub fn of_table(table: &str) -> Option<Entity> {
        let found = Self::TABLES.iter().find(|(_, name)| *name == table);
        found.map(|(entity, _)| *entity)
    }

    /// Its name in the change feed and in a group's text.
    pub const fn name(self) -> &'static str {
        match self {
            Entity::Restaurant => "restaurant",
            Entity::Zone => "zone",
            Entity::Table => "table",
            Entity::Session => "session",
            Entity::User => "user",
            Entity::Device => "device",
            Entity::MenuItem => "menu_item",
            Entity::Order => "order",
            Entity::OrderItem => "order_item",
            Entity::Payment => "payment",
            Entity::Task => "task",
            Entity::Notification => "notification",
        }
    }
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Entity {
    type Err = NotAnEntity;
    fn from_str(text: &str) -> Result<Self, NotAnEntity> {
        let found = Self::TABLES
            .iter()
            .find(|(entity, _)| entity.name() == text);
        found.map(|(entity, _)| *entity).ok_or(NotAnEntity)
    }
}

/// The text names no kind of row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnEntity;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_one_name_and_one_table() {
        for (entity, table) in Entity::TABLES {
            assert_eq!(Entity::of_table(table), Some(*entity));
            assert_eq!(entity.name().parse(), Ok(*entity));
            let json = serde_json::to_string(entity).unwrap();
            assert_eq!(json, format!("\"{entity}\""));
        }
        // A code is told with its order; whether a driver takes orders is told to that driver alone.
        let told = |table: &str| !["order_codes", "drivers"].contains(&table);
        for watched in crate::watched::WATCHED.iter().filter(|w| told(w.table)) {
            assert!(
                Entity::of_table(watched.table).is_some(),
                "{}",
                watched.table
            );
        }
    }
}
