//! The demo restaurant. Imports the domain.

mod jobs;
mod menu;
mod names;
mod orders;
mod seed;

pub use seed::seed;
