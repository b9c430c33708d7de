//! What the demo's print workshop is working on.

use super::names::SHOP;
use crate::db::{Error, Transaction, params};
use crate::domain::{ids, workflow};
use serde_json::json;

const HOUR_MS: i64 = 3_600_000;

pub(super) fn seed(tx: &Transaction<'_>) -> Result<(), Error> {
    for (id, name, stage, customer, product, copies, sheet, hours_ago, hours_to_go) in [
        (
            101,
            "ORD-1001",
            "Packaging",
            "Noodle Corner",
            "Menus, A4, folded",
            300,
            "170 g coated",
            50,
            20,
        ),
        (
            102,
            "ORD-1002",
            "In Printing",
            "Blue Elephant",
            "Business cards",
            500,
            "350 g matt",
            26,
            40,
        ),
        (
            103,
            "ORD-1003",
            "In Production",
            "Curry Express",
            "Flyers, A6",
            5000,
            "115 g recycled",
            3,
            70,
        ),
    ] {
        let issued = tx.now_ms() - hours_ago * HOUR_MS;
        let attributes = json!({
            "customer_name": customer,
            "product_name": product,
            "quantity": copies,
            "sheet_type": sheet,
            "issued_at": issued,
        });
        tx.execute(
            "INSERT INTO orders(id, uuid, public_id, restaurant_id, workflow_id, status, type, eta_at, attributes_json, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'counter', ?7, ?8, ?9)",
            params![
                id,
                ids::uuid(),
                name,
                SHOP,
                workflow::PRINT,
                stage,
                tx.now_ms() + hours_to_go * HOUR_MS,
                attributes.to_string(),
                issued
            ],
        )?;
    }
    Ok(())
}
