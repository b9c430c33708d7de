//! Other people's code inside ours: its panic is an error.

use crate::error::Error;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs somebody else's code: its panic is an error like any other.
pub(crate) fn guarded<T>(f: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    // What `f` borrowed is a database connection, whose statements are reset as they are dropped.
    catch_unwind(AssertUnwindSafe(f)).unwrap_or_else(|panic| Err(Error::Panicked(text_of(&*panic))))
}

fn text_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}
