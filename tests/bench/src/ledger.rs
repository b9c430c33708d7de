//! The floor of status updates: as little as a committed update can cost that somebody may ask for later.

use crate::frame;
use rusqlite::{Connection, params};

/// Rows, and what happened to them.
pub struct Ledger {
    connection: Connection,
    last: u64,
}

impl Ledger {
    pub fn open(path: &str) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             CREATE TABLE orders(id INTEGER PRIMARY KEY, status TEXT NOT NULL, version INTEGER NOT NULL);
             CREATE TABLE events(seq INTEGER PRIMARY KEY, told TEXT NOT NULL, event TEXT NOT NULL);",
        )?;
        Ok(Ledger {
            connection,
            last: 0,
        })
    }

    /// Commits what one turn brought, and says each update's frame. What a client sends is the new status.
    pub fn commit(&mut self, updates: &[(u32, Vec<u8>)]) -> rusqlite::Result<Vec<Vec<u8>>> {
        let transaction = self.connection.transaction()?;
        let mut frames = Vec::with_capacity(updates.len());
        for (order, status) in updates {
            let status = String::from_utf8_lossy(status);
            transaction
                .prepare_cached(
                    "INSERT INTO orders VALUES(?1, ?2, 1) ON CONFLICT(id) DO UPDATE SET status = excluded.status, version = version + 1",
                )?
                .execute(params![order, status])?;
            self.last += 1;
            let event = format!(
                r#"{{"order":{order},"status":{status:?},"seq":{}}}"#,
                self.last
            );
            transaction
                .prepare_cached("INSERT INTO events VALUES(?1, ?2, ?3)")?
                .execute(params![self.last, order.to_string(), event])?;
            let mut framed = Vec::with_capacity(event.len() + 4);
            frame::server(frame::TEXT, event.as_bytes(), &mut framed);
            frames.push(framed);
        }
        transaction.commit()?;
        Ok(frames)
    }
}
