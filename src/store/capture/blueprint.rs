//! What the application's migrations make of an empty database: which tables there must be, and what belongs to them.

use super::cascades::{Child, Children};
use super::keys::{Unique, same, unique_indexes};
use crate::error::Error;
use crate::store::watched::Watched;
use rusqlite::{Connection, OptionalExtension};

/// What a database is compared with.
#[derive(Debug, Default)]
pub(crate) struct Blueprint {
    pub watched: Vec<Watched>,
    tables: Vec<Plan>,
    /// What a rebuild of a table takes along, in the order in which it was made.
    pub(super) objects: Vec<Object>,
    pub(super) children: Vec<Child>,
}

/// A table as a migration made it.
#[derive(Debug)]
struct Plan {
    name: String,
    columns: Vec<String>,
    primary: Vec<String>,
    unique: Vec<Unique>,
}

/// A trigger, an index or a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Object {
    pub kind: String,
    pub name: String,
    /// The table that it belongs to; for a view, its own name.
    pub table: String,
    pub sql: String,
}

impl Blueprint {
    /// A blueprint of tables of which nothing is known but that they are watched.
    pub fn bare(watched: &[Watched]) -> Self {
        Blueprint {
            watched: watched.to_vec(),
            ..Blueprint::default()
        }
    }

    /// Runs all migrations on an empty database in memory. `framework` makes what they may count on.
    ///
    /// # Errors
    /// [`Error::Store`]: a migration fails.
    pub fn of(
        watched: &[Watched],
        migrations: &[&str],
        framework: impl FnOnce(&Connection) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let c = Connection::open_in_memory()?;
        // As while they upgrade a database.
        c.pragma_update(None, "foreign_keys", false)?;
        framework(&c)?;
        let theirs = tables(&c)?;
        let before = objects(&c)?;
        for sql in migrations {
            c.execute_batch(sql)?;
        }
        let mut plan = Blueprint::bare(watched);
        for name in tables(&c)? {
            if !theirs.contains(&name) {
                plan.tables.push(Plan::read(&c, name)?);
            }
        }
        let mut made = objects(&c)?;
        made.retain(|object| !before.contains(object));
        for object in &mut made {
            if let Some(name) = plan.named(&object.table) {
                object.table = name.to_owned();
            }
        }
        plan.objects = made;
        plan.children = Children::read(&c, &plan)?.all;
        Ok(plan)
    }

    /// How the application spells a table that is watched, or made by a migration. Another program may rename it to the same name in another case.
    pub(super) fn named(&self, table: &str) -> Option<&str> {
        let watched = self.watched.iter().map(|watched| watched.table);
        let planned = self.tables.iter().map(|plan| plan.name.as_str());
        watched.chain(planned).find(|name| same(name, table))
    }

    pub(super) fn is_ours(&self, table: &str) -> bool {
        self.named(table).is_some()
    }

    /// How the application spells a column.
    pub(super) fn spelling(&self, table: &str, column: &str) -> Option<&str> {
        let plan = self.tables.iter().find(|plan| same(&plan.name, table))?;
        let spelled = plan.columns.iter().find(|name| same(name, column))?;
        Some(spelled)
    }

    /// What no trigger or index can mend: tables that are gone, and what they lack.
    pub(super) fn missing(&self, c: &Connection) -> Result<Vec<String>, Error> {
        let mut missing = Vec::new();
        for plan in &self.tables {
            let name = &plan.name;
            let there = Plan::find(c, name)?;
            let Some(there) = there else {
                missing.push(format!("table {name:?} is gone"));
                continue;
            };
            let lacks = |column: &&String| !there.columns.iter().any(|has| same(has, column));
            let lacks: Vec<&str> = plan.columns.iter().filter(lacks).map(|n| &**n).collect();
            if !lacks.is_empty() {
                let columns = if lacks.len() == 1 {
                    "column"
                } else {
                    "columns"
                };
                missing.push(format!(
                    "table {name:?} lacks the {columns} {}",
                    lacks.join(", ")
                ));
            }
            let key = |plan: &Plan| plan.primary.join(", ");
            if !same(&key(plan), &key(&there)) {
                missing.push(format!(
                    "table {name:?} lacks its primary key ({})",
                    key(plan)
                ));
            }
        }
        Ok(missing)
    }

    /// Unique keys that were part of a table and are so no more. (An index with a name can be made anew.)
    pub(super) fn keyless(&self, c: &Connection) -> Result<Vec<String>, Error> {
        let mut missing = Vec::new();
        for plan in &self.tables {
            let there = unique_indexes(c, &plan.name)?;
            for unique in &plan.unique {
                let names = unique.columns.iter().map(|column| column.name.as_str());
                if !there
                    .iter()
                    .any(|has| !has.partial && has.is_of(names.clone()))
                {
                    let names = names.collect::<Vec<_>>().join(", ");
                    missing.push(format!(
                        "table {:?} lacks its unique key ({names})",
                        plan.name
                    ));
                }
            }
        }
        Ok(missing)
    }
}

impl Plan {
    fn find(c: &Connection, name: &str) -> Result<Option<Self>, Error> {
        let found: Option<String> = c
            .query_row(
                "SELECT name FROM pragma_table_list(?1) WHERE schema = 'main' AND type = 'table'",
                [name],
                |row| row.get(0),
            )
            .optional()?;
        found.map(|name| Plan::read(c, name)).transpose()
    }

    fn read(c: &Connection, name: String) -> Result<Self, Error> {
        // With generated ones.
        let mut columns: Vec<(String, i64)> = c
            .prepare("SELECT name, pk FROM pragma_table_xinfo(?1, 'main')")?
            .query_map([&name], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let names = columns.iter().map(|(name, _)| name.clone()).collect();
        columns.retain(|(_, pk)| *pk > 0);
        columns.sort_by_key(|(_, pk)| *pk);
        let mut unique = unique_indexes(c, &name)?;
        unique.retain(|unique| unique.constraint);
        Ok(Plan {
            columns: names,
            primary: columns.into_iter().map(|(name, _)| name).collect(),
            unique,
            name,
        })
    }
}

fn tables(c: &Connection) -> Result<Vec<String>, Error> {
    let all = c
        .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(all)
}

/// Triggers, indexes and views that were made by a statement of their own.
pub(super) fn objects(c: &Connection) -> Result<Vec<Object>, Error> {
    let all = c
        .prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE type IN ('trigger', 'index', 'view') AND sql IS NOT NULL ORDER BY rowid")?
        .query_map([], |row| {
            Ok(Object {
                kind: row.get(0)?,
                name: row.get(1)?,
                table: row.get(2)?,
                sql: row.get(3)?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(all)
}
