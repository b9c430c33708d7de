//! Tables of which it is enough to know that something changed: [`App::STEADY`](crate::App::STEADY).

use super::sql::{PREFIX, quoted};
use super::temporary::drop_all;
use crate::error::Error;
use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// What the names of their triggers end with, and what each fires after.
const EVENTS: [(&str, &str); 3] = [("_si", "INSERT"), ("_su", "UPDATE"), ("_sd", "DELETE")];

/// Whether the writer's statements changed a row of one. One thread sets and asks it.
pub(crate) struct Steady(Arc<AtomicBool>);

impl Steady {
    /// Makes the triggers, for the life of the connection.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn install(c: &Connection, tables: &[&str]) -> Result<Self, Error> {
        let changed = Arc::new(AtomicBool::new(false));
        let sees = changed.clone();
        let flags = FunctionFlags::SQLITE_UTF8;
        c.create_scalar_function("maitred_unsteady", -1, flags, move |_| {
            sees.store(true, Relaxed);
            Ok(None::<i64>)
        })?;
        make(c, tables)?;
        Ok(Steady(changed))
    }

    /// Makes the triggers anew, for tables that are not what they were.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn remake(&self, c: &Connection, tables: &[&str]) -> Result<(), Error> {
        drop_all(c, &EVENTS.map(|(suffix, _)| suffix))?;
        make(c, tables)
    }

    /// Whether one changed since this was asked last.
    pub fn changed(&self) -> bool {
        self.0.load(Relaxed) && self.0.swap(false, Relaxed)
    }
}

fn make(c: &Connection, tables: &[&str]) -> Result<(), Error> {
    for table in tables {
        for (suffix, event) in EVENTS {
            c.execute_batch(&format!(
                "CREATE TEMP TRIGGER {} AFTER {event} ON main.{} BEGIN SELECT maitred_unsteady(); END;",
                quoted(&format!("{PREFIX}{table}{suffix}")),
                quoted(table)
            ))?;
        }
    }
    Ok(())
}
