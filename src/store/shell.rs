//! Another program with the database, for tests.

use rusqlite::Connection;
use std::ops::Deref;
use std::path::Path;
use std::time::Duration;

/// A shell: a connection of SQLite as anybody may have one.
pub(crate) struct Shell(Connection);

impl Shell {
    /// `patience`: how long it waits for whoever holds the database.
    pub fn open(path: &Path, patience: Duration) -> Self {
        let c = Connection::open(path).expect("a database");
        c.busy_timeout(patience).expect("set");
        Shell(c)
    }
}

impl Deref for Shell {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.0
    }
}

impl std::ops::DerefMut for Shell {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.0
    }
}
