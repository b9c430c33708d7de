//! An order's lines: each frame has the whole list, so what changed together is told together, once, and the last word is always told.

use crate::dining::{entity, new_order};
use crate::support::{Client, Server};
use serde_json::{Value, json};

/// An order of so many lines at table 5.
fn order_of(server: &Server, lines: usize) -> i64 {
    let line = json!({"menu_item_id": 1, "quantity": 1});
    let body = json!({"restaurant_id": 2, "table_id": 5, "items": vec![line; lines]});
    let placed = server.rest(&server.token("manager"), "POST /api/v1/orders", body);
    entity(&placed.ok())["id"].as_i64().expect("an id")
}

/// The order's channel and that of its lines, after their first frames.
fn listeners(server: &Server, order: i64) -> [Client; 2] {
    ["", "items/"].map(|end| {
        let mut client = Client::open(server, &format!("/ws/orders/{order}/{end}"));
        client.next();
        client
    })
}

/// Lists that were told until the end of what happened, on either channel.
fn lists(server: &Server, order: i64, listeners: &mut [Client; 2]) -> [Vec<Value>; 2] {
    let patch = format!("PATCH /api/v1/orders/{order}");
    // The second is written when every shard has been handed the first, also the one of the lines' channel, which hears of neither.
    for note in ["end", "after the end"] {
        let end = json!({"note": note});
        server.rest(&server.token("manager"), &patch, end).ok();
    }
    let [status, items] = listeners;
    let told = status.until(|frame| frame["data"]["note"] == "end");
    let of = |frames: Vec<Value>, kind: &str| -> Vec<Value> {
        frames.into_iter().filter(|f| f["type"] == kind).collect()
    };
    [
        of(told, "order_items_update"),
        of(items.sync(), "items_updated"),
    ]
}

fn statuses(list: &Value) -> Vec<&str> {
    let items = list["data"]["items"].as_array().expect("a list");
    let statuses = items.iter().map(|item| item["status"].as_str());
    statuses.map(|status| status.expect("a status")).collect()
}

type Writer = fn(&Server, i64);

const READY: [(&str, Writer); 3] = [
    ("a socket", |server, id| {
        let path = format!("/ws/orders/{id}/");
        let mut manager = Client::open_as(server, &path, &server.token("manager"));
        manager.command(json!({"action": "update_status", "status": "confirmed"}));
        manager.command(json!({"action": "update_status", "status": "ready"}));
    }),
    ("the shell, at the order", |server, id| {
        server.shell(&format!("UPDATE orders SET status='ready' WHERE id={id};"));
    }),
    ("the shell, at the lines", |server, id| {
        server.shell(&format!(
            "UPDATE order_items SET status='ready' WHERE order_id={id};"
        ));
    }),
];

#[test]
fn an_order_that_becomes_ready_tells_its_lines_once() {
    let server = Server::start();
    for (who, write) in READY {
        // More lines than the look-ahead is long.
        for lines in [1, 3, 70] {
            let id = order_of(&server, lines);
            let mut clients = listeners(&server, id);
            write(&server, id);
            for told in lists(&server, id, &mut clients) {
                assert_eq!(told.len(), 1, "{who}, {lines} lines: {told:?}");
                assert_eq!(statuses(&told[0]), vec!["ready"; lines], "{who}");
            }
        }
    }
}

#[test]
fn one_command_that_adds_lines_tells_them_once() {
    let server = Server::start();
    let id = new_order(&server);
    let mut clients = listeners(&server, id);
    let line = json!({"menu_item_id": 2, "quantity": 1});
    let add = format!("POST /api/v1/orders/{id}/items");
    let body = json!({"items": [line, line, line]});
    server.rest(&server.token("manager"), &add, body).ok();
    for told in lists(&server, id, &mut clients) {
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(statuses(&told[0]).len(), 4);
    }
}

