//! The demo restaurant: the ids that the documents' snippets use, so that they work as they are pasted.

use super::names::{HOUSE, MINUTE_MS, SHOP};
use super::{evening, jobs, menu, orders, pins};
use crate::db::{Error, Transaction, params};
use crate::domain::{ids, passwords};

/// Fills an empty database with what the documents' examples name: restaurants, menu, staff, guests, running orders. Where there is a restaurant already, nothing is
/// touched.
///
/// # Errors
/// [`Error::Store`].
pub fn seed(tx: &Transaction<'_>) -> Result<(), Error> {
    match is_empty(tx)? {
        true => documents(tx),
        false => Ok(()),
    }
}

/// The same, in the middle of an evening: with the guests, orders and wishes of a house that is half full.
///
/// # Errors
/// [`Error::Store`].
pub fn seed_evening(tx: &Transaction<'_>) -> Result<(), Error> {
    if is_empty(tx)? {
        documents(tx)?;
        evening::seed(tx)?;
    }
    Ok(())
}

fn is_empty(tx: &Transaction<'_>) -> Result<bool, Error> {
    tx.one(
        "SELECT NOT EXISTS (SELECT 1 FROM restaurants)",
        params![],
        |row| row.get(0),
    )
}

fn documents(tx: &Transaction<'_>) -> Result<(), Error> {
    restaurants(tx)?;
    floor(tx)?;
    people(tx)?;
    pins::seed(tx)?;
    menu::seed(tx)?;
    visits(tx)?;
    orders::seed(tx)?;
    jobs::seed(tx)?;
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
    tx.execute(
        "INSERT INTO restaurants(id, uuid, name, currency, currency_exp, timezone, settings_json) VALUES (?1, ?2, 'Paper Street Press', 'THB', 2, 'Asia/Bangkok', ?3)",
        params![SHOP, "44444444-4444-4444-4444-444444444444", r#"{"workflow":"print"}"#],
    )?;
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
        (34, Some(SHOP), "manager", "Tyler", None),
        (35, Some(SHOP), "waiter", "Marla", None),
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
