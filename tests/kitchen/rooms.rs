//! Who is let in, and who hears what: restaurants and stations.

use super::{BESIDE, HERE, Kitchen};
use crate::support::socket_io::SocketIo;
use crate::support::token;
use serde_json::{Value, json};

#[test]
fn nobody_gets_in_without_a_valid_token_in_a_demo_neither() {
    let kitchen = Kitchen::open();
    let place = &kitchen.server.place;
    let refused = |auth: Value| {
        SocketIo::open(kitchen.at)
            .connect("/", auth)
            .expect_err("refused")
    };
    for auth in [
        Value::Null,
        json!({}),
        json!({"token": null}),
        json!({"token": ""}),
        json!({"token": "your-jwt-token"}),
        json!({"token": token::signed(&token::claims(place, -60))}),
        json!({"token": token::forged(&token::claims(place, 3600))}),
        json!({"token": token::unsigned(&token::claims(place, 3600))}),
        json!({"token": token::other_algorithm(&token::claims(place, 3600))}),
    ] {
        let error = refused(auth.clone());
        assert_eq!(error["message"], "Authentication error", "{auth}: {error}");
        let data = &error["data"];
        assert_eq!(
            (&data["code"], &data["success"]),
            (&json!("AUTH_FAILED"), &json!(false)),
            "{auth}: {error}"
        );
        assert_eq!(data["error"]["code"], "AUTH_FAILED", "{auth}: {error}");
    }
    // Somebody who does not work there any more.
    let token = kitchen.token("kitchen");
    kitchen
        .server
        .shell("UPDATE users SET is_active = 0 WHERE role = 'kitchen'");
    assert_eq!(
        refused(json!({"token": token}))["message"],
        "Authentication error"
    );
}

#[test]
fn a_token_with_bearer_before_it_and_one_in_the_header_are_tokens() {
    let kitchen = Kitchen::open();
    let token = kitchen.token("kitchen");
    kitchen.screen(&format!("Bearer {token}"));
    let bearer = format!("Bearer {token}");
    let mut socket = SocketIo::dial(kitchen.at, "/socket.io/", &[("authorization", &bearer)]);
    socket.connect("/", Value::Null).expect("let in");
}

#[test]
fn a_screen_hears_one_restaurant_at_a_time() {
    let kitchen = Kitchen::open();
    let mut screen = kitchen.screen(&kitchen.admin());
    let change = |order: i64| {
        kitchen.server.shell(&format!(
            "UPDATE orders SET note = coalesce(note, '') || 'x' WHERE id = {order}"
        ))
    };
    change(2);
    assert_eq!(screen.names(), [""; 0], "it is nowhere yet");
    let joined = screen.ask("join:restaurant", json!(HERE));
    assert_eq!(joined["restaurantId"], HERE);
    change(2);
    change(8); // of the other restaurant
    assert_eq!(screen.names(), ["order:updated"]);
    // A number is a name, too. The restaurant before is left.
    assert_eq!(
        screen.ask("join:restaurant", json!(3))["restaurantId"],
        BESIDE
    );
    change(2);
    change(8);
    let heard = screen.heard();
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert_eq!(heard[0].data()["order"]["restaurant_id"], BESIDE);
    // Joining where one is changes nothing.
    screen.ask("join:restaurant", json!({"restaurantId": BESIDE}));
    change(8);
    assert_eq!(screen.names(), ["order:updated"]);
}

#[test]
fn a_restaurant_is_joined_by_who_works_there() {
    let kitchen = Kitchen::open();
    let mut screen = kitchen.pass();
    assert_eq!(
        screen.refused("join:restaurant", json!(BESIDE)),
        "PERMISSION_DENIED"
    );
    assert_eq!(
        screen.refused(
            "join:restaurant",
            json!("99999999-1111-1111-1111-111111111111")
        ),
        "INVALID_RESTAURANT"
    );
    assert_eq!(
        screen.refused(
            "join:station",
            json!({"restaurantId": BESIDE, "station": "bar"})
        ),
        "PERMISSION_DENIED"
    );
    assert_eq!(
        screen.refused("orders:sync", json!({"restaurantId": BESIDE})),
        "PERMISSION_DENIED"
    );
    let table = json!({"tableNumber": "1", "restaurantId": BESIDE});
    assert_eq!(screen.refused("table:complete", table), "PERMISSION_DENIED");
    // Whoever was refused stays where they were.
    kitchen
        .server
        .shell("UPDATE orders SET note = 'x' WHERE id = 2");
    assert_eq!(screen.names(), ["order:updated"]);
    for role in ["waiter", "manager", "display"] {
        kitchen
            .screen(&kitchen.token(role))
            .ask("join:restaurant", json!(HERE));
    }
    let place = &kitchen.server.place;
    for args in [
        ["--role", "driver", "--id", "901", "--restaurant", "2"],
        ["--role", "customer", "--session", "1", "--restaurant", "2"],
    ] {
        let mut outsider = kitchen.screen(&token::mint_with(place, &args));
        assert_eq!(
            outsider.refused("join:restaurant", json!(HERE)),
            "PERMISSION_DENIED",
            "{args:?}"
        );
    }
}

