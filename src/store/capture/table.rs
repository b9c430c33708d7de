//! A watched table, and what the triggers of all kinds say of it.

use super::blueprint::Blueprint;
use super::cascades::Child;
use super::keys::{Unique, same, unique_indexes};
use super::sql::{literal, quoted};
use crate::error::Error;
use crate::store::watched::Watched;
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::fmt::Write;

/// `json_object` takes 127 arguments, and the id's place is kept free.
const MAX_COLUMNS: usize = 60;

/// Columns and what their values are, as a JSON object.
fn pairs<'c>(columns: impl IntoIterator<Item = &'c (&'c str, String)>) -> String {
    let members = columns
        .into_iter()
        .map(|(n, value)| format!("{}, {value}", literal(n)));
    format!("json_object({})", members.collect::<Vec<_>>().join(", "))
}

/// A watched table, as far as its triggers depend on it.
pub(super) struct Table<'w> {
    pub watched: &'w Watched,
    pub id: String,
    /// Name and whether it holds bytes.
    pub columns: Vec<(String, bool)>,
    /// Unique keys besides the id.
    unique: Vec<Unique>,
    /// Foreign keys of our own tables to this one.
    pub children: Vec<Child>,
    /// Foreign keys of other programs' tables to this one.
    pub strangers: Vec<Child>,
}

