//! Words that all our triggers are made of.

/// What all our triggers' names begin with.
pub(super) const PREFIX: &str = "maitred_";
/// The condition of all our triggers: so for everybody but the writer, whose connection reads this function as NULL wherever a trigger of ours calls it (see
/// [`Buffered`](super::buffered::Buffered)). So none calls it for anything else.
pub(super) const LOUD: &str = "coalesce(1, 0)";
/// Milliseconds since 1970 in SQL that SQLite 3.38 knows.
pub(super) const NOW: &str = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";

pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// `'text'`
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
