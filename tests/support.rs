//! What the tests share: a server of their own, clients with a deadline, the `sqlite3` shell. Nothing here sleeps: every wait is for an event, and a
//! wait that takes longer than [`PATIENCE`] fails the test.

pub mod client;
pub mod contract;
pub mod generator;
pub mod http;
pub mod patience;
#[allow(dead_code)] // the echo server's tests use the rest of it
pub mod raw;
pub mod server;
pub mod shell;
#[allow(dead_code)] // the echo server's tests use the rest of it
pub mod socket_io;
pub mod token;

pub use client::Client;
pub use patience::PATIENCE;
pub use server::{Place, Server};
pub use shell::shell;

/// Asks again until it is so. A test that can wait for an event does that instead.
#[track_caller]
pub fn until(what: &str, mut so: impl FnMut() -> bool) {
    let late = std::time::Instant::now() + PATIENCE;
    while !so() {
        assert!(std::time::Instant::now() < late, "never: {what}");
        std::thread::yield_now();
    }
}

/// A small generator (xorshift) for tests that choose at random and print their seed.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}
