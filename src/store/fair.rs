//! The order of the queue before the readers: a task that has asked for little lately comes before one that has asked for much.

use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, VecDeque};
use std::hash::Hash;

/// Turns that are remembered, of all askers together: what somebody asked for before that does not count any more.
const REMEMBERED_TURNS: usize = 1_024;
/// An asker's next turn comes as if it had been asked for so much later, in askings of anybody, for each of its turns that is remembered. Sixty askers
/// that never stop are each sixty askings apart: so one turn that is remembered puts them behind whoever has none.
const SETBACK: u64 = 64;
/// The most that it is set back: nobody waits for more than so many who came later.
const MOST_SETBACK: u64 = 1_024;

/// A queue of what is asked for. The caller bounds it.
pub(super) struct Fair<K, T> {
    /// Each asker that waits, once: where it stands, and when it came there.
    order: BTreeMap<(u64, u64), K>,
    /// What an asker waits for, in the order in which it asked. Never empty.
    waiting: FxHashMap<K, VecDeque<T>>,
    /// How many of the remembered turns are an asker's.
    turns: FxHashMap<K, u64>,
    /// Whose the remembered turns were, the oldest first.
    remembered: VecDeque<K>,
    asked: u64,
}

impl<K: Copy + Eq + Hash, T> Fair<K, T> {
    pub fn new() -> Self {
        Fair {
            order: BTreeMap::new(),
            waiting: FxHashMap::default(),
            turns: FxHashMap::default(),
            remembered: VecDeque::new(),
            asked: 0,
        }
    }

    /// Something that `asker` asks for.
    pub fn push(&mut self, asker: K, item: T) {
        if let Some(waiting) = self.waiting.get_mut(&asker) {
            waiting.push_back(item);
            return;
        }
        self.waiting.insert(asker, VecDeque::from([item]));
        self.line_up(asker);
    }

    fn line_up(&mut self, asker: K) {
        self.asked += 1;
        let turns = self.turns.get(&asker).copied().unwrap_or(0);
        let place = self.asked + (turns * SETBACK).min(MOST_SETBACK);
        self.order.insert((place, self.asked), asker);
    }

    /// Takes the item whose turn it is.
    pub fn pop(&mut self) -> Option<T> {
        let (_, asker) = self.order.pop_first()?;
        let mut waiting = self.waiting.remove(&asker)?;
        let item = waiting.pop_front()?;
        self.remember(asker);
        if !waiting.is_empty() {
            self.waiting.insert(asker, waiting);
            self.line_up(asker);
        }
        Some(item)
    }

    fn remember(&mut self, asker: K) {
        *self.turns.entry(asker).or_default() += 1;
        self.remembered.push_back(asker);
        if self.remembered.len() > REMEMBERED_TURNS
            && let Some(oldest) = self.remembered.pop_front()
            && let Some(turns) = self.turns.get_mut(&oldest)
        {
            *turns -= 1;
            if *turns == 0 {
                self.turns.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The turns until `who` has one, while `busy` ask again as soon as they had theirs.
    fn turns_until(queue: &mut Fair<u32, u32>, who: u32, busy: u32) -> usize {
        for turn in 1.. {
            let served = queue.pop().expect("somebody waits");
            if served == who {
                return turn;
            }
            if served < busy {
                queue.push(served, served);
            }
        }
        unreachable!()
    }

    #[test]
    fn who_asks_little_comes_before_those_who_never_stop() {
        let mut queue = Fair::new();
        for asker in 0..30 {
            queue.push(asker, asker);
        }
        for _ in 0..200 {
            let served = queue.pop().expect("somebody waits");
            queue.push(served, served);
        }
        for _ in 0..5 {
            queue.push(1_000, 1_000);
            assert_eq!(turns_until(&mut queue, 1_000, 30), 1);
        }
    }

    #[test]
    fn of_what_one_asks_for_at_once_only_the_first_is_before_the_others() {
        let mut queue = Fair::new();
        (0..100).for_each(|_| queue.push(1, 1));
        queue.push(2, 2);
        queue.push(3, 3);
        let order: Vec<_> = std::iter::from_fn(|| queue.pop()).take(4).collect();
        assert_eq!(order, [1, 2, 3, 1]);
    }

    #[test]
    fn nobody_is_passed_for_ever_by_newcomers() {
        let mut queue = Fair::new();
        for _ in 0..500 {
            queue.push(0, 0);
            queue.pop();
        }
        queue.push(0, 0);
        let mut newcomer = 1;
        let turns = (1..).find(|_| {
            queue.push(newcomer, newcomer);
            newcomer += 1;
            queue.pop() == Some(0)
        });
        let turns = turns.expect("its turn comes");
        assert!(turns > 900, "it had all turns before: {turns}");
        assert!(turns as u64 <= MOST_SETBACK + 1, "{turns}");
    }

    proptest! {
        /// Everything comes once, of each asker in its order, and what is remembered is bounded.
        #[test]
        fn nothing_is_lost(steps in prop::collection::vec((0_u32..9, any::<bool>()), 0..3_000)) {
            let mut queue = Fair::new();
            let (mut asked, mut served) = (vec![0; 9], vec![0; 9]);
            for (asker, pops) in steps {
                match pops {
                    false => {
                        queue.push(asker, (asker, asked[asker as usize]));
                        asked[asker as usize] += 1;
                    }
                    true => if let Some((asker, n)) = queue.pop() {
                        prop_assert_eq!(n, served[asker as usize]);
                        served[asker as usize] += 1;
                    }
                }
                prop_assert!(queue.remembered.len() <= REMEMBERED_TURNS);
                prop_assert_eq!(queue.turns.values().sum::<u64>(), queue.remembered.len() as u64);
            }
            while let Some((asker, n)) = queue.pop() {
                prop_assert_eq!(n, served[asker as usize]);
                served[asker as usize] += 1;
            }
            prop_assert_eq!(asked, served);
            prop_assert!(queue.waiting.is_empty());
        }
    }
}
