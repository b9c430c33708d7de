//! What was told to the kitchen is a row of the line: whatever becomes of its order, its table, its visit or its bill, it is not told to cook it again. Its status, its
//! timer, what a cook has seen and confirmed and what was ready stay as they are, and no ticket is new.

use super::{Kitchen, Screen};
use crate::dining::free_table;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Guests who eat: a screen has drawn their order, one dish is ready, one is on the stove, one waits for its course, one is off.
struct Dinner {
    kitchen: Kitchen,
    pass: Screen,
    stove: Screen,
    waiter: String,
    table: i64,
    visit: i64,
    order: i64,
    /// Each line as the kitchen was told of it.
    told: BTreeMap<String, String>,
}

/// The columns that say what the kitchen was told, and what it said.
const TOLD: &str = "uuid, name, qty, modifiers_json, station_id, seat, course, status, batch, fired_at, started_at, ready_at, seen_at, allergy_acked_at, void_acked_at";

impl Dinner {
    fn at_table() -> Self {
        let kitchen = Kitchen::open();
        let waiter = kitchen.token("waiter");
        let table = free_table(&kitchen.server);
        let visit = sit(&kitchen, table);
        let items = json!([{"menu_item_id": 1, "allergy": "egg", "seat": 1}, {"menu_item_id": 2}, {"menu_item_id": 4, "hold": true, "course": 3}, {"menu_item_id": 2, "quantity": 2}]);
        let order = json!({"restaurant_id": 2, "table_id": table, "items": items});
        let order = kitchen
            .server
            .rest(&waiter, "POST /api/v1/orders", order)
            .ok();
        let id = order["id"].as_i64().expect("an order");
        let line = |nth: usize| order["items"][nth]["id"].clone();
        let (mut pass, mut stove) = (kitchen.pass(), kitchen.station("kitchen"));
        pass.ask("orders:seen", json!({"orderIds": [id]}));
        pass.ask("order:confirm", json!({"orderId": id, "what": "allergy"}));
        pass.ask(
            "item:bump",
            json!({"orderId": id, "itemId": line(0), "status": "preparing"}),
        );
        pass.ask("item:bump", json!({"orderId": id, "itemId": line(1)}));
        let void = format!("DELETE /api/v1/orders/{id}/items/{}", line(3));
        kitchen
            .server
            .rest(&waiter, &void, json!({"reason": "too much"}))
            .ok();
        pass.heard();
        stove.heard();
        let mut dinner = Dinner {
            kitchen,
            pass,
            stove,
            waiter,
            table,
            visit,
            order: id,
            told: BTreeMap::new(),
        };
        dinner.told = dinner.rows();
        assert_eq!(dinner.told.len(), 4);
        dinner
    }

    /// The lines of the order, wherever they are now.
    fn rows(&self) -> BTreeMap<String, String> {
        let known: Vec<String> = self.told.keys().map(|uuid| format!("'{uuid}'")).collect();
        let which = match known.is_empty() {
            true => format!("order_id = {}", self.order),
            false => format!("uuid IN ({})", known.join(",")),
        };
        let db = self.kitchen.server.place.foreign();
        let mut rows = db
            .prepare(&format!(
                "SELECT uuid, json_array({TOLD}) FROM order_items WHERE {which}"
            ))
            .expect("the lines");
        let all = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
        all.expect("the lines")
            .collect::<Result<_, _>>()
            .expect("text")
    }

    fn ask(&self, line: &str, body: Value) -> Value {
        self.kitchen.server.rest(&self.waiter, line, body).ok()
    }

    /// The kitchen has heard no new ticket, each line that it heard of is as it was, and so is each row.
    #[track_caller]
    fn was_not_fired_again(&mut self, what: &str) {
        assert_eq!(self.rows(), self.told, "{what}: the rows");
        let shown = |line: &Value| -> String {
            let told: Value =
                serde_json::from_str(&self.told[line["id"].as_str().unwrap_or_default()])
                    .expect("a row");
            told[7].as_str().unwrap_or_default().to_owned()
        };
        let mut screens = [self.pass.heard(), self.stove.heard()];
        for heard in screens.iter_mut() {
            for told in heard.drain(..) {
                assert_ne!(told.name, "order:created", "{what}: {told:?}");
                let lines = told.data()["order"]["items"]
                    .as_array()
                    .cloned()
                    .unwrap_or_default();
                for line in lines.iter().filter(|line| {
                    self.told
                        .contains_key(line["id"].as_str().unwrap_or_default())
                }) {
                    assert_eq!(line["status"], shown(line), "{what}: {told:?}");
                }
            }
        }
    }
}

