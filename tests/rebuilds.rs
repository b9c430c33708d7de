//! Other programs rebuild tables while they are served. What they take away is made anew, or the server says that it cannot go on, and goes on by itself when it
//! can.

use crate::changes::part;
use crate::dining::new_order;
use crate::resume::is_reset;
use crate::support::client::Heard;
use crate::support::{Client, PATIENCE, Server, http};
use serde_json::{Value, json};
use std::time::Instant;

/// The statements of `sqlite-utils transform` 4.2.1, as it prints them. `edit`: what becomes of the table's own statement.
fn rebuild(server: &Server, table: &str, edit: impl Fn(&str) -> String) -> String {
    let db = server.place.foreign();
    let texts = |sql: &str| -> Vec<String> {
        let mut query = db.prepare(sql).expect("a query");
        let rows = query.query_map([table], |row| row.get(0)).expect("rows");
        rows.map(|row| row.expect("text")).collect()
    };
    let new = format!("{table}_new_a7ab2404b76a");
    let made = &texts("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1")[0];
    let (_, body) = made.split_once('(').expect("columns");
    let create = edit(&format!("CREATE TABLE \"{new}\" ({body}"));
    let columns = texts("SELECT '\"' || name || '\"' FROM pragma_table_info(?1) ORDER BY cid");
    let columns = columns.join(", ");
    let indexes = texts(
        "SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?1",
    );
    format!(
        "PRAGMA recursive_triggers=ON; BEGIN;
         {create};
         INSERT INTO \"{new}\" (\"rowid\", {columns}) SELECT \"rowid\", {columns} FROM \"{table}\";
         DROP TABLE \"{table}\";
         PRAGMA legacy_alter_table=ON;
         ALTER TABLE \"{new}\" RENAME TO \"{table}\";
         PRAGMA legacy_alter_table=OFF;
         {};
         COMMIT;",
        indexes.join(";\n")
    )
}

/// `sqlite-utils transform orders --default note ''`
fn transform(server: &Server) -> String {
    rebuild(server, "orders", |sql| {
        sql.replacen("note                TEXT", "note TEXT DEFAULT ''", 1)
    })
}

fn triggers(server: &Server, table: &str) -> Vec<String> {
    let db = server.place.foreign();
    let sql = "SELECT name || sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?1 COLLATE NOCASE ORDER BY name";
    let mut query = db.prepare(sql).expect("a query");
    let rows = query.query_map([table], |row| row.get(0)).expect("rows");
    rows.map(|row| row.expect("a name")).collect()
}

fn probe(server: &Server, path: &str) -> http::Answer {
    http::request(server.address, &format!("GET {path}"), &[], Value::Null)
}

/// Asks until `/readyz` answers so.
#[track_caller]
fn until_ready(server: &Server, status: u16) -> http::Answer {
    let late = Instant::now() + PATIENCE;
    loop {
        let answer = probe(server, "/readyz");
        if answer.status == status {
            return answer;
        }
        assert!(Instant::now() < late, "not {status}: {answer:?}");
    }
}

fn mended(server: &Server) -> u64 {
    let text = probe(server, "/metrics").text;
    let name = "maitred_triggers_mended_total ";
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|n| n.parse().ok()).expect("the metric")
}

/// On one shard: who comes after somebody was sent away is not sent away by the same message.
fn start() -> Server {
    Server::with(&["--shards", "1"])
}

/// A shell's update is heard by who comes now, and comes back where it is still sent away.
#[track_caller]
fn is_heard(server: &Server, id: i64) {
    let late = Instant::now() + PATIENCE;
    while Instant::now() < late {
        let Ok(mut guest) = Client::dial(server.address, &format!("/ws/orders/{id}/"), &[]) else {
            continue;
        };
        let Heard::Text(_) = guest.listen(PATIENCE) else {
            continue;
        };
        server.shell(&format!(
            "UPDATE orders SET note = 'heard ' || hex(randomblob(4)) WHERE id = {id};"
        ));
        if let Heard::Text(text) = guest.listen(PATIENCE) {
            assert!(text.contains("order_update"), "{text}");
            return;
        }
    }
    panic!("nobody hears of it");
}

