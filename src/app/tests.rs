//! What a change can find out about the others that wait with it.

use super::*;
use serde::Deserialize;
use serde_json::{Value as Json, json};

fn log(rows: &[(&str, i64, &str, Json, Json)]) -> rusqlite::Connection {
    let c = rusqlite::Connection::open_in_memory().unwrap();
    c.execute_batch(crate::store::CHANGE_LOG).unwrap();
    for (table, id, op, old, new) in rows {
        let text = |row: &Json| (!row.is_null()).then(|| row.to_string());
        let sql = "INSERT INTO change_log(tbl, row_id, op, old, new) VALUES(?1, ?2, ?3, ?4, ?5)";
        let row = rusqlite::params![table, id, op, text(old), text(new)];
        c.execute(sql, row).unwrap();
    }
    c
}

/// The n-th change of the log, from 1, of a table.
fn nth(n: i64, table: &str) -> Change<'_> {
    Change {
        table,
        id: 1,
        op: Op::Update,
        actor: None,
        command_id: None,
        seq: n,
        old: None,
        new: None,
    }
}

#[test]
fn the_last_change_of_an_order_is_never_superseded() {
    let line = |order: i64| json!({"order_id": order, "name": "Soup"});
    let none = Json::Null;
    let c = log(&[
        ("lines", 1, "i", none.clone(), line(7)),
        ("lines", 2, "u", line(7), line(8)),
        ("lines", 3, "i", none.clone(), line(8)),
        ("orders", 7, "u", line(7), line(7)),
        ("lines", 3, "d", line(8), none),
    ]);
    let db = Reader::new(&c);
    let superseded = |n: i64, order: i64| nth(n, "lines").superseded(&db, "order_id", order);
    let wanted = [
        (1, 7, true),
        (1, 8, true),
        (2, 7, false),
        (2, 8, true),
        (3, 8, true),
        (5, 8, false),
        (1, 9, false),
    ];
    for (n, order, expected) in wanted {
        assert_eq!(superseded(n, order).unwrap(), expected, "{n} {order}");
    }
    assert!(!nth(4, "orders").superseded(&db, "order_id", 7).unwrap());
    assert!(
        !nth(1, "lines")
            .superseded(&db, "no \"such\" column", 7)
            .unwrap()
    );
}

#[test]
fn what_a_stranger_wrote_into_the_log_supersedes_nothing() {
    let c = log(&[("lines", 1, "i", Json::Null, json!({"order_id": 7}))]);
    c.execute(
        "INSERT INTO change_log(tbl, row_id, op, old, new) VALUES('lines', 2, 'u', 'oops', '{')",
        [],
    )
    .unwrap();
    let first = nth(1, "lines").superseded(&Reader::new(&c), "order_id", 7);
    assert!(!first.unwrap());
}

#[test]
fn a_row_that_went_with_its_parts_is_found_without_a_search() {
    #[derive(Deserialize)]
    struct Order {
        restaurant_id: i64,
    }
    let order = |restaurant: i64| json!({"restaurant_id": restaurant});
    let c = log(&[
        ("orders", 7, "d", order(1), Json::Null),
        ("lines", 1, "d", json!({"order_id": 7}), Json::Null),
        ("orders", 7, "u", order(9), order(2)),
        ("orders", 7, "d", order(2), Json::Null),
    ]);
    let db = Reader::new(&c);
    let gone = |n: i64, id: i64| -> Option<i64> {
        let order: Option<Order> = nth(n, "lines").gone(&db, "orders", id).unwrap();
        order.map(|order| order.restaurant_id)
    };
    assert_eq!((gone(2, 7), gone(2, 8), gone(4, 7)), (Some(2), None, None));
    // A bulk deletion asks this for each of its rows.
    let plan = db
        .rows(
            &format!("EXPLAIN QUERY PLAN {GONE}"),
            &["orders".into(), 7.into(), 2.into()],
            |row| Ok(row.text(3)?.to_owned()),
        )
        .unwrap();
    assert!(
        plan.iter().any(|step| step.contains("change_log_gone")),
        "{plan:?}"
    );
}

#[test]
fn a_row_as_it_is_now() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Dish {
        id: i64,
        name: Option<String>,
        price: f64,
        photo: String,
    }
    let c = rusqlite::Connection::open_in_memory().unwrap();
    c.execute_batch(
        "CREATE TABLE \"the dishes\"(id INTEGER PRIMARY KEY, name TEXT, price REAL, photo BLOB);
         INSERT INTO \"the dishes\" VALUES(5, NULL, 2.5, x'00ff');",
    )
    .unwrap();
    let db = Reader::new(&c);
    let dish = db.get::<Dish>("the dishes", 5).unwrap();
    let expected = Dish {
        id: 5,
        name: None,
        price: 2.5,
        photo: "00FF".into(),
    };
    assert_eq!(dish, expected);
    match db.get::<Dish>("the dishes", 6).unwrap_err() {
        Error::Client(e) => assert_eq!(e.code, "NOT_FOUND"),
        other => panic!("{other}"),
    }
    assert!(matches!(
        db.get::<Vec<i64>>("the dishes", 5),
        Err(Error::Json(_))
    ));
}
