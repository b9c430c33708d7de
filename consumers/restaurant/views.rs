//! Facts as the rows show them now: the same for events, first frames and answers.

use super::{
    ItemFact, ModifierFact, NotificationFact, OrderFact, PaymentFact, SessionFact, TableFact,
    TaskFact,
};
use maitred::{Error, Reader, Row, Value, params};
use serde::Deserialize;

/// An amount in the smallest unit as decimal text: 25000 with two digits is `250.00`.
pub fn amount(minor: i64, digits: u32) -> String {
    let unit = 10_u64.pow(digits);
    let sign = if minor < 0 { "-" } else { "" };
    let (whole, rest) = (minor.unsigned_abs() / unit, minor.unsigned_abs() % unit);
    match digits {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{rest:0width$}", width = digits as usize),
    }
}

/// The number that views of several rows carry as their version: above that of every event before, and of every view that was read before.
///
/// For an event that is about to be announced; a view that is read later says the [head](Reader::head), which includes that event.
pub fn next_version(db: &Reader<'_>) -> Result<u64, Error> {
    Ok(db.head()? + 1)
}

const ORDER: &str = "SELECT o.id, o.public_id, o.restaurant_id, o.status, o.type, o.table_id, t.number, o.session_id, o.waiter_id, o.driver_id,
  (SELECT count(*) FROM order_items i WHERE i.order_id = o.id AND i.status <> 'voided'), o.total_minor, r.currency_exp, o.note, o.eta_at,
  o.created_at, o.confirmed_at, o.ready_at, o.delivered_at, o.cancelled_at, o.cancel_reason, o.version
  FROM orders o JOIN restaurants r ON r.id = o.restaurant_id LEFT JOIN tables t ON t.id = o.table_id";

impl OrderFact {
    /// An order, if there is such a one.
    pub fn read(db: &Reader<'_>, id: i64) -> Result<Option<Self>, Error> {
        db.row(&format!("{ORDER} WHERE o.id = ?1"), params![id], Self::of)
    }

    /// The orders that `filter`, the rest of a statement after `WHERE`, finds.
    pub fn list(db: &Reader<'_>, filter: &str, params: &[Value<'_>]) -> Result<Vec<Self>, Error> {
        db.rows(&format!("{ORDER} WHERE {filter}"), params, Self::of)
    }

    fn of(row: &Row<'_>) -> Result<Self, Error> {
        Ok(OrderFact {
            id: row.get(0)?,
            public_id: row.get(1)?,
            restaurant_id: row.get(2)?,
            status: row.get(3)?,
            r#type: row.get(4)?,
            table_id: row.get(5)?,
            table_number: row.get(6)?,
            session_id: row.get(7)?,
            waiter_id: row.get(8)?,
            driver_id: row.get(9)?,
            items_count: row.get(10)?,
            total_amount: amount(row.get(11)?, row.get(12)?),
            note: row.get(13)?,
            eta_at: row.get(14)?,
            created_at: row.get(15)?,
            confirmed_at: row.get(16)?,
            ready_at: row.get(17)?,
            delivered_at: row.get(18)?,
            cancelled_at: row.get(19)?,
            cancel_reason: row.get(20)?,
            version: row.get(21)?,
        })
    }
}

impl ItemFact {
    /// An order's lines, in the order they were added.
    pub fn of_order(db: &Reader<'_>, order: i64) -> Result<Vec<Self>, Error> {
        #[derive(Deserialize)]
        struct Modifier {
            name: String,
            #[serde(default)]
            price_minor: i64,
            #[serde(default = "one")]
            qty: i64,
        }
        fn one() -> i64 {
            1
        }
        db.rows(
            "SELECT i.id, i.menu_item_id, i.name, i.qty, i.unit_price_minor, r.currency_exp, i.status, i.seat, i.course, i.note, i.allergy, i.version,
             i.modifiers_json
             FROM order_items i JOIN orders o ON o.id = i.order_id JOIN restaurants r ON r.id = o.restaurant_id
             WHERE i.order_id = ?1 ORDER BY i.id",
            params![order],
            |row| {
                let digits: u32 = row.get(5)?;
                // Another program may have written any JSON: a line is told without modifiers rather than not at all.
                let modifiers: Vec<Modifier> = row.json(12).unwrap_or_default();
                let modifiers = modifiers.into_iter().map(|m| ModifierFact {
                    name: m.name,
                    price: amount(m.price_minor, digits),
                    quantity: m.qty,
                });
                Ok(ItemFact {
                    id: row.get(0)?,
                    menu_item_id: row.get(1)?,
                    name: row.get(2)?,
                    quantity: row.get(3)?,
                    price: amount(row.get(4)?, digits),
                    status: row.get(6)?,
                    seat: row.get(7)?,
                    course: row.get(8)?,
                    note: row.get(9)?,
                    allergy: row.get(10)?,
                    version: row.get(11)?,
                    modifiers: modifiers.collect(),
                })
            },
        )
    }
}

