//! What a row must not share with another one.

use crate::Error;
use rusqlite::Connection;

/// The column sets of a table's unique indexes. A partial index is taken whole: what is noted for nothing is still there afterwards, and not reported.
pub(super) fn unique_sets(c: &Connection, table: &str) -> Result<Vec<Vec<String>>, Error> {
    let indexes: Vec<String> = c
        .prepare("SELECT name FROM pragma_index_list(?1) WHERE \"unique\" = 1 AND origin <> 'pk' ORDER BY name")?
        .query_map([table], |r| r.get(0))?
        .collect::<Result<_, _>>()?;
    let mut sets = Vec::new();
    for index in indexes {
        let columns: Vec<Option<String>> = c
            .prepare("SELECT name FROM pragma_index_info(?1) ORDER BY seqno")?
            .query_map([index], |r| r.get(0))?
            .collect::<Result<_, _>>()?;
        // an expression has no name
        if let Some(set) = columns.into_iter().collect::<Option<Vec<String>>>() {
            sets.push(set);
        }
    }
    Ok(sets)
}
