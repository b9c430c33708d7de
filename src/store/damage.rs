//! Whether a database is damaged.

use rusqlite::Connection;
use std::collections::BTreeSet;

/// Findings that a check is asked for: rows that break a rule are findings as well, and damage may stand behind many of them.
const FINDINGS: u32 = 10_000;

/// What `quick_check` or `integrity_check` finds wrong with a database: damage, and the rules of tables that rows break (a `CHECK` that somebody switched off).
///
/// # Errors
/// SQLite's.
pub(super) fn damage(
    c: &Connection,
    check: &str,
) -> rusqlite::Result<(Option<String>, BTreeSet<String>)> {
    let mut rules = BTreeSet::new();
    let mut found = c.prepare(&format!("PRAGMA {check}({FINDINGS})"))?;
    let mut found = found.query([])?;
    while let Some(row) = found.next()? {
        let text: String = row.get(0)?;
        if text.starts_with("CHECK constraint failed in ") || text.contains(" value in ") {
            rules.insert(text);
        } else if text != "ok" {
            return Ok((Some(text), rules));
        }
    }
    Ok((None, rules))
}
