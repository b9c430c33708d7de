//! Chance that can be repeated.

/// Numbers that follow from a seed (SplitMix64): an input decides everything, so that a finding can be repeated.
pub(super) struct Dice(u64);

impl Dice {
    pub fn of(data: &[u8]) -> Self {
        // FNV-1a: every byte counts
        let seed = data.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Dice(seed)
    }

    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 1 to `most`.
    pub fn up_to(&mut self, most: usize) -> usize {
        (self.roll() % most as u64) as usize + 1
    }

    /// To mask a frame with.
    pub fn key(&mut self) -> [u8; 4] {
        (self.roll() as u32).to_be_bytes()
    }

    /// `whole` in pieces: mostly small ones, because the seams are where mistakes are.
    pub fn cut<'d>(&mut self, mut whole: &'d [u8]) -> Vec<&'d [u8]> {
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
