//! Strangers' tables that refer to ours.

use super::*;
use crate::limits::clock::Clock;

/// Kept whole by a key of two columns, by one column that is unique, by the primary key unnamed, and with other letters.
const NEIGHBOURS: &str = r#"
CREATE TABLE house(id INTEGER PRIMARY KEY, place INT NOT NULL, name TEXT NOT NULL COLLATE NOCASE, code TEXT UNIQUE, UNIQUE(place, name));
CREATE TABLE ratings(n INTEGER PRIMARY KEY, p INT, who TEXT, FOREIGN KEY(p, who) REFERENCES house(place, name) ON DELETE CASCADE);
CREATE TABLE turned(n INTEGER PRIMARY KEY, who TEXT, p INT, FOREIGN KEY(who, p) REFERENCES house(name, place) ON DELETE SET NULL);
CREATE TABLE "my codes"(n INTEGER PRIMARY KEY, "the code" TEXT REFERENCES House(CODE) ON DELETE CASCADE);
CREATE TABLE implicit(n INTEGER PRIMARY KEY, h INT REFERENCES HOUSE ON DELETE CASCADE);
CREATE TABLE several(n INTEGER PRIMARY KEY, h INT REFERENCES house(id) ON DELETE SET NULL, code TEXT REFERENCES house(code) ON DELETE CASCADE);"#;

const HOUSE: &[Watched] = &[Watched::new("house")];

#[test]
fn keys_of_neighbours_are_followed_as_sqlite_follows_them() {
    for seed in 1..=200u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let open = |foreign_keys: bool| {
            let c = Connection::open_in_memory().expect("a database");
            c.execute_batch(NEIGHBOURS).expect("the tables");
            c.pragma_update(None, "foreign_keys", foreign_keys)
                .expect("a pragma");
            c
        };
        let (sqlite, ours) = (open(true), open(false));
        create(&ours).expect("our tables");
        let found = install(&ours, &Blueprint::bare(HOUSE)).expect("the triggers");
        assert_eq!(found, [""; 0], "nothing is wrong with them");
        let both = |sql: &str| {
            for c in [&sqlite, &ours] {
                c.execute_batch(sql).expect(sql);
            }
        };
        for id in 1..=6u64 {
            let code = ["NULL".to_owned(), format!("'c{id}'")][dice.roll(2) as usize].clone();
            both(&format!(
                "INSERT INTO house VALUES({id}, {}, 'Name{}', {code})",
                id % 2,
                id / 2
            ));
        }
        for _ in 0..30 {
            let id = dice.roll(6) + 1;
            let pair = format!(
                "(SELECT place FROM house WHERE id = {id}), (SELECT lower(name) FROM house WHERE id = {id})"
            );
            let code = format!("(SELECT code FROM house WHERE id = {id})");
            both(&match dice.roll(5) {
                0 => format!("INSERT INTO ratings(p, who) VALUES({pair})"),
                1 => format!("INSERT INTO turned(p, who) VALUES({pair})"),
                2 => format!("INSERT INTO \"my codes\"(\"the code\") VALUES({code})"),
                3 => format!("INSERT INTO implicit(h) VALUES({id})"),
                _ => format!("INSERT INTO several(h, code) VALUES({id}, {code})"),
            });
        }
        for _ in 0..3 {
            let id = dice.roll(6) + 1;
            both(&format!("DELETE FROM house WHERE id = {id}"));
            for table in ["ratings", "turned", "\"my codes\"", "implicit", "several"] {
                let rows = |c: &Connection| contents(c, table);
                assert_eq!(
                    rows(&sqlite),
                    rows(&ours),
                    "seed {seed}, {table}, without {id}"
                );
            }
        }
        // A row that goes for another one's sake takes the same along.
        let evict = "REPLACE INTO house VALUES(9, 1, 'NAME0', 'c1')";
        both(evict);
        for table in ["ratings", "turned", "\"my codes\"", "implicit", "several"] {
            let rows = |c: &Connection| contents(c, table);
            assert_eq!(rows(&sqlite), rows(&ours), "seed {seed}, {table}, {evict}");
        }
    }
}

fn contents(c: &Connection, table: &str) -> Vec<String> {
    let mut query = c
        .prepare(&format!("SELECT * FROM {table} ORDER BY n"))
        .expect("a query");
    let columns = query.column_count();
    let rows = query.query_map([], |row| {
        let values = (0..columns).map(|at| row.get::<_, rusqlite::types::Value>(at));
        Ok(format!("{:?}", values.collect::<Result<Vec<_>, _>>()?))
    });
    rows.expect("rows").map(|row| row.expect("a row")).collect()
}

