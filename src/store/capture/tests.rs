//! The log is right when the tables can be rebuilt from it alone, after any history of statements, under any pragmas.

mod buffered;
mod dice;
mod neighbours;
mod rebuild;
mod versions;

use super::buffered::Buffered;
use super::read_back::ReadBack;
use super::*;
use crate::store::change::{Change, Rows, Waiting};
use crate::store::op::Op;
use crate::store::watched::{Stamp, Watched};
use dice::Dice;
use rebuild::rebuild;
use rusqlite::Connection;
use serde_json::{Map, Value};
use table::Table;

const SCHEMA: &str = "
CREATE TABLE o(id INTEGER PRIMARY KEY, uuid TEXT UNIQUE, st TEXT, waiter INT, ready_at INT, secret TEXT, bytes BLOB,
  version INTEGER NOT NULL DEFAULT 1, updated_at INTEGER NOT NULL DEFAULT 0);
CREATE TABLE i(id INTEGER PRIMARY KEY, o INT REFERENCES o(id) ON DELETE CASCADE, n TEXT, version INTEGER NOT NULL DEFAULT 1, UNIQUE(o, n));
CREATE UNIQUE INDEX o_uuid ON o(uuid COLLATE NOCASE);
CREATE UNIQUE INDEX i_one ON i(n) WHERE o IS NULL;
CREATE TABLE m(id INTEGER PRIMARY KEY, i INT REFERENCES i(id) ON DELETE CASCADE, note TEXT);
CREATE TABLE p(id INTEGER PRIMARY KEY, o INT REFERENCES o(id) ON DELETE SET NULL, amount INT, version INTEGER NOT NULL DEFAULT 1);";

const WATCHED: &[Watched] = &[
    Watched {
        table: "o",
        stamps: &[Stamp {
            column: "st",
            value: "ready",
            at: "ready_at",
        }],
        secret: &["secret"],
    },
    Watched::new("i"),
    Watched::new("m"),
    Watched::new("p"),
];

fn database() -> Connection {
    let c = Connection::open_in_memory().expect("a database");
    c.execute_batch(SCHEMA).expect("the schema");
    create(&c).expect("our tables");
    install(&c, &Blueprint::bare(WATCHED)).expect("the triggers");
    c
}

type Row = Map<String, Value>;

/// Table, id, operation, the row before, the row after.
type Logged = (String, i64, String, Option<Row>, Option<Row>);

fn log(c: &Connection) -> Vec<Logged> {
    c.prepare("SELECT tbl, row_id, op, old, new FROM change_log ORDER BY seq")
        .expect("a query")
        .query_map([], |r| {
            let op: String = r.get(2)?;
            let (old, new): (Option<String>, Option<String>) = (r.get(3)?, r.get(4)?);
            let (old, new) = read(&op, old.as_deref(), new.as_deref());
            Ok((r.get(0)?, r.get(1)?, op, old, new))
        })
        .expect("rows")
        .collect::<Result<_, _>>()
        .expect("rows")
}

/// As whoever announces the change reads it.
fn read(op: &str, old: Option<&str>, new: Option<&str>) -> (Option<Row>, Option<Row>) {
    let op = match op {
        "i" => Op::Insert,
        "u" => Op::Update,
        _ => Op::Delete,
    };
    let change = Change {
        table: "",
        id: 0,
        op,
        actor: None,
        command_id: None,
        rows: Rows::parse(op, old, new).expect("objects"),
        waiting: Waiting::Logged(0),
    };
    (change.old().expect("a row"), change.new().expect("a row"))
}

/// Runs a statement and says what was logged: table, operation, id.
fn logged(c: &Connection, sql: &str) -> Vec<String> {
    c.execute_batch("DELETE FROM change_log").expect("empty");
    c.execute_batch(sql).expect(sql);
    log(c)
        .into_iter()
        .map(|(t, id, op, ..)| format!("{t}{id}{op}"))
        .collect()
}

