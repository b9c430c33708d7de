//! What dashboards hear.

use super::Timing;
use crate::support::socket_io::SocketIo;
use crate::support::{Client, token};
use serde_json::{Value, json};

/// Nothing has come that this vocabulary would say.
#[track_caller]
fn silent(client: &mut Client) {
    assert_eq!(client.sync(), Vec::<Value>::new());
}

#[test]
fn a_new_order_is_told_with_its_fields_beside_its_type() {
    let timing = Timing::start();
    let mut dashboard = timing.opened();
    let id = timing.order();
    let told = dashboard.next_is("newOrder");
    assert!(told.get("data").is_none(), "{told}");
    assert!(told["seq"].is_u64(), "{told}");
    let order = &told["order"];
    assert_eq!(order["id"], id);
    assert_eq!(order["status"], "pending");
    assert_eq!(order["canonical_status"], "pending");
    assert_eq!(order["version"], 1);
    assert_eq!(order["total"], json!(160.0));
    assert_eq!(order["total_amount"], "160.00");
    assert_eq!(order["customer_info"]["name"], "Jo");
    assert_eq!(order["customer_info"]["phone"], "+66 2 000 0001");
    assert_eq!(order["items"][0]["menu_name"], "Pad Thai");
    assert_eq!(order["items"][0]["price"], json!(80.0));
    assert_eq!(order["items"][0]["quantity"], 2);
    for time in ["created_at", "updated_at"] {
        assert!(order[time].as_str().is_some_and(|t| t.ends_with('Z')));
    }
}

