//! What became of commands that had an id: kept in the transaction of their effect, so that a repetition gets the same answer and does nothing.

use super::guarded::guarded;
use crate::error::{ClientError, Error, Kind};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::time::Duration;

/// `n` is the order of arrival: old outcomes are removed from the front, whatever the clock did meanwhile.
pub(super) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS command_outcome(n INTEGER PRIMARY KEY, scope TEXT NOT NULL, key TEXT NOT NULL, fingerprint BLOB NOT NULL,
  refused INTEGER NOT NULL, outcome TEXT NOT NULL, at INTEGER NOT NULL, as_of INTEGER, UNIQUE(scope, key)) STRICT;";

/// Brings the table of an earlier release up to date, whose outcomes do not say as of which event they were.
///
/// # Errors
/// The database's.
pub(super) fn upgrade(c: &Connection) -> Result<(), Error> {
    let known =
        "SELECT EXISTS (SELECT 1 FROM pragma_table_info('command_outcome') WHERE name = 'as_of')";
    if !c.query_row(known, [], |row| row.get::<_, bool>(0))? {
        c.execute_batch("ALTER TABLE command_outcome ADD COLUMN as_of INTEGER")?;
    }
    Ok(())
}

/// Names one command, so that its repetition is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// Whose keys these are. The same key in two scopes is two keys.
    pub scope: String,
    /// The id that the client chose.
    pub key: String,
    /// A digest of the command and of what it is addressed to. The same key with another fingerprint is a client's mistake.
    pub fingerprint: [u8; 32],
    former: Option<Former>,
    /// How long the outcome counts. `None`: as long as the store keeps outcomes.
    lifetime: Option<Duration>,
}

/// How an earlier release named the same command.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Former {
    /// The scope of that time. `None`: the same scope.
    scope: Option<String>,
    fingerprint: [u8; 32],
}

impl IdempotencyKey {
    /// The key of a command. `body` is everything that tells this command from any other: what it is addressed to, what it asks for, with which values.
    pub fn new(scope: impl Into<String>, key: impl Into<String>, body: &[u8]) -> Self {
        IdempotencyKey {
            scope: scope.into(),
            key: key.into(),
            fingerprint: Sha256::digest(body).into(),
            former: None,
            lifetime: None,
        }
    }

    /// Has the outcome count for this long, if that is shorter than the store keeps outcomes. Afterwards the key is new. By the time of day.
    #[must_use]
    pub fn for_at_most(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }

    /// Adds what an earlier release passed to [`new`](Self::new), if it named commands differently: a retry that crosses the upgrade finds its outcome
    /// under that name, and is not run a second time. `body` must not begin as that of a new name could: else a new name may be taken for an old one.
    #[must_use]
    pub fn formerly(mut self, scope: impl Into<String>, body: &[u8]) -> Self {
        let scope = Some(scope.into()).filter(|scope| *scope != self.scope);
        let fingerprint = Sha256::digest(body).into();
        self.former = Some(Former { scope, fingerprint });
        self
    }

    /// The id of a frame to a channel, by whomever. `event` is that of Socket.IO where `body` does not name it, or empty.
    ///
    /// Until December 2026 the fingerprint was the digest of `body` alone. One of two digests in each other is no digest of a frame, so what matches the former one
    /// was stored before that. Such outcomes are gone 72 hours after an upgrade.
    pub(crate) fn addressed(
        channel: Channel,
        key: impl Into<String>,
        body: &[u8],
        event: &str,
    ) -> Self {
        let former = Sha256::digest(body);
        let fingerprint = Sha256::new()
            .chain_update(channel.0.to_be_bytes())
            .chain_update(former)
            .chain_update(event);
        IdempotencyKey {
            scope: String::new(),
            key: key.into(),
            fingerprint: fingerprint.finalize().into(),
            former: Some(Former {
                scope: None,
                fingerprint: former.into(),
            }),
            lifetime: None,
        }
    }

