use crate::{App, Error};
use bytes::Bytes;
pub(crate) struct Page { pub frames: Vec<Bytes>, pub upto: u64, pub more: bool }
pub(crate) fn head(c: &rusqlite::Connection) -> Result<u64, Error> {
    Ok(c.prepare_cached("SELECT coalesce(max(seq), 0) FROM event_log")?.query_row([], |r| r.get(0))?)
}
pub(crate) fn accepts(_: &rusqlite::Connection, _: u64) -> Result<bool, Error> { todo!() }
pub(crate) fn waiting(_: &rusqlite::Connection) -> Result<bool, Error> { todo!() }
pub(crate) fn page<A: App>(_: &rusqlite::Connection, _: &[A::Group], _: u64, _: u64, _: impl FnMut(u64, &A::Event, &A::Group) -> Option<Bytes>) -> Result<Page, Error> { todo!() }
