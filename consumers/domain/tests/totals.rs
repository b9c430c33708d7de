use super::*;
use crate::domain::items::{self, ItemPatch};
use proptest::prelude::*;

fn sums(house: &House) -> String {
    house.text("SELECT subtotal_minor || ' ' || total_minor FROM orders")
}

/// What a shell does to the supper's lines, and what the order costs then.
#[test]
fn sums_follow_lines_whoever_writes() {
    for (sql, wanted) in [
        ("UPDATE order_items SET qty = 3 WHERE id = 1", "27550 27550"),
        ("UPDATE order_items SET qty = qty + 1", "31100 31100"),
        ("UPDATE order_items SET unit_price_minor = 0", "0 0"),
        (
            "UPDATE order_items SET status = 'voided' WHERE id = 1",
            "3550 3550",
        ),
        (
            "UPDATE order_items SET status = 'voided'; UPDATE order_items SET status = 'queued' WHERE id = 2",
            "3550 3550",
        ),
        (
            "UPDATE order_items SET status = 'ready', note = 'x'",
            "19550 19550",
        ),
        ("DELETE FROM order_items WHERE id = 2", "16000 16000"),
        ("DELETE FROM order_items", "0 0"),
        (
            "INSERT INTO order_items(order_id, name, qty, unit_price_minor) VALUES (1, 'Song', 2, 500)",
            "20550 20550",
        ),
        (
            "INSERT INTO order_items(order_id, name, unit_price_minor, status) VALUES (1, 'Song', 500, 'voided')",
            "19550 19550",
        ),
        // discount, tax, fee and tip stay as they are
        (
            "UPDATE orders SET discount_minor = 550, tip_minor = 1000, total_minor = 20000; UPDATE order_items SET qty = 1 WHERE id = 1",
            "11550 12000",
        ),
        (
            "UPDATE orders SET discount_minor = 50000, total_minor = 0; UPDATE order_items SET qty = 9 WHERE id = 1",
            "75550 25550",
        ),
        // a total that was agreed upon
        (
            "UPDATE orders SET total_minor = 19500; UPDATE order_items SET qty = 1 WHERE id = 1",
            "11550 11500",
        ),
        // what is over is history
        (
            "UPDATE orders SET status = 'completed'; UPDATE order_items SET qty = 9; DELETE FROM order_items",
            "19550 19550",
        ),
        (
            "UPDATE orders SET status = 'cancelled'; DELETE FROM order_items",
            "19550 19550",
        ),
        // no number is refused
        (
            "UPDATE order_items SET qty = 9223372036854775807, unit_price_minor = 9223372036854775807",
            "9223372036854775807 9223372036854775807",
        ),
    ] {
        let house = House::small();
        placed(&house, SUPPER);
        house.sql(sql);
        assert_eq!(sums(&house), wanted, "{sql}");
    }
}

#[test]
fn an_order_that_is_written_with_sums_of_its_own_keeps_them() {
    let house = House::small();
    let lines = "INSERT INTO order_items(order_id, name, qty, unit_price_minor) VALUES (1, 'a', 2, 100), (1, 'b', 1, 50)";
    house.sql(
        "INSERT INTO orders(restaurant_id, subtotal_minor, total_minor) VALUES (2, 9900, 9900)",
    );
    house.sql(lines);
    assert_eq!(sums(&house), "9900 9900");
    let house = House::small();
    house.sql("INSERT INTO orders(restaurant_id) VALUES (2)");
    house.sql(lines);
    assert_eq!(sums(&house), "250 250", "none of its own");
    let house = House::small();
    house.sql("INSERT INTO orders(restaurant_id, workflow_id, status, total_minor) VALUES (2, 2, 'In Printing', 500)");
    house.sql(lines);
    assert_eq!(sums(&house), "0 500", "a print job has no lines");
}

#[test]
fn a_line_that_changes_orders_takes_its_price_along() {
    let house = House::small();
    placed(&house, SUPPER);
    placed(&house, SUPPER);
    house.sql("UPDATE order_items SET order_id = 2 WHERE id = 1");
    let all = house.text("SELECT group_concat(total_minor, ' ') FROM orders");
    assert_eq!(all, "3550 35550");
}

