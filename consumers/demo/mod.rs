//! The demo restaurant. Imports the domain.

mod jobs;
mod menu;
mod names;
mod orders;
mod pins;
mod seed;
mod sign_ins;

pub use seed::seed;
pub use sign_ins::{DemoClaims, SignIn, SignIns};