#[test]
fn a_bulk_write_tells_each_order_its_own_list_and_the_feed_every_line() {
    let server = Server::start();
    let orders = [
        order_of(&server, 3),
        order_of(&server, 2),
        order_of(&server, 4),
    ];
    let mut clients = orders.map(|id| listeners(&server, id));
    let token = server.token("manager");
    let mut feed = Client::open_as(&server, "/ws/changes/?entity=order_item", &token);
    feed.sync();
    // Line by line across the orders: first of each, second of each, ...
    server.shell(&format!(
        "BEGIN;
         UPDATE order_items SET seat=1 WHERE id IN (SELECT min(id) FROM order_items WHERE order_id IN ({0}) GROUP BY order_id);
         UPDATE order_items SET seat=2 WHERE order_id IN ({0});
         COMMIT;",
        orders.map(|id| id.to_string()).join(",")
    ));
    for (id, clients) in orders.into_iter().zip(&mut clients) {
        for told in lists(&server, id, clients) {
            assert_eq!(told.len(), 1, "{told:?}");
            let items = told[0]["data"]["items"].as_array().expect("a list");
            assert!(items.iter().all(|item| item["seat"] == 2), "{told:?}");
        }
    }
    assert_eq!(
        feed.sync().len(),
        3 + 9,
        "the feed tells changes, not lists"
    );
}

#[test]
fn what_is_far_apart_is_told_again_and_the_last_word_always() {
    let server = Server::start();
    let (id, other) = (order_of(&server, 2), order_of(&server, 1));
    let mut clients = listeners(&server, id);
    // A hundred changes of another order's line lie between.
    let between: String = (0..100)
        .map(|n| format!("UPDATE order_items SET note='n{n}' WHERE order_id={other};\n"))
        .collect();
    server.shell(&format!(
        "BEGIN; UPDATE order_items SET seat=1 WHERE id=(SELECT min(id) FROM order_items WHERE order_id={id});
         {between}
         UPDATE order_items SET seat=2 WHERE order_id={id}; COMMIT;"
    ));
    for told in lists(&server, id, &mut clients) {
        assert_eq!(told.len(), 2, "{told:?}");
        for list in told {
            let items = list["data"]["items"].as_array().expect("a list");
            assert!(
                items.iter().all(|item| item["seat"] == 2),
                "at its change, or newer"
            );
        }
    }
}

#[test]
fn a_line_that_moves_is_told_at_both_orders() {
    let server = Server::start();
    let (from, to) = (order_of(&server, 3), order_of(&server, 1));
    let mut clients = [listeners(&server, from), listeners(&server, to)];
    server.shell(&format!(
        "UPDATE order_items SET order_id={to} WHERE id IN (SELECT id FROM order_items WHERE order_id={from} LIMIT 2);"
    ));
    let left = [(from, 1), (to, 3)];
    for ((id, count), clients) in left.into_iter().zip(&mut clients) {
        for told in lists(&server, id, clients) {
            assert_eq!(told.len(), 1, "{told:?}");
            assert_eq!(statuses(&told[0]).len(), count);
        }
    }
}

