//! What one client heard, by number.

use super::account::Account;
use std::collections::BTreeSet;

/// The most numbers that are kept of one client: as many as the log keeps events. The oldest are forgotten.
const KEPT: usize = 100_000;

/// The numbers of the events that a client heard, as they came.
#[derive(Debug, Default)]
pub struct Ear {
    numbers: BTreeSet<u64>,
    last: u64,
    heard: u64,
    doubled: u64,
    reordered: u64,
}

impl Ear {
    /// An event came.
    pub fn hears(&mut self, number: u64) {
        self.heard += 1;
        if !self.numbers.insert(number) {
            self.doubled += 1;
        } else if number < self.last {
            self.reordered += 1;
        }
        self.last = self.last.max(number);
        if self.numbers.len() > KEPT {
            self.numbers.pop_first();
        }
    }

    /// The number after which the log can be compared: the first one that is kept.
    pub fn first(&self) -> Option<u64> {
        self.numbers.first().copied()
    }

    /// The number with which the client comes back.
    pub fn last(&self) -> Option<u64> {
        Some(self.last).filter(|last| *last > 0)
    }

    /// Adds what was heard to the account. `log`: the numbers that the log has for this client after the first one; up to `until` everything was told. `None`: it could not
    /// be read.
    pub fn settle(self, log: Option<(&BTreeSet<u64>, u64)>, account: &mut Account) {
        account.listeners += 1;
        account.heard += self.heard;
        account.doubled += self.doubled;
        account.reordered += self.reordered;
        match (log, self.first()) {
            (_, None) => {}
            (None, Some(_)) => account.unread += 1,
            (Some((log, until)), Some(first)) => {
                let missed = |number: &&u64| {
                    (first + 1..=until).contains(*number) && !self.numbers.contains(number)
                };
                account.lost += log.iter().filter(missed).count() as u64;
                // what the log does not have was never said: as bad as hearing something else twice
                let made_up =
                    |number: &&u64| (first + 1..=until).contains(*number) && !log.contains(number);
                account.doubled += self.numbers.iter().filter(made_up).count() as u64;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(heard: &[u64], log: &[u64], until: u64) -> Account {
        let mut ear = Ear::default();
        heard.iter().for_each(|number| ear.hears(*number));
        let mut account = Account::default();
        let log: BTreeSet<u64> = log.iter().copied().collect();
        ear.settle(Some((&log, until)), &mut account);
        account
    }

    #[test]
    fn what_is_lost_doubled_and_reordered_is_found() {
        let whole = account(&[3, 5, 9], &[5, 9], 9);
        assert!(whole.is_whole() && whole.heard == 3, "{whole}");
        assert_eq!(account(&[3, 9], &[5, 9], 9).lost, 1);
        assert_eq!(account(&[3, 5, 5, 9], &[5, 9], 9).doubled, 1);
        assert_eq!(account(&[3, 9, 5], &[5, 9], 9).reordered, 1);
        assert_eq!(account(&[3, 5, 7, 9], &[5, 9], 9).doubled, 1, "made up");
        // what came after the last thing that was heard is not due yet
        assert!(account(&[3, 5], &[5, 9], 6).is_whole());
    }

    #[test]
    fn a_log_that_cannot_be_read_is_no_good_news() {
        let mut ear = Ear::default();
        ear.hears(3);
        let mut account = Account::default();
        ear.settle(None, &mut account);
        assert!(!account.is_whole());
        // who heard nothing has nothing to compare
        let mut account = Account::default();
        Ear::default().settle(None, &mut account);
        assert!(account.is_whole());
    }
}
