//! Whoever changes the data, everybody concerned hears of it: the same broadcasts for every kind of writer, after the commit, never after a rollback.

mod everywhere;

use crate::dining::new_order;
use crate::support::{Client, Server};
use serde_json::{Value, json};

/// A writer of any kind: sets the status of an order.
type Writer = fn(&Server, i64, &str);

const WRITERS: [(&str, Writer); 4] = [
    ("a socket", |server, id, status| {
        let mut manager = Client::open_as(
            server,
            &format!("/ws/orders/{id}/"),
            &server.token("manager"),
        );
        manager.command(json!({"action": "update_status", "status": status}));
    }),
    ("REST", |server, id, status| {
        let line = format!("PATCH /api/v1/orders/{id}");
        server
            .rest(&server.token("manager"), &line, json!({"status": status}))
            .ok();
    }),
    ("the sqlite3 shell", |server, id, status| {
        server.shell(&format!(
            "UPDATE orders SET status='{status}' WHERE id={id};"
        ));
    }),
    ("another program", |server, id, status| {
        let sql = "UPDATE orders SET status=?1 WHERE id=?2";
        server
            .place
            .foreign()
            .execute(sql, (status, id))
            .expect("written");
    }),
];

#[test]
fn what_the_writer_knows_of_an_order_follows_all_that_it_shows() {
    let server = Server::start();
    let (id, token) = (new_order(&server), server.token("manager"));
    let path = format!("/ws/orders/{id}/");
    let mut guest = Client::open(&server, &path);
    let mut manager = Client::open_as(&server, &path, &token);
    let mut moves_to = |status: &str| {
        manager.command(json!({"action": "update_status", "status": status}));
        let heard = guest.until(|f| f["type"] == "order_status" && f["data"]["status"] == status);
        let told = &heard.last().expect("the status")["data"];
        let lines = format!(
            "SELECT count(*) FROM order_items WHERE order_id = {id} AND status <> 'voided'"
        );
        assert_eq!(told["items_count"], server.place.number(&lines), "{status}");
        let total = format!("SELECT total_minor FROM orders WHERE id = {id}");
        let total = server.place.number(&total);
        let total = format!("{}.{:02}", total / 100, total % 100);
        assert_eq!(told["total_amount"], total, "{status}");
    };
    let line = json!({"items": [{"menu_item_id": 2, "quantity": 1}]});
    let add = format!("POST /api/v1/orders/{id}/items");
    server.rest(&token, &add, line).ok();
    moves_to("confirmed");
    server.shell(&format!(
        "INSERT INTO order_items(order_id, name) VALUES({id}, 'from a shell');"
    ));
    moves_to("ready");
    // What is refused undoes nothing but itself.
    let mut other = Client::open_as(&server, &path, &token);
    other.refused(r#"{"action": "update_status", "status": "pending"}"#);
    server.shell(&format!(
        "BEGIN; UPDATE orders SET total_minor = total_minor + 100 WHERE id = {id};
         UPDATE order_items SET status = 'voided' WHERE order_id = {id} AND name = 'from a shell'; COMMIT;"
    ));
    moves_to("delivered");
}

/// Frames with what differs between two orders taken away: their types, in order.
fn types(frames: &[Value]) -> Vec<String> {
    let name = |f: &Value| f["type"].as_str().unwrap_or("?").to_owned();
    frames.iter().map(name).collect()
}

#[test]
fn every_writer_causes_the_same_broadcasts() {
    let mut told = Vec::new();
    for (who, write) in WRITERS {
        let server = Server::start();
        let id = new_order(&server);
        let paths = [
            format!("/ws/orders/{id}/"),
            "/ws/restaurants/2/".to_owned(),
            "/ws/restaurants/2/notifications/".to_owned(),
            "/ws/waiters/10/".to_owned(),
        ];
        let mut clients = paths.map(|path| Client::open(&server, &path));
        for client in &mut clients {
            client.sync();
        }
        let shell = WRITERS[2].1;
        let mut at_the_order = Vec::new();
        // The documents cannot name "preparing", so it is no writer's own; each other step is one that every writer may take.
        for (write, status) in [
            (write, "confirmed"),
            (shell, "preparing"),
            (write, "ready"),
            (write, "delivered"),
        ] {
            write(&server, id, status);
            // What a program writes before the server has looked again is told together with what it wrote before.
            at_the_order.extend(clients[0].until(|f| f["data"]["canonical_status"] == status));
        }
        // The end of what this writer caused: an alert for the staff, a broadcast, a note at the order.
        let token = server.token("manager");
        server
            .rest(
                &token,
                &format!("PATCH /api/v1/orders/{id}"),
                json!({"note": "end"}),
            )
            .ok();
        let words = json!({"message": "end"});
        server
            .rest(&token, "POST /api/v1/restaurants/2/broadcast", words)
            .ok();
        let words = json!({"message": "end", "waiter_id": 10});
        server
            .rest(&token, "POST /api/v1/restaurants/2/alerts", words)
            .ok();
        let is_end = |f: &Value| f["data"]["note"] == "end" || f["data"]["message"] == "end";
        let mut heard = clients
            .each_mut()
            .map(|client| types(&client.until(is_end)));
        heard[0].splice(..0, types(&at_the_order));
        assert_eq!(
            heard[0].iter().filter(|t| *t == "order_status").count(),
            3,
            "{who}: {heard:?}"
        );
        assert!(
            heard[1].contains(&"order_ready".to_owned()),
            "{who}: {heard:?}"
        );
        told.push((who, heard));
    }
    for (who, heard) in &told[1..] {
        assert_eq!(heard, &told[0].1, "{who} and {}", told[0].0);
    }
}

#[test]
fn a_thousand_rows_typed_into_the_shell() {
    let server = Server::start();
    server.shell(&many_orders(1_000));
    let ids = ids(&server, "attributes_json='{\"bulk\":1}'");
    assert_eq!(ids.len(), 1_000);
    let mut restaurant = Client::open(&server, "/ws/restaurants/2/");
    restaurant.sync();
    let mut one = Client::open(&server, &format!("/ws/orders/{}/", ids[500]));
    one.next_is("order_status");
    server.shell("UPDATE orders SET status='ready' WHERE attributes_json='{\"bulk\":1}';");
    let told = one.expect("order_status");
    assert_eq!(told["data"]["status"], "ready");
    assert!(told["data"]["ready_at"].is_string(), "stamped: {told}");
    let mut heard: Vec<i64> = Vec::new();
    while heard.len() < ids.len() {
        let ready = restaurant.expect("order_ready");
        heard.push(ready["data"]["order_id"].as_i64().expect("an id"));
    }
    assert_eq!(heard, ids, "each once, in the order of the change");
    assert_eq!(types(&restaurant.sync()), Vec::<String>::new());
}

/// SQL for `count` orders that are recognised by their attributes.
pub fn many_orders(count: usize) -> String {
    format!(
        "INSERT INTO orders(restaurant_id, table_id, status, attributes_json)
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<{count})
         SELECT 2, 5, 'confirmed', '{{\"bulk\":1}}' FROM n;\n"
    )
}

