//! The tables as the log alone has them.

use super::*;
use std::collections::BTreeMap;

/// What is told of a row: the repair of version and time is no change of its own.
fn told(row: &Row) -> Row {
    row.iter()
        .filter(|(k, _)| !["version", "updated_at"].contains(&k.as_str()))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect()
}

pub(super) fn rebuild(c: &Connection) -> Result<(), String> {
    let mut tables: BTreeMap<(String, i64), Row> = BTreeMap::new();
    for (n, (table, id, op, old, new)) in log(c).into_iter().enumerate() {
        let at = |row: &Row| (table.clone(), row["id"].as_i64().expect("an id"));
        let live = old.as_ref().and_then(|o| tables.get(&at(o)));
        match op.as_str() {
            "i" if new.as_ref().is_some_and(|x| tables.contains_key(&at(x))) => {
                return Err(format!("{n}: insert over a live row"));
            }
            "u" | "d" if live.map(told) != old.as_ref().map(told) => {
                return Err(format!(
                    "{n}: {table} {op} says it was {old:?}, the log said {live:?}"
                ));
            }
            "u" => {
                let (o, x) = (old.as_ref().expect("old"), new.as_ref().expect("new"));
                if o["id"] == x["id"]
                    && x.get("version")
                        .is_some_and(|v| v.as_i64() <= o["version"].as_i64())
                {
                    return Err(format!("{n}: the version did not rise: {o:?} {x:?}"));
                }
            }
            _ => {}
        }
        if new
            .as_ref()
            .or(old.as_ref())
            .is_none_or(|row| at(row).1 != id)
        {
            return Err(format!("{n}: row_id {id}"));
        }
        old.map(|o| tables.remove(&at(&o)));
        new.map(|x| tables.insert(at(&x), x));
    }
    let mut real: BTreeMap<(String, i64), Row> = BTreeMap::new();
    for w in WATCHED {
        let table = Table::read(c, w, &Blueprint::default(), &[]).expect("a table");
        let sql = format!("SELECT id, {} FROM {} x", table.object("x"), w.table);
        let mut query = c.prepare(&sql).expect("a query");
        let mut rows = query.query([]).expect("rows");
        while let Some(r) = rows.next().expect("a row") {
            let json: String = r.get(1).expect("text");
            real.insert(
                (w.table.to_owned(), r.get(0).expect("id")),
                serde_json::from_str(&json).expect("a row"),
            );
        }
    }
    let told = |t: &BTreeMap<(String, i64), Row>| -> Vec<_> {
        t.iter().map(|(k, v)| (k.clone(), told(v))).collect()
    };
    if told(&real) == told(&tables) {
        Ok(())
    } else {
        Err(format!("the tables are {real:?}, the log says {tables:?}"))
    }
}

#[test]
fn the_tables_can_be_rebuilt_from_the_log_alone() {
    for seed in 1..=600u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let c = database();
        let pragmas = format!(
            "PRAGMA foreign_keys={}; PRAGMA recursive_triggers={}",
            dice.roll(2),
            dice.roll(2)
        );
        c.execute_batch(&pragmas).expect("pragmas");
        for n in 1..=40 {
            let statement = dice.statement();
            let within = dice.roll(3) == 0;
            if within {
                c.execute_batch("BEGIN IMMEDIATE; SAVEPOINT j")
                    .expect("begin");
            }
            let before = newest(&c);
            let _ = c.execute_batch(&statement); // refused by a constraint: nothing happened
            // Of several rows one may evict what another one is.
            if statement.contains("REPLACE")
                && !statement.contains("), (")
                && let Err(wrong) = goes_on(&c, before)
            {
                panic!("seed {seed}, {pragmas}, {statement}: {wrong}");
            }
            if within {
                c.execute_batch(if dice.roll(2) == 0 {
                    "ROLLBACK TO j; COMMIT"
                } else {
                    "COMMIT"
                })
                .expect("commit");
            }
            // the whole log is read again each time: not after each statement
            if n % 5 == 0
                && let Err(wrong) = rebuild(&c)
            {
                panic!("seed {seed}, {pragmas}, after {statement}: {wrong}");
            }
        }
    }
}

fn newest(c: &Connection) -> i64 {
    c.query_row("SELECT coalesce(max(seq), 0) FROM change_log", [], |row| {
        row.get(0)
    })
    .expect("a number")
}

/// Of a row that one statement deletes and makes anew, the version rises.
fn goes_on(c: &Connection, after: i64) -> Result<(), String> {
    let sql = "SELECT d.tbl, d.row_id, d.old, n.new FROM change_log d JOIN change_log n ON n.tbl = d.tbl AND n.row_id = d.row_id AND n.seq > d.seq
        WHERE d.seq > ?1 AND d.op = 'd' AND n.op <> 'd' AND json_extract(n.new, '$.version') <= json_extract(d.old, '$.version')";
    let mut query = c.prepare(sql).expect("a query");
    let mut fell = query.query([after]).expect("rows");
    match fell.next().expect("a row") {
        None => Ok(()),
        Some(row) => Err(format!(
            "{:?} {:?} fell from {:?} to {:?}",
            row.get::<_, String>(0),
            row.get::<_, i64>(1),
            row.get::<_, String>(2),
            row.get::<_, String>(3)
        )),
    }
}
