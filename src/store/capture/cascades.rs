//! What the deletion of a row does to the rows that refer to it.
//!
//! A stock shell has `foreign_keys` off. So `ON DELETE CASCADE` and `SET NULL` of every key to a table of ours are done by our triggers, a stranger's key too,
//! as SQLite would: the columns of one key belong together, and are compared with those that the key refers to. Left to SQLite are `SET DEFAULT`,
//! what refers to a stranger's table, and a key that SQLite itself cannot follow, because it names what is no key of the parent.

use super::blueprint::Blueprint;
use super::keys::{Keys, same};
use super::sql::{literal, quoted};
use crate::error::Error;
use rusqlite::Connection;
use std::collections::BTreeMap;

/// A foreign key whose parent's deletion has an effect.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Child {
    pub parent: String,
    pub table: String,
    /// Columns, each with the parent's that it refers to.
    columns: Vec<(String, String)>,
    sets_null: bool,
}

impl Child {
    /// Whether it refers to this column and no other.
    pub fn refers_to(&self, column: &str) -> bool {
        matches!(&self.columns[..], [(_, to)] if same(to, column))
    }

    /// What happens to the children of the row `OLD`.
    pub fn of_old(&self) -> String {
        // The parent's column first: its collation counts.
        let pairs = self.columns.iter();
        let pairs = pairs.map(|(from, to)| format!("OLD.{} = {}", quoted(to), quoted(from)));
        self.statement(&pairs.collect::<Vec<_>>().join(" AND "))
    }

    /// What happens to the children of the parents whose ids `which` picks. Only for a key that [refers to](Self::refers_to) the id.
    pub fn of_ids(&self, which: &str, only: &str) -> String {
        let column = quoted(&self.columns[0].0);
        self.statement(&format!("{column} IN ({which}) AND {only}"))
    }

    /// What happens to the children of the parents that `FROM evicted` has as JSON in `old`. `None` where that does not show what the key refers to.
    /// `column`: a parent's column, whether it holds bytes, and its collation.
    pub fn of_images<'c>(
        &self,
        evicted: &str,
        column: impl Fn(&str) -> Option<(&'c str, bool, &'c str)>,
    ) -> Option<String> {
        let table = quoted(&self.table);
        let pairs = self.columns.iter().map(|(from, to)| {
            let (to, bytes, collation) = column(to)?;
            let path = literal(&format!("$.{}", serde_json::Value::from(to)));
            let from = format!("{table}.{}", quoted(from));
            let from = if bytes { format!("hex({from})") } else { from };
            let collation = quoted(collation);
            Some(format!(
                "json_extract(old, {path}) = {from} COLLATE {collation}"
            ))
        });
        let pairs = pairs.collect::<Option<Vec<_>>>()?.join(" AND ");
        Some(self.statement(&format!("EXISTS(SELECT 1 {evicted} AND {pairs})")))
    }

    fn statement(&self, condition: &str) -> String {
        let table = quoted(&self.table);
        if self.sets_null {
            let columns = self.columns.iter();
            let set = columns.map(|(from, _)| format!("{} = NULL", quoted(from)));
            let set = set.collect::<Vec<_>>().join(", ");
            format!("UPDATE {table} SET {set} WHERE {condition};")
        } else {
            format!("DELETE FROM {table} WHERE {condition};")
        }
    }
}

/// Foreign keys to tables of ours.
#[derive(Debug, Default)]
pub(super) struct Children {
    pub all: Vec<Child>,
    /// Tables whose key SQLite cannot follow, and why.
    pub broken: Vec<String>,
}

impl Children {
    /// Those to the blueprint's tables. What it knows is named as it spells it: that is what the names of triggers are made of, and what children are compared by.
    pub fn read(c: &Connection, blueprint: &Blueprint) -> Result<Self, Error> {
        let mut found = Children::default();
        let mut parents: BTreeMap<&str, Option<Keys>> = BTreeMap::new();
        for key in keys_of_all(c)? {
            let Some(name) = blueprint.named(&key.parent) else {
                continue;
            };
            let parent = match parents.entry(name) {
                std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
                std::collections::btree_map::Entry::Vacant(new) => {
                    let keys = Keys::read(c, name)?;
                    new.insert(keys)
                }
            };
            // The parent is not there, or is a view.
            let Some(parent) = parent else { continue };
            let spelled = |table: &str, column: String| match blueprint.spelling(table, &column) {
                Some(spelled) => spelled.to_owned(),
                None => column,
            };
            match parent.resolve(&key.columns) {
                Some(columns) => found.all.push(Child {
                    columns: columns
                        .into_iter()
                        .map(|(from, to)| (spelled(&key.table, from), spelled(name, to)))
                        .collect(),
                    parent: name.to_owned(),
                    table: match blueprint.named(&key.table) {
                        Some(name) => name.to_owned(),
                        None => key.table,
                    },
                    sets_null: key.sets_null,
                }),
                None => found.broken.push(format!(
                    "table {:?}: its foreign key refers to columns of {:?} that are no key: SQLite refuses statements of both while foreign_keys is on",
                    key.table, name
                )),
            }
        }
        // A rebuild numbers a table's keys anew.
        found.all.sort();
        found.all.dedup();
        found.broken.sort();
        found.broken.dedup();
        Ok(found)
    }

    /// The keys as well that `wanted` has and a table lost when it was rebuilt.
    pub fn and(mut self, c: &Connection, wanted: &[Child]) -> Result<Self, Error> {
        for child in wanted {
            if self.all.contains(child) {
                continue;
            }
            let has = |column: &str| -> Result<bool, Error> {
                Ok(c.query_row(
                    "SELECT EXISTS(SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2 COLLATE NOCASE)",
                    [&child.table, column],
                    |row| row.get(0),
                )?)
            };
            let mut whole = true;
            for (from, _) in &child.columns {
                whole &= has(from)?;
            }
            if whole {
                self.all.push(child.clone());
            }
        }
        self.all.sort();
        Ok(self)
    }

    /// For each parent, what its deletion does to its children.
    pub fn cascades(&self) -> BTreeMap<&str, String> {
        let mut all: BTreeMap<&str, String> = BTreeMap::new();
        for child in &self.all {
            let statements = all.entry(&child.parent).or_default();
            statements.push_str(&child.of_old());
        }
        all
    }
}

/// A foreign key as its table declares it. What it refers to is not named where it is the parent's primary key.
struct Declared {
    table: String,
    id: i64,
    parent: String,
    columns: Vec<(String, Option<String>)>,
    sets_null: bool,
}

fn keys_of_all(c: &Connection) -> Result<Vec<Declared>, Error> {
    let mut query = c.prepare(
        "SELECT t.name, f.id, f.\"table\", f.\"from\", f.\"to\", f.on_delete FROM pragma_table_list t, pragma_foreign_key_list(t.name, 'main') f
         WHERE t.schema = 'main' AND t.type = 'table' AND f.on_delete IN ('CASCADE', 'SET NULL') ORDER BY t.name, f.id, f.seq",
    )?;
    let mut rows = query.query([])?;
    let mut all: Vec<Declared> = Vec::new();
    while let Some(row) = rows.next()? {
        let (table, id): (String, i64) = (row.get(0)?, row.get(1)?);
        let column = (row.get(3)?, row.get(4)?);
        match all.last_mut() {
            Some(last) if last.table == table && last.id == id => last.columns.push(column),
            _ => all.push(Declared {
                table,
                id,
                parent: row.get(2)?,
                columns: vec![column],
                sets_null: row.get::<_, String>(5)? == "SET NULL",
            }),
        }
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
