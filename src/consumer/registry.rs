//! The consumers and REST interfaces that routes may lead to.

use crate::app::App;
use crate::consumer::endpoint::Consumer;
use crate::consumer::entry::Entry;
use crate::consumer::reserved::refuse;
use crate::consumer::rest::Interface;
use crate::error::Error;
use crate::routing::{Known, Routing};
use std::collections::BTreeMap;

/// The consumers and REST interfaces that `routing.toml` may name.
pub struct Registry<A: App> {
    pub(crate) entries: BTreeMap<&'static str, Entry<A>>,
    pub(crate) rest: BTreeMap<&'static str, Interface<A>>,
}

impl<A: App> Default for Registry<A> {
    fn default() -> Self {
        Registry {
            entries: BTreeMap::new(),
            rest: BTreeMap::new(),
        }
    }
}

impl<A: App> Registry<A> {
    /// An empty one.
    pub fn new() -> Self {
        Registry::default()
    }

    /// Adds a consumer under its name.
    ///
    /// The consumer must be of this application. One of another application does not compile:
    ///
    /// ```compile_fail,E0271
    /// # use maitred::{App, Change, Consumer, Context, Error, Message, Reader, Registry, Reply, Signal, Watched};
    /// # macro_rules! app { ($name:ident) => {
    /// #     struct $name;
    /// #     impl App for $name {
    /// #         type Claims = (); type Group = i64; type Event = ();
    /// #         const WATCHED: &'static [Watched] = &[];
    /// #         fn announce(_: &Change<'_>, _: &Reader<'_>) -> Result<Vec<Signal<Self>>, Error> { Ok(vec![]) }
    /// #     }
    /// # } }
    /// # app!(Cafe);
    /// # app!(Theatre);
    /// struct Table;
    ///
    /// impl Consumer for Table {
    ///     type App = Cafe;
    /// #   const NAME: &'static str = "table";
    /// #   type Params = serde_json::Value; type Command = serde_json::Value;
    /// #   async fn connect(_: serde_json::Value, _: &mut Context<Cafe>) -> Result<Self, Error> { Ok(Table) }
    /// #   async fn receive(&mut self, _: serde_json::Value, _: &mut Context<Cafe>) -> Result<Reply, Error> { Ok(Reply::done()) }
    /// #   fn render(_: &(), _: &i64) -> Option<Message> { None }
    ///     // ...
    /// }
    ///
    /// let registry: Registry<Theatre> = Registry::new().with::<Table>();
    /// ```
    ///
    /// # Panics
    /// When two consumers have one name: a mistake in the program, seen at its first start.
    pub fn with<C: Consumer<App = A>>(mut self) -> Self {
        let before = self.entries.insert(C::NAME, Entry::of::<C>());
        assert!(before.is_none(), "two consumers are named {}", C::NAME);
        self
    }

    /// Adds a consumer, which may be there already.
    ///
    /// # Panics
    /// When another one has its name.
    #[track_caller]
    pub(super) fn add(&mut self, entry: Entry<A>) {
        let (name, is) = (entry.renderer.name, entry.is);
        let known = self.entries.entry(name).or_insert(entry);
        assert!(known.is == is, "two consumers are named {name}");
    }

    /// Reads a routing file that names these consumers and REST interfaces.
    ///
    /// # Errors
    /// As [`Routing::parse`], and [`Error::Config`] when a route leads to a consumer that would never be shown some of its commands or parameters: see
    /// [`Consumer::Command`].
    pub fn routing(&self, file_name: &str, text: &str) -> Result<Routing, Error> {
        let known = Known {
            consumers: &self.consumers(),
            rest: &self.interfaces(),
        };
        let routing = Routing::parse(file_name, text, &known)?;
        self.refuse(&routing)?;
        Ok(routing)
    }

    /// Whether a route leads to a consumer that would never be shown what it asks for.
    ///
    /// # Errors
    /// [`Error::Config`] that names all of them.
    pub(crate) fn refuse(&self, routing: &Routing) -> Result<(), Error> {
        refuse(routing, |name| self.entries.get(name))
    }

    /// The consumers' names, for [`Routing::parse`](crate::Routing::parse).
    pub fn consumers(&self) -> Vec<&'static str> {
        self.entries.keys().copied().collect()
    }

    /// The REST interfaces' names.
    pub fn interfaces(&self) -> Vec<&'static str> {
        self.rest.keys().copied().collect()
    }
}
