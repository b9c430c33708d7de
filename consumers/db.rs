//! All that the domain may see of the framework: rows, transactions, and whose fault an error is.
//!
//! `domain/` imports this module and never the framework itself. So a rule cannot reach a socket, a group or a token, and its functions run wherever
//! there is a transaction: in a consumer, behind REST, in the demo, in a test. What is missing here is missing on purpose.

pub use maitred::{ClientError, Error, Kind, Memo, Reader, Row, Transaction, Value, params};