const SESSION: &str = "SELECT s.id, s.session_code, s.table_id, t.number, s.guests_count, s.waiter_id, s.opened_at, s.closed_at, s.close_reason, s.version
  FROM table_sessions s JOIN tables t ON t.id = s.table_id";

impl SessionFact {
    /// A visit, if there is such a one.
    pub fn read(db: &Reader<'_>, id: i64) -> Result<Option<Self>, Error> {
        db.row(&format!("{SESSION} WHERE s.id = ?1"), params![id], Self::of)
    }

    /// The visits that `filter`, the rest of a statement after `WHERE`, finds.
    pub fn list(db: &Reader<'_>, filter: &str, params: &[Value<'_>]) -> Result<Vec<Self>, Error> {
        db.rows(&format!("{SESSION} WHERE {filter}"), params, Self::of)
    }

    fn of(row: &Row<'_>) -> Result<Self, Error> {
        Ok(SessionFact {
            id: row.get(0)?,
            session_code: row.get(1)?,
            table_id: row.get(2)?,
            table_number: row.get(3)?,
            guests_count: row.get(4)?,
            waiter_id: row.get(5)?,
            started_at: row.get(6)?,
            closed_at: row.get(7)?,
            close_reason: row.get(8)?,
            version: row.get(9)?,
            deleted: false,
        })
    }
}

const TABLE: &str = "SELECT t.id, t.number, t.capacity, t.is_active, z.name, t.restaurant_id, r.name
  FROM tables t JOIN restaurants r ON r.id = t.restaurant_id LEFT JOIN zones z ON z.id = t.zone_id";

impl TableFact {
    /// A table and who sits there, if there is such a one.
    pub fn read(db: &Reader<'_>, id: i64, version: u64) -> Result<Option<Self>, Error> {
        let filter = "t.id = ?1";
        Ok(Self::list(db, filter, params![id], version)?.pop())
    }

    /// The tables that `filter`, the rest of a statement after `WHERE`, finds.
    pub fn list(
        db: &Reader<'_>,
        filter: &str,
        params: &[Value<'_>],
        version: u64,
    ) -> Result<Vec<Self>, Error> {
        let mut tables = db.rows(&format!("{TABLE} WHERE {filter}"), params, |row| {
            Ok(TableFact {
                id: row.get(0)?,
                number: row.get(1)?,
                capacity: row.get(2)?,
                is_active: row.get(3)?,
                zone: row.get(4)?,
                restaurant_id: row.get(5)?,
                restaurant: row.get(6)?,
                session: None,
                version,
            })
        })?;
        for table in &mut tables {
            let open = "s.table_id = ?1 AND s.closed_at IS NULL";
            table.session = SessionFact::list(db, open, params![table.id])?.pop();
        }
        Ok(tables)
    }
}

const NOTIFICATION: &str = "SELECT n.id, n.restaurant_id, n.audience, n.kind, n.event, n.severity, n.title, n.message, n.order_id, n.table_id, t.number,
  (SELECT count(*) FROM order_items i WHERE i.order_id = n.order_id AND i.status <> 'voided'), n.task_id, k.kind, n.payment_id, p.amount_minor,
  r.currency_exp, n.created_at, n.acknowledged_at, u.name
  FROM notifications n JOIN restaurants r ON r.id = n.restaurant_id LEFT JOIN tables t ON t.id = n.table_id
  LEFT JOIN tasks k ON k.id = n.task_id LEFT JOIN payments p ON p.id = n.payment_id LEFT JOIN users u ON u.id = n.acknowledged_by";

impl NotificationFact {
    /// A notification, if there is such a one.
    pub fn read(db: &Reader<'_>, id: i64) -> Result<Option<Self>, Error> {
        db.row(
            &format!("{NOTIFICATION} WHERE n.id = ?1"),
            params![id],
            Self::of,
        )
    }

