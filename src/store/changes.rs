//! The change log: triggers, generated from the schema, that note every change of a watched table, whoever makes it.
//!
//! They run in the SQLite of whoever writes: a stock `sqlite3` shell has `foreign_keys` and `recursive_triggers` off and may be as old as 3.38. So they use
//! nothing newer, and do themselves what those pragmas would do:
//!
//! - `REPLACE` removes rows without firing their delete triggers. A `BEFORE` trigger notes the rows that may go (all that share a key with the new one); the
//!   `AFTER` trigger reports those that are gone. `OR IGNORE` and upserts keep the row, so their notes come to nothing and are wiped by the next `BEFORE`.
//! - `ON DELETE CASCADE` and `SET NULL` are done by `BEFORE DELETE` triggers of the parent, and fire the children's triggers.
//! - `version` rises and `updated_at` and the stamps are set where the statement did not; that repair is no change of its own.
//!
//! Limits: a unique index on an expression is not looked at by `REPLACE`; `ON UPDATE CASCADE` is left to SQLite (ids do not change here).

mod cascades;
mod image;
mod keys;
mod notes;
mod noting;
mod upkeep;

use crate::{Error, Watched};
use cascades::{Child, cascades, children, marked};
pub(crate) use image::Image;
use keys::unique_sets;
pub(crate) use notes::{Note, Notes, Shown};
pub(crate) use noting::Noting;
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// `seq` orders what waits, and may begin again once nothing does: numbers that are never given twice would cost each statement a second table.
pub(crate) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS change_log(
  seq INTEGER PRIMARY KEY, tbl TEXT NOT NULL, row_id INTEGER NOT NULL, op TEXT NOT NULL,
  old TEXT, new TEXT) STRICT;
CREATE INDEX IF NOT EXISTS change_log_gone ON change_log(tbl, row_id) WHERE op = 'd';
CREATE TABLE IF NOT EXISTS change_replaced(tbl TEXT NOT NULL, id INTEGER NOT NULL, old TEXT NOT NULL, version INTEGER, PRIMARY KEY(tbl, id)) STRICT, WITHOUT ROWID;";

/// `json_object` takes 127 arguments, and the id's place is kept free.
const MAX_COLUMNS: usize = 60;
/// What all our triggers' names begin with.
const PREFIX: &str = "maitred_";
/// The condition of all our triggers: so for everybody but the writer, whose connection reads this function as NULL wherever a trigger of ours calls it (see
/// [`Noting`]). So none calls it for anything else.
const LOUD: &str = "coalesce(1, 0)";
/// Milliseconds since 1970 in SQL that SQLite 3.38 knows.
const NOW: &str = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";

