//! The settings of `routing.toml`, each defined once.
//!
//! A setting is a field of [`Policy`](super::policy::Policy), [`Edge`](super::edge::Edge) or [`Limits`](crate::limits::Limits), and an entry of the same name in
//! the table of that struct (`policy.rs`, `edge.rs`, `process.rs`). From the table come the default, the parser with its bounds, the rows of `maitred explain`, the
//! builder's method, the comments of the shipped `routing.toml` and the README's list of settings. A field without an entry, and an entry without a field, do not
//! compile. Keys that are no settings (`name`, `bind`, `path`) are in `keys.rs`.
//!
//! `BLESS=1 cargo test -p maitred --lib routing::settings` writes the comments and the list anew.

mod action_rates;
mod document;
mod edge;
mod entry;
mod keys;
mod overrides;
mod policy;
mod process;
mod value_types;

pub use edge::EdgeSettings;
pub use policy::PolicySettings;
pub use process::ProcessSettings;

pub(super) use entry::Settings;
pub(super) use keys::{known, misplaced};
pub(super) use overrides::Overrides;
