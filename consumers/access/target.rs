//! What an action is done to, and whose that is.

use super::Bearer;
use super::rules::Action;
use super::rules::Who::{
    Admin, Anonymous, Display, Driver, Guest, Handheld, Kitchen, Manager, Waiter,
};
use crate::domain::{Refusal, orders};
use maitred::{Error, Reader, params};

/// What an action is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Restaurant(i64),
    Order(i64),
    Table(i64),
    Session(i64),
    Waiter(i64),
    Notification(i64),
    Task(i64),
    Device(i64),
    /// Somebody who works in a restaurant.
    Staff(i64),
}

impl Bearer {
    /// Whether what belongs to these is near enough to this bearer.
    pub(super) fn reaches(&self, action: Action, target: Target, of: &Ownership) -> bool {
        let account = |id: Option<i64>| id.is_some() && id == self.account;
        let in_restaurant = match &self.restaurants {
            Some(own) => own.contains(&of.restaurant),
            None => true,
        };
        match self.who {
            Anonymous => true,
            // Ordering and reading the menu happen at the own table, in its restaurant.
            Guest => match target {
                Target::Table(id) => self.table == Some(id),
                Target::Restaurant(_) => in_restaurant,
                _ => (of.session.is_some() && of.session == self.session) || account(of.customer),
            },
            Driver => match action {
                Action::ReadHouse | Action::ReadNames => in_restaurant,
                _ => account(of.driver),
            },
            // An inbox is personal; everything else on the floor is everybody's.
            Waiter => match (action, target) {
                (Action::HearWaiter, Target::Waiter(id)) => in_restaurant && account(Some(id)),
                _ => in_restaurant,
            },
            Kitchen | Display | Handheld | Manager | Admin => in_restaurant,
        }
    }
}

/// Whose a thing is: the ids of its restaurant, its visit, its driver and the account that ordered it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ownership {
    restaurant: i64,
    session: Option<i64>,
    driver: Option<i64>,
    customer: Option<i64>,
}

impl Ownership {
    /// Whose `target` is. `None`: there is no such thing.
    pub(super) fn of(target: Target, db: &Reader<'_>) -> Result<Option<Ownership>, Error> {
        // A command that is about an order reads all of it anyway.
        if let Target::Order(id) = target
            && db.keeps_memos()
        {
            let owner = |order: &orders::OrderFacts| Ownership {
                restaurant: order.restaurant_id,
                session: order.session_id,
                driver: order.driver_id,
                customer: order.customer_user_id(),
            };
            return orders::look(db, id, owner);
        }
        let (sql, id) = match target {
            Target::Restaurant(id) => (
                "SELECT id, NULL, NULL, NULL FROM restaurants WHERE id = ?1",
                id,
            ),
            Target::Order(id) => (
                "SELECT o.restaurant_id, o.session_id, o.driver_id, c.user_id
                 FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE o.id = ?1",
                id,
            ),
            Target::Table(id) => (
                "SELECT restaurant_id, NULL, NULL, NULL FROM tables WHERE id = ?1",
                id,
            ),
            Target::Session(id) => (
                "SELECT t.restaurant_id, s.id, NULL, NULL FROM table_sessions s JOIN tables t ON t.id = s.table_id WHERE s.id = ?1",
                id,
            ),
            Target::Waiter(id) => (
                "SELECT restaurant_id, NULL, NULL, NULL FROM users WHERE id = ?1 AND role IN ('waiter', 'manager') AND restaurant_id IS NOT NULL",
                id,
            ),
            Target::Notification(id) => (
                "SELECT restaurant_id, NULL, NULL, NULL FROM notifications WHERE id = ?1",
                id,
            ),
            Target::Task(id) => (
                "SELECT restaurant_id, session_id, NULL, NULL FROM tasks WHERE id = ?1",
                id,
            ),
            Target::Device(id) => (
                "SELECT restaurant_id, NULL, NULL, NULL FROM devices WHERE id = ?1 AND revoked_at IS NULL",
                id,
            ),
            Target::Staff(id) => (
                "SELECT restaurant_id, NULL, NULL, NULL FROM users WHERE id = ?1 AND role IN ('waiter', 'kitchen', 'driver', 'manager') AND restaurant_id IS NOT NULL",
                id,
            ),
        };
        db.row(sql, params![id], |row| {
            Ok(Ownership {
                restaurant: row.get(0)?,
                session: row.get(1)?,
                driver: row.get(2)?,
                customer: row.get(3)?,
            })
        })
    }
}

impl Target {
    pub(super) fn not_found(self) -> Error {
        let entity = match self {
            Target::Restaurant(_) => "restaurant",
            Target::Order(_) => "order",
            Target::Table(_) => "table",
            Target::Session(_) => "session",
            Target::Waiter(_) => "waiter",
            Target::Notification(_) => "notification",
            Target::Task(_) => "task",
            Target::Device(_) => "device",
            Target::Staff(_) => "user",
        };
        Refusal::NotFound { entity }.into()
    }
}