pub fn ids(server: &Server, condition: &str) -> Vec<i64> {
    let db = server.place.foreign();
    let sql = format!("SELECT id FROM orders WHERE {condition} ORDER BY id");
    let mut statement = db.prepare(&sql).expect("a query");
    let rows = statement.query_map([], |row| row.get(0)).expect("rows");
    rows.map(|id| id.expect("an id")).collect()
}

#[test]
fn what_is_rolled_back_is_never_told() {
    let server = Server::start();
    let id = new_order(&server);
    let mut guest = Client::open(&server, &format!("/ws/orders/{id}/"));
    guest.next_is("order_status");
    server.shell(&format!(
        "BEGIN; UPDATE orders SET status='ready' WHERE id={id}; ROLLBACK;"
    ));
    let db = server.place.foreign();
    db.execute_batch("BEGIN IMMEDIATE").expect("begun");
    db.execute("UPDATE orders SET status='cancelled' WHERE id=?1", [id])
        .expect("written");
    drop(db); // A program that dies in the middle.
    let line = format!("PATCH /api/v1/orders/{id}");
    let refused = server.rest(
        &server.token("manager"),
        &line,
        json!({"status": "delivered"}),
    );
    refused.refused(409);
    // The next thing that is true is the next thing that is heard.
    server.shell(&format!(
        "BEGIN; SAVEPOINT a; UPDATE orders SET status='ready' WHERE id={id}; ROLLBACK TO a;
         UPDATE orders SET status='confirmed' WHERE id={id}; COMMIT;"
    ));
    let told = guest.next_is("order_status");
    assert_eq!(told["data"]["status"], "confirmed");
    assert!(told["data"]["ready_at"].is_null(), "{told}");
}

