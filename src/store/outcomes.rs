//! The outcome of a command with an id is stored in the transaction of its effect: the same id from the same actor gets it again, and nothing happens twice.

use super::batch::Turn;
use super::{Transaction, caught};
use crate::{ClientError, Error, Kind};
use rusqlite::{Connection, OptionalExtension};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub(super) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS command_outcome(
  scope TEXT NOT NULL, key TEXT NOT NULL, fingerprint INTEGER NOT NULL, outcome TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY(scope, key)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS command_outcome_at ON command_outcome(at);";

/// Who wants something done, and under which id.
///
/// A command without an id runs each time. One with an id runs once: its outcome, also a refusal, is stored with its effect and given again to whoever
/// sends the same id in the same scope. An internal failure is not stored: it may be tried again.
#[derive(Debug, Clone, Default)]
pub struct Command {
    /// Recorded with each change ([`Change::actor`](crate::Change)).
    pub actor: Option<String>,
    /// The client's own id of this command.
    pub id: Option<CommandId>,
    /// The shard that waits for the answer.
    pub(crate) shard: Option<usize>,
}

impl Command {
    /// A command of an actor.
    pub fn by(actor: Option<String>) -> Self {
        Command {
            actor,
            ..Command::default()
        }
    }

    /// With an id of its own.
    pub fn with_id(mut self, id: Option<CommandId>) -> Self {
        self.id = id;
        self
    }
}

/// A client's id of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandId {
    /// Ids of different scopes are different: one for each actor.
    pub scope: String,
    /// What the client chose.
    pub key: String,
    /// Of the command's content. Another content under the same id is refused with `IDEMPOTENCY_CONFLICT`.
    pub fingerprint: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stored<T> {
    Done(T),
    Refused(ClientError),
}

impl<T> Stored<T> {
    fn into_result(self) -> Result<T, Error> {
        match self {
            Stored::Done(value) => Ok(value),
            Stored::Refused(error) => Err(Error::Client(error)),
        }
    }
}

/// Runs a command in its savepoint. `Err`: roll it back. `Ok(Err)`: a refusal that is stored; its effect is rolled back here.
pub(super) fn run<T: Serialize + DeserializeOwned>(
    turn: &Turn<'_>,
    command: &Command,
    f: impl FnOnce(&Transaction<'_>) -> Result<T, Error>,
) -> Result<Result<T, Error>, Error> {
    let c = turn.connection;
    set_context(c, command)?;
    let tx = Transaction::new(c, turn.now_ms);
    let Some(id) = &command.id else {
        return caught(|| f(&tx)).map(Ok);
    };
    if let Some(stored) = look_up::<T>(c, id)? {
        return Ok(stored.into_result());
    }
    c.prepare_cached("SAVEPOINT effect")?.execute([])?;
    let stored = match caught(|| f(&tx)) {
        Ok(value) => Stored::Done(value),
        Err(Error::Client(error)) => {
            c.prepare_cached("ROLLBACK TO effect")?.execute([])?;
            Stored::Refused(error)
        }
        Err(error) => return Err(error),
    };
    c.prepare_cached("RELEASE effect")?.execute([])?;
    c.prepare_cached("INSERT INTO command_outcome(scope, key, fingerprint, outcome, at) VALUES(?1, ?2, ?3, ?4, ?5)")?
        .execute((&id.scope, &id.key, id.fingerprint as i64, serde_json::to_string(&stored)?, turn.now_ms))?;
    Ok(stored.into_result())
}

fn look_up<T: DeserializeOwned>(
    c: &Connection,
    id: &CommandId,
) -> Result<Option<Stored<T>>, Error> {
    let found: Option<(i64, String)> = c
        .prepare_cached(
            "SELECT fingerprint, outcome FROM command_outcome WHERE scope = ?1 AND key = ?2",
        )?
        .query_row((&id.scope, &id.key), |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()?;
    let Some((fingerprint, outcome)) = found else {
        return Ok(None);
    };
    let conflict = || {
        Error::client(
            Kind::Conflict,
            "IDEMPOTENCY_CONFLICT",
            "this id was used for another command",
        )
    };
    if fingerprint != id.fingerprint as i64 {
        return Err(conflict());
    }
    serde_json::from_str(&outcome)
        .map(Some)
        .map_err(|_| conflict())
}

/// What the change log's triggers note beside each change.
fn set_context(c: &Connection, command: &Command) -> Result<(), Error> {
    c.prepare_cached("UPDATE change_context SET actor = ?1, command_id = ?2 WHERE actor IS NOT ?1 OR command_id IS NOT ?2")?
        .execute((&command.actor, command.id.as_ref().map(|id| &id.key)))?;
    Ok(())
}

/// Before the commit: another program must not act in our name.
pub(super) fn clear_context(c: &Connection) -> Result<(), Error> {
    c.prepare_cached("UPDATE change_context SET actor = NULL, command_id = NULL WHERE actor IS NOT NULL OR command_id IS NOT NULL")?.execute([])?;
    Ok(())
}

/// Whether [`prune`] would find something.
pub(super) fn prunable(c: &Connection, before_ms: i64) -> Result<bool, Error> {
    Ok(
        c.prepare_cached("SELECT EXISTS(SELECT 1 FROM command_outcome WHERE at < ?1)")?
            .query_row([before_ms], |r| r.get(0))?,
    )
}

/// Forgets outcomes that are older than `before_ms`, at most `limit` of them. Says how many.
pub(super) fn prune(c: &Connection, before_ms: i64, limit: usize) -> Result<usize, Error> {
    Ok(c.prepare_cached("DELETE FROM command_outcome WHERE (scope, key) IN (SELECT scope, key FROM command_outcome WHERE at < ?1 LIMIT ?2)")?
        .execute((before_ms, limit as i64))?)
}
