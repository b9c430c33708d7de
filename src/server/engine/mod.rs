//! Requests of Engine.IO: who begins a session, who polls one, and what web pages are told about it.

mod delivery;
mod endpoint;
mod gzip;
mod query;
mod receipt;
mod requests;

pub(super) use delivery::Answer;
pub(super) use endpoint::{endpoint, session};
pub(super) use receipt::Receipt;
pub(super) use requests::{Asked, answer};
