//! The tables of the file, from the whole down to a namespace.

/// A table in which settings may stand. Of a setting that stands in several tables the greatest level counts, the nearest to the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// The file itself, which has only tables in it.
    File,
    /// `[limits]`: the whole process.
    Limits,
    /// `[defaults]`: every listener.
    Defaults,
    /// `[[listener]]`
    Listener,
    /// `[[listener.route]]`
    Route,
    /// `[[listener.route.namespace]]`: a part of a Socket.IO route.
    Namespace,
}

impl Level {
    /// The header of the table, as the file has it.
    pub(super) fn header(self) -> &'static str {
        match self {
            Level::File => "This file",
            Level::Limits => "[limits]",
            Level::Defaults => "[defaults]",
            Level::Listener => "[[listener]]",
            Level::Route => "[[listener.route]]",
            Level::Namespace => "[[listener.route.namespace]]",
        }
    }
}
