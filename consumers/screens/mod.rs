//! The screens: their pages, scripts and fonts, which the binary holds, and the interface `screens` of `routing.toml` that serves them. A debug build reads them
//! from disk with each request, so that an edit needs no new build.
//! Imports `rest` and `demo`.

mod demo;
mod embedded;
mod interface;
mod kind;
mod lean;
mod place;
mod response;

pub use demo::{Demo, Rush, register as register_demo};
pub use interface::register;
