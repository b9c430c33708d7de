//! What a Socket.IO client comes back to: which groups it heard, and since when. Written when that changes, so a server that is killed loses nothing of it.

use crate::error::Error;
use crate::store::reader::Reader;
use rusqlite::{Connection, OptionalExtension, params};

/// `place` is the consumer and its namespace; `holder` the connection that has it now; `groups` a JSON list of pairs, a group and the number up to which the
/// client does not hear it.
pub(crate) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS recovery(pid TEXT PRIMARY KEY, place TEXT NOT NULL, subject TEXT, baseline INTEGER NOT NULL, groups TEXT NOT NULL,
  holder TEXT NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS recovery_by_age ON recovery(at);";

/// What is not heard of for so long is forgotten: also of a client that is connected all the time, but joins and leaves nothing. Its next return is none,
/// unless it joins or leaves something before.
const AGE_MS: i64 = 7 * 24 * 3600 * 1000;
/// Clients of whom something is kept; of more, those that were not heard of for the longest time are forgotten. Each page that is opened is a new client, and
/// so is each connection of a program that opens many: 100,000 that are connected, and 400,000 that may come back, with some 300 bytes each.
const CLIENTS: u64 = 500_000;

/// A group's name, and the number up to which it is not heard.
pub(crate) type Since = (String, u64);

/// Who comes back, and where.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    pub pid: String,
    pub place: String,
    pub subject: Option<String>,
    /// The connection that claims it.
    pub holder: String,
}

/// What was kept of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    /// Where the client's stream began.
    pub baseline: u64,
    pub groups: Vec<Since>,
}

/// What was kept for a client, which has it from now on; a connection that had it before can change it no more. `None`: nothing was, or for somebody else.
pub(crate) fn take(db: &Reader<'_>, claim: &Claim, now_ms: i64) -> Result<Option<Kept>, Error> {
    let mut taken = db.connection.prepare_cached(
        "UPDATE recovery SET holder = ?4, at = ?5 WHERE pid = ?1 AND place = ?2 AND subject IS ?3 RETURNING baseline, groups",
    )?;
    let Claim {
        pid,
        place,
        subject,
        holder,
    } = claim;
    let row = taken
        .query_row(params![pid, place, subject, holder, now_ms], |r| {
            Ok((r.get::<_, u64>(0)?, r.get::<_, String>(1)?))
        })
        .optional()?;
    let Some((baseline, groups)) = row else {
        return Ok(None);
    };
    let groups = serde_json::from_str(&groups)?;
    Ok(Some(Kept { baseline, groups }))
}

/// Begins to keep something under a new id, instead of what the client had before.
pub(crate) fn begin(
    db: &Reader<'_>,
    claim: &Claim,
    kept: &Kept,
    instead_of: Option<&str>,
    now_ms: i64,
) -> Result<(), Error> {
    let Claim {
        pid,
        place,
        subject,
        holder,
    } = claim;
    db.connection.prepare_cached(
        "INSERT INTO recovery(pid, place, subject, baseline, groups, holder, at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        pid,
        place,
        subject,
        kept.baseline,
        serde_json::to_string(&kept.groups)?,
        holder,
        now_ms
    ])?;
    if let Some(before) = instead_of {
        db.connection
            .prepare_cached("DELETE FROM recovery WHERE pid = ?1 AND holder = ?2")?
            .execute(params![before, holder])?;
    }
    Ok(())
}

/// Keeps other groups. `false`: somebody else has it now.
pub(crate) fn keep(
    db: &Reader<'_>,
    claim: &Claim,
    groups: &[Since],
    now_ms: i64,
) -> Result<bool, Error> {
    let mut kept = db.connection.prepare_cached(
        "UPDATE recovery SET groups = ?3, at = ?4 WHERE pid = ?1 AND holder = ?2",
    )?;
    let groups = serde_json::to_string(groups)?;
    let changed = kept.execute(params![claim.pid, claim.holder, groups, now_ms])?;
    Ok(changed > 0)
}

/// Keeps again what was forgotten of a client that is here. `false`: it was not; somebody else has it now.
pub(crate) fn keep_again(
    db: &Reader<'_>,
    claim: &Claim,
    kept: &Kept,
    now_ms: i64,
) -> Result<bool, Error> {
    let mut again = db
        .connection
        .prepare_cached("SELECT 1 FROM recovery WHERE pid = ?1")?;
    if again.exists([&claim.pid])? {
        return Ok(false);
    }
    begin(db, claim, kept, None, now_ms)?;
    Ok(true)
}

/// Forgets what is too old and what is too much, at most `step` of each. Says whether there may be more.
pub(crate) fn prune(c: &Connection, now_ms: i64, step: usize) -> Result<bool, Error> {
    let mut old = c.prepare_cached(
        "DELETE FROM recovery WHERE pid IN (SELECT pid FROM recovery WHERE at < ?1 ORDER BY at LIMIT ?2)",
    )?;
    let too_old = old.execute(params![now_ms - AGE_MS, step])? >= step;
    Ok(prune_to(c, CLIENTS, step)? || too_old)
}

