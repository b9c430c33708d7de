//! What is captured of our own statements is what the log has of the same ones.

use super::*;
use crate::limits::clock::Clock;
use crate::store::memo::Reading;

/// An application's triggers, which make changes of changes.
const MORE: &str = "
CREATE TRIGGER a_first AFTER UPDATE OF st ON o WHEN NEW.st IS NOT OLD.st BEGIN INSERT INTO p(o, amount) VALUES(NEW.id, 1); END;
CREATE TRIGGER tell AFTER INSERT ON o BEGIN INSERT INTO p(o, amount) VALUES(NEW.id, 2); END;
CREATE TRIGGER zz_last AFTER UPDATE OF st ON o WHEN NEW.st = 'ready' BEGIN UPDATE i SET n = n || '!' WHERE o = NEW.id; END;";

fn database(more: &str) -> Connection {
    let c = Connection::open_in_memory().expect("a database");
    for sql in [SCHEMA, more] {
        c.execute_batch(sql).expect("the schema");
    }
    create(&c).expect("our tables");
    install(&c, &Blueprint::bare(WATCHED)).expect("the triggers");
    c
}

/// The writer's connection, with the capture in memory.
fn buffered(c: &Connection) -> Buffered {
    silence(c, Reading::default(), true).expect("an authorizer");
    Buffered::install(c, &Clock::system(), &Blueprint::bare(WATCHED)).expect("our own triggers")
}

/// What was captured since this was called last.
fn captured(capture: &impl Capture, c: &Connection) -> Vec<Logged> {
    let taken = capture.take(c, |captured| {
        let Captured::Buffered(changes) = captured else {
            let all = log(c);
            c.execute_batch("DELETE FROM change_log").expect("empty");
            return Ok(all);
        };
        let all = changes.all.iter().enumerate().map(|(at, row_change)| {
            let columns = changes.columns(row_change);
            let change = Change {
                table: &columns.table,
                id: row_change.id,
                op: row_change.op,
                actor: None,
                command_id: None,
                rows: Rows::buffered(row_change.op, columns, row_change),
                waiting: Waiting::Buffered(changes, at),
            };
            let op = match row_change.op {
                Op::Insert => "i",
                Op::Update => "u",
                Op::Delete => "d",
            };
            let (old, new) = (change.old(), change.new());
            let (old, new) = (old.expect("a row"), new.expect("a row"));
            (
                columns.table.clone(),
                row_change.id,
                op.to_owned(),
                old,
                new,
            )
        });
        Ok(all.collect())
    });
    taken.expect("changes").unwrap_or_default()
}

/// Runs a statement as the writer does. Whether it worked.
fn run(capture: &impl Capture, c: &Connection, statement: &str) -> bool {
    let mark = capture.mark();
    let done = c.execute(statement, []).is_ok();
    if !done {
        capture.failed(c, mark);
    }
    capture.finish(c).expect("what was left");
    done
}

/// What the clock said is not the same twice.
fn timeless(mut all: Vec<Logged>) -> Vec<Logged> {
    for (.., old, new) in &mut all {
        for row in [old, new].into_iter().flatten() {
            for (column, value) in row.iter_mut() {
                let is_time = value.as_i64().is_some_and(|n| n > 1_700_000_000_000);
                if ["updated_at", "ready_at"].contains(&column.as_str()) && is_time {
                    *value = "now".into();
                }
            }
        }
    }
    all
}

/// All rows there are, as if each had just come.
fn rows(c: &Connection) -> Vec<Logged> {
    let mut all = Vec::new();
    for watched in WATCHED {
        let object = Table::read(c, watched, &Blueprint::default(), &[])
            .expect("a table")
            .object("x");
        let sql = format!("SELECT id, {object} FROM {} x ORDER BY id", watched.table);
        let mut query = c.prepare(&sql).expect("a query");
        let rows = query.query_map([], |row| {
            let text: String = row.get(1)?;
            let (old, new) = read("i", None, Some(&text));
            Ok((
                watched.table.to_owned(),
                row.get(0)?,
                "i".to_owned(),
                old,
                new,
            ))
        });
        all.extend(rows.expect("rows").map(|row| row.expect("a row")));
    }
    all
}

