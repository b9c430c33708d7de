//! What an application plugs in.

use crate::auth::Identity;
use crate::error::Error;
use crate::store::{Change, Reader, Watched};
use serde::Serialize;
use serde::de::DeserializeOwned;
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
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no application",
    label = "not an `App`",
    note = "implement `maitred::App` for a type that stands for the whole application, often an empty struct, and name that one type in every consumer's `type App`"
)]
pub trait App: Sized + Send + Sync + 'static {
    /// What a verified token says about its bearer.
    type Claims: DeserializeOwned + Clone + Send + Sync + 'static;
    /// One audience: `Group::Table(5)`. `Display` and `FromStr` are each other's inverse; the text is stored with the history.
    type Group: Clone + Eq + Hash + Display + FromStr + Send + Sync + 'static;
    /// A fact worth telling. Stored as JSON: what is written today must be readable by the next version.
    type Event: Serialize + DeserializeOwned + Send + Sync + 'static;
    /// Tables that announce their changes.
    const WATCHED: &'static [Watched];
    /// Tables, watched or not, whose rows seldom change and are asked for with every command: a [`Memo`](crate::Memo) may be made of their rows, and any change
    /// of one of them drops it.
    const STEADY: &'static [&'static str] = &[];

    /// Decides who hears of a change, and what.
    ///
    /// Called once for each change, in order, on the writer's thread inside the transaction that made the change (for another program's change: inside
    /// the next one of ours). `db` shows the rows of that change, or newer where another program wrote. Its outcome is stored and is what replay
    /// reads, so it is never asked again.
    ///
    /// # Errors
    /// An error or a panic sets the change aside (it is logged, and kept in `change_rejects`); it never stops the writer.
    fn announce(change: &Change<'_>, db: &Reader<'_>) -> Result<Vec<Signal<Self>>, Error>;

    /// Whether the bearer of a verified token runs this server, and may read its metrics. Nobody does, unless the application says who.
    fn operates(_bearer: &Identity<Self::Claims>) -> bool {
        false
    }

    /// What open connections are counted by besides their route: what their bearers are. There are few such words, because each is a counter for as long as the
    /// server runs.
    fn role(bearer: &Identity<Self::Claims>) -> &'static str {
        match bearer.is_anonymous() {
            true => "anonymous",
            false => "identified",
        }
    }
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
