//! Print jobs: orders of the workflow `print`, which has stages of its own and a product instead of lines.
//!
//! The stages are rows of `workflow_states`, and which leads to which for whom are rows of `workflow_transitions`: another trade's stages are other rows. What a job
//! is about is in `attributes_json`, and read leniently, because any program may have written it.

mod commands;
mod facts;
mod list;
mod row;
mod wide;

pub use commands::{NewJob, Patch, create, delete, patch};
pub use facts::{JobFacts, default_shop, facts, get, stages};
pub use list::list;
pub use row::JobRow;
pub use wide::{of_order, shown, shows_all, stage};
