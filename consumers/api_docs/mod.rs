//! The interface `docs` of `routing.toml`: `/api-docs`, where the contract of all services can be looked at and tried.

mod rest;
#[cfg(test)]
mod tests;

pub use rest::register;
