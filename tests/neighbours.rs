//! Other people's tables in the same database.

use crate::dining::new_order;
use crate::support::{Client, Server};
use serde_json::{Value, json};

#[test]
fn a_neighbours_composite_key_loses_only_what_belongs_to_the_order() {
    let server = Server::start();
    let (rated, other) = (new_order(&server), new_order(&server));
    server.shell(&format!(
        "CREATE TABLE ratings(n INTEGER PRIMARY KEY, restaurant_id INT, public_id TEXT, stars INT,
           FOREIGN KEY (restaurant_id, public_id) REFERENCES orders(restaurant_id, public_id) ON DELETE CASCADE);
         INSERT INTO ratings(restaurant_id, public_id, stars) SELECT restaurant_id, public_id, 5 FROM orders WHERE id = {rated};"
    ));
    let ratings = "SELECT count(*) FROM ratings";
    let token = server.token("manager");
    let line = format!("DELETE /api/v1/orders/{other}");
    server.rest(&token, &line, Value::Null).ok();
    server.shell(&format!("DELETE FROM orders WHERE id = {other};"));
    assert_eq!(server.place.number(ratings), 1, "nobody had rated that one");
    // The shell has foreign keys off.
    server.shell(&format!("DELETE FROM orders WHERE id = {rated};"));
    assert_eq!(server.place.number(ratings), 0);
}

#[test]
fn no_neighbour_keeps_the_server_from_starting() {
    let mut server = Server::start();
    server.kill();
    server.shell(
        r#"CREATE TABLE "two words"(n INTEGER PRIMARY KEY, o INT REFERENCES Orders(ID) ON DELETE CASCADE);
         CREATE TABLE of_nothing(x INT REFERENCES not_there(id) ON DELETE CASCADE);
         CREATE VIEW seen AS SELECT id FROM orders;
         CREATE TABLE of_view(x INT REFERENCES seen(id) ON DELETE CASCADE);
         CREATE TABLE keyless(x INT);
         CREATE TABLE of_keyless(x INT REFERENCES keyless ON DELETE SET NULL, y INT REFERENCES keyless(x) ON DELETE CASCADE);"#,
    );
    server.restart();
    let id = new_order(&server);
    server.shell(&format!(r#"INSERT INTO "two words"(o) VALUES({id});"#));
    let mut order = Client::open(&server, &format!("/ws/orders/{id}/"));
    order.next_is("order_status");
    server.shell(&format!("DELETE FROM orders WHERE id = {id};"));
    order.until(|f| f["data"]["deleted"] == true);
    let left = r#"SELECT count(*) FROM "two words""#;
    assert_eq!(server.place.number(left), 0);
}

#[test]
fn a_neighbour_whose_key_cannot_be_followed_is_named_in_the_log() {
    let server = Server::start();
    server.shell("CREATE TABLE notes(note TEXT REFERENCES orders(note) ON DELETE CASCADE);");
    server.until_logged("notes");
}

#[test]
fn a_version_never_falls_where_a_program_replaces_rows_under_recursive_triggers() {
    let server = Server::start();
    let id = new_order(&server);
    let mut order = Client::open(&server, &format!("/ws/orders/{id}/"));
    order.next_is("order_status");
    let version = || {
        server
            .place
            .number(&format!("SELECT version FROM orders WHERE id = {id}"))
    };
    server.shell(&format!(
        "UPDATE orders SET note='1' WHERE id={id}; UPDATE orders SET note='2' WHERE id={id};"
    ));
    let before = version();
    // As `upsert` of sqlite-utils does it, with a row that was read earlier.
    server.shell(&format!(
        "PRAGMA recursive_triggers=ON; CREATE TEMP TABLE r AS SELECT * FROM orders WHERE id={id};
         UPDATE r SET version = version - 1, note='3'; INSERT OR REPLACE INTO orders SELECT * FROM r;"
    ));
    assert_eq!(version(), before + 1);
    order.until(|f| f["data"]["version"] == json!(before + 1));
}

#[test]
fn a_version_that_an_insert_returns_is_the_rows() {
    let server = Server::start();
    let told = server.shell(
        "INSERT INTO orders(restaurant_id, table_id, status) VALUES(2, 5, 'confirmed') RETURNING version;",
    );
    let sql = "SELECT version FROM orders ORDER BY id DESC LIMIT 1";
    assert_eq!(told.trim(), server.place.number(sql).to_string());
    let stamp = "SELECT confirmed_at IS NOT NULL FROM orders ORDER BY id DESC LIMIT 1";
    assert_eq!(server.place.number(stamp), 1);
}

#[test]
fn an_index_that_compares_otherwise_evicts_no_table_untold() {
    let server = Server::with(&["--shards", "1"]);
    let token = server.token("manager");
    let mut feed = Client::open_as(&server, "/ws/changes/?entity=table", &token);
    feed.sync();
    server.shell("CREATE UNIQUE INDEX loud ON tables(restaurant_id, number COLLATE NOCASE);");
    // Until the triggers know of it, a row may have gone for another one's sake: everybody begins anew.
    assert_eq!(feed.closed().0, Some(1012));
    server.shell("INSERT INTO tables(restaurant_id, number) VALUES(2, 'Zz 9');");
    let gone = server
        .place
        .number("SELECT id FROM tables WHERE number = 'Zz 9'");
    let mut feed = Client::open_as(&server, "/ws/changes/?entity=table", &token);
    feed.sync();
    server.shell("REPLACE INTO tables(restaurant_id, number) VALUES(2, 'zz 9');");
    let told = feed.until(|f| f["op"] == "insert");
    assert!(
        told.iter().any(|f| f["op"] == "delete" && f["id"] == gone),
        "{told:?}"
    );
}

#[test]
fn an_index_on_an_expression_is_named_in_the_log_once_for_each_schema() {
    let mut server = Server::start();
    let mut feed = Client::open_as(
        &server,
        "/ws/changes/?entity=table",
        &server.token("manager"),
    );
    feed.sync();
    server.shell("CREATE UNIQUE INDEX folded ON tables(restaurant_id, lower(number));");
    server.until_logged("folded");
    // Nobody begins anew, and what commits afterwards repeats nothing.
    server.shell("UPDATE tables SET number = 'Zz 9' WHERE id = 5;");
    feed.next();
    server.shell("UPDATE tables SET number = 'Zz 8' WHERE id = 5;");
    feed.next();
    assert_eq!(server.log().matches("folded").count(), 1);
    // A start says it again: the log of before is still there.
    server.kill();
    server.restart();
    let mut feed = Client::open_as(
        &server,
        "/ws/changes/?entity=table",
        &server.token("manager"),
    );
    feed.sync();
    server.shell("UPDATE tables SET number = 'Zz 7' WHERE id = 5;");
    feed.next();
    assert_eq!(server.log().matches("folded").count(), 2);
}