/// Random statements, by us with a capture and by another program without one: the log of that one is what the capture has to say, and the rows are the same.
/// Some commands are rolled back; their changes were none.
fn captures_what_other_programs_would_have_logged<C: Capture>(
    seeds: u64,
    install: impl Fn(&Connection) -> C,
) {
    for seed in 1..=seeds {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let more = if dice.roll(2) == 0 { MORE } else { "" };
        let (theirs, ours) = (database(more), database(more));
        let capture = install(&ours);
        let pragmas = format!("PRAGMA foreign_keys={}", dice.roll(2));
        for c in [&theirs, &ours] {
            c.execute_batch(&pragmas).expect("pragmas");
        }
        for _ in 1..=8 {
            for c in [&theirs, &ours] {
                c.execute_batch("SAVEPOINT job").expect("a savepoint");
            }
            let mut statements = Vec::new();
            for _ in 0..5 {
                let statement = dice.statement();
                let worked = theirs.execute(&statement, []).is_ok();
                assert_eq!(run(&capture, &ours, &statement), worked, "{statement}");
                statements.push(statement);
            }
            let said = format!("seed {seed}, {pragmas}, {statements:#?}");
            if dice.roll(5) == 0 {
                for c in [&theirs, &ours] {
                    c.execute_batch("ROLLBACK TO job").expect("rolled back");
                }
                capture.undone();
                assert!(captured(&capture, &ours).is_empty(), "{said}");
            } else {
                let (log, captured) = (timeless(log(&theirs)), captured(&capture, &ours));
                assert_eq!(log, timeless(captured), "{said}");
            }
            theirs
                .execute_batch("DELETE FROM change_log")
                .expect("empty");
            for c in [&theirs, &ours] {
                c.execute_batch("RELEASE job").expect("released");
            }
            let (theirs, here) = (timeless(rows(&theirs)), timeless(rows(&ours)));
            assert_eq!(theirs, here, "{said}");
        }
        let logged = log(&ours);
        assert!(logged.is_empty(), "told twice: {logged:?}");
    }
}

#[test]
fn the_capture_in_memory_captures_what_other_programs_would_have_logged() {
    captures_what_other_programs_would_have_logged(600, buffered);
}

#[test]
fn the_capture_that_reads_the_log_back_captures_what_other_programs_would_have_logged() {
    captures_what_other_programs_would_have_logged(100, |c| {
        silence(c, Reading::default(), false).expect("an authorizer");
        ReadBack
    });
}

/// What we write after a statement sets them off again, each time.
#[test]
fn triggers_that_answer_every_update_come_to_an_end() {
    let ours = database(
        "CREATE TRIGGER count AFTER UPDATE ON o BEGIN UPDATE o SET waiter = coalesce(waiter, 0) + 1 WHERE id = NEW.id; END;
         CREATE TRIGGER there AFTER UPDATE ON o BEGIN UPDATE p SET amount = amount + 1 WHERE o = NEW.id; END;
         CREATE TRIGGER back AFTER UPDATE ON p BEGIN UPDATE o SET waiter = waiter + 1 WHERE id = NEW.o; END;",
    );
    let capture = buffered(&ours);
    ours.execute_batch(
        "INSERT INTO o(id, st) VALUES(1, 'new'); INSERT INTO p(id, o, amount) VALUES(1, 1, 0)",
    )
    .expect("rows");
    captured(&capture, &ours);
    assert!(run(
        &capture,
        &ours,
        "UPDATE o SET st = 'ready' WHERE id = 1"
    ));
    let notes = captured(&capture, &ours);
    for (table, ..) in &notes {
        let last = notes.iter().rev().find(|(name, ..)| name == table);
        let last = last.and_then(|(.., new)| new.clone());
        let mut there = rows(&ours).into_iter().filter(|(name, ..)| name == table);
        let there = there.next().and_then(|(.., new)| new);
        assert_eq!(last, there, "the last change of {table} shows the row");
    }
    let mut versions: Vec<_> = notes.iter().collect();
    versions.retain(|(table, ..)| table == "o");
    let versions = versions.iter().map(|(.., new)| {
        let row = new.as_ref().expect("a row");
        (row["version"].as_i64(), row["st"].as_str())
    });
    let versions: Vec<_> = versions.collect();
    assert!(versions.is_sorted_by(|a, b| a.0 < b.0), "{versions:?}");
    assert!(run(
        &capture,
        &ours,
        "UPDATE o SET st = 'done' WHERE id = 1"
    ));
    assert!(capture.mark() > 0, "the next one is captured as ever");
}

