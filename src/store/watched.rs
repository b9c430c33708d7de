//! Which tables announce their changes, and what the store keeps up in their rows.

/// A table whose changes are announced. Triggers for it are generated from the schema.
///
/// The table has an `INTEGER PRIMARY KEY` (`id`) and at most 60 columns. If it has a column `version`, triggers raise it with each change that did
/// not; if it has `updated_at` (milliseconds), they set it likewise.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Watched {
    /// The table's name.
    pub table: &'static str,
    /// Columns that record when another column got a value: see [`Stamp`].
    pub stamps: &'static [Stamp],
    /// Columns that are left out of the change log, because they are secret (a password's hash). A change of such a column alone is still announced.
    pub secret: &'static [&'static str],
}

impl Watched {
    /// A table without stamps and secrets.
    pub const fn new(table: &'static str) -> Self {
        Watched {
            table,
            stamps: &[],
            secret: &[],
        }
    }

    /// Sets the columns that record when another column got a value.
    pub const fn stamps(self, stamps: &'static [Stamp]) -> Self {
        Watched { stamps, ..self }
    }

    /// Leaves columns out of the change log: see [`secret`](Self::secret).
    pub const fn hiding(self, secret: &'static [&'static str]) -> Self {
        Watched { secret, ..self }
    }
}

/// "When `column` became `value`, note the time in `at`", unless the statement set `at` itself.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Stamp {
    /// The column that is looked at.
    pub column: &'static str,
    /// The value it got.
    pub value: &'static str,
    /// The column that gets the time, in milliseconds since 1970-01-01 UTC.
    pub at: &'static str,
}

impl Stamp {
    /// When `column` became `value`, the time is noted in `at`.
    pub const fn new(column: &'static str, value: &'static str, at: &'static str) -> Self {
        Stamp { column, value, at }
    }
}
