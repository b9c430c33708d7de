//! PINs: who may try one, how often, and what a wrong one costs.
//!
//! A try is counted before it is looked at, and taken back when it was right: however many come at once, no more are looked at than are allowed. Everything is rows, so
//! that a restart gives nothing back.

use super::{Denial, Refusal, Role};
use crate::db::{Error, Reader, Row, Transaction, params};
use serde::{Deserialize, Serialize};

/// Wrong PINs of one account in a row, before it waits.
pub const OF_ACCOUNT: i64 = 10;
/// Wrong PINs from one device (or one address, or by one colleague): several people share it, so right ones between them take nothing off, but time does.
pub const OF_DEVICE: i64 = 30;
/// How soon one of those is forgotten, in milliseconds: people mistype some times a day, and who guesses gets 144 a day for all accounts together.
const FORGIVEN_MS: i64 = 600_000;
/// The first wait, in milliseconds. Each further wrong PIN makes it twice as long.
const LOCK_MS: i64 = 60_000;
/// The longest: some 24 guesses a day, of ten thousand PINs at least.
const LOCK_MAX_MS: i64 = 3_600_000;
/// What was tried longer ago than this is forgotten, in milliseconds: a day.
const REMEMBERED_MS: i64 = 24 * 3_600_000;

/// Who tries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// A device of the house.
    Device(i64),
    /// Somebody who is signed in.
    Colleague(i64),
    /// A demo's visitor.
    Address(String),
}

impl By {
    fn subject(&self) -> String {
        match self {
            By::Device(id) => format!("device:{id}"),
            By::Colleague(id) => format!("by:{id}"),
            By::Address(address) => format!("address:{address}"),
        }
    }
}

/// Whoever has a PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Their row in `users`.
    pub id: i64,
    /// The same, as other systems name it.
    pub uuid: String,
    /// What they are called.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// Where they work; `None`: everywhere.
    pub restaurant_id: Option<i64>,
    /// See [`passwords`](super::passwords).
    pub pin_hash: Option<String>,
    /// What their tokens must not be below.
    pub token_version: i64,
}

/// Somebody who is active and may sign in at this restaurant.
///
/// # Errors
/// [`Error::Store`].
pub fn holder(db: &Reader<'_>, id: i64, restaurant_id: i64) -> Result<Option<Holder>, Error> {
    fn read(row: &Row<'_>) -> Result<Option<Holder>, Error> {
        let Ok(role) = row.text(3)?.parse::<Role>() else {
            return Ok(None);
        };
        Ok(Some(Holder {
            id: row.get(0)?,
            uuid: row.get(1)?,
            name: row.get(2)?,
            role,
            restaurant_id: row.get(4)?,
            pin_hash: row.get(5)?,
            token_version: row.get(6)?,
        }))
    }
    let found = db.row(
        "SELECT id, uuid, name, role, restaurant_id, pin_hash, token_version FROM users
         WHERE id = ?1 AND is_active AND (restaurant_id = ?2 OR role = 'admin' AND restaurant_id IS NULL)
           AND role IN ('waiter', 'kitchen', 'driver', 'manager', 'admin')",
        params![id, restaurant_id],
        read,
    )?;
    Ok(found.flatten())
}

/// A try that may be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Try {
    /// Whose PIN it would be; `None`: nobody's, and it is wrong whatever it is.
    pub holder: Option<Holder>,
    /// After this one.
    pub attempts_left: i64,
}

/// One more try at somebody's PIN. It counts as a wrong one until [`right`] says that it was not.
///
/// # Errors
/// [`Denial::Locked`]: nothing is counted then.
pub fn attempt(
    tx: &Transaction<'_>,
    by: &By,
    account: i64,
    restaurant_id: i64,
) -> Result<Try, Error> {
    tx.execute(
        "DELETE FROM attempts WHERE last_at < ?1 AND coalesce(locked_until, 0) < ?2",
        params![tx.now_ms() - REMEMBERED_MS, tx.now_ms()],
    )?;
    let (user, device) = (format!("user:{account}"), by.subject());
    for subject in [&user, &device] {
        if let Some(retry_after_ms) = locked_ms(tx, subject)? {
            return Err(Denial::Locked { retry_after_ms }.into());
        }
    }
    let failures = count(tx, &user, OF_ACCOUNT, None)?;
    count(tx, &device, OF_DEVICE, Some(FORGIVEN_MS))?;
    Ok(Try {
        holder: holder(tx, account, restaurant_id)?,
        attempts_left: (OF_ACCOUNT - failures).max(0),
    })
}

