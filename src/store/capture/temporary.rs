//! The triggers of the writer's connection: what [`Table::triggers`] makes for other programs, with functions in place of the log.

use super::sql::{PREFIX, quoted};
use super::table::Table;
use crate::error::Error;
use rusqlite::Connection;

/// Makes them for each table; its place is what the functions are told.
pub(super) fn make(c: &Connection, tables: &[Table<'_>]) -> Result<(), Error> {
    for (at, table) in tables.iter().enumerate() {
        c.execute_batch(&triggers(table, at))?;
    }
    Ok(())
}

/// Drops those whose names end so, whatever table they are of.
pub(super) fn drop_all(c: &Connection, suffixes: &[&str]) -> Result<(), Error> {
    let standing: Vec<String> = c
        .prepare("SELECT name FROM temp.sqlite_schema WHERE type = 'trigger'")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let is_one = |name: &&String| {
        name.starts_with(PREFIX) && suffixes.iter().any(|suffix| name.ends_with(suffix))
    };
    for name in standing.iter().filter(is_one) {
        c.execute_batch(&format!("DROP TRIGGER temp.{}", quoted(name)))?;
    }
    Ok(())
}

/// What the names of a table's triggers end with.
pub(super) const SUFFIXES: [&str; 6] = ["_bi", "_ai", "_bu", "_ak", "_au", "_ad"];

/// The triggers of one table: what [`Table::triggers`] makes for other programs.
fn triggers(table: &Table<'_>, at: usize) -> String {
    let (t, name, id) = (
        table.watched.table,
        quoted(table.watched.table),
        quoted(&table.id),
    );
    let row = |of: &str| -> String {
        let columns = table.logged(of).into_iter();
        let columns: Vec<String> = columns.map(|(_, value)| value).collect();
        columns.join(", ")
    };
    let fresh = format!("SELECT maitred_fresh({at});");
    let clash = format!(
        "SELECT maitred_clash({at}, x.{id}, {}, {}) FROM {name} x",
        table.version_of("x"),
        row("x")
    );
    let evicted = format!(
        "FROM json_each(maitred_clashing({at})) e WHERE e.value <> NEW.{id} AND NOT EXISTS(SELECT 1 FROM {name} y WHERE y.{id} = e.value)"
    );
    // What no row was in the way of costs one call.
    let any = format!("maitred_clashes({at}) > 0");
    // What refers to another key SQLite sees to: this connection has `foreign_keys` on.
    let children = table.children.iter();
    let orphans: String = children
        .filter(|child| child.refers_to(&table.id))
        .map(|child| child.of_ids(&format!("SELECT e.value {evicted}"), &any))
        .collect();
    let gone = format!("{orphans} SELECT maitred_evicted({at}, e.value) {evicted} AND {any};");
    let trigger = |suffix: &str, when: &str, body: &str| {
        let name = quoted(&format!("{PREFIX}{t}_{suffix}"));
        format!("CREATE TEMP TRIGGER {name} {when} BEGIN {body} END;")
    };
    let (keys, clashing) = (table.keys(), table.clashing());
    let same_keys = table.all_keys().into_iter();
    let same_keys: Vec<String> = same_keys
        .map(|key| format!("OLD.{key} IS NEW.{key}"))
        .collect();
    let same_keys = same_keys.join(" AND ");
    let update = format!(
        "SELECT maitred_updated({at}, OLD.{id}, NEW.{id}, {}, {});",
        row("OLD"),
        row("NEW")
    );
    // Whether the change is told is seen when it is captured, but for what a capture does not show.
    let told = match table.watched.secret {
        [] => String::new(),
        _ => format!(" AND ({})", table.differs()),
    };
    [
        trigger(
            "bi",
            &format!("BEFORE INSERT ON main.{name}"),
            &format!("{fresh} {clash} WHERE {clashing};"),
        ),
        trigger(
            "ai",
            &format!("AFTER INSERT ON main.{name}"),
            &format!(
                "{gone} SELECT maitred_inserted({at}, x.{id}, {new}) FROM {name} x WHERE x.{id} = NEW.{id};",
                new = row("x"),
            ),
        ),
        trigger(
            "bu",
            &format!("BEFORE UPDATE OF {keys} ON main.{name}"),
            &format!("{fresh} {clash} WHERE x.{id} <> OLD.{id} AND ({clashing});"),
        ),
        // One or the other, because the order of two is SQLite's business.
        trigger(
            "ak",
            &format!("AFTER UPDATE OF {keys} ON main.{name} WHEN NOT ({same_keys})"),
            &format!("{update} {gone} {fresh}"),
        ),
        trigger(
            "au",
            &format!("AFTER UPDATE ON main.{name} WHEN {same_keys}{told}"),
            &update,
        ),
        trigger(
            "ad",
            &format!("AFTER DELETE ON main.{name}"),
            &format!("SELECT maitred_deleted({at}, OLD.{id}, {});", row("OLD")),
        ),
    ]
    .concat()
}