#[test]
fn amounts_are_numbers_with_all_their_digits() {
    let timing = Timing::start();
    let mut dashboard = timing.opened();
    timing.order();
    let text = dashboard.next_text();
    assert!(text.contains(r#""total":160.00"#), "{text}");
    assert!(text.contains(r#""price":80.00"#), "{text}");
}

#[test]
fn whoever_makes_an_order_it_is_told() {
    let timing = Timing::start();
    let mut dashboard = timing.opened();
    let manager = timing.server.token("manager");
    let body = json!({"restaurant_id": 2, "table_id": 5, "items": [{"menu_item_id": 2}]});
    let placed = timing.server.rest(&manager, "POST /api/v1/orders", body);
    let told = dashboard.next_is("newOrder");
    assert_eq!(told["order"]["id"], placed.ok()["id"]);
    assert_eq!(told["order"]["customer_info"]["name"], "Table 5");
    assert_eq!(told["order"]["table_number"], "5");
    let sql = "INSERT INTO orders(restaurant_id, total_minor) VALUES (2, 1234);";
    timing.server.shell(sql);
    let told = dashboard.next_is("newOrder");
    assert_eq!(told["order"]["customer_info"]["name"], "Guest");
    assert_eq!(told["order"]["total_amount"], "12.34");
    assert_eq!(told["order"]["items"], json!([]));
}

#[test]
fn a_status_is_told_when_it_looks_different() {
    let timing = Timing::start();
    let id = timing.order();
    let mut dashboard = timing.opened();
    let set = |status: &str| {
        let sql = format!("UPDATE orders SET status = '{status}' WHERE id = {id};");
        timing.server.shell(&sql);
    };
    // Of two that look alike nobody hears; the next one says which it was.
    let mut seen = Vec::new();
    for (status, word) in [
        ("confirmed", None),
        ("preparing", Some("preparing")),
        ("ready", Some("ready")),
        ("out_for_delivery", None),
        ("delivered", Some("completed")),
        ("completed", None),
    ] {
        set(status);
        if let Some(word) = word {
            let told = dashboard.next_is("orderStatusUpdate");
            assert_eq!(told["status"], word);
            assert_eq!(told["order"]["status"], word);
            assert_eq!(told["order"]["canonical_status"], status);
            assert_eq!(told["order"]["id"], id);
            assert!(told.get("data").is_none());
            seen.push(told["order"]["version"].as_i64());
        }
    }
    silent(&mut dashboard);
    assert!(seen.is_sorted_by(|a, b| a < b), "{seen:?}");
}

#[test]
fn what_happens_to_lines_is_seen_in_the_next_update() {
    let timing = Timing::start();
    let id = timing.order();
    let mut dashboard = timing.opened();
    let manager = timing.server.token("manager");
    let line = format!("POST /api/v1/orders/{id}/items");
    let more = json!({"menu_item_id": 2, "quantity": 1});
    timing.server.rest(&manager, &line, more).ok();
    let sql = format!("UPDATE orders SET note = 'soon' WHERE id = {id};");
    timing.server.shell(&sql);
    silent(&mut dashboard);
    timing.put(id, "preparing").ok();
    let told = dashboard.next_is("orderStatusUpdate");
    let names = told["order"]["items"].as_array().expect("items");
    let names: Vec<_> = names.iter().map(|item| &item["menu_name"]).collect();
    assert_eq!(names, ["Pad Thai", "Iced tea"]);
    assert_eq!(told["order"]["total_amount"], "195.50");
    assert_eq!(told["order"]["note"], "soon");
}

#[test]
fn a_voided_line_is_not_shown() {
    let timing = Timing::start();
    let sql = "UPDATE order_items SET status = 'voided' WHERE id = 3;";
    timing.server.shell(sql);
    let order = timing.guest("GET /api/orders/1/status", Value::Null).ok();
    let items = order["data"]["items"].as_array().expect("items").len();
    assert_eq!(items, 2);
}

#[test]
fn an_order_that_is_deleted_is_told_as_cancelled() {
    let timing = Timing::start();
    let id = timing.order();
    let mut dashboard = timing.opened();
    timing
        .server
        .shell(&format!("DELETE FROM orders WHERE id = {id};"));
    let told = dashboard.next_is("orderStatusUpdate");
    assert_eq!(told["status"], "cancelled");
    assert_eq!(told["order"]["id"], id);
    assert_eq!(told["order"]["status"], "cancelled");
    assert_eq!(told["order"]["customer_info"]["name"], "Jo");
    assert_eq!(told["order"]["total_amount"], "160.00");
    assert_eq!(told["order"]["version"], 2);
}

#[test]
fn a_stream_starts_with_a_connection_and_the_newest_orders() {
    let timing = Timing::start();
    let mut dashboard = timing.dashboard(&timing.admin);
    let first = dashboard.next_is("connection");
    assert!(first["seq"].is_u64());
    let all = timing.ask("GET /api/admin/orders", Value::Null).ok();
    assert_eq!(first["orders"], all["data"]);
    assert_eq!(first["total"], all["total"]);
}

#[test]
fn a_dashboard_that_closes_is_told_to_the_others_once() {
    let timing = Timing::start();
    let manager = timing.server.token("manager");
    let mut admin = timing.opened();
    let mut here = timing.dashboard(&manager);
    here.next_is("connection");
    let elsewhere = ["--role", "manager", "--id", "31", "--restaurant", "3"];
    let elsewhere = crate::support::token::mint_with(&timing.server.place, &elsewhere);
    let mut elsewhere = timing.dashboard(&elsewhere);
    elsewhere.next_is("connection");
    silent(&mut admin);

    drop(timing.dashboard(&manager));
    for client in [&mut admin, &mut here] {
        let told = client.next_is("disconnect");
        assert!(told.get("seq").is_none(), "it is not told again: {told}");
        silent(client);
    }
    silent(&mut elsewhere);

    drop(timing.opened());
    for client in [&mut admin, &mut here, &mut elsewhere] {
        client.next_is("disconnect");
        silent(client);
    }
}

/// Who follows all restaurants need not come again for one that opens: with its first order, written in the same breath, it is heard.
#[test]
fn who_follows_all_restaurants_hears_of_one_that_opens() {
    let mut timing = Timing::start();
    let mut admin = timing.opened();
    let mut here = timing.dashboard(&timing.server.token("manager"));
    here.next_is("connection");
    let path = format!(
        "/ws/changes/?entity=restaurant,order&token={}",
        timing.admin
    );
    let mut feed = Client::dial(timing.server.address, &path, &[]).expect("a WebSocket");
    let mut platform = SocketIo::open(timing.server.listening("delivery"));
    let auth = json!({"token": timing.admin});
    platform.connect("/orders", auth.clone()).expect("let in");

    let opens = "BEGIN; INSERT INTO restaurants(id, name) VALUES (900, 'Night Market');
        INSERT INTO users(id, restaurant_id, role) VALUES (970, 900, 'manager');
        INSERT INTO orders(restaurant_id) VALUES (900); COMMIT;";
    timing.server.shell(opens);
    let order = timing.server.place.number("SELECT max(id) FROM orders");
    let told = admin.next_is("newOrder");
    assert_eq!(
        (&told["order"]["id"], &told["order"]["restaurant_id"]),
        (&json!(order), &json!(900))
    );
    for entity in ["restaurant", "order"] {
        let told = feed.next_is("change");
        assert_eq!(
            (&told["entity"], &told["restaurant_id"]),
            (&json!(entity), &json!(900))
        );
    }
    let told = platform.next("/orders");
    assert_eq!(
        (&*told.name, &told.data()["order"]["id"]),
        ("new-order", &json!(order))
    );
    silent(&mut here);

    // What was missed is told again, and nothing of it twice.
    let since = admin.seq;
    timing
        .server
        .shell("UPDATE orders SET status = 'preparing' WHERE restaurant_id = 900;");
    admin.next_is("orderStatusUpdate");
    let mut back = timing.dial(&format!("/admin?token={}&since={since}", timing.admin));
    back.seq = since;
    back.next_is("connection");
    back.next_is("orderStatusUpdate");
    silent(&mut back);
    assert_eq!(feed.next_is("change")["entity"], "order");
    silent(&mut feed);
    assert_eq!(platform.next("/orders").name, "order-updated");

    // The new house has dashboards of its own, which hear who leaves.
    let args = [
        "--role",
        "manager",
        "--id",
        "970",
        "--restaurant",
        "900",
        "--ttl",
        "1h",
    ];
    let mut theirs = timing.dashboard(&token::mint_with(&timing.server.place, &args));
    theirs.next_is("connection");
    drop(back);
    for client in [&mut theirs, &mut here, &mut admin] {
        client.next_is("disconnect");
        silent(client);
    }
}

#[test]
fn a_dashboard_comes_back_to_what_it_missed() {
    let mut timing = Timing::start();
    let first = timing.order();
    let mut dashboard = timing.opened();
    timing.put(first, "preparing").ok();
    dashboard.next_is("orderStatusUpdate");
    let since = dashboard.seq;
    drop(dashboard);
    let second = timing.order();
    timing.put(first, "ready").ok();
    // also when the server was killed meanwhile
    timing.server.kill();
    timing.server.restart();
    timing.address = timing.server.listening("timing");

    let path = format!("/admin?token={}&since={since}", timing.admin);
    let mut back = timing.dial(&path);
    back.seq = since;
    let hello = back.next_is("connection");
    assert!(hello.get("seq").is_none() && hello.get("orders").is_none());
    let told = back.next_is("newOrder");
    assert_eq!(told["order"]["id"], second);
    let told = back.next_is("orderStatusUpdate");
    assert_eq!(told["order"]["id"], first);
    assert_eq!(told["status"], "ready");
    silent(&mut back);
    // the same on the open connection
    back.resume(since);
    back.next_is("newOrder");
    back.next_is("orderStatusUpdate");
}

#[test]
fn a_number_of_another_history_is_answered_with_a_reset() {
    let timing = Timing::start();
    let path = format!("/admin?token={}&since=999999999999999", timing.admin);
    let mut back = timing.dial(&path);
    back.next_is("connection");
    let reset = back.next_is("connection");
    assert_eq!(reset["reset"], true);
    assert!(
        reset["orders"]
            .as_array()
            .is_some_and(|all| !all.is_empty())
    );
    let id = timing.order();
    assert_eq!(back.next_is("newOrder")["order"]["id"], id);
    let again = back.resume(1);
    assert_eq!(again["reset"], true);
}

#[test]
fn a_dashboard_costs_a_change_no_event() {
    let timing = Timing::start();
    let events = |order: i64| {
        let count = || timing.server.place.number("SELECT count(*) FROM event_log");
        let before = count();
        timing.put(order, "preparing").ok();
        count() - before
    };
    let (first, second) = (timing.order(), timing.order());
    let without = events(first);
    let mut dashboard = timing.opened();
    assert_eq!(events(second), without);
    dashboard.next_is("orderStatusUpdate");
}
