//! What was made last for each table, written down: so it is known later what another program took away or changed.

use super::blueprint::{Object, objects};
use super::keys::{same, unique_indexes};
use crate::error::Error;
use rusqlite::Connection;
use std::collections::BTreeMap;

/// `shape` is what [`shape_of`] says, `triggers` an object of their SQL by name.
pub(super) const TABLE: &str = "
CREATE TABLE IF NOT EXISTS change_made(tbl TEXT PRIMARY KEY, shape TEXT NOT NULL, triggers TEXT NOT NULL) STRICT, WITHOUT ROWID;";

/// What cascades are called: nothing that they do themselves is told.
pub(super) const CASCADE: &str = "_bd";
/// What the triggers are called that cascade to other programs' tables alone.
const STRANGERS: [&str; 2] = ["_ni", "_nk"];

/// Triggers by table that are not as they were left. A table without any: its columns or keys are not as they were, so
/// what stood until now did not see everything.
pub(crate) type Lost = BTreeMap<String, Vec<String>>;

type Row = (String, String, String);

/// `None`: nothing was written down yet.
pub(crate) fn lost(c: &Connection) -> Result<Option<Lost>, Error> {
    let rows = rows(c)?;
    if rows.is_empty() {
        return Ok(None);
    }
    let standing = objects(c)?;
    let mut lost = Lost::new();
    for (table, shape, triggers) in rows {
        let triggers: BTreeMap<String, String> = serde_json::from_str(&triggers)?;
        let as_left = |name: &str, sql: &str| {
            let mut found = standing.iter();
            let found = found.find(|object| object.kind == "trigger" && same(&object.name, name));
            // SQLite itself writes a cascade anew when a stranger renames a table of theirs.
            let mut cascades = STRANGERS.iter().chain([&CASCADE]);
            let may_differ = cascades.any(|end| name.ends_with(end));
            found.is_some_and(|object| {
                same(&object.table, &table) && (object.sql == sql || may_differ)
            })
        };
        let names: Vec<String> = triggers
            .iter()
            .filter(|(name, sql)| !as_left(name, sql))
            .map(|(name, _)| name.clone())
            .collect();
        if !names.is_empty() || shape != shape_of(c, &table)? {
            lost.insert(table, names);
        }
    }
    Ok(Some(lost))
}

/// Writes down what stands now.
pub(super) fn record<'o>(
    c: &Connection,
    made: impl Iterator<Item = &'o Object>,
) -> Result<(), Error> {
    let mut tables: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
    for object in made.filter(|object| object.kind == "trigger") {
        let triggers = tables.entry(&object.table).or_default();
        triggers.insert(&object.name, &object.sql);
    }
    let mut wanted: Vec<Row> = Vec::new();
    for (table, triggers) in tables {
        let shape = shape_of(c, table)?;
        wanted.push((table.to_owned(), shape, serde_json::to_string(&triggers)?));
    }
    if wanted == rows(c)? {
        return Ok(());
    }
    c.execute("DELETE FROM change_made", [])?;
    for row in wanted {
        c.prepare_cached("INSERT INTO change_made(tbl, shape, triggers) VALUES(?1, ?2, ?3)")?
            .execute([row.0, row.1, row.2])?;
    }
    Ok(())
}

/// Has what was lost found once more: by whoever has everybody begin anew.
pub(crate) fn unsettle(c: &Connection, lost: &Lost) -> Result<(), Error> {
    for table in lost.keys() {
        c.prepare_cached("UPDATE change_made SET shape = '' WHERE tbl = ?1")?
            .execute([table])?;
    }
    Ok(())
}

fn rows(c: &Connection) -> Result<Vec<Row>, Error> {
    let all = c
        .prepare("SELECT tbl, shape, triggers FROM change_made ORDER BY tbl")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    Ok(all)
}

/// A table's columns and unique keys, which its triggers are made for. Empty where there is none.
fn shape_of(c: &Connection, table: &str) -> Result<String, Error> {
    let columns: Vec<String> = c
        .prepare("SELECT name FROM pragma_table_info(?1, 'main') ORDER BY cid")?
        .query_map([table], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let unique: Vec<Vec<String>> = unique_indexes(c, table)?
        .into_iter()
        .map(|unique| {
            let columns = unique.columns.into_iter();
            let columns = columns.map(|column| format!("{} {}", column.name, column.collation));
            columns.collect()
        })
        .collect();
    Ok(serde_json::to_string(&(columns, unique))?)
}
