//! Which databases are ours, and how they become new.

use super::*;
use crate::app::App;
use crate::consumer::announcer::fixture::{Cafe, SCHEMA, Served};
use crate::hub::broker::local::Local;
use crate::limits::clock::Clock;
use crate::store::log::{Log, SqliteLog};
use crate::store::{StoreConfig, migrate};

#[tokio::test]
async fn a_database_that_is_not_ours_is_refused_and_left_untouched() {
    let mut served = Served::new();
    let reopen = |served: &Served, schema: &Schema| {
        crate::consumer::announcer::open::<Cafe>(
            &served.config,
            schema,
            Local::new([], Clock::system()),
            Clock::system(),
        )
        .map(|_| ())
        .unwrap_err()
        .to_string()
    };
    let refusal = reopen(&served, &SCHEMA);
    assert!(
        refusal.contains("already served by another process"),
        "{refusal}"
    );
    assert!(migrate(&served.config, &SCHEMA, &[]).is_err());
    served.close();

    let older = Schema {
        migrations: &SCHEMA.migrations[..1],
        ..SCHEMA
    };
    let other = Schema {
        application_id: 8,
        ..SCHEMA
    };
    let before = std::fs::read(&served.config.path).unwrap();
    let refusal = reopen(&served, &older);
    assert!(refusal.contains("version 2"), "{refusal}");
    let refusal = reopen(&served, &other);
    assert!(refusal.contains("application_id 7"), "{refusal}");
    assert_eq!(std::fs::read(&served.config.path).unwrap(), before);

    std::fs::write(&served.config.path, "x".repeat(5000)).unwrap();
    let refusal = reopen(&served, &SCHEMA);
    assert!(refusal.contains("not an SQLite database"), "{refusal}");

    std::fs::remove_file(&served.config.path).unwrap();
    served
        .shell()
        .execute_batch("CREATE TABLE theirs(x)")
        .unwrap();
    let refusal = reopen(&served, &SCHEMA);
    assert!(refusal.contains("application_id 0"), "{refusal}");

    served.config.path = "/nowhere/at/all.db".into();
    let refusal = reopen(&served, &SCHEMA);
    assert!(refusal.contains("/nowhere/at/all.db-lock"), "{refusal}");
}

#[test]
fn a_migration_is_made_once_and_whole() {
    let dir = tempfile::tempdir().unwrap();
    let config = StoreConfig::new(dir.path().join("cafe.db"));
    let first = Schema {
        migrations: &SCHEMA.migrations[..1],
        ..SCHEMA
    };
    let run = |schema: &Schema| migrate(&config, schema, Cafe::WATCHED);
    assert_eq!(run(&first).unwrap(), (0, 1));
    const BROKEN: &[&str] = &[
        SCHEMA.migrations[0],
        SCHEMA.migrations[1],
        "CREATE TABLE half(x); INSERT INTO nowhere VALUES(1)",
    ];
    let broken = Schema {
        migrations: BROKEN,
        ..SCHEMA
    };
    let failure = run(&broken).unwrap_err().to_string();
    assert!(failure.contains("migration 3"), "{failure}");
    assert_eq!(run(&SCHEMA).unwrap(), (2, 2));
    let c = rusqlite::Connection::open(&config.path).unwrap();
    c.prepare("SELECT price FROM dish").unwrap();
    assert!(c.prepare("SELECT * FROM half").is_err());
    // From another program, logged by the triggers.
    c.execute_batch("INSERT INTO dish(menu, name) VALUES(1, 'x')")
        .unwrap();
    assert!(SqliteLog::new(&c, None).waiting().unwrap());
}

#[tokio::test]
async fn triggers_of_an_older_version_and_what_they_looked_into_are_replaced() {
    let mut served = Served::new();
    served.close();
    served
        .shell()
        .execute_batch(
            "CREATE TABLE change_quiet(one INTEGER PRIMARY KEY, quiet INTEGER NOT NULL);
             INSERT INTO change_quiet VALUES(1, 0);
             DROP TRIGGER maitred_dish_ai;
             CREATE TRIGGER maitred_dish_ai AFTER INSERT ON dish WHEN (SELECT quiet FROM change_quiet) IS NOT 1 BEGIN
               INSERT INTO change_log(tbl, row_id, op) VALUES('nothing', 0, 'd'); END",
        )
        .unwrap();
    served.open();
    served.told(0).await;
    let shell = served.shell();
    shell
        .execute("INSERT INTO dish(menu, name) VALUES(1, 'soup')", [])
        .unwrap();
    assert_eq!(served.heard(1).await[0].1, "soup");
    let left = "SELECT count(*) FROM sqlite_schema WHERE name = 'change_quiet'";
    let left: i64 = shell.query_row(left, [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}