    /// The notifications that `filter`, the rest of a statement after `WHERE`, finds.
    pub fn list(db: &Reader<'_>, filter: &str, params: &[Value<'_>]) -> Result<Vec<Self>, Error> {
        db.rows(&format!("{NOTIFICATION} WHERE {filter}"), params, Self::of)
    }

    fn of(row: &Row<'_>) -> Result<Self, Error> {
        let (order_id, digits) = (row.get::<Option<i64>>(8)?, row.get(16)?);
        let paid: Option<i64> = row.get(15)?;
        Ok(NotificationFact {
            id: row.get(0)?,
            restaurant_id: row.get(1)?,
            audience: row.get(2)?,
            kind: row.get(3)?,
            event: row.get(4)?,
            severity: row.get(5)?,
            title: row.get(6)?,
            message: row.get(7)?,
            order_id,
            table_id: row.get(9)?,
            table_number: row.get(10)?,
            items_count: match order_id {
                Some(_) => row.get(11)?,
                None => None,
            },
            task_id: row.get(12)?,
            task_kind: row.get(13)?,
            payment_id: row.get(14)?,
            amount: paid.map(|minor| amount(minor, digits)),
            created_at: row.get(17)?,
            acknowledged_at: row.get(18)?,
            acknowledged_by: row.get(19)?,
        })
    }
}

const TASK: &str = "SELECT k.id, k.restaurant_id, k.kind, k.title, k.status, k.priority, k.assignee_id, k.order_id, k.table_id, t.number,
  k.created_at, k.version FROM tasks k LEFT JOIN tables t ON t.id = k.table_id";

impl TaskFact {
    /// The tasks that `filter`, the rest of a statement after `WHERE`, finds.
    pub fn list(db: &Reader<'_>, filter: &str, params: &[Value<'_>]) -> Result<Vec<Self>, Error> {
        db.rows(&format!("{TASK} WHERE {filter}"), params, |row| {
            Ok(TaskFact {
                id: row.get(0)?,
                restaurant_id: row.get(1)?,
                kind: row.get(2)?,
                title: row.get(3)?,
                status: row.get(4)?,
                priority: row.get(5)?,
                assignee_id: row.get(6)?,
                order_id: row.get(7)?,
                table_id: row.get(8)?,
                table_number: row.get(9)?,
                created_at: row.get(10)?,
                version: row.get(11)?,
            })
        })
    }
}

impl PaymentFact {
    /// A captured payment after which nothing is owed for its order any more. Of several that were captured at once the last one is meant: nothing is
    /// completed twice.
    pub fn completing(db: &Reader<'_>, id: i64) -> Result<Option<Self>, Error> {
        db.row(
            "SELECT p.id, o.restaurant_id, p.order_id, coalesce(p.session_id, o.session_id), t.number, p.amount_minor, r.currency_exp, o.total_minor, p.method
             FROM payments p JOIN orders o ON o.id = p.order_id JOIN restaurants r ON r.id = o.restaurant_id LEFT JOIN tables t ON t.id = o.table_id
             WHERE p.id = ?1 AND p.status = 'captured' AND o.status <> 'cancelled'
             AND o.total_minor <= (SELECT sum(amount_minor) FROM payments WHERE order_id = o.id AND status = 'captured')
             AND NOT EXISTS (SELECT 1 FROM payments l WHERE l.order_id = o.id AND l.status = 'captured'
                             AND (coalesce(l.captured_at, l.created_at), l.id) > (coalesce(p.captured_at, p.created_at), p.id))",
            params![id],
            |row| {
                let digits = row.get(6)?;
                Ok(PaymentFact {
                    id: row.get(0)?,
                    restaurant_id: row.get(1)?,
                    order_id: row.get(2)?,
                    session_id: row.get(3)?,
                    table_number: row.get(4)?,
                    amount: amount(row.get(5)?, digits),
                    total_amount: amount(row.get(7)?, digits),
                    method: row.get(8)?,
                })
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::amount;

    #[test]
    fn amounts_have_the_currencys_digits() {
        for (minor, digits, text) in [
            (25_000, 2, "250.00"),
            (5, 2, "0.05"),
            (-5, 2, "-0.05"),
            (500, 0, "500"),
            (1, 3, "0.001"),
            (i64::MIN, 2, "-92233720368547758.08"),
        ] {
            assert_eq!(amount(minor, digits), text);
        }
    }
}
