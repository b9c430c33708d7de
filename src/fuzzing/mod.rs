//! What the fuzz targets in `tests/fuzz` call: each function takes a stranger's bytes and panics when the code does not do with them what it promises.
//!
//! Not only "does not crash": every function holds what it sees against a second opinion, a reference that is written to be plain and slow, or a law that
//! must hold for any input (cut into pieces or whole, written and read back). The smoke run of `cargo test` calls the same functions.

mod commands;
mod frames;
mod handshake;
mod inflate;
mod rfc1951;
mod rfc6455;
mod routing;
mod sessions;

pub use commands::commands;
pub use frames::frames;
pub use handshake::handshake;
pub use inflate::inflate;
pub use routing::routing;
pub use sessions::sessions;

/// Numbers that follow from a seed (SplitMix64): an input decides everything, so that a finding can be repeated.
struct Dice(u64);

impl Dice {
    fn of(data: &[u8]) -> Self {
        // FNV-1a: every byte counts
        let seed = data.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Dice(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 1 to `most`.
    fn up_to(&mut self, most: usize) -> usize {
        (self.roll() % most as u64) as usize + 1
    }

    /// To mask a frame with.
    fn key(&mut self) -> [u8; 4] {
        (self.roll() as u32).to_be_bytes()
    }

    /// `whole` in pieces: mostly small ones, because the seams are where mistakes are.
    fn cut<'d>(&mut self, mut whole: &'d [u8]) -> Vec<&'d [u8]> {
        let mut pieces = Vec::new();
        while !whole.is_empty() {
            let most = if self.roll().is_multiple_of(4) {
                200
            } else {
                8
            };
            let (piece, rest) = whole.split_at(self.up_to(most).min(whole.len()));
            pieces.push(piece);
            whole = rest;
        }
        pieces
    }
}
