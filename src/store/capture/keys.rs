//! What a row must not share with another one.

use crate::error::Error;
use rusqlite::Connection;

/// Whether two names mean the same table or column.
pub(super) fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

/// A column of a unique index, and how the index compares it. Not always as the column itself does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeyColumn {
    pub name: String,
    pub collation: String,
}

/// A unique index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unique {
    pub columns: Vec<KeyColumn>,
    /// Whether it is an index over only some of the rows (with a `WHERE`).
    pub partial: bool,
    /// Whether it stands in the table's own `CREATE TABLE`.
    pub constraint: bool,
}

impl Unique {
    pub fn is_of<'n>(&self, names: impl ExactSizeIterator<Item = &'n str> + Clone) -> bool {
        let mut columns = self.columns.iter();
        names.len() == columns.len()
            && columns.all(|column| names.clone().any(|name| same(name, &column.name)))
    }
}

/// The unique indexes of a table, without that of its primary key. A partial one is among them: what a trigger notes for nothing is still there afterwards,
/// and not reported.
pub(super) fn unique_indexes(c: &Connection, table: &str) -> Result<Vec<Unique>, Error> {
    let indexes: Vec<(String, bool, bool)> = c
        .prepare("SELECT name, partial, origin = 'u' FROM pragma_index_list(?1, 'main') WHERE \"unique\" = 1 AND origin <> 'pk' ORDER BY name")?
        .query_map([table], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?
        .collect::<Result<_, _>>()?;
    let mut all = Vec::new();
    for (index, partial, constraint) in indexes {
        let columns: Vec<(Option<String>, String)> = c
            .prepare("SELECT name, coll FROM pragma_index_xinfo(?1, 'main') WHERE key = 1 ORDER BY seqno")?
            .query_map([index], |r| Ok((r.get(0)?, r.get(1)?)))?
            .collect::<Result<_, _>>()?;
        // an expression has no name
        let columns = columns.into_iter().map(|(name, collation)| {
            let name = name?;
            Some(KeyColumn { name, collation })
        });
        if let Some(columns) = columns.collect() {
            all.push(Unique {
                columns,
                partial,
                constraint,
            });
        }
    }
    // A rebuild numbers the indexes of constraints anew.
    all.sort_by(|a, b| {
        let names = |unique: &Unique| -> Vec<String> {
            let columns = unique.columns.iter();
            columns.map(|column| column.name.clone()).collect()
        };
        (names(a), a.partial).cmp(&(names(b), b.partial))
    });
    all.dedup();
    Ok(all)
}

/// Unique indexes of a table with an expression for a key: triggers do not look at what they evict.
pub(super) fn unseen_indexes(c: &Connection, table: &str) -> Result<Vec<String>, Error> {
    let all = c
        .prepare("SELECT i.name FROM pragma_index_list(?1, 'main') i WHERE i.\"unique\" = 1 AND EXISTS(SELECT 1 FROM pragma_index_xinfo(i.name, 'main') WHERE key = 1 AND name IS NULL) ORDER BY 1")?
        .query_map([table], |r| r.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(all)
}

/// The keys of a table that a foreign key can refer to.
#[derive(Debug)]
pub(super) struct Keys {
    primary: Vec<String>,
    unique: Vec<Unique>,
}

impl Keys {
    /// `None`: there is no such table. A view is none.
    pub fn read(c: &Connection, table: &str) -> Result<Option<Self>, Error> {
        let mut known = c.prepare(
            "SELECT 1 FROM pragma_table_list(?1) WHERE schema = 'main' AND type = 'table'",
        )?;
        if !known.exists([table])? {
            return Ok(None);
        }
        let primary = c
            .prepare("SELECT name FROM pragma_table_info(?1, 'main') WHERE pk > 0 ORDER BY pk")?
            .query_map([table], |r| r.get(0))?
            .collect::<Result<_, _>>()?;
        let mut unique = unique_indexes(c, table)?;
        unique.retain(|unique| !unique.partial);
        Ok(Some(Keys { primary, unique }))
    }

    /// What each column of a foreign key refers to. `None` where that is no key of this table: SQLite does not follow it either.
    pub fn resolve(&self, columns: &[(String, Option<String>)]) -> Option<Vec<(String, String)>> {
        let implicit = columns.iter().all(|(_, to)| to.is_none());
        let to: Vec<&str> = if implicit {
            self.primary.iter().map(String::as_str).collect()
        } else {
            let named = columns.iter().map(|(_, to)| to.as_deref());
            named.collect::<Option<_>>()?
        };
        let is_primary = to.len() == self.primary.len()
            && self
                .primary
                .iter()
                .all(|key| to.iter().any(|to| same(to, key)));
        let is_unique = || {
            self.unique
                .iter()
                .any(|unique| unique.is_of(to.iter().copied()))
        };
        if to.len() != columns.len() || to.is_empty() || !(is_primary || is_unique()) {
            return None;
        }
        let from = columns.iter().map(|(from, _)| from.clone());
        Some(from.zip(to.iter().map(ToString::to_string)).collect())
    }
}