#[test]
fn a_table_that_a_tool_rebuilds_gets_its_triggers_back_and_everybody_begins_anew() {
    let server = start();
    let id = new_order(&server);
    let path = format!("/ws/orders/{id}/");
    let mut guest = Client::open(&server, &path);
    guest.next_is("order_status");
    let before = guest.seq;
    let standing = triggers(&server, "orders");
    server.shell(&transform(&server));
    assert_eq!(guest.closed().0, Some(1012), "come back with your seq");
    let mut back = Client::open(&server, &format!("{path}?since={before}"));
    is_reset(&back.next(), "order_status");
    assert_eq!(
        triggers(&server, "orders"),
        standing,
        "generated ones and the schema's own"
    );
    is_heard(&server, id);
    until_ready(&server, 200);
    assert_eq!(mended(&server), 1);
    let log = server.log();
    for named in ["orders_moved", "maitred_orders_au"] {
        assert!(log.contains(named), "the log names {named}");
    }
    // The schema's own do what they did, and theirs are told behind ours.
    let ready =
        "SELECT count(*) FROM notifications WHERE kind = 'order_notification' AND event = 'ready'";
    let told = server.place.number(ready);
    server.shell(&format!("UPDATE orders SET status='ready' WHERE id={id};"));
    back.until(|f| f["type"] == "order_status" && f["data"]["status"] == "ready");
    assert_eq!(server.place.number(ready), told + 1);
    // A command goes on as before.
    let line = format!("PATCH /api/v1/orders/{id}");
    let token = server.token("manager");
    server
        .rest(&token, &line, json!({"status": "delivered"}))
        .ok();
    back.until(|f| f["type"] == "order_status" && f["data"]["status"] == "delivered");
}

#[test]
fn a_table_that_was_rebuilt_while_nobody_served_gets_its_triggers_back() {
    let mut server = start();
    let id = new_order(&server);
    let path = format!("/ws/orders/{id}/");
    let mut guest = Client::open(&server, &path);
    guest.next_is("order_status");
    let standing = triggers(&server, "orders");
    server.kill();
    let script = transform(&server);
    server.shell(&script);
    assert_eq!(triggers(&server, "orders"), [""; 0]);
    server.shell(&format!("UPDATE orders SET note='unheard' WHERE id={id};"));
    server.restart();
    assert_eq!(triggers(&server, "orders"), standing);
    let mut back = Client::open(&server, &format!("{path}?since={}", guest.seq));
    is_reset(&back.next(), "order_status");
    is_heard(&server, id);
    assert!(server.log().contains("orders_tell_created"));
    // The next start finds everything in order.
    let since = {
        let mut guest = Client::open(&server, &path);
        guest.next_is("order_status");
        guest.seq
    };
    server.kill();
    server.restart();
    let mut back = Client::back(&server, &path, since);
    server.shell(&format!("UPDATE orders SET note='heard' WHERE id={id};"));
    assert_ne!(back.next()["reset"], true);
    assert_eq!(mended(&server), 0);
}

#[test]
fn a_table_that_was_renamed_aside_and_back_is_watched_again() {
    let server = start();
    let id = new_order(&server);
    let standing = triggers(&server, "orders");
    let line = format!("PATCH /api/v1/orders/{id}");
    let token = server.token("manager");
    server.shell("ALTER TABLE orders RENAME TO \"orders aside\";");
    let unready = until_ready(&server, 503);
    assert!(unready.text.contains("orders"), "{unready:?}");
    probe(&server, "/healthz").ok();
    let refused = server.rest(&token, &line, json!({"note": "x"}));
    assert_eq!(refused.refused(503), "UNAVAILABLE");
    let refused = server.rest(&token, &format!("GET /api/v1/orders/{id}"), Value::Null);
    assert_eq!(refused.refused(503), "UNAVAILABLE");
    assert!(
        server.log().contains("rename it back"),
        "the log says what to do"
    );
    server.shell("ALTER TABLE \"orders aside\" RENAME TO orders;");
    until_ready(&server, 200);
    assert_eq!(triggers(&server, "orders"), standing);
    assert_eq!(triggers(&server, "orders aside"), [""; 0]);
    is_heard(&server, id);
    server.rest(&token, &line, json!({"note": "x"})).ok();
}

/// `DataFrame.to_sql("orders", con, if_exists="replace", index=False)`: pandas knows no keys.
#[test]
fn a_table_that_lost_its_key_closes_the_store_until_it_is_whole() {
    let mut server = start();
    let id = new_order(&server);
    let path = format!("/ws/orders/{id}/");
    let mut guest = Client::open(&server, &path);
    guest.next_is("order_status");
    let whole = rebuild(&server, "orders", str::to_owned);
    server.shell(
        "BEGIN; CREATE TABLE frame AS SELECT * FROM orders; DROP TABLE orders;
         CREATE TABLE orders AS SELECT * FROM frame; DROP TABLE frame; COMMIT;",
    );
    guest.closed();
    let unready = until_ready(&server, 503);
    assert!(unready.text.contains("primary key"), "{unready:?}");
    // A new start finds it the same.
    server.kill();
    server.restart();
    let unready = until_ready(&server, 503);
    assert!(unready.text.contains("primary key"), "{unready:?}");
    probe(&server, "/healthz").ok();
    server.shell(&whole);
    until_ready(&server, 200);
    is_heard(&server, id);
    assert!(triggers(&server, "orders").len() > 12);
    let mut back = Client::open(&server, &format!("{path}?since={}", guest.seq));
    is_reset(&back.next(), "order_status");
}

