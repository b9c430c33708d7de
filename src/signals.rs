use crate::{App, Error, publication::Inbox};
pub(crate) struct Announcer<A: App>(Vec<Inbox<A>>);
impl<A: App> Announcer<A> { pub fn new(_: &rusqlite::Connection, i: Vec<Inbox<A>>) -> Result<Self, Error> { Ok(Self(i)) } }
impl<A: App> crate::store::Hook for Announcer<A> {}
