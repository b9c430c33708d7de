//! What an application plugs in.

#[cfg(test)]
mod tests;

use crate::{Error, Reader, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::fmt::Display;
use std::hash::Hash;
use std::str::FromStr;

/// An application: its groups, its events, and the one function that decides who hears of a change.
///
/// ```
/// use maitred::{App, Change, Error, Reader, Signal, Watched};
/// use serde::{Deserialize, Serialize};
///
/// /// Counters that everybody may watch.
/// struct Counters;
///
/// #[derive(Serialize, Deserialize)]
/// struct Count {
///     id: i64,
///     n: i64,
/// }
///
/// impl App for Counters {
///     type Claims = ();
///     type Group = i64; // whoever watches one counter
///     type Event = Count;
///     const WATCHED: &'static [Watched] = &[Watched::new("counter")];
///
///     fn announce(change: &Change<'_>, _: &Reader<'_>) -> Result<Vec<Signal<Self>>, Error> {
///         // `None`: the row was deleted, and nobody is told
///         let Some(count) = change.new::<Count>()? else { return Ok(vec![]) };
///         Ok(vec![Signal::to([count.id], count)])
///     }
/// }
/// ```
pub trait App: Sized + Send + Sync + 'static {
    /// What a verified token says about its bearer.
    type Claims: DeserializeOwned + Clone + Send + Sync + 'static;
    /// One audience: `Group::Table(5)`. `Display` and `FromStr` are each other's inverse; the text is stored with the history.
    type Group: Clone + Eq + Hash + Display + FromStr + Send + Sync + 'static;
    /// A fact worth telling. Stored as JSON: what is written today must be readable by the next version.
    type Event: Serialize + DeserializeOwned + Send + Sync + 'static;
    /// Tables that announce their changes.
    const WATCHED: &'static [Watched];

    /// Decides who hears of a change, and what.
    ///
    /// Called once for each change, in order, on the writer's thread inside the transaction that made the change (for another program's change: inside
    /// the next one of ours). `db` shows the rows of that change, or newer where another program wrote. Its outcome is stored and is what replay
    /// reads, so it is never asked again.
    ///
    /// # Errors
    /// An error or a panic sets the change aside (it is logged, and kept in `change_rejects`); it never stops the writer.
    fn announce(change: &Change<'_>, db: &Reader<'_>) -> Result<Vec<Signal<Self>>, Error>;
}

/// A table whose changes are announced. Triggers for it are generated from the schema.
///
/// The table has an `INTEGER PRIMARY KEY` (`id`) and at most 60 columns. If it has a column `version`, triggers raise it with each change that did
/// not; if it has `updated_at` (milliseconds), they set it likewise.
#[derive(Debug, Clone, Copy)]
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
}

/// "When `column` became `value`, note the time in `at`", unless the statement set `at` itself.
#[derive(Debug, Clone, Copy)]
pub struct Stamp {
    /// The column that is looked at.
    pub column: &'static str,
    /// The value it got.
    pub value: &'static str,
    /// The column that gets the time, in milliseconds since 1970-01-01 UTC.
    pub at: &'static str,
}

/// What happened to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// It is new.
    Insert,
    /// It is different.
    Update,
    /// It is gone.
    Delete,
}

/// One committed change of one row, whoever made it.
#[derive(Debug)]
pub struct Change<'a> {
    /// The table.
    pub table: &'a str,
    /// The row's id (of an update that changed the id: the new one).
    pub id: i64,
    /// What happened.
    pub op: Op,
    /// Who did it, where the writer said so: [`Command`](crate::Command)'s actor. `None` for other programs.
    pub actor: Option<&'a str>,
    /// The command that did it, where it had an id.
    pub command_id: Option<&'a str>,
    /// Its place in the change log.
    pub(crate) seq: i64,
    pub(crate) old: Option<&'a str>,
    pub(crate) new: Option<&'a str>,
}

/// What `op` is compared with is a literal, because the index is of deletions only.
const GONE: &str = "SELECT old FROM change_log WHERE op = 'd' AND tbl = ?1 AND row_id = ?2 AND seq > ?3 ORDER BY seq LIMIT 1";

