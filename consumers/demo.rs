//! The demo restaurant: the ids that the documents' snippets use, so that they work as they are pasted.

use crate::db::{Error, Transaction, params};
use crate::domain::{Status, ids, passwords};

const MINUTE_MS: i64 = 60_000;
/// The house of the dining room and the kitchen.
const HOUSE: i64 = 2;

/// Fills an empty database: restaurants, menu, staff, guests, running orders. Where there is a restaurant already, nothing is touched.
///
/// # Errors
/// [`Error::Store`].
pub fn seed(tx: &Transaction<'_>) -> Result<(), Error> {
    let there: bool = tx.one(
        "SELECT EXISTS (SELECT 1 FROM restaurants)",
        params![],
        |row| row.get(0),
    )?;
    if there {
        return Ok(());
    }
    restaurants(tx)?;
    floor(tx)?;
    people(tx)?;
    menu(tx)?;
    visits(tx)?;
    orders(tx)?;
    tx.execute(
        "INSERT INTO tasks(restaurant_id, kind, table_id, session_id, assignee_id, title, priority) VALUES (2, 'bill', 2, 3, 10, 'Table 2 asks for the bill', 3)",
        params![],
    )?;
    Ok(())
}

fn restaurants(tx: &Transaction<'_>) -> Result<(), Error> {
    for (id, uuid, name) in [
        (HOUSE, "11111111-1111-1111-1111-111111111111", "Baan Mia"),
        (3, "22222222-2222-2222-2222-222222222222", "Noodle Corner"),
        (4, "33333333-3333-3333-3333-333333333333", "Blue Elephant"),
        (789, "00000000-0000-7000-8000-000000000789", "Curry Express"),
        (790, "00000000-0000-7000-8000-000000000790", "Pizza Soi 9"),
    ] {
        tx.execute(
            "INSERT INTO restaurants(id, uuid, name, currency, currency_exp, timezone, settings_json) VALUES (?1, ?2, ?3, 'THB', 2, 'Asia/Bangkok', ?4)",
            params![id, uuid, name, r#"{"allow_open_items":true}"#],
        )?;
        for (code, name, expo) in [
            ("kitchen", "Kitchen", false),
            ("bar", "Bar", false),
            ("expo", "Pass", true),
            ("pos", "Till", false),
        ] {
            tx.execute(
                "INSERT INTO stations(restaurant_id, code, name, is_expo) VALUES (?1, ?2, ?3, ?4)",
                params![id, code, name, expo],
            )?;
        }
    }
    Ok(())
}

fn floor(tx: &Transaction<'_>) -> Result<(), Error> {
    for (id, restaurant, name) in [
        (1, HOUSE, "A"),
        (2, HOUSE, "B"),
        (3, HOUSE, "Terrace"),
        (4, 3, "A"),
    ] {
        tx.execute(
            "INSERT INTO zones(id, restaurant_id, name, sort) VALUES (?1, ?2, ?3, ?1)",
            params![id, restaurant, name],
        )?;
    }
    for (id, zone, number, capacity) in [
        (1, 1, "1", 2),
        (2, 1, "2", 2),
        (3, 1, "3", 4),
        (4, 1, "4", 4),
        (5, 1, "5", 4),
        (6, 2, "6", 6),
        (7, 2, "7", 6),
        (8, 2, "8", 8),
        (9, 3, "T1", 4),
        (10, 3, "T2", 4),
    ] {
        tx.execute(
            "INSERT INTO tables(id, restaurant_id, zone_id, number, capacity) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![id, HOUSE, zone, number, capacity],
        )?;
    }
    for (id, restaurant, zone) in [
        (31, 3, Some(4)),
        (41, 4, None),
        (51, 789, None),
        (61, 790, None),
    ] {
        tx.execute(
            "INSERT INTO tables(id, restaurant_id, zone_id, number) VALUES (?1, ?2, ?3, '1')",
            params![id, restaurant, zone],
        )?;
    }
    Ok(())
}

fn people(tx: &Transaction<'_>) -> Result<(), Error> {
    // One hash for both accounts: making one costs some 20 ms on purpose.
    let password = passwords::hash("admin12345")?;
    for (id, restaurant, role, name, email) in [
        (1, None, "admin", "Ada", Some("admin@example.com")),
        (10, Some(HOUSE), "waiter", "Mia", None),
        (11, Some(HOUSE), "waiter", "Noah", None),
        (12, Some(HOUSE), "waiter", "Lina", None),
        (13, Some(3), "waiter", "Emil", None),
        (20, Some(HOUSE), "kitchen", "Ploy", None),
        (21, Some(3), "kitchen", "Arun", None),
        (25, Some(HOUSE), "display", "Pick-up board", None),
        (
            30,
            Some(HOUSE),
            "manager",
            "Somchai",
            Some("manager@example.com"),
        ),
        (31, Some(3), "manager", "Grace", None),
        (32, Some(789), "manager", "Nok", None),
        (33, Some(790), "manager", "Paolo", None),
        (456, None, "customer", "Chris", None),
        (457, None, "customer", "Dana", None),
        (901, None, "driver", "Dao", None),
        (902, None, "driver", "Ek", None),
    ] {
        tx.execute(
            "INSERT INTO users(id, restaurant_id, role, name, email, password_hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![id, restaurant, role, name, email, email.map(|_| password.as_str())],
        )?;
    }
    for (driver, vehicle) in [(901, "motorbike"), (902, "bicycle")] {
        tx.execute(
            "INSERT INTO drivers(user_id, status, vehicle) VALUES (?1, 'available', ?2)",
            params![driver, vehicle],
        )?;
    }
    for (id, user, name, phone, address) in [
        (
            1,
            456,
            "Chris",
            "+66 2 000 0456",
            r#"{"street":"Soi 11","house":"4"}"#,
        ),
        (
            2,
            457,
            "Dana",
            "+66 2 000 0457",
            r#"{"street":"Rama IV","house":"120"}"#,
        ),
    ] {
        tx.execute(
            "INSERT INTO customers(id, user_id, name, phone, address_json) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![id, user, name, phone, address],
        )?;
    }
    for (waiter, table) in [
        (10, 4),
        (10, 5),
        (10, 2),
        (11, 6),
        (11, 7),
        (12, 9),
        (12, 10),
    ] {
        tx.execute(
            "INSERT INTO waiter_tables(user_id, table_id) VALUES (?1, ?2)",
            params![waiter, table],
        )?;
    }
    Ok(())
}

/// A dish: id, restaurant, category, name, price, seconds to make, allergens.
type Dish = (i64, i64, i64, &'static str, i64, i64, &'static str);

fn menu(tx: &Transaction<'_>) -> Result<(), Error> {
    for (id, restaurant, name, station, course) in [
        (1, HOUSE, "Mains", "kitchen", Some(2)),
        (2, HOUSE, "Drinks", "bar", None),
        (3, HOUSE, "Starters", "kitchen", Some(1)),
        (4, HOUSE, "Desserts", "kitchen", Some(3)),
        (5, 3, "Noodles", "kitchen", None),
        (6, 4, "Curries", "kitchen", None),
        (7, 789, "Curries", "kitchen", None),
        (8, 790, "Pizza", "kitchen", None),
    ] {
        tx.execute(
            "INSERT INTO menu_categories(id, restaurant_id, name, sort, station_id, course)
             VALUES (?1, ?2, ?3, ?1, (SELECT id FROM stations WHERE restaurant_id = ?2 AND code = ?4), ?5)",
            params![id, restaurant, name, station, course],
        )?;
    }
    const DISHES: &[Dish] = &[
        (
            1,
            HOUSE,
            1,
            "Pad Thai",
            80_00,
            480,
            r#"["peanuts","egg","fish","soy"]"#,
        ),
        (2, HOUSE, 2, "Iced tea", 35_50, 60, "[]"),
        (
            3,
            HOUSE,
            4,
            "Mango sticky rice",
            54_50,
            180,
            r#"["sesame"]"#,
        ),
        (
            4,
            HOUSE,
            1,
            "Green curry",
            120_00,
            600,
            r#"["fish","crustaceans"]"#,
        ),
        (
            5,
            HOUSE,
            3,
            "Spring rolls",
            65_00,
            300,
            r#"["gluten","soy"]"#,
        ),
        (
            6,
            HOUSE,
            3,
            "Tom yum soup",
            95_00,
            420,
            r#"["crustaceans","fish"]"#,
        ),
        (7, HOUSE, 2, "Singha beer", 90_00, 30, r#"["gluten"]"#),
        (8, HOUSE, 2, "Coconut water", 60_00, 30, "[]"),
        (9, 3, 5, "Boat noodles", 55_00, 300, r#"["gluten","soy"]"#),
        (
            10,
            4,
            6,
            "Massaman curry",
            140_00,
            600,
            r#"["peanuts","fish"]"#,
        ),
        (
            11,
            789,
            7,
            "Red curry",
            110_00,
            540,
            r#"["fish","crustaceans"]"#,
        ),
        (
            12,
            790,
            8,
            "Margherita",
            220_00,
            600,
            r#"["gluten","milk"]"#,
        ),
    ];
    for (id, restaurant, category, name, price, prep_s, allergens) in DISHES {
        tx.execute(
            "INSERT INTO menu_items(id, restaurant_id, category_id, name, price_minor, prep_s, allergens_json) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![id, restaurant, category, *name, price, prep_s, *allergens],
        )?;
    }
    for (group, dish, name, max, modifiers) in [
        (
            1,
            1,
            "Protein",
            1,
            &[("Tofu", 0), ("Chicken", 20_00), ("Prawns", 40_00)][..],
        ),
        (
            2,
            1,
            "Spice",
            1,
            &[("Mild", 0), ("Medium", 0), ("Thai hot", 0)],
        ),
        (
            3,
            1,
            "Without",
            3,
            &[("No peanuts", 0), ("No egg", 0), ("No onion", 0)],
        ),
        (4, 2, "Sugar", 1, &[("Less sugar", 0), ("No sugar", 0)]),
        (5, 2, "Extra", 2, &[("Lime", 5_00), ("Mint", 5_00)]),
        (
            6,
            4,
            "Spice",
            1,
            &[("Mild", 0), ("Medium", 0), ("Thai hot", 0)],
        ),
    ] {
        tx.execute(
            "INSERT INTO modifier_groups(id, menu_item_id, name, min, max) VALUES (?1, ?2, ?3, 0, ?4)",
            params![group, dish, name, max],
        )?;
        for (name, price) in modifiers {
            tx.execute(
                "INSERT INTO modifiers(group_id, name, price_minor) VALUES (?1, ?2, ?3)",
                params![group, *name, price],
            )?;
        }
    }
    Ok(())
}

fn visits(tx: &Transaction<'_>) -> Result<(), Error> {
    for (id, table, code, guests, waiter, minutes) in [
        (1, 5, "ABC123", 4, 10, 25),
        (2, 6, "KLM456", 2, 11, 10),
        (3, 2, "XYZ789", 2, 10, 70),
    ] {
        tx.execute(
            "INSERT INTO table_sessions(id, uuid, table_id, session_code, guests_count, waiter_id, opened_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![id, ids::uuid(), table, code, guests, waiter, tx.now_ms() - minutes * MINUTE_MS],
        )?;
    }
    Ok(())
}

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

fn orders(tx: &Transaction<'_>) -> Result<(), Error> {
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
