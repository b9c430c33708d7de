//! The demo restaurant. Imports the domain.

mod evening;
mod jobs;
mod menu;
mod names;
mod orders;
mod pins;
mod seed;
mod sign_ins;

pub use seed::{seed, seed_evening};
pub use sign_ins::{DemoClaims, SignIn, SignIns};
