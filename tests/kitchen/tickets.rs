//! What cooks do with tickets: seen, known, done, not done after all, what is made first.

use super::{HERE, Kitchen, Screen};
use serde_json::{Value, json};

/// An order of a Pad Thai for the kitchen and an iced tea for the bar.
fn two_stations(kitchen: &Kitchen) -> Value {
    kitchen.place(json!([{"menu_item_id": 1}, {"menu_item_id": 2}]))
}

fn line<'a>(order: &'a Value, name: &str) -> &'a Value {
    let lines = order["items"].as_array().expect("lines");
    let found = lines.iter().find(|line| line["name"] == name);
    found.unwrap_or_else(|| panic!("no {name}: {order}"))
}

/// The order as the next `order:updated` shows it, which must be about its lines.
#[track_caller]
fn lines_of(screen: &mut Screen) -> Value {
    let told = screen.until("order:updated");
    assert_eq!(told["changes"], json!(["items"]), "{told}");
    told["order"].clone()
}

#[test]
fn done_at_one_station_leaves_the_other_open_and_is_one_step_from_pending() {
    let kitchen = Kitchen::open();
    let (mut pass, mut stove, mut bar) = (
        kitchen.pass(),
        kitchen.station("kitchen"),
        kitchen.station("bar"),
    );
    let order = two_stations(&kitchen);
    let id = &order["id"];
    pass.next_is("order:created");
    let done = stove.ask(
        "order:bump",
        json!({"orderId": id, "station": "kitchen", "version": order["version"]}),
    );
    assert_eq!(done["changed"], true, "{done}");
    assert_eq!(done["status"], "preparing");
    let lines = done["items"].as_array().expect("lines");
    assert_eq!(lines.len(), 1, "{done}");
    assert_eq!(
        (&lines[0]["name"], &lines[0]["status"]),
        (&json!("Pad Thai"), &json!("ready"))
    );
    // The same tap again is no mistake, and tells nobody anything.
    pass.heard();
    let again = stove.ask("order:bump", json!({"orderId": id, "station": "kitchen"}));
    assert_eq!(again["changed"], false, "{again}");
    assert_eq!(pass.names(), [""; 0]);
    // A screen's own station is the one that is meant.
    let done = bar.ask("order:bump", json!({"orderId": id}));
    assert_eq!(
        (&done["status"], &done["items"][0]["name"]),
        (&json!("ready"), &json!("Iced tea"))
    );
    let told = lines_of(&mut pass);
    assert_eq!(line(&told, "Iced tea")["status"], "ready", "{told}");
    let moved = pass.until("order:status_changed");
    assert_eq!((&moved["status"], &moved["orderId"]), (&json!("ready"), id));
    // All times are one: the order became ready with its last line.
    let shown = kitchen.done(
        &kitchen.token("kitchen"),
        &format!("GET /api/v1/orders/{}", id.as_str().unwrap_or_default()),
        json!({}),
    );
    assert_eq!(
        shown["ready_at"],
        line(&shown, "Iced tea")["ready_at"],
        "{shown}"
    );
}

#[test]
fn what_came_while_the_cook_looked_stays_open() {
    let kitchen = Kitchen::open();
    let mut pass = kitchen.pass();
    let order = two_stations(&kitchen);
    let seen: Vec<&Value> = order["items"]
        .as_array()
        .expect("lines")
        .iter()
        .map(|l| &l["id"])
        .collect();
    let line_of = format!(
        "POST /api/v1/orders/{}/items",
        order["order_number"].as_str().unwrap_or_default()
    );
    kitchen
        .server
        .rest(
            &kitchen.token("waiter"),
            &line_of,
            json!({"menu_item_id": 2}),
        )
        .ok();
    let done = pass.ask(
        "order:bump",
        json!({"orderId": order["id"], "itemIds": seen}),
    );
    assert_eq!(done["items"].as_array().map(Vec::len), Some(2), "{done}");
    assert_eq!(done["status"], "preparing", "the new one is to be made");
    // Without names it is everything, and an old version is refused.
    let old = json!({"orderId": order["id"], "version": order["version"]});
    assert_eq!(pass.refused("order:bump", old), "VERSION_CONFLICT");
    let done = pass.ask("order:bump", json!({"orderId": order["id"]}));
    assert_eq!(done["status"], "ready", "{done}");
}

#[test]
fn an_order_without_lines_is_done_as_it_is() {
    let kitchen = Kitchen::open();
    let mut pass = kitchen.pass();
    kitchen
        .server
        .shell("INSERT INTO orders(id, restaurant_id, table_id) VALUES (500, 2, 7)");
    let done = pass.ask("order:bump", json!({"orderId": 500}));
    assert_eq!(
        (&done["status"], &done["changed"]),
        (&json!("ready"), &json!(true))
    );
}

