//! What an application's database consists of.

use crate::error::Error;
use rusqlite::Connection;

/// An application's tables.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Schema {
    /// Says that a database is this application's: any number but 0.
    pub application_id: i32,
    /// The n-th (from 1) makes version n of version n - 1. What was released once is never edited.
    ///
    /// Each runs in one transaction with foreign keys off, and they are checked at its end. The triggers of the version before are still there: what
    /// a migration changes is announced, and one that drops a column of a watched table drops that table's triggers first (they are made anew).
    ///
    /// A trigger whose name begins with `others_` is for other programs: it does for a shell what the application's commands do by themselves. Its condition begins
    /// with `coalesce(1, 0)`, which the writer's connection reads as `NULL` there, so it costs a command next to nothing. It calls that function for nothing else.
    /// While rows go along with a row of `parent`, `EXISTS (SELECT 1 FROM change_replaced WHERE tbl = '>parent')`.
    ///
    /// At each start all of them are run on an empty database in memory too, to know what the tables and their triggers are to be: if another program takes a
    /// trigger, a column or a table away, it is missed. So none may count on rows that it did not make.
    pub migrations: &'static [&'static str],
}

impl Schema {
    /// Tables that these migrations make.
    pub const fn new(application_id: i32, migrations: &'static [&'static str]) -> Self {
        Schema {
            application_id,
            migrations,
        }
    }

    pub(crate) fn version(&self) -> u32 {
        self.migrations.len() as u32
    }

    /// Whether a database is this application's and of this version.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub(crate) fn fits(&self, c: &Connection) -> Result<bool, Error> {
        let pragma = |name: &str| c.pragma_query_value(None, name, |r| r.get::<_, i64>(0));
        let (id, version) = (pragma("application_id")?, pragma("user_version")?);
        Ok(id == i64::from(self.application_id) && version == i64::from(self.version()))
    }
}
