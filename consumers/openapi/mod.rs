//! What clients can rely on, made of the same types that answer them: OpenAPI 3.1 of everything that is served over HTTP, and requests for Postman.
//!
//! Each vocabulary says in its own directory what its service promises (`rest/openapi.rs`); here they become one document. Imports `rest`, and no vocabulary.

mod assembly;
mod postman;
mod refusals;
mod server;
mod system;

pub use assembly::openapi;
pub use postman::collection;
pub use system::{Mounted, System};