/// Makes the triggers of the watched tables. Those that stand are left alone, those that are not wanted any more are dropped.
pub(super) fn install(c: &Connection, watched: &[Watched]) -> Result<(), Error> {
    let mut wanted: BTreeMap<String, String> = BTreeMap::new();
    for w in watched {
        let table = Table::read(c, w)?;
        wanted.extend(table.triggers());
    }
    for (parent, statements) in cascades(c)? {
        let name = format!("{PREFIX}{parent}_bd");
        wanted.insert(
            name.clone(),
            format!(
                "CREATE TRIGGER {name} BEFORE DELETE ON {} BEGIN {} END",
                quoted(&parent),
                marked(&parent, &statements)
            ),
        );
    }
    let standing: Vec<(String, String)> = c
        .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, ?1) = ?2")?
        .query_map((PREFIX.len() as i64, PREFIX), |r| Ok((r.get(0)?, r.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (name, sql) in standing {
        if wanted.get(&name) == Some(&sql) {
            wanted.remove(&name);
        } else {
            c.execute_batch(&format!("DROP TRIGGER {}", quoted(&name)))?;
        }
    }
    for sql in wanted.values() {
        c.execute_batch(sql)?;
    }
    // An older version's, whose triggers looked into it.
    c.execute_batch("DROP TABLE IF EXISTS change_quiet")?;
    Ok(())
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// `'text'`
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Columns and what their values are, as a JSON object.
fn pairs<'c>(columns: impl IntoIterator<Item = &'c (&'c str, String)>) -> String {
    let members = columns
        .into_iter()
        .map(|(n, value)| format!("{}, {value}", literal(n)));
    format!("json_object({})", members.collect::<Vec<_>>().join(", "))
}

/// A watched table, as far as its triggers depend on it.
struct Table<'w> {
    watched: &'w Watched,
    id: String,
    /// Name and whether it holds bytes.
    columns: Vec<(String, bool)>,
    /// Sets of columns that are unique together, the id aside.
    unique: Vec<Vec<String>>,
    children: Vec<Child>,
}

impl<'w> Table<'w> {
    fn read(c: &Connection, watched: &'w Watched) -> Result<Self, Error> {
        let name = watched.table;
        let refuse = |why: &str| Err(Error::Config(format!("watched table {name:?}: {why}")));
        let all: Vec<(String, String, i64)> = c
            .prepare("SELECT name, upper(type), pk FROM pragma_table_info(?1)")?
            .query_map([name], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?
            .collect::<Result<_, _>>()?;
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
        Ok(Table {
            watched,
            id: id.clone(),
            unique: unique_sets(c, name)?,
            columns: all
                .iter()
                .map(|(n, kind, _)| (n.clone(), kind == "BLOB"))
                .collect(),
            children: children(c)?
                .into_iter()
                .filter(|child| child.parent == name)
                .collect(),
        })
    }

    fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|(n, _)| n == column)
    }

    /// The columns that are logged, each with what its value in `row` is logged as.
    fn logged(&self, row: &str) -> Vec<(&str, String)> {
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
    fn object(&self, row: &str) -> String {
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
    fn differences(&self, new: &str) -> String {
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

    fn version_of(&self, row: &str) -> String {
        if self.has("version") {
            format!("{row}.version")
        } else {
            "NULL".to_owned()
        }
    }

    /// Whether OLD and NEW differ in something that is told. The repair of version, time and stamps is not: it raises `version`, which no statement of a
    /// program does.
    fn differs(&self) -> String {
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
                " OR (OLD.version IS NEW.version AND ({}))",
                stamps.join(" OR ")
            );
        }
        when
    }

    /// What a statement left to us, after an update. A statement that sees to all of it itself is not followed by a second one.
    fn repair_update(&self) -> Option<String> {
        let (mut set, mut when) = (Vec::new(), Vec::new());
        if self.has("version") {
            set.push("version = max(version, OLD.version + 1)".to_owned());
            when.push("NEW.version <= OLD.version".to_owned());
        }
        if self.has("updated_at") {
            let left = "NEW.updated_at IS OLD.updated_at";
            set.push(format!(
                "updated_at = CASE WHEN {left} THEN {NOW} ELSE updated_at END"
            ));
            when.push(left.to_owned());
        }
        for s in self.watched.stamps {
            let (column, at, value) = (quoted(s.column), quoted(s.at), literal(s.value));
            let left = format!(
                "NEW.{column} IS {value} AND OLD.{column} IS NOT {value} AND NEW.{at} IS OLD.{at}"
            );
            set.push(format!("{at} = CASE WHEN {left} THEN {NOW} ELSE {at} END"));
            when.push(format!("({left})"));
        }
        let (table, id, when) = (
            quoted(self.watched.table),
            quoted(&self.id),
            when.join(" OR "),
        );
        (!set.is_empty()).then(|| {
            let set = set.join(", ");
            format!("UPDATE {table} SET {set} WHERE {id} = NEW.{id} AND ({when});")
        })
    }

    /// What a statement left to us, after an insert: stamps of the first state; and a replaced row's version, `old`, goes on. `any`: there may be one.
    fn repair_insert(&self, old: &str, any: &str) -> String {
        let (table, id) = (quoted(self.watched.table), quoted(&self.id));
        let mut out = String::new();
        if self.has("version") {
            let _ = write!(
                out,
                "UPDATE {table} SET version = {old} + 1 WHERE {id} = NEW.{id} AND version <= {old} AND {any};"
            );
        }
        if !self.watched.stamps.is_empty() {
            let mut set: Vec<String> = Vec::new();
            let mut when: Vec<String> = Vec::new();
            for s in self.watched.stamps {
                let (column, at, value) = (quoted(s.column), quoted(s.at), literal(s.value));
                set.push(format!("{at} = CASE WHEN NEW.{column} IS {value} AND NEW.{at} IS NULL THEN {NOW} ELSE {at} END"));
                when.push(format!("(NEW.{column} IS {value} AND NEW.{at} IS NULL)"));
            }
            if self.has("version") {
                // so that the repair is told from a change
                set.push("version = version + 1".to_owned());
            }
            let _ = write!(
                out,
                "UPDATE {table} SET {} WHERE {id} = NEW.{id} AND ({});",
                set.join(", "),
                when.join(" OR ")
            );
        }
        out
    }

    /// Rows `x` that the new one would replace.
    fn clashing(&self) -> String {
        let same = |n: &String| format!("x.{0} = NEW.{0}", quoted(n));
        let sets = std::iter::once(vec![self.id.clone()]).chain(self.unique.iter().cloned());
        let sets = sets.map(|set| set.iter().map(same).collect::<Vec<_>>().join(" AND "));
        let sets: Vec<String> = sets.map(|set| format!("({set})")).collect();
        sets.join(" OR ")
    }

    /// All columns that are part of a key.
    fn all_keys(&self) -> BTreeSet<String> {
        let keys = self.unique.iter().flatten().chain([&self.id]);
        keys.map(|n| quoted(n)).collect()
    }

    fn keys(&self) -> String {
        self.all_keys().into_iter().collect::<Vec<_>>().join(", ")
    }

    fn triggers(&self) -> Vec<(String, String)> {
        let (t, table, name, id) = (
            self.watched.table,
            quoted(self.watched.table),
            literal(self.watched.table),
            quoted(&self.id),
        );
        let wipe = format!("DELETE FROM change_replaced WHERE tbl = {name};");
        let noted = format!(
            "SELECT {name}, x.{id}, {}, {} FROM {table} x",
            self.object("x"),
            self.version_of("x")
        );
        let (clash, keys) = (self.clashing(), self.keys());
        let evicted = format!(
            "FROM change_replaced WHERE tbl = {name} AND id <> NEW.{id} AND NOT EXISTS(SELECT 1 FROM {table} y WHERE y.{id} = change_replaced.id)"
        );
        let orphans: String = self
            .children
            .iter()
            .map(|child| child.statement(&format!("IN (SELECT id {evicted})")))
            .collect();
        let gone = format!(
            "{orphans} INSERT INTO change_log(tbl, row_id, op, old) SELECT tbl, id, 'd', old {evicted};"
        );
        let log = "INSERT INTO change_log(tbl, row_id, op, old, new)";
        let old_version =
            format!("(SELECT version FROM change_replaced WHERE tbl = {name} AND id = NEW.{id})");
        let trigger = |suffix: &str, when: &str, body: &str| {
            let name = format!("{PREFIX}{t}_{suffix}");
            let sql = format!("CREATE TRIGGER {name} {when} BEGIN {body} END");
            (name, sql)
        };
        vec![
            trigger(
                "bi",
                &format!("BEFORE INSERT ON {table} WHEN {LOUD}"),
                &format!("{wipe} INSERT INTO change_replaced {noted} WHERE {clash};"),
            ),
            trigger(
                "ai",
                &format!("AFTER INSERT ON {table} WHEN {LOUD}"),
                &format!(
                    "{gone} {repair} {log} SELECT {name}, x.{id}, CASE WHEN r.id IS NULL THEN 'i' ELSE 'u' END, r.old, {new}
                     FROM {table} x LEFT JOIN change_replaced r ON r.tbl = {name} AND r.id = x.{id} WHERE x.{id} = NEW.{id}; {wipe}",
                    repair = self.repair_insert(&old_version, "1"),
                    new = self.object("x"),
                ),
            ),
            // only for statements that name a key: a status update pays for neither
            trigger(
                "bu",
                &format!("BEFORE UPDATE OF {keys} ON {table} WHEN {LOUD}"),
                &format!("{wipe} INSERT INTO change_replaced {noted} WHERE x.{id} <> OLD.{id} AND ({clash});"),
            ),
            trigger(
                "ak",
                &format!("AFTER UPDATE OF {keys} ON {table} WHEN {LOUD}"),
                &format!("{gone} {wipe}"),
            ),
            trigger(
                "au",
                &format!("AFTER UPDATE ON {table} WHEN {LOUD} AND ({})", self.differs()),
                &format!(
                    "{repair} {log} SELECT {name}, x.{id}, 'u', {old}, {new} FROM {table} x WHERE x.{id} = NEW.{id};",
                    repair = self.repair_update().unwrap_or_default(),
                    old = self.differences("x"),
                    new = self.object("x"),
                ),
            ),
            trigger(
                "ad",
                &format!("AFTER DELETE ON {table} WHEN {LOUD}"),
                &format!(
                    "DELETE FROM change_replaced WHERE tbl = {name} AND id = OLD.{id}; {log} SELECT {name}, OLD.{id}, 'd', {old}, NULL;",
                    old = self.object("OLD"),
                ),
            ),
        ]
    }
}

#[cfg(test)]
mod tests;
