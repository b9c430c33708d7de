//! Rows: one writer with group commit, pooled readers.

mod rows;
pub use rows::{FromValue, Reader, Row, Transaction, Value};