#[test]
fn a_column_that_is_added_while_serving_is_heard_at_once() {
    let server = start();
    let id = new_order(&server);
    let token = server.token("manager");
    let orders = "/ws/changes/?entity=order";
    let mut before = Client::open_as(&server, orders, &token);
    before.sync();
    server.shell("ALTER TABLE orders ADD COLUMN loyalty TEXT;");
    assert_eq!(before.closed().0, Some(1012));
    let mut feed = Client::open_as(&server, orders, &token);
    feed.sync();
    server.shell(&format!("UPDATE orders SET loyalty='gold' WHERE id={id};"));
    let told = feed.next();
    assert_eq!(part(&told, "changed"), &json!(["loyalty"]), "{told}");
    // The server's own notes know it too.
    let line = format!("PATCH /api/v1/orders/{id}");
    server.rest(&token, &line, json!({"note": "ours"})).ok();
    let told = feed.until(|f| part(f, "op") == "update");
    assert_eq!(part(&told[0], "id"), id);
    server.shell(&format!(
        "UPDATE orders SET loyalty='silver' WHERE id={id};"
    ));
    feed.until(|f| *part(f, "changed") == json!(["loyalty"]));
    until_ready(&server, 200);
}

/// As the README says it.
#[test]
fn a_column_that_was_added_while_serving_can_be_dropped_with_the_triggers_that_name_it() {
    let server = start();
    let id = new_order(&server);
    let path = format!("/ws/orders/{id}/");
    let before = triggers(&server, "orders");
    let mut guest = Client::open(&server, &path);
    guest.next_is("order_status");
    server.shell("ALTER TABLE orders ADD COLUMN mine TEXT;");
    assert_eq!(guest.closed().0, Some(1012));
    let mut guest = Client::open(&server, &path);
    guest.next_is("order_status");
    let drop = "ALTER TABLE orders DROP COLUMN mine;";
    let refused = server.place.foreign().execute_batch(drop);
    let refused = refused.expect_err("the triggers name it").to_string();
    assert!(refused.contains("maitred_orders_"), "{refused}");
    let names = server.shell(
        r"SELECT 'DROP TRIGGER ' || name || ';' FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'orders' AND name LIKE 'maitred\_%' ESCAPE '\';",
    );
    server.shell(&format!("BEGIN IMMEDIATE;\n{names}{drop} COMMIT;"));
    assert_eq!(guest.closed().0, Some(1012));
    let mut back = Client::open(&server, &format!("{path}?since={}", guest.seq));
    is_reset(&back.next(), "order_status");
    assert_eq!(triggers(&server, "orders"), before);
    is_heard(&server, id);
    until_ready(&server, 200);
}

#[test]
fn a_table_under_its_own_name_in_another_case_is_the_table_that_it_was() {
    let mut server = start();
    let id = new_order(&server);
    let token = server.token("manager");
    let standing = triggers(&server, "orders");
    // Between the first two statements the server may see that the table is gone.
    server.shell(
        "ALTER TABLE tasks RENAME TO t_; ALTER TABLE t_ RENAME TO Tasks;
         BEGIN; ALTER TABLE orders RENAME TO o_; ALTER TABLE o_ RENAME TO Orders; COMMIT;
         BEGIN; ALTER TABLE order_items RENAME TO i_; ALTER TABLE i_ RENAME TO ORDER_ITEMS; COMMIT;
         BEGIN; ALTER TABLE change_log RENAME TO c_; ALTER TABLE c_ RENAME TO Change_Log; COMMIT;",
    );
    for restarted in [false, true] {
        if restarted {
            server.kill();
            server.restart();
        }
        is_heard(&server, id);
        until_ready(&server, 200);
        assert_eq!(triggers(&server, "orders"), standing);
        let mut feed = Client::open_as(&server, "/ws/changes/?entity=task,order", &token);
        feed.sync();
        server.shell("INSERT INTO tasks(restaurant_id, title) VALUES(2, 'by another program');");
        let told = feed.until(|f| part(f, "op") == "insert");
        assert_eq!(part(&told[0], "entity"), "task", "{told:?}");
        let line = format!("PATCH /api/v1/orders/{id}");
        let note = json!({"note": format!("ours, restarted: {restarted}")});
        server.rest(&token, &line, note).ok();
        feed.until(|f| part(f, "entity") == "order" && part(f, "id") == id);
    }
    assert_eq!(mended(&server), 0, "the start finds it in order");
    // What belongs to a row still goes along with it, and once.
    let gone = new_order(&server);
    let mut order = Client::open(&server, &format!("/ws/orders/{gone}/"));
    order.next_is("order_status");
    server.shell(&format!("DELETE FROM orders WHERE id = {gone};"));
    order.until(|f| f["data"]["deleted"] == true);
    let left = format!("SELECT count(*) FROM order_items WHERE order_id = {gone}");
    assert_eq!(server.place.number(&left), 0);
}