impl Change<'_> {
    /// The row before the change: `None` for an insert. Columns are the members; `T` picks those it needs.
    ///
    /// # Errors
    /// [`Error::Json`] when the row is not what `T` expects.
    pub fn old<T: DeserializeOwned>(&self) -> Result<Option<T>, Error> {
        Ok(self.old.map(serde_json::from_str).transpose()?)
    }

    /// The row after the change: `None` for a delete.
    ///
    /// # Errors
    /// [`Error::Json`] when the row is not what `T` expects.
    #[allow(clippy::new_ret_no_self)] // a pair with `old`, and nobody constructs a change
    pub fn new<T: DeserializeOwned>(&self) -> Result<Option<T>, Error> {
        Ok(self.new.map(serde_json::from_str).transpose()?)
    }

    /// Whether a later change of this table, one that waits to be announced, has `value` in `column` too, before it or after it.
    ///
    /// For a fact that several rows make up (the lines of an order): a statement that touches them all makes one change for each, and what is told of the
    /// last one says everything. [`App::announce`] keeps silent about a change that is superseded; the last of them never is, whoever wrote them and however
    /// many transactions it takes to announce them. It looks 64 changes ahead, so what a bulk write of other rows separates is told more than once.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn superseded<'v>(
        &self,
        db: &Reader<'_>,
        column: &str,
        value: impl Into<Value<'v>>,
    ) -> Result<bool, Error> {
        // What waits is also what a stranger wrote into the log: whatever is no JSON supersedes nothing. The limit is a literal, because a bound one has
        // the statement planned again each time.
        let found = db.row(
            "SELECT 1 FROM (SELECT tbl, old, new FROM change_log WHERE seq > ?1 ORDER BY seq LIMIT 64)
             WHERE tbl = ?2 AND (CASE WHEN json_valid(new) THEN json_extract(new, ?3) END IS ?4 OR CASE WHEN json_valid(old) THEN json_extract(old, ?3) END IS ?4)
             LIMIT 1",
            &[
                self.seq.into(),
                self.table.into(),
                format!("$.\"{column}\"").as_str().into(),
                value.into(),
            ],
            |_| Ok(()),
        )?;
        Ok(found.is_some())
    }

    /// What a row of another watched table was, if it is gone and that is told later: of a line whose order was deleted with it, the order. Rows that
    /// went together are told from the inside out, lines before their order.
    ///
    /// # Errors
    /// [`Error::Json`] when the row is not what `T` expects; [`Error::Store`].
    pub fn gone<T: DeserializeOwned>(
        &self,
        db: &Reader<'_>,
        table: &str,
        id: i64,
    ) -> Result<Option<T>, Error> {
        db.row(GONE, &[table.into(), id.into(), self.seq.into()], |row| {
            row.json(0)
        })
    }

    /// The columns whose values differ, in the table's order; all of them for an insert or a delete.
    ///
    /// # Errors
    /// [`Error::Json`] when the logged rows are no JSON objects.
    pub fn changed(&self) -> Result<Vec<String>, Error> {
        let old = self.old.map(members).transpose()?.unwrap_or_default();
        let new = self.new.map(members).transpose()?.unwrap_or_default();
        let (all, other) = if new.is_empty() {
            (&old, &new)
        } else {
            (&new, &old)
        };
        Ok(all
            .iter()
            .filter(|(name, value)| {
                other
                    .iter()
                    .find(|(n, _)| n == name)
                    .is_none_or(|(_, v)| v.get() != value.get())
            })
            .map(|(name, _)| name.clone())
            .collect())
    }
}

/// The members of a JSON object in their order.
fn members(json: &str) -> Result<Vec<(String, Box<RawValue>)>, Error> {
    struct Members(Vec<(String, Box<RawValue>)>);
    impl<'de> serde::Deserialize<'de> for Members {
        fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
            struct Visitor;
            impl<'de> serde::de::Visitor<'de> for Visitor {
                type Value = Members;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("an object")
                }
                fn visit_map<M: serde::de::MapAccess<'de>>(
                    self,
                    mut map: M,
                ) -> Result<Members, M::Error> {
                    let mut all = Vec::new();
                    while let Some(entry) = map.next_entry()? {
                        all.push(entry);
                    }
                    Ok(Members(all))
                }
            }
            d.deserialize_map(Visitor)
        }
    }
    Ok(serde_json::from_str::<Members>(json)?.0)
}

/// A fact and everybody it concerns. A client hears one signal once, however many of its groups are named; each signal has a `seq` of its own.
pub struct Signal<A: App> {
    pub(crate) groups: Vec<A::Group>,
    pub(crate) event: A::Event,
    pub(crate) rechecks: bool,
}

impl<A: App> Signal<A> {
    /// `event` for the members of `groups`. Where a client is in several of them, the first one decides how it is rendered.
    pub fn to(groups: impl IntoIterator<Item = A::Group>, event: A::Event) -> Self {
        Signal {
            groups: groups.into_iter().collect(),
            event,
            rechecks: false,
        }
    }

    /// Has every member of the groups judged again by its guard ([`Context::guard`](crate::Context::guard)), because a row that granted access changed.
    pub fn rechecking(mut self) -> Self {
        self.rechecks = true;
        self
    }
}