/// Whoever cooks must see what another program wrote.
#[test]
fn a_line_that_makes_no_sense_is_shown_as_it_is_written_and_stops_nothing() {
    let server = Server::start();
    let (broken, sound) = (new_order(&server), new_order(&server));
    let mut clients = listeners(&server, broken);
    let mut other = listeners(&server, sound);
    for (n, (pragma, modifiers)) in [
        ("", r#"{"no":"list"}"#),
        ("", "7"),
        ("PRAGMA ignore_check_constraints=ON;", "[oops"),
    ]
    .into_iter()
    .enumerate()
    {
        server.shell(&format!(
            "{pragma} UPDATE order_items SET modifiers_json='{modifiers}' WHERE order_id={broken};
             UPDATE orders SET note='after {n}' WHERE id={broken};
             UPDATE order_items SET seat={n} WHERE order_id={sound};"
        ));
        let written = |list: &Value| {
            assert_eq!(list["data"]["items"][0]["modifiers"][0]["name"], modifiers);
        };
        written(&clients[0].next_is("order_items_update"));
        let told = clients[0].next_is("order_update");
        assert_eq!(told["data"]["note"], format!("after {n}"));
        written(&clients[1].next_is("items_updated"));
        written(&clients[1].ask(json!({"action": "get_items"}), "items_list"));
        let list = other[1].next_is("items_updated");
        assert_eq!(list["data"]["items"][0]["seat"], n);
    }
    assert_eq!(
        server.place.number("SELECT count(*) FROM change_rejects"),
        0
    );
    // Once it is repaired everybody is told.
    server.shell(&format!(
        "UPDATE order_items SET modifiers_json='[]' WHERE order_id={broken};"
    ));
    let list = clients[1].next_is("items_updated");
    assert_eq!(list["data"]["items"][0]["modifiers"], json!([]));
}

#[test]
fn an_order_whose_lines_one_statement_of_a_shell_changes_is_told_once() {
    let server = Server::start();
    let id = order_of(&server, 12);
    let mut listeners = listeners(&server, id);
    server.shell(&format!(
        "UPDATE order_items SET qty = 2 WHERE order_id = {id};"
    ));
    let note = json!({"note": "end"});
    let patch = format!("PATCH /api/v1/orders/{id}");
    server.rest(&server.token("manager"), &patch, note).ok();
    let told = listeners[0].until(|frame| frame["data"]["note"] == "end");
    let of = |kind: &str| {
        let all = told.iter().filter(|frame| frame["type"] == kind);
        all.count()
    };
    assert_eq!(
        (of("order_update"), of("order_items_update")),
        (2, 1),
        "the sums, and the note: {told:?}"
    );
    assert_eq!(told[0]["data"]["total_amount"], "1920.00");
}

#[test]
fn lines_that_a_shell_changes_are_on_the_bill() {
    let server = Server::start();
    let id = order_of(&server, 2);
    let mut guest = Client::open(&server, &format!("/ws/orders/{id}/"));
    guest.next_is("order_status");
    let total = |wanted: &str| {
        let read = format!("GET /api/v1/orders/{id}");
        let order = server
            .rest(&server.token("manager"), &read, Value::Null)
            .ok();
        assert_eq!(entity(&order)["total_amount"], wanted);
    };
    let line = format!("(SELECT min(id) FROM order_items WHERE order_id = {id})");
    for (sql, wanted) in [
        (
            format!("UPDATE order_items SET qty = 3 WHERE id = {line}"),
            "320.00",
        ),
        (
            format!("UPDATE order_items SET status = 'voided' WHERE id = {line}"),
            "80.00",
        ),
        (
            format!(
                "INSERT INTO order_items(order_id, name, unit_price_minor) VALUES ({id}, 'Song', 500)"
            ),
            "85.00",
        ),
        (
            format!("DELETE FROM order_items WHERE id = {line}"),
            "85.00",
        ),
        (
            format!("DELETE FROM order_items WHERE order_id = {id} AND name = 'Song'"),
            "80.00",
        ),
    ] {
        server.shell(&sql);
        if wanted != "85.00" || !sql.starts_with("DELETE") {
            guest.until(|frame| frame["data"]["total_amount"] == wanted);
        }
        total(wanted);
    }
    // what a command changes is summed up once
    let version = || {
        server
            .place
            .number(&format!("SELECT version FROM orders WHERE id = {id}"))
    };
    let before = version();
    let items = json!([{"menu_item_id": 1, "quantity": 1}, {"menu_item_id": 1, "quantity": 2}]);
    let add = format!("POST /api/v1/orders/{id}/items");
    server
        .rest(&server.token("manager"), &add, json!({"items": items}))
        .ok();
    assert_eq!(version(), before + 1);
    total("320.00");
}

/// Its lines go first, and what they cost is nobody's news.
#[test]
fn an_order_that_a_shell_deletes_is_told_once() {
    let server = Server::start();
    let (gone, stays) = (order_of(&server, 3), new_order(&server));
    let mut feed = Client::open_as(
        &server,
        "/ws/changes/?entity=order",
        &server.token("manager"),
    );
    feed.sync();
    server.shell(&format!(
        "DELETE FROM orders WHERE id = {gone}; DELETE FROM order_items WHERE order_id = {stays};"
    ));
    let told = feed.until(|frame| frame["id"] == stays);
    let told: Vec<_> = told
        .iter()
        .map(|frame| (&frame["op"], &frame["id"]))
        .collect();
    let wanted = [
        (&json!("delete"), &json!(gone)),
        (&json!("update"), &json!(stays)),
    ];
    assert_eq!(told, wanted);
    let rest = "SELECT count(*) FROM change_replaced";
    assert_eq!(server.place.number(rest), 0);
}