#[test]
fn a_column_that_is_renamed_closes_the_store_until_it_is_renamed_back() {
    let server = start();
    let id = new_order(&server);
    let token = server.token("manager");
    let line = format!("PATCH /api/v1/orders/{id}");
    server.shell("ALTER TABLE orders RENAME COLUMN status TO state;");
    let unready = until_ready(&server, 503);
    assert!(unready.text.contains("status"), "{unready:?}");
    for _ in 0..3 {
        let refused = server.rest(&token, &line, json!({"status": "preparing"}));
        assert_eq!(refused.refused(503), "UNAVAILABLE");
    }
    server.shell("ALTER TABLE orders RENAME COLUMN state TO status;");
    until_ready(&server, 200);
    is_heard(&server, id);
    server
        .rest(&token, &line, json!({"status": "confirmed"}))
        .ok();
}

#[test]
fn what_was_dropped_by_itself_stands_again() {
    let server = start();
    let id = new_order(&server);
    for dropped in [
        "TRIGGER orders_moved",
        "TRIGGER maitred_orders_au",
        "TABLE change_log",
        "TABLE event_log",
    ] {
        let path = format!("/ws/orders/{id}/");
        let mut guest = Client::open(&server, &path);
        guest.next_is("order_status");
        let standing = triggers(&server, "orders");
        server.shell(&format!("DROP {dropped};"));
        assert_eq!(guest.closed().0, Some(1012), "{dropped}");
        let mut back = Client::open(&server, &format!("{path}?since={}", guest.seq));
        is_reset(&back.next(), "order_status");
        assert_eq!(triggers(&server, "orders"), standing, "{dropped}");
        is_heard(&server, id);
        until_ready(&server, 200);
    }
}

/// sqlite-utils asks for that where the index is partial, and a column goes.
#[test]
fn an_index_that_was_taken_away_for_a_rebuild_comes_back_with_it() {
    let server = start();
    let id = new_order(&server);
    let mut guest = Client::open(&server, &format!("/ws/orders/{id}/"));
    guest.next_is("order_status");
    let there = "SELECT count(*) FROM sqlite_schema WHERE name = 'orders_table'";
    server.shell("DROP INDEX orders_table;");
    server.shell(&format!("UPDATE orders SET note='x' WHERE id={id};"));
    guest.expect("order_update");
    assert_eq!(server.place.number(there), 0, "nothing stands in the way");
    server.shell(&transform(&server));
    assert_eq!(guest.closed().0, Some(1012));
    assert_eq!(server.place.number(there), 1);
}

#[test]
fn strangers_triggers_and_tables_change_nothing() {
    let server = start();
    let id = new_order(&server);
    let mut guest = Client::open(&server, &format!("/ws/orders/{id}/"));
    guest.next_is("order_status");
    server.shell(
        "CREATE TABLE theirs(n INTEGER PRIMARY KEY, o INT REFERENCES orders(id) ON DELETE CASCADE);
         CREATE TRIGGER theirs_too AFTER UPDATE ON orders BEGIN INSERT INTO theirs(o) VALUES(NEW.id); END;
         VACUUM; ANALYZE;",
    );
    server.shell(&format!("UPDATE orders SET note='1' WHERE id={id};"));
    guest.expect("order_update");
    server.shell("ALTER TABLE theirs RENAME TO others;");
    server.shell(&format!("UPDATE orders SET note='2' WHERE id={id};"));
    guest.expect("order_update");
    assert!(server.place.number("SELECT count(*) FROM others") > 0);
    assert_eq!(mended(&server), 0);
}
