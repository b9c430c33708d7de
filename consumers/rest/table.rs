//! A service's table of paths: what each method of each path means.

use super::before::{Before, Preparing};
use super::{Answer, Call, File};
use crate::domain::Key;
use crate::restaurant::Restaurant;
use bytes::Bytes;
use maitred::{Api, Caller, Error, Reader, Transaction};
use std::pin::Pin;
use warp::http::Method;
use warp::reply::Response;

/// What a route does: it reads, it writes, it asks the server itself, or it is a file. Whoever asks with HEAD is answered as if with GET.
#[derive(Clone, Copy)]
pub enum Handler {
    /// At one state of the database.
    Read(fn(&Call, &Reader<'_>) -> Result<Answer, Error>),
    /// As one command: all of it or nothing.
    Write(fn(&Call, &Transaction<'_>) -> Result<Answer, Error>),
    /// The same, after something that takes long, which must not be the writer's time: see [`before`](super::before).
    Prepared(
        fn(Before) -> Preparing,
        fn(&Call, &Transaction<'_>) -> Result<Answer, Error>,
    ),
    /// At one state of the database; what it answers is no JSON.
    File(fn(&Call, &Reader<'_>) -> Result<File, Error>),
    /// Whoever asks: who it is is the function's to find out.
    Serve(fn(ServerCall) -> Served),
    /// Whoever asks. It is given the path as it was asked for, which may end in a slash.
    Show(fn(&str) -> Response),
}

/// A request for the server itself.
pub struct ServerCall {
    /// What it was sent to.
    pub api: Api<Restaurant>,
    /// What it says about who sent it.
    pub caller: Caller,
    /// What it brings.
    pub body: Bytes,
    /// The keys in its path.
    pub keys: Vec<Key>,
}

/// What a [`Handler::Serve`] is doing.
pub type Served = Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send>>;

/// What the methods of one path mean.
pub type Methods = &'static [(Method, Handler)];

/// The keys of a path that fits a pattern.
pub(super) fn keys<'p>(pattern: &str, path: &'p str) -> Option<Vec<&'p str>> {
    let mut keys = Vec::new();
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(keys),
            (Some("*"), Some(key)) if !key.is_empty() => keys.push(key),
            (Some(word), Some(part)) if word == part => {}
            _ => return None,
        }
    }
}

/// The methods of a path as the header `Allow` has them: `GET, POST`.
pub(super) fn named(methods: Methods) -> String {
    let named: Vec<_> = methods.iter().map(|(method, _)| method.as_str()).collect();
    named.join(", ")
}