/// Guests sit down; their visit.
fn sit(kitchen: &Kitchen, table: i64) -> i64 {
    let line = format!("POST /api/v1/tables/{table}/occupy");
    let seated = kitchen
        .server
        .rest(&kitchen.token("waiter"), &line, json!({"guests_count": 2}))
        .ok();
    seated["session"]["id"].as_i64().expect("a visit")
}

#[test]
fn an_order_that_changes_tables() {
    let mut dinner = Dinner::at_table();
    let patch = format!("PATCH /api/v1/orders/{}", dinner.order);
    let free = free_table(&dinner.kitchen.server);
    let moved = dinner.ask(&patch, json!({"table_id": free}));
    assert_eq!(
        (&moved["table_id"], &moved["session_id"]),
        (&json!(free), &json!(dinner.visit))
    );
    dinner.was_not_fired_again("with its visit, to a free table");
    let taken = free_table(&dinner.kitchen.server);
    let others = sit(&dinner.kitchen, taken);
    let moved = dinner.ask(&patch, json!({"table_id": taken}));
    assert_eq!(moved["session_id"], others);
    dinner.was_not_fired_again("alone, to others");
    let moved = dinner.ask(&patch, json!({"table_id": dinner.table, "visit": "leave"}));
    assert_eq!(moved["table_id"], dinner.table);
    dinner.was_not_fired_again("to a visit of its own");
    let number = json!({"table_number": "7"});
    let screen = format!("PATCH /api/v1/orders/{}", dinner.order);
    dinner.kitchen.done(&dinner.waiter, &screen, number);
    dinner.was_not_fired_again("by the number on the table");
    dinner.ask(&patch, json!({"table_id": null}));
    dinner.was_not_fired_again("to no table");
    let sql = format!(
        "UPDATE orders SET table_id = {taken}, session_id = {others} WHERE id = {}",
        dinner.order
    );
    dinner.kitchen.server.shell(&sql);
    dinner.was_not_fired_again("by another program");
}

#[test]
fn a_visit_that_moves() {
    let mut dinner = Dinner::at_table();
    let free = free_table(&dinner.kitchen.server);
    let line = format!("POST /api/v1/sessions/{}/move", dinner.visit);
    let moved = dinner.ask(&line, json!({"table_id": free}));
    assert_eq!(moved["merged"], false);
    dinner.was_not_fired_again("to a free table");
}

#[test]
fn two_visits_that_become_one() {
    for orders_own in [true, false] {
        let mut dinner = Dinner::at_table();
        let taken = free_table(&dinner.kitchen.server);
        let others = sit(&dinner.kitchen, taken);
        let order = json!({"restaurant_id": 2, "table_id": taken, "items": [{"menu_item_id": 2}]});
        dinner.ask("POST /api/v1/orders", order);
        dinner.pass.next_is("order:created");
        match orders_own {
            true => {
                let line = format!("PATCH /api/v1/orders/{}", dinner.order);
                let moved = dinner.ask(&line, json!({"table_id": taken, "visit": "merge"}));
                assert_eq!(moved["session_id"], others);
            }
            false => {
                let line = format!("POST /api/v1/sessions/{}/move", dinner.visit);
                let moved = dinner.ask(&line, json!({"table_id": taken, "merge": true}));
                assert_eq!(
                    (&moved["merged"], &moved["id"]),
                    (&json!(true), &json!(others))
                );
            }
        }
        dinner.was_not_fired_again("merged");
    }
}