#[test]
fn each_kind_of_statement_is_logged_once_for_each_row() {
    let c = database();
    assert_eq!(
        logged(&c, "INSERT INTO o(id, uuid) VALUES(1, 'a'), (2, 'b')"),
        ["o1i", "o2i"]
    );
    assert_eq!(logged(&c, "INSERT INTO i(id, o, n) VALUES(10, 1, 'x'); INSERT INTO m(id, i) VALUES(100, 10); INSERT INTO p(id, o) VALUES(5, 1)").len(), 3);
    assert_eq!(
        logged(
            &c,
            "UPDATE o SET st = NULL, version = version, updated_at = 7"
        ),
        [""; 0],
        "nothing changed"
    );
    assert_eq!(
        logged(&c, "UPDATE o SET secret = 's' WHERE id = 1"),
        ["o1u"],
        "a secret change is a change"
    );
    assert!(
        log(&c)
            .iter()
            .all(|(.., new)| !new.as_ref().expect("new").contains_key("secret"))
    );
    assert_eq!(
        logged(&c, "INSERT OR IGNORE INTO o(id, uuid) VALUES(9, 'a')"),
        [""; 0]
    );
    assert_eq!(
        logged(&c, "REPLACE INTO o(id, uuid) VALUES(3, 'b')"),
        ["o2d", "o3i"]
    );
    assert_eq!(
        logged(&c, "DELETE FROM o WHERE id = 1"),
        ["m100d", "i10d", "p5u", "o1d"],
        "children first, with foreign keys off"
    );
}

#[test]
fn version_time_and_stamp_are_kept_for_writers_that_do_not_know_them() {
    let c = database();
    c.execute_batch("INSERT INTO o(id, st) VALUES(1, 'new'); UPDATE o SET st = 'ready'")
        .expect("update");
    let read = || {
        c.query_row(
            "SELECT version, updated_at > 1700000000000, ready_at FROM o",
            [],
            |r| {
                Ok((
                    r.get::<_, i64>(0)?,
                    r.get::<_, bool>(1)?,
                    r.get::<_, Option<i64>>(2)?,
                ))
            },
        )
        .expect("a row")
    };
    let (version, touched, stamp) = read();
    assert_eq!((version, touched), (2, true));
    assert!(stamp.is_some_and(|at| at > 1_700_000_000_000));
    c.execute_batch("UPDATE o SET st = 'new'; UPDATE o SET st = 'ready', ready_at = 5")
        .expect("update");
    assert_eq!(
        (read().0, read().2),
        (4, Some(5)),
        "who sets the stamp is right"
    );
    c.execute_batch("UPDATE o SET version = 100, waiter = 3")
        .expect("update");
    assert_eq!(read().0, 100);
    c.execute_batch("REPLACE INTO o(id, st) VALUES(1, 'new')")
        .expect("replace");
    assert!(read().0 > 100, "a replaced row's version goes on");
}

#[test]
fn of_the_old_row_an_update_logs_only_what_differs() {
    let c = database();
    c.execute_batch(
        "CREATE TABLE w(id INTEGER PRIMARY KEY, \"it's \"\"quoted\"\" \\\" TEXT, bytes BLOB, real REAL, a INT, b INT, c INT, d INT, e INT, f INT, g INT, h INT);
         INSERT INTO w VALUES(1, 'say \"no\"', x'00ff', 0.1, 1, 2, 3, 4, 5, 6, 7, 8)",
    )
    .expect("a table");
    let watched = Watched {
        table: "w",
        stamps: &[],
        secret: &["g"],
    };
    install(&c, &Blueprint::bare(&[watched])).expect("the triggers");
    let old = |sql: &str| {
        c.execute_batch("DELETE FROM change_log").expect("empty");
        c.execute_batch(sql).expect(sql);
        c.query_row("SELECT old FROM change_log", [], |r| r.get::<_, String>(0))
            .expect("one change")
    };
    let odd = r#""it's \"quoted\" \\""#;
    assert_eq!(
        old("UPDATE w SET \"it's \"\"quoted\"\" \\\" = NULL"),
        format!("{{{odd}:\"say \\\"no\\\"\"}}")
    );
    assert_eq!(
        old("UPDATE w SET bytes = NULL, real = 7, h = NULL"),
        r#"{"bytes":"00FF","real":0.1,"h":8}"#
    );
    assert_eq!(
        old("UPDATE w SET id = 2, bytes = x'01'"),
        r#"{"id":1,"bytes":""}"#,
        "as a whole row would have it"
    );
    assert_eq!(
        old("UPDATE w SET g = 0"),
        "{}",
        "a secret's change is a change, of which nothing is said"
    );
}

#[test]
fn a_step_logs_what_a_step_may_have_set_and_anything_else_what_differs() {
    let c = database();
    c.execute_batch("INSERT INTO o(id, uuid, st) VALUES(1, 'u', 'new')")
        .expect("a row");
    let old = |sql: &str| {
        c.execute_batch("DELETE FROM change_log").expect("empty");
        c.execute_batch(sql).expect(sql);
        c.query_row("SELECT old FROM change_log", [], |r| r.get::<_, String>(0))
            .expect("one change")
    };
    assert_eq!(
        old("UPDATE o SET st = 'ready', ready_at = 5, version = version + 1, updated_at = 5"),
        r#"{"st":"new","ready_at":null,"version":1,"updated_at":0}"#
    );
    assert_eq!(
        old("UPDATE o SET st = 'new', version = version + 1, updated_at = 6"),
        r#"{"st":"ready","ready_at":5,"version":2,"updated_at":5}"#,
        "with what it could have set and did not"
    );
    assert_eq!(
        old("UPDATE o SET st = 'old', waiter = 7, version = version + 1, updated_at = 8"),
        r#"{"st":"new","waiter":null,"version":3,"updated_at":6}"#
    );
}