#[test]
fn a_value_is_captured_as_it_is_logged() {
    const SCHEMA: &str = "
        CREATE TABLE w(id INTEGER PRIMARY KEY, text TEXT, bytes BLOB, real REAL, any, secret TEXT, version INTEGER NOT NULL DEFAULT 1);";
    const W: &[Watched] = &[Watched {
        table: "w",
        stamps: &[],
        secret: &["secret"],
    }];
    let database = || {
        let c = Connection::open_in_memory().expect("a database");
        c.execute_batch(SCHEMA).expect("the schema");
        create(&c).expect("our tables");
        install(&c, &Blueprint::bare(W)).expect("the triggers");
        c
    };
    let (theirs, ours) = (database(), database());
    silence(&ours, Reading::default(), true).expect("an authorizer");
    let capture =
        Buffered::install(&ours, &Clock::system(), &Blueprint::bare(W)).expect("our own triggers");
    for statement in [
        "INSERT INTO w VALUES(1, 'say \"no\" \\ \u{1F35C} \n', x'00ff', 0.5, 7, 'hush', 1)",
        "INSERT INTO w VALUES(2, NULL, NULL, NULL, NULL, NULL, 1)",
        "INSERT INTO w VALUES(3, '', x'', -1e300, 'text', '', 1)",
        "UPDATE w SET real = 3, any = 2.5 WHERE id = 1",
        "UPDATE w SET any = 9007199254740993 WHERE id = 2",
        "UPDATE w SET secret = 'louder' WHERE id = 3",
        "DELETE FROM w WHERE id = 1",
    ] {
        theirs.execute(statement, []).expect(statement);
        assert!(run(&capture, &ours, statement), "{statement}");
    }
    let captured = captured(&capture, &ours);
    assert_eq!(log(&theirs), captured);
    let secret = captured
        .iter()
        .flat_map(|(.., old, new)| [old, new])
        .flatten();
    assert!(secret.into_iter().all(|row| !row.contains_key("secret")));
}

#[test]
fn a_steady_table_says_when_a_row_of_it_changed() {
    let c = database("");
    let _capture = buffered(&c);
    let steady = Steady::install(&c, &["o"]).expect("triggers");
    let unsteady = |sql: &str| {
        c.execute_batch(sql).expect(sql);
        steady.changed()
    };
    assert!(unsteady("INSERT INTO o(id, uuid) VALUES(1, 'a'), (2, 'b')"));
    assert!(!unsteady("INSERT INTO i(id, o, n) VALUES(10, 1, 'x')"));
    assert!(unsteady("REPLACE INTO o(id, uuid) VALUES(3, 'b')"));
    assert!(unsteady("UPDATE o SET st = 'new' WHERE id = 1"));
    assert!(!unsteady("UPDATE o SET st = 'new' WHERE id = 99"));
    assert!(unsteady("DELETE FROM o"), "without a condition too");
}

#[test]
fn a_trigger_for_other_programs_is_silent_on_the_writers_connection_alone() {
    const OTHERS: &str = "
    CREATE TRIGGER others_n AFTER UPDATE OF st ON o WHEN coalesce(1, 0) AND NEW.st = 'ready' BEGIN UPDATE i SET n = n || ifnull(NULL, '!') WHERE o = NEW.id; END;
    CREATE TRIGGER everybodys AFTER UPDATE OF st ON o WHEN coalesce(1, 0) BEGIN UPDATE i SET n = n || '?' WHERE o = NEW.id; END;";
    let (theirs, ours) = (database(OTHERS), database(OTHERS));
    let _capture = buffered(&ours);
    for (c, wanted) in [(&theirs, "x!?"), (&ours, "x?")] {
        c.execute_batch(
            "INSERT INTO o(id, uuid) VALUES(1, 'a'); INSERT INTO i(id, o, n) VALUES(10, 1, 'x'); UPDATE o SET st = 'ready' WHERE id = 1",
        )
        .expect("SQL");
        let n: String = c
            .query_row("SELECT n FROM i", [], |row| row.get(0))
            .expect("a row");
        let mut told: Vec<char> = n.chars().collect();
        told.sort_unstable(); // which of two triggers comes first is SQLite's business
        let mut all: Vec<char> = wanted.chars().collect();
        all.sort_unstable();
        assert_eq!(told, all);
    }
}
