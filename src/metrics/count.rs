//! Numbers that one thread writes and others read.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A number that only one thread writes: adding is a load and a store, not a locked instruction.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub fn add(&self, n: u64) {
        self.0.store(self.0.load(Relaxed).wrapping_add(n), Relaxed);
    }

    pub fn set(&self, n: u64) {
        self.0.store(n, Relaxed);
    }

    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// How many values were in each range: below each of `N` upper bounds, and above the last.
#[derive(Debug)]
pub(crate) struct Histogram<const N: usize> {
    ranges: [Count; N],
    above: Count,
    sum: Count,
}

impl<const N: usize> Default for Histogram<N> {
    fn default() -> Self {
        Histogram {
            ranges: std::array::from_fn(|_| Count::default()),
            above: Count::default(),
            sum: Count::default(),
        }
    }
}

impl<const N: usize> Histogram<N> {
    /// Only from the one thread that writes.
    pub fn record(&self, bounds: &[u64; N], value: u64) {
        let range = bounds.iter().position(|bound| value <= *bound);
        range.map_or(&self.above, |i| &self.ranges[i]).add(1);
        self.sum.add(value);
    }

    /// Adds this one's numbers to those of others: each range, what is above, the sum.
    pub fn add_to(&self, ranges: &mut [u64], above: &mut u64, sum: &mut u64) {
        for (total, range) in ranges.iter_mut().zip(&self.ranges) {
            *total += range.get();
        }
        *above += self.above.get();
        *sum += self.sum.get();
    }
}