#[test]
fn an_undo_brings_back_the_lines_their_timer_and_their_place() {
    let kitchen = Kitchen::open();
    let (mut pass, mut bar) = (kitchen.pass(), kitchen.station("bar"));
    let order = two_stations(&kitchen);
    let later = two_stations(&kitchen);
    let id = &order["id"];
    let done = pass.ask("order:bump", json!({"orderId": id}));
    let fired = line(&order, "Iced tea")["fired_at"].clone();
    let undone = bar.ask("order:recall", json!({"orderId": id}));
    let lines = undone["items"].as_array().expect("lines");
    assert_eq!(lines.len(), 1, "the bar's own: {undone}");
    assert_eq!(
        (&lines[0]["status"], &lines[0]["fired_at"]),
        (&json!("preparing"), &fired)
    );
    assert!(
        lines[0]["recalled_at"].is_string() && lines[0]["ready_at"].is_null(),
        "{undone}"
    );
    assert_eq!(undone["status"], "preparing");
    // Tickets hang as they came: the first is the first again.
    pass.emit("orders:sync", json!({"statuses": ["pending", "preparing"]}));
    let synced = pass.until("orders:sync:complete");
    let ids: Vec<&Value> = synced["orders"]
        .as_array()
        .expect("orders")
        .iter()
        .map(|o| &o["id"])
        .collect();
    let place = |id: &Value| ids.iter().position(|one| *one == id);
    assert!(
        place(id).is_some() && place(id) < place(&later["id"]),
        "{ids:?}"
    );
    let shown = synced["orders"]
        .as_array()
        .expect("orders")
        .iter()
        .find(|o| &o["id"] == id);
    let shown = shown.expect("the order");
    assert_eq!(
        line(shown, "Pad Thai")["status"],
        "ready",
        "what the other station did stays"
    );
    assert_eq!(shown["recalled_at"], lines[0]["recalled_at"]);
    assert_ne!(done["version"], undone["version"]);
    // One line at a time.
    let tea = &line(&order, "Iced tea")["id"];
    let one = pass.ask("item:bump", json!({"orderId": id, "itemId": tea}));
    assert_eq!(
        (&one["status"], &one["items"][0]["status"]),
        (&json!("ready"), &json!("ready"))
    );
    let one = pass.ask("item:recall", json!({"orderId": id, "itemId": tea}));
    assert_eq!(
        (&one["changed"], &one["items"][0]["fired_at"]),
        (&json!(true), &fired)
    );
    let one = pass.ask("item:recall", json!({"orderId": id, "itemId": tea}));
    assert_eq!(one["changed"], false, "{one}");
    // A line of another order is none of this one.
    let stranger = json!({"orderId": later["id"], "itemId": tea});
    assert_eq!(pass.refused("item:bump", stranger), "NOT_FOUND");
}

#[test]
fn what_was_handed_over_is_on_the_list_and_comes_back_within_half_an_hour() {
    let kitchen = Kitchen::open();
    let mut pass = kitchen.pass();
    let order = kitchen.place(json!([{"menu_item_id": 1}]));
    let id = &order["id"];
    pass.ask("order:bump", json!({"orderId": id}));
    pass.ask(
        "order:update_status",
        json!({"orderId": id, "status": "completed"}),
    );
    let recent = pass.ask("orders:recent", json!({"minutes": 30}));
    let first = &recent["orders"][0];
    assert_eq!(
        (&first["id"], &first["canonical_status"]),
        (id, &json!("delivered")),
        "{recent}"
    );
    assert!(
        first["ready_at"].is_string() && first["items"][0]["ready_at"].is_string(),
        "{first}"
    );
    let back = pass.ask("order:recall", json!({"orderId": id}));
    assert_eq!(
        (&back["status"], &back["items"][0]["status"]),
        (&json!("preparing"), &json!("preparing"))
    );
    assert_eq!(back["items"][0]["fired_at"], order["items"][0]["fired_at"]);
    let recent = pass.ask("orders:recent", json!({}));
    assert!(
        recent["orders"]
            .as_array()
            .expect("orders")
            .iter()
            .all(|o| &o["id"] != id),
        "{recent}"
    );
    // Too late, and on the road.
    pass.ask("order:bump", json!({"orderId": id}));
    let key = id.as_str().unwrap_or_default();
    kitchen.server.shell(&format!("UPDATE order_items SET ready_at = ready_at - 1860000 WHERE order_id = (SELECT id FROM orders WHERE uuid = '{key}')"));
    assert_eq!(
        pass.refused("order:recall", json!({"orderId": id})),
        "RECALL_EXPIRED"
    );
    let recent = pass.ask("orders:recent", json!({"minutes": 30}));
    assert!(
        recent["orders"]
            .as_array()
            .expect("orders")
            .iter()
            .all(|o| &o["id"] != id)
    );
    let recent = pass.ask("orders:recent", json!({"minutes": 60}));
    assert!(
        recent["orders"]
            .as_array()
            .expect("orders")
            .iter()
            .any(|o| &o["id"] == id)
    );
    kitchen
        .server
        .shell("UPDATE order_items SET status = 'ready' WHERE order_id = 123; UPDATE orders SET status = 'out_for_delivery', driver_id = 901 WHERE id = 123");
    assert_eq!(
        pass.refused("order:recall", json!({"orderId": 123})),
        "ORDER_CLOSED"
    );
    assert_eq!(
        pass.refused("orders:recent", json!({"minutes": 0})),
        "INVALID_PAYLOAD"
    );
}