#[test]
fn a_bill_that_is_split() {
    let mut dinner = Dinner::at_table();
    let pay = format!("POST /api/v1/sessions/{}/payments", dinner.visit);
    let line = |nth: &str| {
        let sql = format!(
            "SELECT id FROM order_items WHERE order_id = {} AND {nth}",
            dinner.order
        );
        dinner.kitchen.server.place.number(&sql)
    };
    let ready = line("status = 'ready'");
    dinner.ask(
        &pay,
        json!({"items": [{"id": ready, "qty": 1}], "method": "cash"}),
    );
    dinner.was_not_fired_again("by its lines");
    dinner.ask(&pay, json!({"share": {"n": 1, "of": 3}, "method": "card"}));
    dinner.was_not_fired_again("by the number of guests");
    dinner.ask(&pay, json!({"amount": "1.00", "method": "cash"}));
    dinner.was_not_fired_again("by amounts");
    dinner.ask(&pay, json!({"amount": "remaining", "method": "cash"}));
    dinner.was_not_fired_again("to the end");
}

#[test]
fn an_order_that_is_handed_to_a_colleague() {
    let mut dinner = Dinner::at_table();
    let line = format!("PATCH /api/v1/orders/{}", dinner.order);
    dinner.ask(&line, json!({"waiter_id": 11}));
    dinner.was_not_fired_again("the order");
    let line = format!("PATCH /api/v1/sessions/{}", dinner.visit);
    dinner.ask(&line, json!({"waiter_id": 12}));
    dinner.was_not_fired_again("the visit");
}

#[test]
fn a_line_that_another_program_puts_on_another_order() {
    let mut dinner = Dinner::at_table();
    let order =
        json!({"restaurant_id": 2, "table_id": dinner.table, "items": [{"menu_item_id": 2}]});
    let other = dinner.ask("POST /api/v1/orders", order)["id"]
        .as_i64()
        .expect("an order");
    dinner.pass.next_is("order:created");
    dinner.stove.heard();
    dinner.kitchen.server.shell(&format!(
        "UPDATE order_items SET order_id = {other} WHERE order_id = {} AND status <> 'held'",
        dinner.order
    ));
    dinner.was_not_fired_again("split into two orders");
    dinner.kitchen.server.shell(&format!(
        "UPDATE order_items SET order_id = {other} WHERE order_id = {}",
        dinner.order
    ));
    dinner.was_not_fired_again("merged into one order");
}

/// An add-on is a batch of its own, and touches nothing that was there.
#[test]
fn an_order_that_gets_more_lines() {
    let mut dinner = Dinner::at_table();
    let line = format!("POST /api/v1/orders/{}/items", dinner.order);
    let more = dinner.ask(&line, json!({"menu_item_id": 1}));
    let added = more["items"]
        .as_array()
        .expect("lines")
        .iter()
        .find(|line| line["batch"] == 2);
    assert!(
        added.is_some_and(|line| line["fired_at"].is_string() && line["seen_at"].is_null()),
        "{more}"
    );
    dinner.was_not_fired_again("the lines before");
}

/// The later course is fired once, whoever presses first.
#[test]
fn a_course_that_is_fired_twice() {
    let mut dinner = Dinner::at_table();
    let fire = format!("POST /api/v1/orders/{}/fire", dinner.order);
    let held = |dinner: &Dinner, column: &str| {
        let sql = format!(
            "SELECT {column} FROM order_items WHERE order_id = {} AND course = 3",
            dinner.order
        );
        dinner.kitchen.server.place.number(&sql)
    };
    assert_eq!(held(&dinner, "fired_at IS NULL"), 1);
    dinner.ask(&fire, json!({"course": 2}));
    assert_eq!(held(&dinner, "status = 'held'"), 1, "another course");
    dinner.was_not_fired_again("another course");
    let fired = dinner.ask(&fire, json!({"course": 3}));
    let line = fired["items"]
        .as_array()
        .expect("lines")
        .iter()
        .find(|line| line["course"] == 3);
    assert_eq!(
        line.map(|line| &line["status"]),
        Some(&json!("queued")),
        "{fired}"
    );
    let told = dinner.pass.next_is("order:updated");
    assert_eq!(told["changes"], json!(["items"]), "{told}");
    let at = held(&dinner, "fired_at");
    dinner.pass.heard();
    let again = dinner.ask(&fire, json!({"course": 3}));
    assert_eq!(again["version"], fired["version"]);
    assert_eq!(held(&dinner, "fired_at"), at);
    assert_eq!(dinner.pass.names(), [""; 0]);
}
