//! Seats the parties, and has them order, call and ask for the bill.

use super::away::AWAY;
use super::parties::PARTIES;
use super::tickets::Seat;
use super::{card, floor};
use crate::db::{Error, Transaction, params};
use crate::demo::names::{HOUSE, MINUTE_MS};
use crate::domain::requests::{self, RequestKind};
use crate::domain::{Actor, Role};

/// Fills the house of the demo, whose people and first tables are there.
///
/// # Errors
/// [`Error::Store`]; a refusal is a mistake of this data.
pub fn seed(tx: &Transaction<'_>) -> Result<(), Error> {
    card::seed(tx)?;
    floor::seed(tx)?;
    for party in PARTIES {
        let table: i64 = tx.one(
            "SELECT id FROM tables WHERE restaurant_id = ?1 AND number = ?2",
            params![HOUSE, party.table],
            |row| row.get(0),
        )?;
        tx.execute(
            "INSERT INTO table_sessions(table_id, guests_count, waiter_id, opened_at) VALUES (?1, ?2, ?3, ?4)",
            params![table, party.guests, party.waiter, tx.now_ms() - party.minutes * MINUTE_MS],
        )?;
        let session: i64 = tx.one(
            "SELECT id FROM table_sessions WHERE table_id = ?1 AND closed_at IS NULL",
            params![table],
            |row| row.get(0),
        )?;
        let seat = Seat {
            table,
            session,
            waiter: party.waiter,
        };
        for ticket in party.tickets {
            ticket.place(tx, Some(&seat))?;
        }
        if party.table == "9" {
            let guest = Actor {
                session_id: Some(session),
                ..Actor::nobody(Role::Customer)
            };
            requests::ask(tx, &guest, session, RequestKind::CallWaiter, None)?;
        }
    }
    for ticket in AWAY {
        ticket.place(tx, None)?;
    }
    Ok(())
}
