//! What the simulated people did and heard, in numbers.

use std::fmt;

/// The account of a service.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Account {
    /// Orders at tables that were placed.
    pub at_tables: u64,
    /// Orders for delivery that were placed.
    pub delivered: u64,
    /// Requests that were sent twice, with the same key.
    pub repeated: u64,
    /// Commands that the server refused, because somebody else was first or things had changed: as in a real service.
    pub refused: u64,
    /// Commands that failed: the network, or an answer that makes no sense.
    pub failed: u64,
    /// Connections that ended and came back.
    pub came_back: u64,
    /// Clients that listened for the whole service.
    pub listeners: u64,
    /// Events with a number that they heard.
    pub heard: u64,
    /// Events that the log has for a client, and that it did not hear.
    pub lost: u64,
    /// Events that a client heard twice, and requests with one key that had two effects.
    pub doubled: u64,
    /// Events that a client heard after a later one.
    pub reordered: u64,
    /// Clients for which the log could not be read again.
    pub unread: u64,
}

impl Account {
    /// Whether everybody heard everything, once, in order, as far as that could be found out for everybody.
    pub fn is_whole(&self) -> bool {
        self.lost + self.doubled + self.reordered + self.unread == 0
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "rush: {} orders ({} at tables, {} for delivery), {} requests sent twice, {} refused, {} failed, {} connections came back",
            self.at_tables + self.delivered,
            self.at_tables,
            self.delivered,
            self.repeated,
            self.refused,
            self.failed,
            self.came_back
        )?;
        write!(
            f,
            "rush: {} clients heard {} events; against the log: lost {}, doubled {}, reordered {}",
            self.listeners, self.heard, self.lost, self.doubled, self.reordered
        )?;
        match self.unread {
            0 => Ok(()),
            n => write!(f, ", and {n} clients could not read the log again"),
        }
    }
}
