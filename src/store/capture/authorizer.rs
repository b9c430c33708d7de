//! Which triggers do nothing on the writer's connection.

use super::keys::same;
use super::sql::PREFIX;
use crate::error::Error;
use crate::store::memo::Reading;
use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

/// What the names of an application's triggers begin with that are for other programs only: see [`Schema::migrations`](crate::Schema::migrations).
const OTHERS: &str = "others_";

/// The tables that the schema's own triggers write into.
const LOGS: [&str; 2] = ["change_log", "change_replaced"];

/// Has triggers of the schema that are for other programs compiled with a condition that does not hold: the application's that are for [`OTHERS`], and, if the
/// writer's changes are captured without the log, the framework's. Those also without what they would write into the log, because SQLite makes and clears the
/// registers of a whole trigger for each row before it looks at the condition.
///
/// `quiet`: whether the framework's triggers keep silent too. A connection has one authorizer, so `reading` hears from this one what a statement looks at.
///
/// # Errors
/// [`Error::Store`].
pub(crate) fn silence(c: &Connection, reading: Reading, quiet: bool) -> Result<(), Error> {
    c.authorizer(Some(move |context: AuthContext<'_>| {
        reading.hear(&context);
        let named = |prefix| {
            let accessor = context.accessor;
            accessor.is_some_and(|name| name.starts_with(prefix))
        };
        let ours = quiet && named(PREFIX);
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
