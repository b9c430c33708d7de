//! How much a task reads before other tasks of its shard have their turn, and how much it reads in all once its connection is refused or closed.
//!
//! Tasks of a shard share one thread, so a client that never stops sending could occupy it. Every function that reads from a client takes a [`Turn`], which is good
//! for one read, and only a [`Budget`] gives turns. So a loop that reads without a bound does not compile.

use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use tokio::task::yield_now;

/// Reads until a task yields, whether or not they brought a message: as many as tokio itself gives a task. An ordinary read costs a few microseconds, so this is
/// below a millisecond. With fewer, a burst of messages would be answered in more writes.
const READS: u16 = 128;
/// Bytes until a task yields, as they came and as they were inflated: four times what a thread reads at once, some hundred microseconds.
const BYTES: u32 = 256 << 10;

/// What a task may read. Used up, it fills again when the task has yielded.
#[derive(Debug)]
pub(crate) struct Budget {
    /// Reads until the task yields.
    reads: u16,
    /// Bytes until the task yields.
    bytes: u32,
    /// Bytes in all, where the connection is at its end.
    rest: Option<u32>,
}

impl Default for Budget {
    /// The budget of an open connection: it fills again and again.
    fn default() -> Self {
        Budget {
            reads: READS,
            bytes: BYTES,
            rest: None,
        }
    }
}

impl Budget {
    /// The budget of a connection whose bytes are read only to be dropped: about so many bytes in all.
    pub fn last(bytes: usize) -> Self {
        Budget {
            rest: Some(u32::try_from(bytes).unwrap_or(u32::MAX)),
            ..Budget::default()
        }
    }

    /// The right to read once. If the budget is used up, other tasks run first. Cancel safe.
    pub fn turn(&mut self) -> NextTurn<'_> {
        NextTurn(Some(self))
    }

    /// The right to read once, where the caller cannot wait. `None`: the budget is used up.
    pub fn turn_now(&mut self) -> Option<Turn<'_>> {
        self.reads = self.reads.checked_sub(1)?;
        Some(Turn(self))
    }
}

/// See [`Budget::turn`]. It is one word, because the task of every connection holds one; an `async fn` would be five.
#[derive(Debug)]
#[must_use = "a turn is waited for"]
pub(crate) struct NextTurn<'b>(Option<&'b mut Budget>);

impl<'b> Future for NextTurn<'b> {
    type Output = Turn<'b>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Turn<'b>> {
        let budget = self.0.take().expect("polled no more once it is ready");
        if budget.reads == 0 || budget.bytes == 0 {
            // Filled before the wait: a task that is polled again has waited, so no state of the yield need be kept. `yield_now` and not just a wake, because the
            // runtime polls the network before it runs a task that has yielded.
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
    /// Takes so many bytes off the budget: bytes that were read, or that were made of what was read.
    pub fn spend(&mut self, bytes: usize) {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.0.bytes = self.0.bytes.saturating_sub(bytes);
        if let Some(rest) = &mut self.0.rest {
            *rest = rest.saturating_sub(bytes);
        }
    }

    /// Whether nothing more may be read before the task yields.
    pub fn is_over(&self) -> bool {
        self.0.bytes == 0 || self.is_last_over()
    }

    /// Whether nothing more may be read at all.
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