/// A shell wrote a line that has no cost in 64 bits. Each command on the order's lines goes on.
#[test]
fn numbers_without_a_sum_refuse_no_command() {
    use crate::domain::payments::{self, NewPayment};
    let house = House::small();
    placed(&house, SUPPER);
    house.sql(
        "UPDATE order_items SET qty = 9223372036854775807, unit_price_minor = 9223372036854775807, batch = 9223372036854775807 WHERE id = 1;
         INSERT INTO payments(order_id, amount_minor, method, status) VALUES (1, 9223372036854775807, 'cash', 'pending'), (1, 9223372036854775807, 'cash', 'pending')",
    );
    let patch = ItemPatch {
        quantity: Some(2),
        ..ItemPatch::default()
    };
    house
        .run(|tx| items::patch(tx, &mia(), 2, &patch))
        .expect("changed");
    assert_eq!(sums(&house), format!("{0} {0}", i64::MAX));
    let cake = serde_json::from_str(r#"{"menu_item_id":2}"#).unwrap();
    house
        .run(|tx| items::add(tx, &mia(), 1, &[cake]))
        .expect("added");
    let payment: NewPayment = serde_json::from_str(r#"{"amount":"1.00","method":"cash"}"#).unwrap();
    let refused = house.refused(|tx| payments::take(tx, &mia(), 1, &payment));
    assert_eq!(refused, "NOTHING_TO_PAY");
    house
        .run(|tx| items::void(tx, &mia(), 1, None, None))
        .expect("taken off");
    assert_eq!(house.text("SELECT subtotal_minor FROM orders"), "10650");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// What a shell changes and what a command changes come to the same, also where the total was agreed upon. `None`: the line is taken
    /// off. Line 3: one more is added.
    #[test]
    fn a_shell_and_a_command_sum_up_the_same(
        edits in proptest::collection::vec((1..=3i64, proptest::option::weighted(0.9, 1..=20i64)), 1..6),
        discount in 0..30_000i64,
        tip in 0..5_000i64,
        agreed in proptest::option::of(0..60_000i64),
    ) {
        let total = agreed.unwrap_or((19_550 - discount + tip).max(0));
        let [typed, asked] = [(); 2].map(|()| {
            let house = House::small();
            placed(&house, SUPPER);
            house.sql(&format!("UPDATE orders SET discount_minor = {discount}, tip_minor = {tip}, total_minor = {total}"));
            house
        });
        let mut off = Vec::new();
        for (line, quantity) in edits {
            if off.contains(&line) {
                continue;
            }
            match quantity {
                Some(quantity) if line == 3 => {
                    typed.sql(&format!("INSERT INTO order_items(order_id, name, qty, unit_price_minor) VALUES (1, 'Iced tea', {quantity}, 3550)"));
                    let more = format!(r#"{{"menu_item_id":2,"quantity":{quantity}}}"#);
                    let more = serde_json::from_str(&more).unwrap();
                    asked.run(|tx| items::add(tx, &mia(), 1, &[more])).unwrap();
                }
                None if line == 3 => {}
                Some(quantity) => {
                    typed.sql(&format!("UPDATE order_items SET qty = {quantity} WHERE id = {line}"));
                    let patch = ItemPatch { quantity: Some(quantity), ..ItemPatch::default() };
                    asked.run(|tx| items::patch(tx, &mia(), line, &patch)).unwrap();
                }
                None => {
                    off.push(line);
                    typed.sql(&format!("UPDATE order_items SET status = 'voided' WHERE id = {line}"));
                    asked.run(|tx| items::void(tx, &mia(), line, None, None)).unwrap();
                }
            }
            prop_assert_eq!(sums(&typed), sums(&asked));
        }
    }

    /// A total that was agreed upon differs from the subtotal by as much afterwards.
    #[test]
    fn a_command_keeps_what_was_agreed(agreed in 0..60_000i64, quantity in 1..=20i64) {
        let house = House::small();
        placed(&house, SUPPER);
        house.sql(&format!("UPDATE orders SET total_minor = {agreed}"));
        let patch = ItemPatch { quantity: Some(quantity), ..ItemPatch::default() };
        house.run(|tx| items::patch(tx, &mia(), 1, &patch)).unwrap();
        let subtotal = quantity * 8_000 + 3_550;
        prop_assert_eq!(sums(&house), format!("{subtotal} {}", (subtotal + agreed - 19_550).max(0)));
    }
}
