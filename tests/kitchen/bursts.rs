//! What happens within a tenth of a second, told together.

use super::{BESIDE, HERE, Kitchen, Screen};
use crate::support::socket_io::Told;
use serde_json::{Value, json};

/// The events of a batch, and of which restaurant each is.
fn entries(told: &Told) -> Vec<(String, Value)> {
    let all = told.data().as_array().expect("an array").iter();
    all.map(|entry| {
        let event = entry["event"].as_str().expect("a name").to_owned();
        (event, entry["data"].clone())
    })
    .collect()
}

/// Listens until this many events of a name came in batches.
#[track_caller]
fn gathered(screen: &mut Screen, wanted: usize) -> Vec<Told> {
    let mut batches: Vec<Told> = Vec::new();
    while batches
        .iter()
        .map(|told| entries(told).len())
        .sum::<usize>()
        < wanted
    {
        let told = screen.0.next("/");
        assert_eq!(told.name, "orders:batch_update", "{told:?}");
        batches.push(told);
    }
    batches
}

const FOUR: &str = "UPDATE orders SET note = coalesce(note, '') || 'x' WHERE id IN (1, 2, 4, 123)";

#[test]
fn several_changes_come_one_by_one_and_as_a_copy_without_a_number() {
    let kitchen = Kitchen::open();
    let mut pass = kitchen.pass();
    kitchen.server.shell(FOUR);
    let mut singles = Vec::new();
    let batch = loop {
        let told = pass.0.next("/");
        if told.name == "orders:batch_update" {
            break told;
        }
        singles.push(told);
    };
    assert!(
        singles
            .iter()
            .all(|told| told.name == "order:updated" && told.offset.is_some())
    );
    assert_eq!(batch.offset, None, "a copy is not replayed");
    let copies = entries(&batch);
    assert_eq!(copies.len(), 4);
    for (single, (event, data)) in singles.iter().zip(&copies) {
        assert_eq!((&single.name, single.data()), (event, data));
    }
}

#[test]
fn a_single_change_has_no_copy() {
    let kitchen = Kitchen::open();
    let mut pass = kitchen.pass();
    kitchen
        .server
        .shell("UPDATE orders SET note = 'x' WHERE id = 1");
    pass.next_is("order:updated");
    // The next window's copy has its own events only.
    kitchen.server.shell(FOUR);
    let batch = loop {
        let told = pass.0.next("/");
        if told.name == "orders:batch_update" {
            break told;
        }
    };
    let notes: Vec<Value> = entries(&batch)
        .into_iter()
        .map(|(_, data)| data["order"]["notes"].clone())
        .collect();
    // Where the machine was slow both were in one window: then the single change is in the copy, and rightly.
    assert!(
        notes.len() == 4 || notes.first() == Some(&json!("x")),
        "{notes:?}"
    );
}

#[test]
fn who_asked_for_batches_gets_nothing_else_and_everything_once() {
    let kitchen = Kitchen::open();
    let token = kitchen.token("kitchen");
    let mut screen = kitchen.screen_with(json!({"token": token, "batch": true}));
    screen.ask("join:restaurant", json!(HERE));
    // One change is a batch, too.
    kitchen
        .server
        .shell("UPDATE orders SET note = 'x' WHERE id = 1");
    let one = gathered(&mut screen, 1);
    assert!(
        one[0].offset.is_some(),
        "it has a number, because it is the only form"
    );
    for _ in 0..5 {
        kitchen.server.shell(FOUR);
    }
    let batches = gathered(&mut screen, 20);
    // What an event shows may be newer than the change it tells of; which change that is says the version.
    let versions: Vec<Value> = batches
        .iter()
        .flat_map(entries)
        .filter(|(_, data)| data["order"]["order_number"] == "order-4")
        .map(|(_, data)| data["order"]["version"].clone())
        .collect();
    assert_eq!(
        versions,
        [2, 3, 4, 5, 6].map(Value::from),
        "each change once, in order"
    );
    let offsets: Vec<u64> = batches.iter().filter_map(|told| told.offset).collect();
    assert_eq!(offsets.len(), batches.len());
    assert!(offsets.is_sorted_by(|a, b| a < b), "{offsets:?}");
    // Alerts and tables are in there, too; answers are not events.
    kitchen.done(
        &token,
        "POST /api/v1/kitchen/alerts",
        json!({"message": "Fire"}),
    );
    assert_eq!(entries(&gathered(&mut screen, 1)[0])[0].0, "kitchen:alert");
    screen.ask("orders:sync", Value::Null);
    screen.next_is("orders:sync:complete");
}

