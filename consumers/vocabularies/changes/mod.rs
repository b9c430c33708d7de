//! The change feed, for integrators. It tells rows and not facts, so that it has something to say of every change.

mod feed;
mod vocabulary;

pub use feed::Changes;
pub use vocabulary::VOCABULARY;