#[test]
fn a_composite_key_of_a_neighbour_is_one_key() {
    let c = database();
    c.execute_batch(
        "CREATE UNIQUE INDEX o_two ON o(waiter, uuid);
         CREATE TABLE ratings(w INT, u TEXT, FOREIGN KEY(w, u) REFERENCES o(waiter, uuid) ON DELETE CASCADE);
         INSERT INTO o(id, waiter, uuid) VALUES(1, 2, 'rated'), (2, 2, 'not rated');
         INSERT INTO ratings VALUES(2, 'rated');",
    )
    .expect("a neighbour");
    install(&c, &Blueprint::bare(WATCHED)).expect("the triggers");
    let left = |c: &Connection| contents_of(c, "SELECT count(*) FROM ratings");
    c.execute_batch("DELETE FROM o WHERE id = 2")
        .expect("deleted");
    assert_eq!(left(&c), 1, "nobody had rated that one");
    c.execute_batch("DELETE FROM o WHERE id = 1")
        .expect("deleted");
    assert_eq!(left(&c), 0);
}

fn contents_of(c: &Connection, sql: &str) -> i64 {
    c.query_row(sql, [], |row| row.get(0)).expect(sql)
}

#[test]
fn tables_that_are_not_ours_are_left_alone() {
    let c = database();
    c.execute_batch(
        r#"CREATE TABLE "a b"(id INTEGER PRIMARY KEY, x INT REFERENCES "not there"(id) ON DELETE CASCADE);
         CREATE VIEW seen AS SELECT id FROM o;
         CREATE TABLE of_view(x INT REFERENCES seen(id) ON DELETE CASCADE);
         CREATE TABLE keyless(x INT);
         CREATE TABLE of_keyless(x INT REFERENCES keyless(x) ON DELETE CASCADE, y INT REFERENCES keyless ON DELETE SET NULL);
         CREATE TABLE of_theirs(x INT REFERENCES "a b"(id) ON DELETE CASCADE);
         CREATE TABLE of_no_key(x TEXT REFERENCES o(st) ON DELETE CASCADE);
         CREATE TABLE of_no_column(x TEXT REFERENCES o(missing) ON DELETE CASCADE);
         CREATE TABLE too_many(x INT, y INT, FOREIGN KEY(x, y) REFERENCES o ON DELETE CASCADE);
         CREATE VIRTUAL TABLE words USING fts5(text);"#,
    )
    .expect("neighbours");
    // As in a stock shell. Where they are on, SQLite refuses what the keys that it cannot follow concern.
    c.pragma_update(None, "foreign_keys", false)
        .expect("a pragma");
    let broken = install(&c, &Blueprint::bare(WATCHED)).expect("they keep nobody from starting");
    assert_eq!(broken.len(), 3, "{broken:?}");
    for (said, table) in broken.iter().zip(["of_no_column", "of_no_key", "too_many"]) {
        assert!(said.contains(table), "{said}");
    }
    assert_eq!(
        logged(&c, "INSERT INTO o(id) VALUES(1); DELETE FROM o"),
        ["o1i", "o1d"]
    );
    let ours = "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND name NOT LIKE 'maitred\\__\\___' ESCAPE '\\'";
    assert_eq!(contents_of(&c, ours), 0, "triggers on our tables only");
}

#[test]
fn a_watched_table_with_an_odd_name_is_watched() {
    let c = Connection::open_in_memory().expect("a database");
    c.execute_batch(
        r#"CREATE TABLE "it's ""odd"""(id INTEGER PRIMARY KEY, "the name" TEXT UNIQUE, version INTEGER NOT NULL DEFAULT 1);
           CREATE TABLE child(id INTEGER PRIMARY KEY, x INT REFERENCES "IT'S ""ODD""" ON DELETE CASCADE);"#,
    )
    .expect("a table");
    create(&c).expect("our tables");
    let watched = [Watched::new(r#"it's "odd""#), Watched::new("child")];
    install(&c, &Blueprint::bare(&watched)).expect("the triggers");
    c.execute_batch(
        r#"INSERT INTO "it's ""odd""" VALUES(1, 'a', 1); INSERT INTO child VALUES(7, 1);
           REPLACE INTO "it's ""odd""" VALUES(2, 'a', 1);"#,
    )
    .expect("rows");
    let all: Vec<String> = log(&c)
        .iter()
        .map(|(_, id, op, ..)| format!("{id}{op}"))
        .collect();
    assert_eq!(all, ["1i", "7i", "7d", "1d", "2i"]);
    Buffered::install(&c, &Clock::system(), &Blueprint::bare(&watched)).expect("and captured");
    Steady::install(&c, &[r#"it's "odd""#]).expect("and seen");
}
