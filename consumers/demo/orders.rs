//! The demo's running orders.

use super::names::{HOUSE, MINUTE_MS};
use crate::db::{Error, Transaction, params};
use crate::domain::{Status, ids};

/// An order that is running already.
#[derive(Default)]
struct Running {
    id: i64,
    restaurant: i64,
    order_type: &'static str,
    table: Option<i64>,
    session: Option<i64>,
    waiter: Option<i64>,
    customer: Option<i64>,
    minutes_ago: i64,
    /// Dish, quantity, status.
    lines: &'static [(i64, i64, &'static str)],
    note: Option<&'static str>,
    paid: bool,
}

pub(super) fn seed(tx: &Transaction<'_>) -> Result<(), Error> {
    let at_table = |table, session, waiter| Running {
        restaurant: HOUSE,
        order_type: "dine_in",
        table: Some(table),
        session: Some(session),
        waiter: Some(waiter),
        ..Running::default()
    };
    let away = |restaurant, order_type, customer| Running {
        restaurant,
        order_type,
        customer,
        ..Running::default()
    };
    let all = [
        (
            Status::Preparing,
            Running {
                id: 1,
                minutes_ago: 20,
                lines: &[(1, 2, "preparing"), (2, 1, "ready"), (3, 1, "queued")],
                ..at_table(5, 1, 10)
            },
        ),
        (
            Status::Pending,
            Running {
                id: 2,
                minutes_ago: 2,
                lines: &[(4, 1, "queued"), (7, 2, "queued")],
                note: Some("one portion without chili"),
                ..at_table(6, 2, 11)
            },
        ),
        (
            Status::Delivered,
            Running {
                id: 3,
                minutes_ago: 60,
                lines: &[(6, 2, "served"), (8, 2, "served")],
                ..at_table(2, 3, 10)
            },
        ),
        (
            Status::Ready,
            Running {
                id: 4,
                minutes_ago: 15,
                lines: &[(5, 3, "ready")],
                ..away(HOUSE, "pickup", None)
            },
        ),
        (
            Status::Completed,
            Running {
                id: 5,
                minutes_ago: 90,
                lines: &[(1, 1, "served")],
                paid: true,
                ..away(HOUSE, "counter", None)
            },
        ),
        (
            Status::Ready,
            Running {
                id: 6,
                minutes_ago: 18,
                lines: &[(11, 2, "ready")],
                ..away(789, "delivery", Some(2))
            },
        ),
        (
            Status::Confirmed,
            Running {
                id: 7,
                minutes_ago: 5,
                lines: &[(12, 1, "queued")],
                ..away(790, "delivery", Some(1))
            },
        ),
        (
            Status::Confirmed,
            Running {
                id: 8,
                minutes_ago: 4,
                lines: &[(9, 2, "queued")],
                ..away(3, "pickup", None)
            },
        ),
        (
            Status::Confirmed,
            Running {
                id: 123,
                minutes_ago: 6,
                lines: &[(1, 1, "queued"), (2, 2, "queued")],
                ..away(HOUSE, "delivery", Some(1))
            },
        ),
    ];
    for (status, order) in &all {
        running(tx, *status, order)?;
    }
    Ok(())
}

fn running(tx: &Transaction<'_>, status: Status, order: &Running) -> Result<(), Error> {
    let began = tx.now_ms() - order.minutes_ago * MINUTE_MS;
    // Every state took a fifth of the time since.
    let reached = |state: Status, fifths: i64| {
        Some(began + order.minutes_ago * MINUTE_MS * fifths / 5).filter(|_| status >= state)
    };
    tx.execute(
        "INSERT INTO orders(id, uuid, public_id, restaurant_id, status, type, source, table_id, session_id, waiter_id, customer_id, note, created_at,
           confirmed_at, preparing_at, ready_at, delivered_at, completed_at, subtotal_minor, total_minor)
         VALUES (?1, ?2, 'order-' || ?1, ?3, ?4, ?5, 'waiter', ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
           (SELECT sum(m.price_minor * json_extract(l.value, '$[1]')) FROM json_each(?17) l JOIN menu_items m ON m.id = json_extract(l.value, '$[0]')),
           (SELECT sum(m.price_minor * json_extract(l.value, '$[1]')) FROM json_each(?17) l JOIN menu_items m ON m.id = json_extract(l.value, '$[0]')))",
        params![
            order.id,
            ids::uuid(),
            order.restaurant,
            status.name(),
            order.order_type,
            order.table,
            order.session,
            order.waiter,
            order.customer,
            order.note,
            began,
            reached(Status::Confirmed, 1),
            reached(Status::Preparing, 2),
            reached(Status::Ready, 3),
            reached(Status::Delivered, 4),
            reached(Status::Completed, 5),
            serde_json::to_string(order.lines)?
        ],
    )?;
    for (dish, quantity, state) in order.lines {
        let after = |states: &[&str]| Some(tx.now_ms()).filter(|_| states.contains(state));
        tx.execute(
            "INSERT INTO order_items(uuid, order_id, menu_item_id, name, qty, unit_price_minor, course, station_id, status, fired_at, started_at, ready_at,
               served_at)
             SELECT ?1, ?2, m.id, m.name, ?4, m.price_minor, c.course, c.station_id, ?5, ?6, ?7, ?8, ?9
             FROM menu_items m JOIN menu_categories c ON c.id = m.category_id WHERE m.id = ?3",
            params![
                ids::uuid(),
                order.id,
                dish,
                quantity,
                *state,
                began,
                after(&["preparing", "ready", "served"]).map(|_| began),
                after(&["ready", "served"]),
                after(&["served"])
            ],
        )?;
    }
    if order.paid {
        tx.execute(
            "INSERT INTO payments(uuid, order_id, amount_minor, captured_at) SELECT ?2, id, total_minor, ?3 FROM orders WHERE id = ?1",
            params![order.id, ids::uuid(), tx.now_ms()],
        )?;
    }
    Ok(())
}
