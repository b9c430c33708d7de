//! Which tables a statement looks at, as SQLite tells the authorizer when it prepares one.

use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, AuthContext};
use std::sync::{Arc, Mutex, PoisonError};

/// Functions whose result depends on more than rows.
const IMPURE: &[&str] = &[
    "changes",
    "current_date",
    "current_time",
    "current_timestamp",
    "date",
    "datetime",
    "julianday",
    "last_insert_rowid",
    "random",
    "randomblob",
    "strftime",
    "time",
    "timediff",
    "total_changes",
    "unixepoch",
];

/// Functions that stand where a table does, and read none.
const TABLE_FUNCTIONS: &[&str] = &["json_each", "json_tree"];

/// What a statement looks at.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Looked {
    /// Tables and columns; an empty column where only rows are counted.
    pub columns: Vec<(String, String)>,
    /// It depends on something that is no row of the database, or changes one.
    pub impure: bool,
}

/// Listens to the authorizer of a connection while it prepares a statement. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Reading(Arc<Mutex<Option<Looked>>>);

impl Reading {
    /// For the authorizer: it calls this with all that it is asked.
    pub fn hear(&self, context: &AuthContext<'_>) {
        // one thread: it is free, and nobody listens most of the time
        let mut listening = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(looked) = listening.as_mut() else {
            return;
        };
        match context.action {
            AuthAction::Read {
                table_name,
                column_name,
            } => {
                if TABLE_FUNCTIONS.contains(&table_name) {
                    return;
                }
                looked.impure |= context.database_name.is_some_and(|name| name != "main");
                let column = (table_name.to_owned(), column_name.to_owned());
                if !looked.columns.contains(&column) {
                    looked.columns.push(column);
                }
            }
            AuthAction::Function { function_name } => {
                let name = function_name.to_ascii_lowercase();
                looked.impure |= IMPURE.contains(&name.as_str());
            }
            AuthAction::Select | AuthAction::Recursive => {}
            _ => looked.impure = true,
        }
    }

    /// Prepares `sql` once more than necessary, to hear what it looks at.
    pub(super) fn look(&self, c: &Connection, sql: &str) -> Looked {
        let set = |to| {
            let mut listening = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *listening, to)
        };
        set(Some(Looked::default()));
        let prepared = c.prepare(sql).is_ok();
        let mut looked = set(None).unwrap_or_default();
        looked.impure |= !prepared;
        looked
    }
}