#[test]
fn triggers_of_an_older_version_are_replaced_and_what_they_logged_is_understood() {
    let c = database();
    c.execute_batch(
        "DROP TRIGGER maitred_p_au;
         CREATE TRIGGER maitred_p_au AFTER UPDATE ON p BEGIN
           INSERT INTO change_log(tbl, row_id, op, old, new) VALUES('p', NEW.id, 'u',
             json_object('id', OLD.id, 'o', OLD.o, 'amount', OLD.amount, 'version', OLD.version),
             json_object('id', NEW.id, 'o', NEW.o, 'amount', NEW.amount, 'version', NEW.version));
         END;
         INSERT INTO p(id, amount) VALUES(1, 10); UPDATE p SET amount = 11, version = 2;",
    )
    .expect("an older version's change");
    install(&c, &Blueprint::bare(WATCHED)).expect("the triggers");
    c.execute_batch("UPDATE p SET amount = 12").expect("update");
    rebuild(&c).expect("the tables");
    let old: Vec<Option<String>> = c
        .prepare("SELECT old FROM change_log ORDER BY seq")
        .expect("a query")
        .query_map([], |r| r.get(0))
        .expect("rows")
        .collect::<Result<_, _>>()
        .expect("rows");
    let whole = r#"{"id":1,"o":null,"amount":10,"version":1}"#;
    let part = r#"{"amount":11,"version":2}"#;
    assert_eq!(old, [None, Some(whole.to_owned()), Some(part.to_owned())]);
}

#[test]
fn a_stock_shell_is_another_program_like_any() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("shell.db");
    {
        let c = Connection::open(&path).expect("a database");
        c.execute_batch(SCHEMA).expect("the schema");
        create(&c).expect("our tables");
        install(&c, &Blueprint::bare(WATCHED)).expect("the triggers");
    }
    let script = "INSERT INTO o(id, uuid) VALUES(1, 'a'), (2, 'b'); INSERT INTO i(id, o, n) VALUES(10, 1, 'x');
        REPLACE INTO o(id, uuid) VALUES(3, 'b'); UPDATE o SET st = 'ready'; DELETE FROM o WHERE id = 1;";
    let done = std::process::Command::new("sqlite3")
        .arg(&path)
        .arg(script)
        .output()
        .expect("the sqlite3 shell: tests/run installs it");
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let c = Connection::open(&path).expect("a database");
    let ops: Vec<String> = log(&c)
        .into_iter()
        .map(|(t, id, op, ..)| format!("{t}{id}{op}"))
        .collect();
    assert_eq!(
        ops,
        [
            "o1i", "o2i", "i10i", "o2d", "o3i", "o1u", "o3u", "i10d", "o1d"
        ]
    );
    rebuild(&c).expect("the tables");
}

#[test]
fn installing_again_changes_nothing_and_mistakes_are_named() {
    let c = database();
    let schema = |c: &Connection| {
        c.query_row("PRAGMA schema_version", [], |r| r.get::<_, i64>(0))
            .expect("a version")
    };
    let before = schema(&c);
    install(&c, &Blueprint::bare(WATCHED)).expect("again");
    assert_eq!(schema(&c), before);
    install(&c, &Blueprint::bare(&WATCHED[..1])).expect("fewer");
    c.execute_batch("DELETE FROM change_log; INSERT INTO m(id) VALUES(1)")
        .expect("insert");
    assert!(log(&c).is_empty(), "not watched any more");
    let refused = |w: Watched| {
        install(&c, &Blueprint::bare(&[w]))
            .expect_err("a mistake")
            .to_string()
    };
    let nothing = Watched {
        table: "zzz",
        stamps: &[],
        secret: &[],
    };
    assert!(refused(nothing).contains("no such table"));
    const STAMP: &[Stamp] = &[Stamp {
        column: "st",
        value: "x",
        at: "nope",
    }];
    assert!(
        refused(Watched {
            table: "o",
            stamps: STAMP,
            secret: &[]
        })
        .contains("nope")
    );
    let hidden = Watched {
        table: "o",
        stamps: WATCHED[0].stamps,
        secret: &["ready_at"],
    };
    assert!(refused(hidden).contains("secret"));
}
