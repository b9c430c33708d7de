//! From what a client calls a thing to its id.

use super::Name;
use maitred::{Error, Kind, Reader, params};

/// What can be called by a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    Restaurant,
    Table,
    Session,
    User,
    Order,
    OrderItem,
    MenuItem,
    Notification,
}

impl Thing {
    /// Its name in sentences, and the statement that finds it.
    const fn parts(self) -> (&'static str, &'static str) {
        match self {
            Thing::Restaurant => (
                "restaurant",
                "SELECT id FROM restaurants WHERE id = ?1 OR uuid = ?2",
            ),
            Thing::Table => ("table", "SELECT id FROM tables WHERE id = ?1 OR uuid = ?2"),
            Thing::Session => (
                "session",
                "SELECT id FROM table_sessions WHERE id = ?1 OR uuid = ?2",
            ),
            Thing::User => ("waiter", "SELECT id FROM users WHERE id = ?1 OR uuid = ?2"),
            Thing::Order => (
                "order",
                "SELECT id FROM orders WHERE id = ?1 OR uuid = ?2 OR public_id = ?2",
            ),
            Thing::OrderItem => (
                "item",
                "SELECT id FROM order_items WHERE id = ?1 OR uuid = ?2",
            ),
            Thing::MenuItem => (
                "menu item",
                "SELECT id FROM menu_items WHERE id = ?1 OR uuid = ?2",
            ),
            Thing::Notification => (
                "notification",
                "SELECT id FROM notifications WHERE id = ?1 OR uuid = ?2",
            ),
        }
    }

    /// The id of what is called so. A name that several restaurants use names nothing.
    pub fn find(self, db: &Reader<'_>, name: &Name) -> Result<Option<i64>, Error> {
        let text = match name {
            Name::Id(_) => None,
            Name::Text(text) => Some(text),
        };
        let ids = db.rows(
            self.parts().1,
            params![name.id(), text.map(String::as_str)],
            |row| row.get(0),
        )?;
        match ids[..] {
            [id] => Ok(Some(id)),
            _ => Ok(None),
        }
    }

    /// As [`find`](Self::find), where it must be there.
    pub fn named(self, db: &Reader<'_>, name: &Name) -> Result<i64, Error> {
        let id = self.find(db, name)?;
        id.ok_or_else(|| self.missing(name))
    }

    /// The answer to a name of nothing.
    pub fn missing(self, name: &impl std::fmt::Display) -> Error {
        let text = format!("there is no {} {name}", self.parts().0);
        Error::client(Kind::NotFound, "NOT_FOUND", text)
    }
}