#[test]
fn a_change_that_changes_nothing_is_no_change() {
    let server = Server::start();
    let id = new_order(&server);
    let mut guest = Client::open(&server, &format!("/ws/orders/{id}/"));
    let version = guest.next_is("order_status")["data"]["version"].as_i64();
    server.shell(&format!(
        "UPDATE orders SET status=status, note=note WHERE id={id};"
    ));
    server.shell(&format!(
        "UPDATE orders SET status='confirmed' WHERE id={id};"
    ));
    let told = guest.next_is("order_status");
    assert_eq!(
        told["data"]["version"].as_i64(),
        version.map(|v| v + 1),
        "only triggers count"
    );
}

#[test]
fn a_deletion_that_cascades_is_told_to_all_it_concerns() {
    for pragmas in [
        "PRAGMA foreign_keys=OFF; PRAGMA recursive_triggers=OFF;",
        "PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON;",
    ] {
        let server = Server::start();
        let id = new_order(&server);
        let mut order = Client::open(&server, &format!("/ws/orders/{id}/"));
        let mut items = Client::open(&server, &format!("/ws/orders/{id}/items/"));
        order.next_is("order_status");
        items.next_is("items_list");
        server.shell(&format!("{pragmas} DELETE FROM orders WHERE id={id};"));
        order.until(|f| f["type"] == "order_update" && f["data"]["deleted"] == true);
        items.until(|f| f["type"] == "items_updated" && f["data"]["items"] == json!([]));
        let left = format!("SELECT count(*) FROM order_items WHERE order_id={id}");
        assert_eq!(server.place.number(&left), 0, "{pragmas}");
    }
}

#[test]
fn replace_and_upsert_typed_into_the_shell() {
    for pragma in [
        "PRAGMA recursive_triggers=OFF;",
        "PRAGMA recursive_triggers=ON;",
    ] {
        let server = Server::start();
        let id = new_order(&server);
        let token = server.token("manager");
        let mut feed = Client::open_as(&server, "/ws/changes/?entity=order", &token);
        feed.sync();
        let row = format!(
            "{pragma} CREATE TEMP TABLE r AS SELECT * FROM orders WHERE id={id};
             UPDATE r SET note='replaced';"
        );
        server.shell(&format!(
            "{row} INSERT OR REPLACE INTO orders SELECT * FROM r;"
        ));
        server.shell(&format!(
            "{row} INSERT OR IGNORE INTO orders SELECT * FROM r;"
        ));
        server.shell(&format!("UPDATE orders SET note='end' WHERE id={id};"));
        let heard =
            feed.until(|f| changed(f).contains(&"note".to_owned()) && part(f, "op") == "update");
        let ops: Vec<&Value> = heard.iter().map(|f| part(f, "op")).collect();
        // A replaced row was deleted and inserted (or is told as one update); an ignored one never happened.
        let good = ops == ["delete", "insert", "update"] || ops == ["update"];
        assert!(good, "{pragma} {heard:?}");
    }
}

/// A member of a frame of the change feed, which is flat.
#[track_caller]
pub fn part<'a>(frame: &'a Value, name: &str) -> &'a Value {
    let members = frame.as_object().expect("an object");
    let mut names: Vec<&str> = members.keys().map(String::as_str).collect();
    names.retain(|name| *name != "status" && *name != "reset");
    names.sort_unstable();
    let always = [
        "changed",
        "entity",
        "id",
        "op",
        "restaurant_id",
        "seq",
        "type",
        "version",
    ];
    assert_eq!(names, always, "{frame}");
    frame.get(name).unwrap_or(&Value::Null)
}

