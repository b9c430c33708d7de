//! A server without ports and clients without sockets, for tests of an application. Feature `testing`.

mod answer;
pub(super) mod arrivals;
mod client;
mod end;
mod frames;
mod in_process;
mod request;
#[cfg(test)]
mod tests;

pub use answer::Answer;
pub use client::Client;
pub use in_process::InProcess;
pub use request::Request;
