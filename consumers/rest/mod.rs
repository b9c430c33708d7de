//! HTTP for the vocabularies: from a table of paths, methods and functions to routes.
//!
//! A function gets a [`Call`] and the rows, and answers or is refused; what its paths, its bodies and its mistakes look like is its vocabulary's. A request that
//! changes something may carry an `Idempotency-Key`: sent again with the same content, it gets the same answer and nothing happens twice. Pages of the
//! listener's `origins` may ask too, and nobody is told anything from here: that is the change log's doing.
//! Imports `access` and `domain`.

mod attempts;
pub mod before;
mod call;
mod cors;
mod file;
mod logins;
mod refusal;
mod service;
mod table;

pub use attempts::{Attempts, address};
pub use call::{Answer, Call, List, object};
pub use cors::allow as allow_origin;
pub use file::File;
pub use logins::{by_password, hashed, knows, seconds_now};
pub use refusal::{Refused, refusal};
pub use service::Service;
pub use table::{Handler, Methods, Served, ServerCall};
pub use warp::http::Method;