#[test]
fn a_station_finds_what_it_did_before_the_others_were_done() {
    let kitchen = Kitchen::open();
    let (mut bar, mut pass) = (kitchen.station("bar"), kitchen.pass());
    let order = two_stations(&kitchen);
    bar.ask("order:bump", json!({"orderId": order["id"]}));
    let has = |recent: Value| {
        recent["orders"]
            .as_array()
            .expect("orders")
            .iter()
            .any(|o| o["id"] == order["id"])
    };
    assert!(has(bar.ask("orders:recent", json!({}))));
    assert!(
        !has(pass.ask("orders:recent", json!({}))),
        "something of it is still open"
    );
}

#[test]
fn what_is_made_first_is_the_cooks_to_say() {
    let kitchen = Kitchen::open();
    let mut pass = kitchen.pass();
    let order = two_stations(&kitchen);
    pass.next_is("order:created");
    let first = pass.ask(
        "order:prioritize",
        json!({"orderId": order["id"], "priority": 1}),
    );
    assert_eq!(
        (&first["priority"], &first["changed"]),
        (&json!(1), &json!(true))
    );
    let told = pass.next_is("order:updated");
    assert_eq!(
        (&told["changes"], &told["order"]["priority"]),
        (&json!(["priority"]), &json!(1))
    );
    let again = pass.ask(
        "order:prioritize",
        json!({"orderId": order["id"], "priority": 1}),
    );
    assert_eq!(again["changed"], false);
    assert_eq!(
        pass.refused(
            "order:prioritize",
            json!({"orderId": order["id"], "priority": 10})
        ),
        "INVALID_PAYLOAD"
    );
    // Over HTTP a cook may say that, and nothing else about an order.
    let cook = kitchen.token("kitchen");
    let line = format!(
        "PATCH /api/v1/orders/{}",
        order["order_number"].as_str().unwrap_or_default()
    );
    assert_eq!(
        kitchen
            .server
            .rest(&cook, &line, json!({"priority": 0}))
            .ok()["priority"],
        0
    );
    let both = json!({"priority": 2, "note": "and quickly"});
    assert_eq!(
        kitchen.server.rest(&cook, &line, both).refused(403),
        "FORBIDDEN"
    );
}

#[test]
fn who_does_not_cook_says_nothing_of_tickets() {
    let kitchen = Kitchen::open();
    let order = two_stations(&kitchen);
    for role in ["waiter", "display"] {
        let mut screen = kitchen.screen(&kitchen.token(role));
        screen.ask("join:restaurant", json!(HERE));
        for name in ["order:bump", "order:recall"] {
            assert_eq!(
                screen.refused(name, json!({"orderId": order["id"]})),
                "PERMISSION_DENIED",
                "{role} {name}"
            );
        }
        let seen = json!({"orderIds": [order["id"]]});
        assert_eq!(
            screen.refused("orders:seen", seen),
            "PERMISSION_DENIED",
            "{role}"
        );
    }
    // Another house's ticket is none here.
    let mut pass = kitchen.pass();
    kitchen
        .server
        .shell("INSERT INTO orders(id, restaurant_id) VALUES (700, 3)");
    assert_eq!(
        pass.refused("order:bump", json!({"orderId": 700})),
        "ORDER_NOT_FOUND"
    );
}

#[test]
fn a_ticket_says_who_where_and_what_not_to_forget() {
    let kitchen = Kitchen::open();
    let mut pass = kitchen.pass();
    let joined = pass.ask("join:station", json!({"station": "expo"}));
    let expo = joined["stations"]
        .as_array()
        .expect("stations")
        .iter()
        .find(|s| s["code"] == "expo");
    assert_eq!(
        expo.map(|s| (&s["amber_s"], &s["red_s"], &s["is_expo"])),
        Some((&json!(300), &json!(480), &json!(true)))
    );
    let order = json!({"restaurant_id": HERE, "table_number": "5", "items": [{"menu_item_id": 2, "modifiers": ["No sugar"]}]});
    kitchen.done(&kitchen.token("waiter"), "POST /api/v1/orders", order);
    let told = pass.next_is("order:created");
    assert_eq!(
        (&told["guests_count"], &told["waiter_name"], &told["source"]),
        (&json!(4), &json!("Mia"), &json!("waiter"))
    );
    assert_eq!(
        told["items"][0]["modifiers"][0]["kind"], "removal",
        "{told}"
    );
    assert!(
        told["code"]
            .as_str()
            .is_some_and(|code| code.starts_with('H')),
        "{told}"
    );
    pass.ask(
        "order:update_status",
        json!({"orderId": told["id"], "status": "confirmed"}),
    );
    pass.emit("orders:sync", json!({"statuses": ["confirmed"]}));
    let synced = pass.until("orders:sync:complete");
    assert_eq!(synced["stations"].as_array().map(Vec::len), Some(4));
    let shown = synced["orders"]
        .as_array()
        .expect("orders")
        .iter()
        .find(|o| o["id"] == told["id"])
        .expect("it");
    assert!(shown["confirmed_at"].is_string(), "{shown}");
}