#[test]
fn a_batch_never_holds_two_restaurants() {
    let kitchen = Kitchen::open();
    let mut screen = kitchen.screen_with(json!({"token": kitchen.admin(), "batch": true}));
    let mut beside = kitchen.screen(&kitchen.admin());
    beside.ask("join:restaurant", json!(BESIDE));
    let mut here = true;
    screen.ask("join:restaurant", json!(HERE));
    for _ in 0..8 {
        // All within a window or two: the screen changes sides while things happen on both.
        kitchen
            .server
            .shell("UPDATE orders SET note = coalesce(note, '') || 'x' WHERE id IN (1, 2, 8)");
        here = !here;
        screen.ask("join:restaurant", json!(if here { HERE } else { BESIDE }));
    }
    screen.ask("orders:sync", json!({"statuses": []}));
    screen.until("orders:sync:complete");
    kitchen
        .server
        .shell("UPDATE orders SET note = 'last' WHERE id IN (1, 2, 8)");
    let mut last = false;
    let mut seen = Vec::new();
    while !last {
        let told = screen.0.next("/");
        assert_eq!(told.name, "orders:batch_update", "{told:?}");
        seen.push(told);
        last = seen.last().is_some_and(|told| {
            entries(told)
                .iter()
                .any(|(_, data)| data["order"]["notes"] == "last")
        });
    }
    for told in &seen {
        let mut houses: Vec<Value> = entries(told)
            .into_iter()
            .map(|(_, data)| data["order"]["restaurant_id"].clone())
            .collect();
        houses.dedup();
        assert_eq!(houses.len(), 1, "{told:?}");
    }
    // Nor does a copy.
    loop {
        let told = beside.0.next("/");
        let data = told.data();
        match told.name.as_str() {
            "orders:batch_update" => assert!(
                entries(&told)
                    .iter()
                    .all(|(_, data)| data["order"]["restaurant_id"] == BESIDE)
            ),
            _ => {
                assert_eq!(data["order"]["restaurant_id"], BESIDE);
                if data["order"]["notes"] == "last" {
                    break;
                }
            }
        }
    }
}

#[test]
fn a_bulk_change_is_told_in_several_batches_that_lose_nothing() {
    let kitchen = Kitchen::open();
    kitchen.server.shell("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO orders(id, restaurant_id) SELECT 1000 + i, 2 FROM n");
    let mut screen = kitchen.screen_with(json!({"token": kitchen.token("kitchen"), "batch": true}));
    screen.ask("join:restaurant", json!(HERE));
    kitchen
        .server
        .shell("UPDATE orders SET note = 'bulk' WHERE id > 1000");
    let mut numbers: Vec<Value> = Vec::new();
    while numbers.len() < 1000 {
        let told = screen.0.next("/");
        let all = entries(&told);
        assert!(all.len() <= 256, "{}", all.len());
        // That the orders are new may be told now, too.
        let changed = all.iter().filter(|(event, _)| event == "order:updated");
        numbers.extend(changed.map(|(_, data)| data["order"]["order_number"].clone()));
    }
    let told = numbers.len();
    numbers.sort_by_key(Value::to_string);
    numbers.dedup();
    assert_eq!((told, numbers.len()), (1000, 1000));
}
