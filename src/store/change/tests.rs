//! What a change knows of its row, and can find out about the others that wait with it.

use super::*;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

fn log(rows: &[(&str, i64, &str, Json, Json)]) -> rusqlite::Connection {
    let c = rusqlite::Connection::open_in_memory().unwrap();
    crate::store::create_change_log(&c).unwrap();
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
        rows: Rows::parse(Op::Update, None, None).unwrap(),
        waiting: Waiting::Logged(n),
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
fn what_changed_along_is_found_behind_and_not_ahead() {
    #[derive(Deserialize)]
    struct Line {
        name: String,
    }
    let line = |order: i64, name: &str| json!({"order_id": order, "name": name});
    let none = Json::Null;
    let c = log(&[
        ("orders", 7, "i", none.clone(), json!({"id": 7})),
        ("lines", 1, "d", line(7, "Soup"), none.clone()),
        ("lines", 2, "d", line(8, "Bread"), none.clone()),
        ("lines", 3, "d", line(7, "Tea"), none.clone()),
        ("orders", 7, "d", json!({"id": 7}), none.clone()),
        ("lines", 4, "d", line(7, "Late"), none),
    ]);
    c.execute(
        "INSERT INTO change_log(seq, tbl, row_id, op, old) VALUES(0, 'lines', 5, 'd', '{')",
        [],
    )
    .unwrap();
    let db = Reader::new(&c);
    let gone = nth(5, "orders").together::<Line>(&db, "lines", Op::Delete, "order_id", 7);
    let names: Vec<_> = gone.unwrap().into_iter().map(|line| line.name).collect();
    assert_eq!(
        names,
        ["Tea", "Soup"],
        "newest first, and those before it only"
    );
    let came = |n| nth(n, "lines").together::<Json>(&db, "orders", Op::Insert, "id", 7);
    assert_eq!(came(2).unwrap(), [json!({"id": 7})]);
    assert!(came(1).unwrap().is_empty());
    let updated = nth(5, "orders").together::<Json>(&db, "lines", Op::Update, "order_id", 7);
    assert!(updated.unwrap().is_empty());
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
            |row| Ok(row.text(3)?.into_owned()),
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

type Row = BTreeMap<String, serde_json::Value>;

fn change<'a>(op: Op, old: Option<&'a str>, new: Option<&'a str>) -> Change<'a> {
    Change {
        table: "t",
        id: 1,
        op,
        actor: None,
        command_id: None,
        waiting: Waiting::Logged(0),
        rows: Rows::parse(op, old, new).expect("objects"),
    }
}

fn row(text: &str) -> Row {
    serde_json::from_str(text).expect("a row")
}

#[test]
fn the_old_row_is_the_new_one_with_what_was_logged() {
    let new = r#"{"id":1,"a":null,"b":"x \" y","c":2.5}"#;
    for (old, whole, changed) in [
        (
            r#"{"a":7}"#,
            r#"{"id":1,"a":7,"b":"x \" y","c":2.5}"#,
            &["a"][..],
        ),
        (
            r#"{"id":9,"c":null}"#,
            r#"{"id":9,"a":null,"b":"x \" y","c":null}"#,
            &["id", "c"],
        ),
        // a log of an older version has the whole row, and so has a REPLACE
        (
            r#"{"id":1,"a":7,"b":"x \" y","c":2.5}"#,
            r#"{"id":1,"a":7,"b":"x \" y","c":2.5}"#,
            &["a"],
        ),
        ("{}", new, &[]),
    ] {
        let change = change(Op::Update, Some(old), Some(new));
        assert_eq!(change.old::<Row>().expect("old"), Some(row(whole)));
        assert_eq!(change.new::<Row>().expect("new"), Some(row(new)));
        assert_eq!(change.changed(), changed);
    }
}

#[test]
fn an_insert_has_no_old_row_and_a_delete_no_new_one() {
    let text = r#"{"id":1,"a":null}"#;
    let insert = change(Op::Insert, None, Some(text));
    assert_eq!(insert.old::<Row>().expect("old"), None);
    assert_eq!(insert.new::<Row>().expect("new"), Some(row(text)));
    assert_eq!(insert.changed(), ["id", "a"]);
    let delete = change(Op::Delete, Some(text), None);
    assert_eq!(delete.old::<Row>().expect("old"), Some(row(text)));
    assert_eq!(delete.new::<Row>().expect("new"), None);
    assert_eq!(delete.changed(), ["id", "a"]);
}

#[test]
fn a_caller_picks_what_it_needs_and_hears_what_does_not_fit() {
    #[derive(Deserialize, Debug, PartialEq)]
    struct Few {
        a: Option<i64>,
        none: Option<i64>,
    }
    #[derive(Deserialize, Debug, PartialEq)]
    struct Wrapped(Few);
    let change = change(
        Op::Update,
        Some(r#"{"a":1}"#),
        Some(r#"{"a":2,"b":"text"}"#),
    );
    let few = |a| Few { a, none: None };
    assert_eq!(change.old::<Few>().expect("old"), Some(few(Some(1))));
    assert_eq!(
        change.new::<Wrapped>().expect("new"),
        Some(Wrapped(few(Some(2))))
    );
    assert_eq!(
        change.new::<Option<Few>>().expect("new"),
        Some(Some(few(Some(2))))
    );
    #[derive(Deserialize, Debug)]
    struct Wrong {
        #[allow(dead_code)]
        b: i64,
    }
    assert!(matches!(change.new::<Wrong>(), Err(Error::Json(_))));
    assert!(Rows::parse(Op::Update, Some("[]"), None).is_err());
}
