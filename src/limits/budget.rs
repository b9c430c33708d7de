//! How much a task reads before the others of its shard have their turn, and how much it reads at all once its connection is refused or closed.
//!
//! Tasks of a shard share one thread, so a client that never stops sending could keep it for itself. Whoever reads from a client needs a [`Turn`], each is good
//! for one read, and only a [`Budget`] has them: a loop that reads without one does not compile.

use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use tokio::task::yield_now;

/// Reads of one turn, whether they brought a message or not: as many as tokio itself gives a task. An ordinary one costs a few microseconds, so a turn is below a
/// millisecond. Fewer would cost a burst of messages more writes, because what a turn said leaves at its end.
const READS: u16 = 128;
/// Bytes of one turn, as they came and as they were inflated: four times what a thread reads at once, some hundred microseconds.
const BYTES: u32 = 256 << 10;

/// What a task may read.
#[derive(Debug)]
pub(crate) struct Budget {
    /// Of this turn.
    reads: u16,
    bytes: u32,
    /// In all, where the connection is at its end. Bytes.
    rest: Option<u32>,
}

impl Default for Budget {
    /// Of an open connection: without an end, turn by turn.
    fn default() -> Self {
        Budget {
            reads: READS,
            bytes: BYTES,
            rest: None,
        }
    }
}

impl Budget {
    /// For what is read only to be dropped: about so many bytes in all.
    pub fn last(bytes: usize) -> Self {
        Budget {
            rest: Some(u32::try_from(bytes).unwrap_or(u32::MAX)),
            ..Budget::default()
        }
    }

    /// The right to read once, after the others had their turn if this one is used up. Cancel safe.
    pub fn turn(&mut self) -> NextTurn<'_> {
        NextTurn(Some(self))
    }

    /// The same where nobody can wait; `None`: this turn is used up.
    pub fn turn_now(&mut self) -> Option<Turn<'_>> {
        self.reads = self.reads.checked_sub(1)?;
        Some(Turn(self))
    }
}

/// See [`Budget::turn`]. One word, because every connection's task has one: an `async fn` would be five.
#[derive(Debug)]
#[must_use = "a turn is waited for"]
pub(crate) struct NextTurn<'b>(Option<&'b mut Budget>);

impl<'b> Future for NextTurn<'b> {
    type Output = Turn<'b>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Turn<'b>> {
        let budget = self.0.take().expect("polled no more once it is ready");
        if budget.reads == 0 || budget.bytes == 0 {
            // Whoever is polled again had to wait, so the next turn can begin here, and nothing of the yield is kept. Not just a wake: the runtime looks at the
            // network before it wakes who yields.
            (budget.reads, budget.bytes) = (READS, BYTES);
            if pin!(yield_now()).poll(cx).is_pending() {
                self.0 = Some(budget);
                return Poll::Pending;
            }
        }
        budget.reads -= 1;
        Poll::Ready(Turn(budget))
    }
}

/// The right to read once.
#[derive(Debug)]
pub(crate) struct Turn<'b>(&'b mut Budget);

impl Turn<'_> {
    /// So many bytes were read, or made of what was read.
    pub fn spend(&mut self, bytes: usize) {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.0.bytes = self.0.bytes.saturating_sub(bytes);
        if let Some(rest) = &mut self.0.rest {
            *rest = rest.saturating_sub(bytes);
        }
    }

    /// Nothing more may be read in this turn.
    pub fn is_over(&self) -> bool {
        self.0.bytes == 0 || self.is_last_over()
    }

    /// Nothing more may be read at all.
    pub fn is_last_over(&self) -> bool {
        self.0.rest == Some(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::rc::Rc;
    use tokio::task::{LocalSet, spawn_local};

    /// How often somebody else had a turn while a task took `turns`, each for so many bytes.
    fn others_while(turns: usize, bytes: usize) -> usize {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        LocalSet::new().block_on(&runtime, async {
            let others = Rc::new(Cell::new(0));
            let counted = others.clone();
            let other = spawn_local(async move {
                loop {
                    counted.set(counted.get() + 1);
                    yield_now().await;
                }
            });
            let reader = spawn_local(async move {
                let mut budget = Budget::default();
                for _ in 0..turns {
                    budget.turn().await.spend(bytes);
                }
            });
            reader.await.expect("it reads to its end");
            other.abort();
            others.get()
        })
    }

    #[test]
    fn who_reads_much_or_often_lets_the_others_in_between() {
        assert!(others_while(10 * usize::from(READS), 0) >= 9, "often");
        assert!(others_while(10, BYTES as usize) >= 9, "much");
        assert!(others_while(usize::from(READS), 1) <= 2, "neither");
    }

    #[test]
    fn what_is_read_to_be_dropped_has_an_end() {
        let mut budget = Budget::last(1000);
        let mut turn = budget.turn_now().expect("the first");
        turn.spend(999);
        assert!(!turn.is_over());
        turn.spend(usize::MAX);
        assert!(turn.is_over() && turn.is_last_over());
        assert!(budget.turn_now().expect("the second").is_last_over());
    }

    #[test]
    fn without_waiting_a_turn_is_as_long() {
        let mut budget = Budget::default();
        let turns = (0..1000).map_while(|_| budget.turn_now().map(drop)).count();
        assert_eq!(turns, usize::from(READS));
    }
}
