//! What every vocabulary says and understands, as schemas made of the very types that are sent and read.
//!
//! Each vocabulary describes its channels beside its messages; [`Contract::asyncapi`] and [`Contract::typescript`] write them down. Tests hold every frame they
//! see against them. Imports nothing of the application.

mod asyncapi;
mod document;
mod frames;
mod schema;
mod schemas;
mod typescript;

pub use document::Contract;
pub use frames::{Channel, Dialect, Frame};
pub use schemas::Schemas;