/// SQLite counts without looking at rows: half a million take it a millisecond, of the writer's time, once a second.
fn prune_to(c: &Connection, clients: u64, step: usize) -> Result<bool, Error> {
    let mut count = c.prepare_cached("SELECT count(*) FROM recovery")?;
    let too_many = count
        .query_row([], |r| r.get::<_, u64>(0))?
        .saturating_sub(clients);
    if too_many == 0 {
        return Ok(false);
    }
    let now = too_many.min(step as u64);
    let mut oldest = c.prepare_cached(
        "DELETE FROM recovery WHERE pid IN (SELECT pid FROM recovery ORDER BY at LIMIT ?1)",
    )?;
    oldest.execute([now])?;
    Ok(too_many > now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(pid: &str, subject: Option<&str>, holder: &str) -> Claim {
        Claim {
            pid: pid.to_owned(),
            place: "orders /".to_owned(),
            subject: subject.map(str::to_owned),
            holder: holder.to_owned(),
        }
    }

    #[test]
    fn what_is_kept_belongs_to_one_connection_of_one_subject() {
        let c = Connection::open_in_memory().expect("a database");
        c.execute_batch(TABLES).expect("tables");
        let kept = Kept {
            baseline: 7,
            groups: vec![("table_1".to_owned(), 0)],
        };
        let first = claim("p", Some("10"), "1");
        begin(&Reader::new(&c), &first, &kept, None, 0).expect("kept");
        let took = |claim: &Claim| take(&Reader::new(&c), claim, 1).expect("read");
        assert_eq!(took(&claim("p", Some("11"), "2")), None);
        assert_eq!(took(&claim("p", None, "2")), None);
        assert_eq!(took(&claim("q", Some("10"), "2")), None);
        let second = claim("p", Some("10"), "2");
        assert_eq!(took(&second), Some(kept));
        let more = [("table_1".to_owned(), 0), ("table_2".to_owned(), 9)];
        assert!(
            !keep(&Reader::new(&c), &first, &more, 2).expect("kept"),
            "evicted"
        );
        assert!(keep(&Reader::new(&c), &second, &more, 2).expect("kept"));
        assert_eq!(took(&second).expect("kept").groups, more);

        let anonymous = claim("r", None, "3");
        let nothing = Kept {
            baseline: 8,
            groups: Vec::new(),
        };
        begin(&Reader::new(&c), &anonymous, &nothing, None, 0).expect("kept");
        assert_eq!(took(&anonymous), Some(nothing.clone()));
        begin(
            &Reader::new(&c),
            &claim("s", Some("10"), "2"),
            &nothing,
            Some("p"),
            3,
        )
        .expect("kept");
        assert_eq!(took(&second), None);

        let lost = claim("p", Some("10"), "2");
        assert!(
            !keep(&Reader::new(&c), &lost, &more, 3).expect("kept"),
            "forgotten"
        );
        assert!(keep_again(&Reader::new(&c), &lost, &nothing, 3).expect("kept"));
        assert!(
            !keep_again(&Reader::new(&c), &lost, &nothing, 3).expect("kept"),
            "known"
        );
        assert_eq!(took(&lost), Some(nothing.clone()));

        assert!(!prune(&c, AGE_MS, 1000).expect("pruned"));
        assert_eq!(took(&anonymous), Some(nothing));
        while prune(&c, AGE_MS + 3, 1).expect("pruned") {}
        assert_eq!(took(&anonymous), None);
    }

    #[test]
    fn of_too_many_the_oldest_are_forgotten() {
        let c = Connection::open_in_memory().expect("a database");
        c.execute_batch(TABLES).expect("tables");
        let nothing = Kept {
            baseline: 0,
            groups: Vec::new(),
        };
        // what they are called is not in the order of their time
        for n in 0..9 {
            let claim = claim(&format!("{}", (n * 5) % 9), None, "1");
            begin(&Reader::new(&c), &claim, &nothing, None, n).expect("kept");
        }
        let ages = || -> Vec<i64> {
            let mut all = c
                .prepare("SELECT at FROM recovery ORDER BY at")
                .expect("sql");
            let all = all.query_map([], |r| r.get(0)).expect("read");
            all.collect::<Result<_, _>>().expect("read")
        };
        assert!(!prune_to(&c, 9, 4).expect("pruned"));
        assert_eq!(ages().len(), 9);
        assert!(prune_to(&c, 3, 4).expect("pruned"), "two are left");
        assert_eq!(ages(), [4, 5, 6, 7, 8]);
        assert!(!prune_to(&c, 3, 4).expect("pruned"));
        assert_eq!(ages(), [6, 7, 8]);
        // who comes back is the newest
        assert!(
            take(&Reader::new(&c), &claim("3", None, "1"), 20)
                .expect("read")
                .is_some()
        );
        assert!(!prune_to(&c, 2, 4).expect("pruned"));
        assert_eq!(ages(), [8, 20]);
    }
}
