//! What is different about an order, in the order's own words.

use crate::events::ChangeRecord;

/// The fields of the order that a change of a row makes different. Columns that no field shows are named as they are.
pub fn of(record: &ChangeRecord) -> Vec<&str> {
    let mut all: Vec<&str> = Vec::new();
    for column in &record.changed {
        let field = match column.as_str() {
            "table_id" => "table_number",
            // It follows the table.
            "session_id" => continue,
            "note" => "notes",
            "driver_id" => "driver",
            "waiter_id" => "waiter",
            "customer_id" => "customer",
            "public_id" => "order_number",
            "total_minor" | "subtotal_minor" | "discount_minor" | "tax_minor" => "total",
            "delivery_fee_minor" | "tip_minor" => "total",
            other => other,
        };
        if !all.contains(&field) {
            all.push(field);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::{Entity, Operation};

    #[test]
    fn columns_have_names_that_the_order_has() {
        let record = |entity, changed: &[&str]| ChangeRecord {
            entity,
            id: 1,
            restaurant_id: 2,
            version: None,
            op: Operation::Update,
            status: None,
            changed: changed.iter().map(|c| (*c).to_owned()).collect(),
        };
        let moved = record(Entity::Order, &["table_id", "session_id", "note"]);
        assert_eq!(of(&moved), ["table_number", "notes"]);
        let priced = record(Entity::Order, &["subtotal_minor", "total_minor", "eta_at"]);
        assert_eq!(of(&priced), ["total", "eta_at"]);
    }
}
