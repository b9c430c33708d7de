//! The triggers of other programs: what they note, and what they repair.

use super::cascades::Child;
use super::sql::{LOUD, NOW, PREFIX, literal, quoted};
use super::table::Table;
use std::fmt::Write;

impl Table<'_> {
    /// What a statement left to us, after an update. A statement that sees to all of it itself is not followed by a second one.
    fn repair_update(&self) -> Option<String> {
        let (mut set, mut when) = (Vec::new(), Vec::new());
        if self.has("version") {
            // A row that takes another one's id goes on from the later of the two.
            let (name, id) = (literal(self.watched.table), quoted(&self.id));
            let taken = format!(
                "CASE WHEN NEW.{id} IS OLD.{id} THEN OLD.version
                 ELSE max(OLD.version, ifnull((SELECT version FROM change_replaced WHERE tbl = {name} AND id = NEW.{id}), 0)) END"
            );
            set.push(format!("version = max(version, {taken} + 1)"));
            when.push(format!(
                "NEW.version <= OLD.version OR NEW.{id} IS NOT OLD.{id}"
            ));
        }
        if self.has("updated_at") {
            let left = "NEW.updated_at IS OLD.updated_at";
            set.push(format!(
                "updated_at = CASE WHEN {left} THEN {NOW} ELSE updated_at END"
            ));
            when.push(left.to_owned());
        }
        let mut stamped = Vec::new();
        for s in self.watched.stamps {
            let (column, at, value) = (quoted(s.column), quoted(s.at), literal(s.value));
            let left = format!(
                "(NEW.{column} IS {value} AND OLD.{column} IS NOT {value} AND NEW.{at} IS OLD.{at})"
            );
            set.push(format!("{at} = CASE WHEN {left} THEN {NOW} ELSE {at} END"));
            stamped.push(left);
        }
        when.extend_from_slice(&stamped);
        let (table, id) = (quoted(self.watched.table), quoted(&self.id));
        (!set.is_empty()).then(|| {
            let (set, when) = (set.join(", "), when.join(" OR "));
            let update = format!("UPDATE {table} SET {set} WHERE {id} = NEW.{id} AND ({when});");
            self.marked(&stamped.join(" OR "), &update)
        })
    }

    /// Where `stamped` holds a repair may set stamps and leave the version as it is, which would be told as a change of its own: after an insert always, after
    /// an update under `recursive_triggers`. So a mark says meanwhile that it is none. Made and unmade by an `INSERT`: those into this table the writer's connection
    /// leaves out, and no `OR IGNORE` of the statement has a say in it.
    fn marked(&self, stamped: &str, repair: &str) -> String {
        if stamped.is_empty() || !self.has("version") {
            return repair.to_owned();
        }
        let (id, mark) = (quoted(&self.id), self.mark());
        let set = |on: u8| {
            format!(
                "INSERT INTO change_replaced(tbl, id, old, version) SELECT {mark}, NEW.{id}, '', {on} WHERE {stamped} ON CONFLICT(tbl, id) DO UPDATE SET version = {on};"
            )
        };
        format!("{} {repair} {}", set(1), set(0))
    }

    /// What a statement left to us, after an insert: a replaced row's version goes on, and stamps of the first state. Those do not raise the version, or
    /// `INSERT ... RETURNING version` would not say what the row has.
    fn repair_insert(&self) -> String {
        let (table, id) = (quoted(self.watched.table), quoted(&self.id));
        let name = literal(self.watched.table);
        let mut out = String::new();
        if self.has("version") {
            let old = format!(
                "(SELECT version FROM change_replaced WHERE tbl = {name} AND id = NEW.{id})"
            );
            let _ = write!(
                out,
                "UPDATE {table} SET version = {old} + 1 WHERE {id} = NEW.{id} AND version <= {old};"
            );
        }
        let stamps = self.watched.stamps;
        if stamps.is_empty() {
            return out;
        }
        let (set, when): (Vec<_>, Vec<_>) = stamps
            .iter()
            .map(|s| {
                let (column, at, value) = (quoted(s.column), quoted(s.at), literal(s.value));
                let left = format!("NEW.{column} IS {value} AND NEW.{at} IS NULL");
                let set = format!("{at} = CASE WHEN {left} THEN {NOW} ELSE {at} END");
                (set, format!("({left})"))
            })
            .unzip();
        let (set, when) = (set.join(", "), when.join(" OR "));
        let update = format!("UPDATE {table} SET {set} WHERE {id} = NEW.{id} AND ({when});");
        out += &self.marked(&when, &update);
        out
    }

    /// What happens to children of rows that went for another one's sake: those that `FROM evicted` has.
    fn orphans(&self, children: &[Child], evicted: &str) -> String {
        let mut out = String::new();
        for child in children {
            if child.refers_to(&self.id) {
                out += &child.of_ids(&format!("SELECT id {evicted}"), "1");
            } else {
                let statement = child.of_images(evicted, |column| self.told_key(column));
                out += &statement.unwrap_or_default();
            }
        }
        out
    }

    /// Name and SQL of each.
    pub fn triggers(&self) -> Vec<(String, String)> {
        let (t, table, name, id) = (
            self.watched.table,
            quoted(self.watched.table),
            literal(self.watched.table),
            quoted(&self.id),
        );
        let wipe = match self.watched.stamps {
            [] => format!("DELETE FROM change_replaced WHERE tbl = {name};"),
            _ => format!(
                "DELETE FROM change_replaced WHERE tbl IN ({name}, {});",
                self.mark()
            ),
        };
        let noted = format!(
            "SELECT {name}, x.{id}, {}, {} FROM {table} x",
            self.object("x"),
            self.version_of("x")
        );
        let (clash, keys) = (self.clashing(), self.keys());
        // What was deleted was told by its own trigger, and is only here for its version.
        let evicted = format!(
            "FROM change_replaced WHERE tbl = {name} AND old <> '' AND id <> NEW.{id} AND NOT EXISTS(SELECT 1 FROM {table} y WHERE y.{id} = change_replaced.id)"
        );
        let orphans = self.orphans(&self.children, &evicted);
        let gone = format!(
            "{orphans} INSERT INTO change_log(tbl, row_id, op, old) SELECT tbl, id, 'd', old {evicted};"
        );
        let log = "INSERT INTO change_log(tbl, row_id, op, old, new)";
        let trigger = |suffix: &str, when: &str, body: &str| {
            let name = format!("{PREFIX}{t}_{suffix}");
            let sql = format!("CREATE TRIGGER {} {when} BEGIN {body} END", quoted(&name));
            (name, sql)
        };
        let mut all = vec![
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
                     FROM {table} x LEFT JOIN change_replaced r ON r.tbl = {name} AND r.id = x.{id} AND r.old <> '' WHERE x.{id} = NEW.{id}; {wipe}",
                    repair = self.repair_insert(),
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
                    "UPDATE change_replaced SET old = '' WHERE tbl = {name} AND id = OLD.{id}; {log} SELECT {name}, OLD.{id}, 'd', {old}, NULL;",
                    old = self.object("OLD"),
                ),
            ),
        ];
        // In triggers of their own, which SQLite writes anew when a stranger renames a table. They fire before the others, which forget what went.
        let orphans = self.orphans(&self.strangers, &evicted);
        if !orphans.is_empty() {
            let insert = format!("AFTER INSERT ON {table} WHEN {LOUD}");
            let update = format!("AFTER UPDATE OF {keys} ON {table} WHEN {LOUD}");
            all.push(trigger("ni", &insert, &orphans));
            all.push(trigger("nk", &update, &orphans));
        }
        all
    }
}
