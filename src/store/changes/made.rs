//! What was made last for each table, written down: so it is known later what another program took away or changed.

use super::blueprint::{Object, objects};
use super::keys::same;
use crate::Error;
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeMap;

/// `columns` is a JSON array, `triggers` an object of their SQL by name.
pub(super) const TABLE: &str = "
CREATE TABLE IF NOT EXISTS change_made(tbl TEXT PRIMARY KEY, columns TEXT NOT NULL, triggers TEXT NOT NULL) STRICT, WITHOUT ROWID;";

/// What cascades do, which is nothing that is told.
pub(super) const CASCADE: &str = "_bd";

/// Triggers by table that are not as they were left. A table without any: its columns are not as they were, so what stood until now did not see all of them.
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
    for (table, columns, triggers) in rows {
        let triggers: BTreeMap<String, String> = serde_json::from_str(&triggers)?;
        let as_left = |name: &str, sql: &str| {
            let mut found = standing.iter();
            let found = found.find(|object| object.kind == "trigger" && same(&object.name, name));
            // SQLite itself writes a cascade anew when a stranger renames a table of theirs.
            found.is_some_and(|object| {
                same(&object.table, &table) && (object.sql == sql || name.ends_with(CASCADE))
            })
        };
        let names: Vec<String> = triggers
            .iter()
            .filter(|(name, sql)| !as_left(name, sql))
            .map(|(name, _)| name.clone())
            .collect();
        if !names.is_empty() || columns != columns_of(c, &table)? {
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
        let columns = columns_of(c, table)?;
        wanted.push((table.to_owned(), columns, serde_json::to_string(&triggers)?));
    }
    if wanted == rows(c)? {
        return Ok(());
    }
    c.execute("DELETE FROM change_made", [])?;
    for row in wanted {
        c.prepare_cached("INSERT INTO change_made(tbl, columns, triggers) VALUES(?1, ?2, ?3)")?
            .execute([row.0, row.1, row.2])?;
    }
    Ok(())
}

/// Has what was lost found once more: by whoever has everybody begin anew.
pub(crate) fn unsettle(c: &Connection, lost: &Lost) -> Result<(), Error> {
    for table in lost.keys() {
        c.prepare_cached("UPDATE change_made SET columns = '' WHERE tbl = ?1")?
            .execute([table])?;
    }
    Ok(())
}

fn rows(c: &Connection) -> Result<Vec<Row>, Error> {
    let all = c
        .prepare("SELECT tbl, columns, triggers FROM change_made ORDER BY tbl")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    Ok(all)
}

/// As the table has them.
fn columns_of(c: &Connection, table: &str) -> Result<String, Error> {
    let columns = c
        .query_row(
            "SELECT json_group_array(name) FROM (SELECT name FROM pragma_table_info(?1, 'main') ORDER BY cid)",
            [table],
            |row| row.get(0),
        )
        .optional()?;
    Ok(columns.unwrap_or_default())
}
