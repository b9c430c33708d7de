//! A database that went through `.dump`: its rows came along, but not whose it is and of which version, which are no rows.

use crate::error::Error;
use crate::store::schema::Schema;
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};

/// Of the framework's tables, those that have been there since its first version.
const OURS: [&str; 3] = ["change_log", "event_log", "event_floor"];

/// What a database consists of, as far as a dump keeps it: by kind and name. Of a table its columns count, of other things their text.
type Shape = BTreeMap<(String, String), BTreeSet<Column>>;
/// A column's name and type, whether it may be NULL, and its place in the key.
type Column = (String, String, bool, i64);

/// Whether a database without an application's number is one that the framework served.
pub(super) fn is_likely(c: &Connection) -> Result<bool, Error> {
    let mut known = c.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1")?;
    for table in OURS {
        if !known.exists([table])? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Of which version its tables, indexes, views and triggers are. `None`: of none, or of several that look the same.
///
/// What strangers added (tables, columns at the end) does not count.
pub(super) fn version(c: &Connection, schema: &Schema) -> Result<Option<u32>, Error> {
    let found = shape(c)?;
    let all = shapes(schema)?;
    let owned: BTreeSet<_> = all.iter().flat_map(BTreeMap::keys).collect();
    let is = |wanted: &Shape| {
        owned
            .iter()
            .all(|name| match (wanted.get(*name), found.get(*name)) {
                (None, None) => true,
                (Some(wanted), Some(found)) => wanted.is_subset(found),
                _ => false,
            })
    };
    let Some((version, newest)) = (1..).zip(&all).filter(|(_, wanted)| is(wanted)).last() else {
        return Ok(None);
    };
    let twins = all.iter().filter(|other| *other == newest).count();
    Ok((twins == 1).then_some(version))
}

/// The shapes of all versions.
fn shapes(schema: &Schema) -> Result<Vec<Shape>, Error> {
    let c = Connection::open_in_memory()?;
    let each = schema.migrations.iter().map(|sql| {
        c.execute_batch(sql)?;
        shape(&c)
    });
    each.collect()
}

fn shape(c: &Connection) -> Result<Shape, Error> {
    let mut shape = Shape::new();
    let mut things =
        c.prepare("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL")?;
    let mut columns =
        c.prepare("SELECT name, type, \"notnull\", pk FROM pragma_table_xinfo(?1)")?;
    let mut rows = things.query([])?;
    while let Some(row) = rows.next()? {
        let (kind, name): (String, String) = (row.get(0)?, row.get(1)?);
        let of = match kind == "table" {
            true => columns
                .query_map([&name], |r| {
                    Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?))
                })?
                .collect::<Result<_, _>>()?,
            false => BTreeSet::from([(String::new(), row.get(2)?, false, 0)]),
        };
        shape.insert((kind, name), of);
    }
    Ok(shape)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: Schema = Schema::new(
        7,
        &[
            "CREATE TABLE dish(id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT; CREATE TABLE old(x)",
            "ALTER TABLE dish ADD COLUMN price INTEGER",
            "DROP TABLE old",
            "CREATE INDEX dish_by_name ON dish(name)",
            "UPDATE dish SET price = 0 WHERE price IS NULL",
        ],
    );

    fn made(version: usize, more: &str) -> Option<u32> {
        let c = Connection::open_in_memory().expect("a database");
        for sql in &SCHEMA.migrations[..version] {
            c.execute_batch(sql).expect("a migration");
        }
        c.execute_batch(more).expect("more");
        super::version(&c, &SCHEMA).expect("read")
    }

    #[test]
    fn a_dump_is_of_the_version_that_it_looks_like() {
        for version in 1..=3 {
            assert_eq!(made(version, ""), Some(version as u32));
            let strangers = "CREATE TABLE theirs(x); ALTER TABLE dish ADD COLUMN loyalty TEXT";
            assert_eq!(made(version, strangers), Some(version as u32));
        }
        // The last step changes rows only: nobody can see whether it was made.
        assert_eq!(made(4, ""), None);
        assert_eq!(made(5, ""), None);
        assert_eq!(made(2, "DROP TABLE dish"), None);
        assert_eq!(made(0, "CREATE TABLE dish(id INTEGER PRIMARY KEY)"), None);
    }
}
