//! What the fuzz targets in `tests/fuzz` call: each function takes a stranger's bytes and panics when the code does not do with them what it promises.
//!
//! Not only "does not crash": every function holds what it sees against a second opinion, a reference that is written to be plain and slow, or a law that
//! must hold for any input (cut into pieces or whole, written and read back). The smoke run of `cargo test` calls the same functions.

mod commands;
mod dice;
mod frames;
mod handshake;
mod inflate;
mod rfc1951;
mod rfc6455;
mod routing;
mod sessions;

pub use commands::commands;
pub use frames::frames;
pub use handshake::handshake;
pub use inflate::inflate;
pub use routing::routing;
pub use sessions::sessions;