#[test]
fn a_station_hears_the_orders_that_have_lines_for_it() {
    let kitchen = Kitchen::open();
    let (mut cooks, mut bar) = (kitchen.station("kitchen"), kitchen.station("bar"));
    let (mut pass, mut till) = (kitchen.station("expo"), kitchen.station("pos"));
    // Pad Thai is the kitchen's, Iced tea the bar's, and what nobody routed the kitchen's.
    let food = kitchen.place(json!([{"menu_item_id": 1}]));
    let drink = kitchen.place(json!([{"menu_item_id": 2}]));
    let both = kitchen.place(json!([{"menu_item_id": 1}, {"menu_item_id": 2}]));
    let free = kitchen.place(json!([{"name": "Cake", "price": 1}]));
    let ids = |heard: Vec<crate::support::socket_io::Told>| -> Vec<Value> {
        assert!(
            heard.iter().all(|told| told.name == "order:created"),
            "{heard:?}"
        );
        heard.iter().map(|told| told.data()["id"].clone()).collect()
    };
    let all = [&food, &drink, &both, &free].map(|order| order["id"].clone());
    assert_eq!(ids(pass.heard()), all);
    assert_eq!(ids(till.heard()), all);
    assert_eq!(
        ids(cooks.heard()),
        [&all[0], &all[2], &all[3]].map(Value::clone)
    );
    assert_eq!(ids(bar.heard()), [&all[1], &all[2]].map(Value::clone));
    // A line that is added later calls the station; one that is off stays on its screen.
    let number = food["order_number"].as_str().expect("a number").to_owned();
    let waiter = kitchen.token("waiter");
    kitchen
        .server
        .rest(
            &waiter,
            &format!("POST /api/v1/orders/{number}/items"),
            json!({"menu_item_id": 2}),
        )
        .ok();
    let told = bar.until("order:updated");
    assert_eq!(told["order"]["items"][1]["station"], "bar");
    let line = kitchen.server.shell("SELECT max(id) FROM order_items");
    kitchen
        .server
        .rest(
            &waiter,
            &format!("DELETE /api/v1/orders/{number}/items/{}", line.trim()),
            Value::Null,
        )
        .ok();
    let statuses = |told: &Value| told["order"]["items"][1]["status"].clone();
    while statuses(&bar.until("order:updated")) != "voided" {}
    // A line that another program moves to another station is heard by both.
    let id = drink["order_number"]
        .as_str()
        .expect("a number")
        .strip_prefix("order-")
        .expect("an id")
        .to_owned();
    let (_, _) = (cooks.heard(), bar.heard());
    kitchen.server.shell(&format!("UPDATE order_items SET station_id = (SELECT id FROM stations WHERE restaurant_id = 2 AND code = 'kitchen') WHERE order_id = {id}"));
    assert_eq!(
        cooks.next_is("order:updated")["order"]["items"][0]["station"],
        "kitchen"
    );
    assert_eq!(
        bar.next_is("order:updated")["order"]["items"][0]["station"],
        "kitchen"
    );
}

#[test]
fn restaurant_and_station_may_come_in_any_order_and_often() {
    let kitchen = Kitchen::open();
    let token = kitchen.token("kitchen");
    let at_bar = json!({"restaurantId": HERE, "station": "bar"});
    let food = json!([{"menu_item_id": 1}]);
    let mut first = kitchen.screen(&token);
    first.ask("join:restaurant", json!(HERE));
    first.ask("join:station", at_bar.clone());
    let mut last = kitchen.screen(&token);
    last.ask("join:station", at_bar.clone());
    last.ask("join:restaurant", json!(HERE));
    last.ask("join:station", json!({"station": "bar"}));
    kitchen.place(food.clone());
    assert_eq!(first.names(), [""; 0]);
    assert_eq!(last.names(), [""; 0]);
    // Another station besides.
    last.ask("join:station", json!({"station": "kitchen"}));
    kitchen.place(food.clone());
    assert_eq!(last.names(), ["order:created"]);
    // At the pass everything is seen.
    first.ask("join:station", json!({"station": "expo"}));
    kitchen.place(food);
    assert_eq!(first.names(), ["order:created"]);
    // Another restaurant has stations of its own.
    let mut admin = kitchen.screen(&kitchen.admin());
    admin.ask("join:station", at_bar);
    admin.ask("join:restaurant", json!(BESIDE));
    kitchen
        .server
        .shell("UPDATE orders SET note = 'x' WHERE id IN (1, 8)");
    let heard = admin.heard();
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert_eq!(heard[0].data()["order"]["restaurant_id"], BESIDE);
}

