//! What became of commands that had an id: kept in the transaction of their effect, so that a repetition gets the same answer and does nothing.

use super::guarded;
use crate::{ClientError, Error, Kind};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// `n` is the order of arrival: old outcomes are removed from the front, whatever the clock did meanwhile.
pub(super) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS command_outcome(n INTEGER PRIMARY KEY, scope TEXT NOT NULL, key TEXT NOT NULL, fingerprint BLOB NOT NULL,
  refused INTEGER NOT NULL, outcome TEXT NOT NULL, at INTEGER NOT NULL, UNIQUE(scope, key)) STRICT;";

/// Names one command, so that its repetition is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandId {
    /// Whose keys these are: the actor and the kind of command. Two scopes never meet.
    pub scope: String,
    /// What the client chose.
    pub key: String,
    /// Of the command itself. The same key with another fingerprint is a client's mistake.
    pub fingerprint: [u8; 32],
}

impl CommandId {
    /// The id of a command whose text is `body`.
    pub fn new(scope: impl Into<String>, key: impl Into<String>, body: &[u8]) -> Self {
        CommandId {
            scope: scope.into(),
            key: key.into(),
            fingerprint: Sha256::digest(body).into(),
        }
    }
}

/// A result, and what is to be kept of it.
pub(super) struct Ran<T> {
    pub result: Result<T, Error>,
    pub record: Option<Record>,
}

impl<T> Ran<T> {
    pub fn unrecorded(result: Result<T, Error>) -> Self {
        Ran {
            result,
            record: None,
        }
    }
}

pub(super) struct Record {
    id: CommandId,
    refused: bool,
    outcome: String,
}

impl Record {
    pub fn store(&self, c: &Connection, now_ms: i64) -> Result<(), Error> {
        let Record {
            id,
            refused,
            outcome,
        } = self;
        c.prepare_cached("INSERT INTO command_outcome(scope, key, fingerprint, refused, outcome, at) VALUES(?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![id.scope, id.key, id.fingerprint, refused, outcome, now_ms])?;
        Ok(())
    }
}

/// Runs a command, unless its outcome is known. Called in the command's savepoint; an earlier command of the same batch counts already.
pub(super) fn once<T: Serialize + DeserializeOwned>(
    c: &Connection,
    id: Option<CommandId>,
    run: impl FnOnce() -> Result<T, Error>,
) -> Ran<T> {
    let Some(id) = id else {
        return Ran::unrecorded(guarded(run));
    };
    match known(c, &id) {
        Ok(None) => {}
        Ok(Some(result)) => return Ran::unrecorded(result),
        Err(e) => return Ran::unrecorded(Err(e)),
    }
    let result = guarded(run);
    let kept = match &result {
        Ok(value) => guarded(|| Ok(serde_json::to_string(value)?)).map(Some),
        Err(Error::Client(e)) if !transient(e.kind) => {
            serde_json::to_string(e).map(Some).map_err(Error::from)
        }
        Err(_) => Ok(None),
    };
    match kept {
        Ok(outcome) => Ran {
            record: outcome.map(|outcome| Record {
                id,
                refused: result.is_err(),
                outcome,
            }),
            result,
        },
        // What cannot be kept must not happen: the repetition would do it again.
        Err(e) => Ran::unrecorded(Err(e)),
    }
}

/// Refusals that the same command is meant to overcome.
fn transient(kind: Kind) -> bool {
    matches!(kind, Kind::Busy | Kind::RateLimited | Kind::Unauthenticated)
}

fn known<T: DeserializeOwned>(
    c: &Connection,
    id: &CommandId,
) -> Result<Option<Result<T, Error>>, Error> {
    let stored: Option<([u8; 32], bool, String)> = c
        .prepare_cached(
            "SELECT fingerprint, refused, outcome FROM command_outcome WHERE scope = ?1 AND key = ?2",
        )?
        .query_row(params![id.scope, id.key], |r| {
            Ok((r.get(0)?, r.get(1)?, r.get(2)?))
        })
        .optional()?;
    Ok(match stored {
        None => None,
        Some((fingerprint, _, _)) if fingerprint != id.fingerprint => Some(Err(Error::client(
            Kind::Conflict,
            "IDEMPOTENCY_CONFLICT",
            "this id was used for another command",
        ))),
        Some((_, true, refusal)) => {
            Some(Err(serde_json::from_str::<ClientError>(&refusal)?.into()))
        }
        Some((_, false, value)) => Some(Ok(serde_json::from_str(&value)?)),
    })
}

/// Removes outcomes from the front that are older than `before_ms`, at most `step` of them. Says whether there may be more. One statement: a
/// transaction of its own.
pub(super) fn prune(c: &Connection, before_ms: i64, step: usize) -> Result<bool, Error> {
    let old: Vec<i64> = c
        .prepare_cached("SELECT n, at FROM command_outcome ORDER BY n LIMIT ?1")?
        .query_and_then([step], |r| {
            Ok::<(i64, i64), rusqlite::Error>((r.get(0)?, r.get(1)?))
        })?
        .take_while(|row| row.as_ref().is_ok_and(|(_, at)| *at < before_ms))
        .map(|row| row.map(|(n, _)| n))
        .collect::<Result<_, _>>()?;
    let Some(last) = old.last() else {
        return Ok(false);
    };
    c.prepare_cached("DELETE FROM command_outcome WHERE n <= ?1")?
        .execute([last])?;
    Ok(old.len() == step)
}