fn changed(frame: &Value) -> Vec<String> {
    let columns = part(frame, "changed")
        .as_array()
        .cloned()
        .unwrap_or_default();
    columns
        .iter()
        .filter_map(|c| c.as_str().map(str::to_owned))
        .collect()
}

#[test]
fn the_change_feed_tells_every_committed_change() {
    let server = Server::start();
    let token = server.token("manager");
    let mut feed = Client::open_as(&server, "/ws/changes/", &token);
    assert_eq!(
        feed.sync(),
        Vec::<Value>::new(),
        "nothing but changes and resets"
    );
    let id = new_order(&server);
    server.shell(&format!(
        "UPDATE orders SET status='confirmed' WHERE id={id};"
    ));
    server.shell(&format!("DELETE FROM orders WHERE id={id};"));
    let mine = |f: &Value| part(f, "entity") == "order" && part(f, "id") == id;
    let all = feed.until(|f| mine(f) && part(f, "op") == "delete");
    let orders: Vec<&Value> = all.iter().filter(|f| mine(f)).collect();
    assert_eq!(part(orders[0], "op"), "insert");
    let update = orders
        .iter()
        .find(|f| part(f, "op") == "update" && part(f, "status") == "confirmed")
        .unwrap_or_else(|| panic!("{orders:?}"));
    assert!(changed(update).contains(&"status".to_owned()), "{update}");
    for frame in &all {
        assert!(
            frame["seq"].is_u64() && part(frame, "version").is_i64(),
            "{frame}"
        );
    }
    assert!(
        all.iter().any(|f| part(f, "entity") == "order_item"),
        "{all:?}"
    );

    // The same again for whoever asks from the beginning of it.
    let since = all[0]["seq"].as_u64().expect("a number") - 1;
    let mut again = Client::back_as(&server, "/ws/changes/", since, &token);
    let replay = again.until(|f| mine(f) && part(f, "op") == "delete");
    assert_eq!(replay, all);
    // Only managers and admins of the restaurant.
    for refused in ["waiter", "customer"] {
        let (close, _) = Client::open_as(&server, "/ws/changes/", &server.token(refused)).closed();
        assert_eq!(close, Some(4403), "{refused}");
    }
    assert_eq!(Client::open(&server, "/ws/changes/").closed().0, Some(4401));
}

#[test]
fn numbers_rise_over_every_kind_of_writer_at_once() {
    let server = Server::start();
    let id = new_order(&server);
    let mut witnesses: Vec<Client> = (0..4)
        .map(|_| Client::open(&server, &format!("/ws/orders/{id}/")))
        .collect();
    for witness in &mut witnesses {
        witness.next_is("order_status");
    }
    let rounds = 25;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0..rounds {
                server.shell(&format!(
                    "UPDATE orders SET note='shell {n}' WHERE id={id};"
                ));
            }
        });
        scope.spawn(|| {
            let db = server.place.foreign();
            for n in 0..rounds {
                let sql = "UPDATE orders SET note=?1 WHERE id=?2";
                db.execute(sql, (format!("program {n}"), id))
                    .expect("written");
            }
        });
        let (line, token) = (
            format!("PATCH /api/v1/orders/{id}"),
            server.token("manager"),
        );
        for n in 0..rounds {
            server
                .rest(&token, &line, json!({"note": format!("rest {n}")}))
                .ok();
        }
    });
    server.shell(&format!(
        "UPDATE orders SET status='cancelled' WHERE id={id};"
    ));
    let mut first: Option<Vec<Value>> = None;
    for witness in &mut witnesses {
        // That each number is higher than the last one is checked by the client itself.
        let heard = witness.until(|f| f["type"] == "order_status");
        assert_eq!(heard.len(), 3 * rounds + 1, "each change once");
        if let Some(first) = &first {
            assert_eq!(&heard, first, "the same for everybody");
        }
        first = Some(heard);
    }
}
