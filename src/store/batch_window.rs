//! How much one transaction does before it commits.

use std::time::Duration;

/// A commit may cost a tenth of the time. Less, and callers wait longer for those who came with them; more, and there is less time for the work itself.
const SHARE: u32 = 9;
/// A commit that costs nothing is no reason to commit each job alone.
const LEAST: Duration = Duration::from_millis(1);
/// A disk that takes seconds must not make callers wait for minutes.
const MOST: Duration = Duration::from_millis(50);

/// What something takes as a rule: of the last times, the newest counting an eighth.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct MovingAverage(Duration);

impl MovingAverage {
    pub fn time(self) -> Duration {
        self.0
    }

    /// Takes in another time.
    pub fn took(&mut self, last: Duration) {
        self.0 = match self.0 {
            Duration::ZERO => last.min(MOST),
            known => (known * 7 + last.min(MOST)) / 8,
        };
    }
}

/// While one batch is asked of the disk and told, the writer works on the next: a transaction that took all that waits would have the writer and the shards
/// work in turns instead of at once.
#[derive(Debug, Default)]
pub(super) struct BatchWindow {
    commit: MovingAverage,
}

impl BatchWindow {
    /// After so much work a transaction is committed, even if more is waiting. `disk`: what it takes until that is on the disk, which is asked meanwhile. More
    /// often than it answers it need not be asked.
    pub fn length(&self, disk: Duration) -> Duration {
        (self.commit.time() * SHARE).max(disk).clamp(LEAST, MOST)
    }

    /// A commit took so long.
    pub fn took(&mut self, commit: Duration) {
        self.commit.took(commit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_disk_is_asked_less_often() {
        let mut window = BatchWindow::default();
        assert_eq!(window.length(Duration::ZERO), LEAST);
        window.took(Duration::from_micros(10));
        assert_eq!(window.length(Duration::ZERO), LEAST);
        for _ in 0..50 {
            window.took(Duration::from_millis(5));
        }
        let slice = window.length(Duration::ZERO);
        assert!(slice > Duration::from_millis(44) && slice <= Duration::from_millis(45));
        window.took(Duration::from_secs(60));
        assert!(window.length(Duration::ZERO) <= MOST);
        for _ in 0..50 {
            window.took(Duration::from_secs(60));
        }
        assert_eq!(window.length(Duration::ZERO), MOST);
    }

    #[test]
    fn work_takes_no_less_than_the_disk_needs_for_what_came_before() {
        let mut window = BatchWindow::default();
        let disk = Duration::from_millis(9);
        assert_eq!(window.length(disk), disk);
        for _ in 0..50 {
            window.took(Duration::from_millis(3));
        }
        assert!(window.length(disk) > Duration::from_millis(25));
        assert_eq!(window.length(Duration::from_secs(1)), MOST);
    }
}