#[test]
fn stations_are_the_restaurants_own() {
    let kitchen = Kitchen::open();
    let mut screen = kitchen.pass();
    let told = screen.call("join:station", json!({"station": "grill"}));
    assert_eq!(
        (&told["code"], &told["error"]["code"]),
        (&json!("VALIDATION_ERROR"), &json!("INVALID_PAYLOAD"))
    );
    assert_eq!(told["message"], "station: one of kitchen, bar, expo, pos");
    kitchen
        .server
        .shell("INSERT INTO stations(restaurant_id, code, name) VALUES (2, 'grill', 'Grill')");
    screen.ask("join:station", json!({"station": "grill"}));
    // Nowhere is no place to stand at; and a house that wrote down no stations has the document's.
    let mut lost = kitchen.screen(&kitchen.admin());
    assert_eq!(
        lost.refused("join:station", json!({"station": "bar"})),
        "INVALID_PAYLOAD"
    );
    kitchen
        .server
        .shell("INSERT INTO restaurants(id, name) VALUES (6000, 'New')");
    for station in ["kitchen", "expo", "bar", "pos"] {
        lost.ask(
            "join:station",
            json!({"restaurantId": 6000, "station": station}),
        );
    }
    assert_eq!(
        lost.refused("join:station", json!({"station": "grill"})),
        "INVALID_PAYLOAD"
    );
}

#[test]
fn who_loses_the_job_loses_the_screen() {
    let kitchen = Kitchen::open();
    let mut screen = kitchen.pass();
    kitchen
        .server
        .shell("UPDATE users SET is_active = 0 WHERE role = 'kitchen'");
    let error = screen.until("error");
    assert_eq!(error["code"], "AUTH_FAILED", "{error}");
    screen.0.is_disconnected("/");
}

#[test]
fn a_sync_shows_what_a_screen_would_hear_of() {
    let kitchen = Kitchen::open();
    let mut pass = kitchen.pass();
    let numbers = |told: &Value| -> Vec<String> {
        let orders = told["orders"].as_array().expect("orders").iter();
        orders
            .map(|order| order["order_number"].as_str().expect("a number").to_owned())
            .collect()
    };
    pass.0.emit("/", "orders:sync", &[]);
    let told = pass.next_is("orders:sync:complete");
    assert_eq!(
        numbers(&told),
        ["order-1", "order-2", "order-4", "order-123"],
        "the five active statuses, oldest first"
    );
    assert_eq!(
        (&told["total"], &told["restaurantId"]),
        (&json!(4), &json!(HERE))
    );
    assert_eq!(
        told["statuses"],
        json!(["new", "pending", "confirmed", "preparing", "ready"])
    );
    assert_eq!(told["orders"][0]["items"][0]["name"], "Pad Thai");
    assert!(told["as_of"].is_u64());
    let mut sync = |which: Value| {
        pass.emit("orders:sync", which);
        pass.next_is("orders:sync:complete")
    };
    assert_eq!(
        numbers(&sync(
            json!({"restaurantId": HERE, "statuses": ["ready", "confirmed"]})
        )),
        ["order-4", "order-123"]
    );
    // What left the kitchen's hands looks alike.
    assert_eq!(
        numbers(&sync(json!({"statuses": ["completed"]}))),
        ["order-3", "order-5"]
    );
    assert_eq!(
        numbers(&sync(json!({"statuses": ["delivered"]}))),
        ["order-3"]
    );
    assert_eq!(numbers(&sync(json!({"statuses": []}))), [""; 0]);
    assert_eq!(numbers(&sync(json!({}))).len(), 4);
    assert_eq!(
        pass.refused("orders:sync", json!({"statuses": ["eaten"]})),
        "INVALID_PAYLOAD"
    );
    // A station sees its own.
    let mut bar = kitchen.station("bar");
    bar.emit("orders:sync", Value::Null);
    assert_eq!(
        numbers(&bar.next_is("orders:sync:complete")),
        ["order-1", "order-2", "order-123"]
    );
    // Before a restaurant is joined it must be named.
    let mut lost = kitchen.screen(&kitchen.token("kitchen"));
    assert_eq!(lost.refused("orders:sync", Value::Null), "INVALID_PAYLOAD");
    lost.emit("orders:sync", json!({"restaurantId": HERE}));
    assert_eq!(numbers(&lost.next_is("orders:sync:complete")).len(), 4);
}

#[test]
fn a_sync_of_very_much_has_the_newest_and_says_how_many_there_are() {
    let kitchen = Kitchen::open();
    kitchen.server.shell(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100) INSERT INTO orders(id, restaurant_id) SELECT 1000 + i, 2 FROM n",
    );
    let mut pass = kitchen.pass();
    pass.emit("orders:sync", json!({"statuses": ["pending"]}));
    let told = pass.until("orders:sync:complete");
    let orders = told["orders"].as_array().expect("orders");
    assert_eq!((orders.len(), &told["total"]), (1000, &json!(1101)));
}