    /// What was stored before this does not count any more.
    fn since_ms(&self, now_ms: i64) -> i64 {
        let lifetime = |lifetime: Duration| i64::try_from(lifetime.as_millis()).ok();
        let lifetime = self.lifetime.and_then(lifetime);
        lifetime.map_or(i64::MIN, |ms| now_ms.saturating_sub(ms))
    }

    fn is(&self, fingerprint: &[u8; 32]) -> bool {
        let of_before =
            |former: &Former| former.scope.is_none() && former.fingerprint == *fingerprint;
        self.fingerprint == *fingerprint || self.former.as_ref().is_some_and(of_before)
    }
}

/// What a frame is addressed to: a consumer, and the parameters of its path. The same in every process, because outcomes outlive one. Whoever finds two
/// channels with one number confuses their own commands only: a scope is one client's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Channel(u64);

impl Channel {
    /// FNV-1a, which costs a handshake next to nothing.
    pub fn new<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> Self {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut add = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        for part in parts {
            // with its length, so that no two lists of parts look the same
            (part.len() as u64)
                .to_be_bytes()
                .into_iter()
                .for_each(&mut add);
            part.iter().copied().for_each(&mut add);
        }
        Channel(hash)
    }
}

/// A result, and what is to be kept of it.
pub(super) struct Ran<T> {
    pub result: Result<T, Error>,
    pub record: Option<Record>,
    /// Of a repetition: as of which event the first one was done, where that was stored.
    pub as_of: Option<u64>,
}

impl<T> Ran<T> {
    pub fn unrecorded(result: Result<T, Error>) -> Self {
        Ran {
            result,
            record: None,
            as_of: None,
        }
    }
}

pub(super) struct Record {
    id: IdempotencyKey,
    refused: bool,
    outcome: String,
}

impl Record {
    /// In the place of one that did not count any more: as the newest, so that old ones stay in front.
    pub fn store(&self, c: &Connection, now_ms: i64, as_of: u64) -> Result<(), Error> {
        let Record {
            id,
            refused,
            outcome,
        } = self;
        c.prepare_cached("INSERT OR REPLACE INTO command_outcome(scope, key, fingerprint, refused, outcome, at, as_of) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
            .execute(params![id.scope, id.key, id.fingerprint, refused, outcome, now_ms, as_of])?;
        Ok(())
    }
}

/// Runs a command, unless its outcome is known. Called in the command's savepoint; an earlier command of the same batch counts already.
pub(super) fn once<T: Serialize + DeserializeOwned>(
    c: &Connection,
    id: Option<IdempotencyKey>,
    now_ms: i64,
    run: impl FnOnce() -> Result<T, Error>,
) -> Ran<T> {
    let Some(id) = id else {
        return Ran::unrecorded(guarded(run));
    };
    match known(c, &id, now_ms) {
        Ok(None) => {}
        Ok(Some((result, as_of))) => {
            return Ran {
                as_of,
                ..Ran::unrecorded(result)
            };
        }
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
            as_of: None,
        },
        // What cannot be kept must not happen: the repetition would do it again.
        Err(e) => Ran::unrecorded(Err(e)),
    }
}

/// Refusals that the same command is meant to overcome.
fn transient(kind: Kind) -> bool {
    matches!(kind, Kind::Busy | Kind::RateLimited | Kind::Unauthenticated)
}

/// Whether it was a refusal, the outcome's text, and as of which event it was.
type Outcome = (bool, String, Option<u64>);

/// What a command's first run led to, and as of which event.
type Known<T> = (Result<T, Error>, Option<u64>);

fn known<T: DeserializeOwned>(
    c: &Connection,
    id: &IdempotencyKey,
    now_ms: i64,
) -> Result<Option<Known<T>>, Error> {
    let found = match stored(c, id, &id.scope, now_ms)? {
        Some((fingerprint, outcome)) if id.is(&fingerprint) => Some(outcome),
        Some(_) => {
            let text = "this id was used for another command";
            let conflict = Error::client(Kind::Conflict, "IDEMPOTENCY_CONFLICT", text);
            return Ok(Some((Err(conflict), None)));
        }
        None => of_before(c, id, now_ms)?,
    };
    Ok(match found {
        None => None,
        Some((true, refusal, as_of)) => {
            let refusal: ClientError = serde_json::from_str(&refusal)?;
            Some((Err(refusal.into()), as_of))
        }
        Some((false, value, as_of)) => Some((Ok(serde_json::from_str(&value)?), as_of)),
    })
}

