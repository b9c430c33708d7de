//! What the deletion of a row does to the rows that refer to it.

use super::{literal, quoted};
use crate::Error;
use rusqlite::Connection;
use std::collections::BTreeMap;

/// A foreign key whose deletion has an effect.
pub(super) struct Child {
    pub parent: String,
    pub table: String,
    pub column: String,
    sets_null: bool,
}

impl Child {
    /// What happens to the children of the parents that `which` picks.
    pub fn statement(&self, which: &str) -> String {
        self.statement_where(which, "1")
    }

    /// The same, if `only` holds.
    pub fn statement_where(&self, which: &str, only: &str) -> String {
        let (table, column) = (quoted(&self.table), quoted(&self.column));
        if self.sets_null {
            format!("UPDATE {table} SET {column} = NULL WHERE {column} {which} AND {only};")
        } else {
            format!("DELETE FROM {table} WHERE {column} {which} AND {only};")
        }
    }
}

pub(super) fn children(c: &Connection) -> Result<Vec<Child>, Error> {
    let found = c
        .prepare(
            "SELECT f.\"table\", t.name, f.\"from\", f.on_delete FROM sqlite_master t, pragma_foreign_key_list(t.name) f
             WHERE t.type = 'table' AND f.on_delete IN ('CASCADE', 'SET NULL') ORDER BY 1, 2, 3",
        )?
        .query_map([], |r| Ok(Child { parent: r.get(0)?, table: r.get(1)?, column: r.get(2)?, sets_null: r.get::<_, String>(3)? == "SET NULL" }))?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// For each parent, what its deletion does to its children.
pub(super) fn cascades(c: &Connection) -> Result<BTreeMap<String, String>, Error> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for child in children(c)? {
        let id: String = c.query_row(
            "SELECT name FROM pragma_table_info(?1) WHERE pk = 1",
            [&child.parent],
            |r| r.get(0),
        )?;
        all.entry(child.parent.clone())
            .or_default()
            .push_str(&child.statement(&format!("= OLD.{}", quoted(&id))));
    }
    Ok(all)
}

/// A cascade that an application's trigger can tell from deletions that were asked for: meanwhile there is a row `'>parent'` in `change_replaced`.
pub(super) fn marked(parent: &str, statements: &str) -> String {
    let mark = literal(&format!(">{parent}"));
    format!(
        "INSERT OR REPLACE INTO change_replaced(tbl, id, old) VALUES({mark}, 0, ''); {statements} DELETE FROM change_replaced WHERE tbl = {mark};"
    )
}