/// How long this one waits, if it does. Longer than the longest is none of ours: the clock was set back.
fn locked_ms(tx: &Transaction<'_>, subject: &str) -> Result<Option<i64>, Error> {
    let until: Option<Option<i64>> = tx.row(
        "SELECT locked_until FROM attempts WHERE subject = ?1",
        params![subject],
        |row| row.get(0),
    )?;
    let left = until.flatten().map(|until| until - tx.now_ms());
    Ok(left.filter(|left| (1..=LOCK_MAX_MS).contains(left)))
}

/// Counts a failure, and says how many there are. One is forgotten in each `forgiven_ms`.
fn count(
    tx: &Transaction<'_>,
    subject: &str,
    limit: i64,
    forgiven_ms: Option<i64>,
) -> Result<i64, Error> {
    let now = tx.now_ms();
    let known: Option<(i64, i64, i64)> = tx.row(
        "SELECT failures, locks, last_at FROM attempts WHERE subject = ?1",
        params![subject],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let (before, locks, last_at) = known.unwrap_or((0, 0, now));
    let (left, locks, last_at) = match forgiven_ms {
        Some(each) => {
            let forgiven = (now - last_at).max(0) / each;
            match before - forgiven {
                // What has gone by towards the next one counts still.
                left if left > 0 => (left, locks, last_at + forgiven * each),
                _ => (0, 0, now),
            }
        }
        None => (before, locks, now),
    };
    let failures = left + 1;
    let locked = failures >= limit;
    let until = now + (LOCK_MS << locks.clamp(0, 6)).min(LOCK_MAX_MS);
    tx.execute(
        "INSERT INTO attempts(subject, failures, locks, locked_until, last_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT(subject) DO UPDATE SET failures = ?2, locks = ?3, locked_until = ?4, last_at = ?5",
        params![
            subject,
            failures,
            locks + i64::from(locked),
            Some(until).filter(|_| locked),
            last_at
        ],
    )?;
    Ok(failures)
}

/// The try was right: it does not count, and the account begins anew. Whoever tries does not, or one's own PIN would buy guesses at another's.
///
/// # Errors
/// [`Error::Store`].
pub fn right(tx: &Transaction<'_>, by: &By, account: i64) -> Result<(), Error> {
    forget(tx, account)?;
    tx.execute(
        "UPDATE attempts SET failures = max(failures - 1, 0), locks = CASE WHEN failures >= ?2 THEN max(locks - 1, 0) ELSE locks END, locked_until = NULL WHERE subject = ?1",
        params![by.subject(), OF_DEVICE],
    )?;
    Ok(())
}

/// Lets an account try again at once: it has a new PIN, or a manager says so.
///
/// # Errors
/// [`Error::Store`].
pub fn forget(tx: &Transaction<'_>, account: i64) -> Result<(), Error> {
    tx.execute(
        "DELETE FROM attempts WHERE subject = ?1",
        params![format!("user:{account}")],
    )?;
    Ok(())
}

/// A PIN as it may be: four to six digits.
///
/// # Errors
/// [`Refusal::Value`].
pub fn check(pin: &str) -> Result<(), Refusal> {
    match (4..=6).contains(&pin.len()) && pin.bytes().all(|digit| digit.is_ascii_digit()) {
        true => Ok(()),
        false => Err(Refusal::value("pin", "four to six digits")),
    }
}

/// Whoever allowed something, as it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Approver {
    pub id: i64,
    pub name: String,
}

/// Whether somebody may allow things at this restaurant, in the transaction of what is allowed.
///
/// # Errors
/// [`Denial::NotAManager`].
pub fn approver(tx: &Reader<'_>, id: i64, restaurant_id: i64) -> Result<Approver, Error> {
    let found = holder(tx, id, restaurant_id)?.filter(|holder| holder.role.manages());
    let found = found.ok_or(Denial::NotAManager)?;
    Ok(Approver {
        id: found.id,
        name: found.name,
    })
}
