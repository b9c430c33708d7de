//! The change log of our own statements: the same triggers, on the writer's connection alone, that call a function instead of writing JSON into a table.
//!
//! They are temporary, so no other program sees them, and a crash leaves nothing of them. On that connection those of the schema keep silent, because an
//! authorizer has their condition compiled as NULL.
//!
//! SQLite fires temporary triggers before those of the schema. So a change is noted before the changes that an application's own triggers make of it, as
//! it is logged before them: ours are newer there, and the newest fires first.

use super::keys::same;
use super::notes::Pad;
use super::table::Table;
use super::{Blueprint, Image, PREFIX, quoted, tables};
use crate::error::Error;
use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What the names of an application's triggers begin with that are for other programs only: see [`Schema::migrations`](crate::Schema::migrations).
const OTHERS: &str = "others_";

/// What the schema's own triggers write into.
const LOGS: [&str; 2] = ["change_log", "change_replaced"];

/// What our own statements change.
#[derive(Clone)]
pub(crate) struct Noting(Arc<Mutex<Pad>>);

impl Noting {
    /// Makes the triggers, for the life of the connection. `steady`: tables of which it is enough to know that something changed.
    pub fn install(c: &Connection, blueprint: &Blueprint, steady: &[&str]) -> Result<Self, Error> {
        let (tables, _) = tables(c, blueprint)?;
        let noting = Noting(Arc::new(Mutex::new(Pad::new(&tables))));
        noting.functions(c)?;
        silence(c)?;
        make(c, &tables, steady)?;
        Ok(noting)
    }

    /// Makes them anew, for tables that are not what they were. What was noted is forgotten.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn remake(
        &self,
        c: &Connection,
        blueprint: &Blueprint,
        steady: &[&str],
    ) -> Result<(), Error> {
        let (tables, _) = tables(c, blueprint)?;
        let standing: Vec<String> = c
            .prepare("SELECT name FROM temp.sqlite_schema WHERE type = 'trigger'")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for name in standing.iter().filter(|name| name.starts_with(PREFIX)) {
            c.execute_batch(&format!("DROP TRIGGER temp.{}", quoted(name)))?;
        }
        *self.pad() = Pad::new(&tables);
        make(c, &tables, steady)
    }

    /// Brings rows to what their notes say, after a statement.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn pay(&self, c: &Connection) -> Result<(), Error> {
        loop {
            // The lock is not held while it is written: triggers may change others.
            let due = self.pad().due();
            let Some((upkeep, table, id, values)) = due else {
                return Ok(());
            };
            if let Err(e) = upkeep[table].pay(c, id, &values) {
                self.pad().excuse(); // the command fails, and all of it is undone
                return Err(e);
            }
        }
    }

    /// Only ever held for a moment: never while a statement runs that might note something.
    pub fn pad(&self) -> MutexGuard<'_, Pad> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn functions(&self, c: &Connection) -> Result<(), Error> {
        self.function(c, "maitred_fresh", |pad, arguments| {
            pad.fresh(arguments.get(0)?);
            Ok(None)
        })?;
        self.function(c, "maitred_clash", |pad, arguments| {
            let table: usize = arguments.get(0)?;
            let row = Image::read(arguments, 3, pad.tables[table].columns.len());
            pad.clash(table, arguments.get(1)?, arguments.get(2)?, row);
            Ok(None)
        })?;
        self.function(c, "maitred_clashes", |pad, arguments| {
            Ok(Some(pad.clashing(arguments.get(0)?).count() as i64))
        })?;
        self.function(c, "maitred_evicted", |pad, arguments| {
            pad.evicted(arguments.get(0)?, arguments.get(1)?);
            Ok(None)
        })?;
        self.function(c, "maitred_inserted", |pad, arguments| {
            let table: usize = arguments.get(0)?;
            let row = Image::read(arguments, 2, pad.tables[table].columns.len());
            pad.inserted(table, arguments.get(1)?, row);
            Ok(None)
        })?;
        self.function(c, "maitred_updated", |pad, arguments| {
            let table: usize = arguments.get(0)?;
            let columns = pad.tables[table].columns.len();
            let (old, new) = Image::pair(arguments, 3, columns);
            pad.updated(table, arguments.get(1)?, arguments.get(2)?, old, new);
            Ok(None)
        })?;
        self.function(c, "maitred_deleted", |pad, arguments| {
            let table: usize = arguments.get(0)?;
            let row = Image::read(arguments, 2, pad.tables[table].columns.len());
            pad.deleted(table, arguments.get(1)?, row);
            Ok(None)
        })?;
        self.function(c, "maitred_unsteady", |pad, _| {
            pad.unsteady = true;
            Ok(None)
        })?;
        let noting = self.clone();
        c.create_scalar_function(
            "maitred_clashing",
            1,
            FunctionFlags::SQLITE_UTF8,
            move |arguments| {
                let table: usize = arguments.get(0)?;
                let ids: Vec<i64> = noting.pad().clashing(table).collect();
                Ok(format!("{ids:?}"))
            },
        )?;
        Ok(())
    }

    fn function(
        &self,
        c: &Connection,
        name: &str,
        f: impl Fn(&mut Pad, &Context<'_>) -> rusqlite::Result<Option<i64>> + Send + 'static,
    ) -> Result<(), Error> {
        let noting = self.clone();
        let call = move |arguments: &Context<'_>| f(&mut noting.pad(), arguments);
        // Any number of arguments: a table's columns.
        c.create_scalar_function(name, -1, FunctionFlags::SQLITE_UTF8, call)?;
        Ok(())
    }
}

fn make(c: &Connection, tables: &[Table<'_>], steady: &[&str]) -> Result<(), Error> {
    for (at, table) in tables.iter().enumerate() {
        c.execute_batch(&triggers(table, at))?;
    }
    for table in steady {
        for (suffix, event) in [("si", "INSERT"), ("su", "UPDATE"), ("sd", "DELETE")] {
            c.execute_batch(&format!(
                "CREATE TEMP TRIGGER {} AFTER {event} ON main.{} BEGIN SELECT maitred_unsteady(); END;",
                quoted(&format!("{PREFIX}{table}_{suffix}")),
                quoted(table)
            ))?;
        }
    }
    Ok(())
}

/// Has the schema's own triggers compiled with a condition that does not hold, and without what they would write into the log: SQLite makes and clears the
/// registers of a whole trigger for each row before it looks at the condition. The application's that are for [`OTHERS`] have the same condition.
fn silence(c: &Connection) -> Result<(), Error> {
    c.authorizer(Some(|context: AuthContext<'_>| {
        let named = |prefix| {
            let accessor = context.accessor;
            accessor.is_some_and(|name| name.starts_with(prefix))
        };
        let ours = named(PREFIX);
        match context.action {
            AuthAction::Function {
                function_name: "coalesce",
            } if ours || named(OTHERS) => Authorization::Ignore,
            AuthAction::Insert { table_name }
                if ours && LOGS.iter().any(|log| same(log, table_name)) =>
            {
                Authorization::Ignore
            }
            _ => Authorization::Allow,
        }
    }))?;
    Ok(())
}

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
    // Whether the change is told is seen when it is noted, but for what a note does not show.
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