/// What an earlier release stored in a scope that this one would not. Others had it too: only the same command counts.
fn of_before(c: &Connection, id: &IdempotencyKey, now_ms: i64) -> Result<Option<Outcome>, Error> {
    let Some(Former {
        scope: Some(scope),
        fingerprint: former,
    }) = &id.former
    else {
        return Ok(None);
    };
    let found = stored(c, id, scope, now_ms)?;
    let same = found.filter(|(fingerprint, _)| fingerprint == former);
    Ok(same.map(|(_, outcome)| outcome))
}

fn stored(
    c: &Connection,
    id: &IdempotencyKey,
    scope: &str,
    now_ms: i64,
) -> Result<Option<([u8; 32], Outcome)>, Error> {
    let found = c
        .prepare_cached(
            "SELECT fingerprint, refused, outcome, as_of FROM command_outcome WHERE scope = ?1 AND key = ?2 AND at >= ?3",
        )?
        .query_row(params![scope, id.key, id.since_ms(now_ms)], |r| {
            Ok((r.get(0)?, (r.get(1)?, r.get(2)?, r.get(3)?)))
        })
        .optional()?;
    Ok(found)
}

/// Forgets all outcomes of a scope.
pub(crate) fn forget(c: &Connection, scope: &str) -> Result<(), Error> {
    c.prepare_cached("DELETE FROM command_outcome WHERE scope = ?1")?
        .execute([scope])?;
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::clock::Clock;
    use crate::store::time::now_ms;

    fn now() -> i64 {
        now_ms(&Clock::system())
    }

    fn database() -> Connection {
        let c = Connection::open_in_memory().expect("a database");
        c.execute_batch(TABLES).expect("a table");
        c
    }

    /// Runs it, or finds what became of it: `made` is what it would come to now.
    fn run(c: &Connection, id: &IdempotencyKey, made: i64) -> Result<i64, String> {
        let ran = once(c, Some(id.clone()), now(), || Ok(made));
        if let Some(record) = &ran.record {
            record.store(c, 0, 1).expect("stored");
        }
        ran.result.map_err(|e| e.into_client().code.into_owned())
    }

    fn to(channel: &[u8], body: &[u8]) -> IdempotencyKey {
        IdempotencyKey {
            scope: "mia".into(),
            ..IdempotencyKey::addressed(Channel::new([channel]), "a", body, "")
        }
    }

    #[test]
    fn a_table_of_an_earlier_release_gets_the_column_and_keeps_its_rows() {
        let c = Connection::open_in_memory().expect("a database");
        c.execute_batch(&TABLES.replace(" as_of INTEGER,", ""))
            .expect("a table");
        let id = IdempotencyKey::new("mia", "a", b"x");
        let insert = "INSERT INTO command_outcome(scope, key, fingerprint, refused, outcome, at) VALUES('mia', 'a', ?1, 0, '7', 0)";
        c.execute(insert, params![id.fingerprint]).expect("stored");
        upgrade(&c).expect("upgraded");
        upgrade(&c).expect("once more changes nothing");
        let again = once(&c, Some(id), now(), || Ok(8));
        assert_eq!((again.result.ok(), again.as_of), (Some(7), None));
    }

    #[test]
    fn a_repetition_says_as_of_which_event_it_was_done_first() {
        let c = database();
        let id = || IdempotencyKey::new("mia", "a", b"x");
        let first = once(&c, Some(id()), now(), || Ok(7));
        assert_eq!(first.as_of, None, "its writer knows");
        let record = first.record.expect("kept");
        record.store(&c, now(), 812).expect("stored");
        assert_eq!(once(&c, Some(id()), now(), || Ok(8)).as_of, Some(812));
    }

    #[test]
    fn one_id_is_one_command_to_one_channel() {
        let c = database();
        assert_eq!(run(&c, &to(b"table 7", b"occupy"), 7), Ok(7));
        assert_eq!(run(&c, &to(b"table 7", b"occupy"), 8), Ok(7));
        for other in [to(b"table 8", b"occupy"), to(b"table 7", b"release")] {
            assert_eq!(run(&c, &other, 8), Err("IDEMPOTENCY_CONFLICT".into()));
        }
        let parts = |parts: &[&[u8]]| Channel::new(parts.iter().copied());
        assert_ne!(parts(&[b"a", b"bc"]), parts(&[b"ab", b"c"]));
    }

    #[test]
    fn a_retry_that_crosses_an_upgrade_finds_its_outcome() {
        let c = database();
        let before = IdempotencyKey::new("mia", "a", b"occupy");
        assert_eq!(run(&c, &before, 7), Ok(7));
        assert_eq!(run(&c, &to(b"table 7", b"occupy"), 8), Ok(7));
        let other = to(b"table 7", b"release");
        assert_eq!(run(&c, &other, 8), Err("IDEMPOTENCY_CONFLICT".into()));
    }

    #[test]
    fn an_event_is_part_of_a_command_and_was_none_before() {
        let c = database();
        let event = |key: &str, event| IdempotencyKey {
            scope: "mia".into(),
            ..IdempotencyKey::addressed(Channel::new([&b"floor"[..]]), key, b"[7]", event)
        };
        assert_eq!(run(&c, &event("a", "occupy"), 7), Ok(7));
        assert_eq!(run(&c, &event("a", "occupy"), 8), Ok(7));
        let other = event("a", "release");
        assert_eq!(run(&c, &other, 8), Err("IDEMPOTENCY_CONFLICT".into()));
        let before = IdempotencyKey::new("mia", "b", b"[7]");
        assert_eq!(run(&c, &before, 7), Ok(7));
        assert_eq!(run(&c, &event("b", "occupy"), 8), Ok(7));
    }

    #[test]
    fn an_outcome_that_counts_no_more_makes_room() {
        let c = database();
        let id = IdempotencyKey::new("nobody", "a", b"x").for_at_most(Duration::from_secs(600));
        let aged = |ms: i64| {
            let at = now() - ms;
            c.execute("UPDATE command_outcome SET at = ?1", [at])
                .expect("aged");
        };
        assert_eq!(run(&c, &id, 1), Ok(1));
        aged(0);
        assert_eq!(run(&c, &id, 2), Ok(1));
        let other = IdempotencyKey::new("nobody", "a", b"y").for_at_most(Duration::from_secs(600));
        assert_eq!(run(&c, &other, 3), Err("IDEMPOTENCY_CONFLICT".into()));
        let kept = IdempotencyKey::new("nobody", "a", b"x");
        aged(3_600_000);
        assert_eq!(run(&c, &kept, 4), Ok(1), "others are kept longer");
        assert_eq!(run(&c, &other, 5), Ok(5));
        aged(0);
        assert_eq!(run(&c, &other, 6), Ok(5));
    }

    #[test]
    fn a_scope_that_was_shared_gives_back_the_same_command_only() {
        let c = database();
        assert_eq!(
            run(&c, &IdempotencyKey::new("anonymous", "a", b"x"), 1),
            Ok(1)
        );
        let from = |body: &[u8], former| {
            IdempotencyKey::new("nobody", "a", body).formerly("anonymous", former)
        };
        assert_eq!(run(&c, &from(b"new x", b"x"), 2), Ok(1), "a retry");
        // somebody else's, before the upgrade
        assert_eq!(run(&c, &from(b"new y", b"y"), 3), Ok(3));
        assert_eq!(run(&c, &from(b"new y", b"y"), 4), Ok(3));
        forget(&c, "nobody").expect("forgotten");
        assert_eq!(run(&c, &from(b"new y", b"y"), 5), Ok(5));
    }
}