impl<'w> Table<'w> {
    /// # Errors
    /// [`Error::Config`] names the table and what it lacks.
    pub fn read(
        c: &Connection,
        watched: &'w Watched,
        blueprint: &Blueprint,
        children: &[Child],
    ) -> Result<Self, Error> {
        let name = watched.table;
        let refuse = |why: &str| Err(Error::Config(format!("watched table {name:?}: {why}")));
        let mut all: Vec<(String, String, i64)> = c
            .prepare("SELECT name, upper(type), pk FROM pragma_table_info(?1, 'main')")?
            .query_map([name], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?
            .collect::<Result<_, _>>()?;
        // A rebuild may spell them otherwise, and who hears of a change asks for a column as the application spells it.
        for (column, ..) in &mut all {
            if let Some(spelled) = blueprint.spelling(name, column) {
                *column = spelled.to_owned();
            }
        }
        if all.is_empty() {
            return refuse("there is no such table");
        }
        let keys: Vec<_> = all.iter().filter(|(_, _, pk)| *pk > 0).collect();
        let [(id, kind, _)] = keys[..] else {
            return refuse("it needs one INTEGER PRIMARY KEY");
        };
        if kind != "INTEGER" {
            return refuse("its primary key must be INTEGER");
        }
        if all.len() > MAX_COLUMNS {
            return refuse("it has more than 60 columns");
        }
        let known = |column: &str| all.iter().any(|(n, ..)| n == column);
        if let Some(s) = watched
            .stamps
            .iter()
            .find(|s| !known(s.column) || !known(s.at))
        {
            return refuse(&format!(
                "a stamp names {:?} and {:?}, of which one is no column",
                s.column, s.at
            ));
        }
        let secret = |column: &str| watched.secret.contains(&column);
        if let Some(s) = watched
            .stamps
            .iter()
            .find(|s| secret(s.column) || secret(s.at))
        {
            return refuse(&format!(
                "a stamp names {:?} and {:?}, of which one is secret",
                s.column, s.at
            ));
        }
        if let Some(s) = watched.secret.iter().find(|s| !known(s)) {
            return refuse(&format!("secret column {s:?} does not exist"));
        }
        let children = children.iter().filter(|child| same(&child.parent, name));
        let (ours, strangers) = children
            .cloned()
            .partition(|child| blueprint.is_ours(&child.table));
        Ok(Table {
            watched,
            id: id.clone(),
            unique: unique_indexes(c, name)?,
            columns: all
                .iter()
                .map(|(n, kind, _)| (n.clone(), kind == "BLOB"))
                .collect(),
            children: ours,
            strangers,
        })
    }

    pub fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|(n, _)| n == column)
    }

    /// The columns that are logged, each with what its value in `row` is logged as.
    pub fn logged(&self, row: &str) -> Vec<(&str, String)> {
        let shown = self
            .columns
            .iter()
            .filter(|(n, _)| !self.watched.secret.contains(&n.as_str()));
        shown
            .map(|(n, bytes)| {
                let value = format!("{row}.{}", quoted(n));
                let value = match bytes {
                    true => format!("hex({value})"),
                    false => value,
                };
                (n.as_str(), value)
            })
            .collect()
    }

    /// A row as JSON.
    pub fn object(&self, row: &str) -> String {
        pairs(&self.logged(row))
    }

    /// Whether a step of the row's life sets the column.
    fn is_lively(&self, column: &str) -> bool {
        let stamps = self.watched.stamps;
        let stamped = stamps.iter().any(|s| s.column == column || s.at == column);
        stamped || column == "version" || column == "updated_at"
    }

    /// Columns of OLD, as JSON: at least those in which it differs from `new`. An update changes few of them, and to write all costs as much as the update
    /// itself. A mere step of the row's life, which is the commonest update, has all that it may have set: to look at each costs more than to write them.
    pub fn differences(&self, new: &str) -> String {
        let logged = self.logged("OLD");
        let same = |n: &str| format!("OLD.{0} IS {new}.{0}", quoted(n));
        // Where several columns are the same, as most are, there is nothing to concatenate.
        let groups = logged.chunks(8).map(|group| {
            let all: Vec<String> = group.iter().map(|(n, _)| same(n)).collect();
            let members: Vec<String> = group
                .iter()
                .map(|(n, value)| {
                    let name = serde_json::Value::from(*n).to_string();
                    let name = literal(&format!(",{name}:"));
                    format!(
                        "CASE WHEN {} THEN '' ELSE {name} || json_quote({value}) END",
                        same(n)
                    )
                })
                .collect();
            let (all, members) = (all.join(" AND "), members.join(" || "));
            format!("CASE WHEN {all} THEN '' ELSE {members} END")
        });
        let members = groups.collect::<Vec<_>>().join(" || ");
        let any = format!("'{{' || substr({members}, 2) || '}}'");
        let (lively, still): (Vec<_>, Vec<_>) = logged.iter().partition(|(n, _)| self.is_lively(n));
        if self.watched.stamps.is_empty() || still.is_empty() {
            return any;
        }
        let still: Vec<String> = still.iter().map(|(n, _)| same(n)).collect();
        let step = pairs(lively);
        format!(
            "CASE WHEN {} THEN {step} ELSE {any} END",
            still.join(" AND ")
        )
    }

    pub fn version_of(&self, row: &str) -> String {
        if self.has("version") {
            format!("{row}.version")
        } else {
            "NULL".to_owned()
        }
    }

    /// Whether OLD and NEW differ in something that is told. The repair of version, time and stamps is not: it raises `version`, which no statement of a
    /// program does.
    pub fn differs(&self) -> String {
        let is_stamp = |n: &str| self.watched.stamps.iter().any(|s| s.at == n);
        let differ = |stamps: bool| -> Vec<String> {
            let told = self
                .columns
                .iter()
                .filter(|(n, _)| n != "version" && n != "updated_at" && is_stamp(n) == stamps);
            told.map(|(n, _)| format!("OLD.{0} IS NOT NEW.{0}", quoted(n)))
                .collect()
        };
        let mut when = differ(false).join(" OR ");
        let stamps = differ(true);
        if !stamps.is_empty() && self.has("version") {
            let _ = write!(
                when,
                " OR (OLD.version IS NEW.version AND ({}) AND NOT EXISTS(SELECT 1 FROM change_replaced WHERE tbl = {} AND id = NEW.{} AND version = 1))",
                stamps.join(" OR "),
                self.mark(),
                quoted(&self.id)
            );
        }
        when
    }

    /// Under which name `change_replaced` has the row whose first stamps are being set.
    pub fn mark(&self) -> String {
        literal(&format!("{} stamped", self.watched.table))
    }

    /// A column that a foreign key may refer to, if it is told: its name, whether it holds bytes, and how its key compares.
    pub fn told_key(&self, column: &str) -> Option<(&str, bool, &str)> {
        let (name, bytes) = self.columns.iter().find(|(n, _)| same(n, column))?;
        if self.watched.secret.contains(&name.as_str()) {
            return None;
        }
        let keys = self.unique.iter().flat_map(|unique| &unique.columns);
        let key = keys.into_iter().find(|key| same(&key.name, name));
        let collation = key.map_or("BINARY", |key| key.collation.as_str());
        Some((name, *bytes, collation))
    }

    /// Rows `x` that the new one would replace. Each key compares as its index does.
    pub fn clashing(&self) -> String {
        let id = quoted(&self.id);
        let mut sets = vec![format!("(x.{id} = NEW.{id})")];
        for unique in &self.unique {
            let same = unique.columns.iter().map(|column| {
                let (name, collation) = (quoted(&column.name), &column.collation);
                match same(collation, "BINARY") {
                    // Most columns are compared so; who is not says it.
                    true => format!("x.{name} = NEW.{name}"),
                    false => format!("x.{name} = NEW.{name} COLLATE {}", quoted(collation)),
                }
            });
            let same = same.collect::<Vec<_>>().join(" AND ");
            sets.push(format!("({same})"));
        }
        sets.join(" OR ")
    }

    /// All columns that are part of a key.
    pub fn all_keys(&self) -> BTreeSet<String> {
        let unique = self.unique.iter().flat_map(|unique| &unique.columns);
        let keys = unique.map(|column| &column.name).chain([&self.id]);
        keys.map(|n| quoted(n)).collect()
    }

    pub fn keys(&self) -> String {
        self.all_keys().into_iter().collect::<Vec<_>>().join(", ")
    }
}
