//! Where the time comes from: the machine, or the hand of a test.
//!
//! Whatever waits or measures asks a [`Clock`] that it was handed. A test (or a simulation) hands in one that stands still until it is moved, and so decides
//! itself when a ping is due or a drain is over.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::watch;

/// The longest that anything waits here: beyond it `Instant` could overflow, and nobody would see the difference.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// The time of a server. Clones are the same clock.
///
/// The default is the machine's own: [`now`](Self::now) is then `Instant::now()` behind one branch. A [held](Self::held) one moves only when
/// [`advance`](Self::advance) is called; moving it never runs anything by itself: tasks that are due are woken, and run when their runtime gets to them.
///
/// No function of a clock fails, and none needs a particular thread. Those that wait need a Tokio runtime with its timer, as long as the clock is the machine's.
#[derive(Clone, Default)]
pub struct Clock(Option<Arc<Held>>);

struct Held {
    start: Instant,
    wall: SystemTime,
    /// How far the hand was moved since the start.
    moved: watch::Sender<Duration>,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Clock(None)
    }

    /// A clock that stands at the present until [`advance`](Self::advance) moves it.
    pub fn held() -> Self {
        Clock(Some(Arc::new(Held {
            start: Instant::now(),
            wall: SystemTime::now(),
            moved: watch::Sender::new(Duration::ZERO),
        })))
    }

    /// Moves a held clock by `time` and wakes whoever waited for what is now past.
    ///
    /// # Panics
    /// If this is the machine's clock: nobody moves that one.
    pub fn advance(&self, time: Duration) {
        let held = self.0.as_ref().expect("only a held clock is moved");
        held.moved.send_modify(|moved| *moved += time);
    }

    /// Whether only [`advance`](Self::advance) moves it.
    pub(crate) fn is_held(&self) -> bool {
        self.0.is_some()
    }

    /// The monotonic time: what deadlines and durations are made of.
    #[inline]
    pub fn now(&self) -> Instant {
        match &self.0 {
            None => Instant::now(),
            Some(held) => held.start + *held.moved.borrow(),
        }
    }

    /// The time of day: what is written into rows, and what an `exp` of a token is held against.
    #[inline]
    pub fn wall(&self) -> SystemTime {
        match &self.0 {
            None => SystemTime::now(),
            Some(held) => held.wall + *held.moved.borrow(),
        }
    }

    /// The time of day, in milliseconds since 1970. What is earlier is 0.
    pub(crate) fn wall_ms(&self) -> i64 {
        let since = self.wall().duration_since(SystemTime::UNIX_EPOCH);
        since.map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        })
    }

    /// Done when `time` has passed. Cancel safe.
    pub fn sleep(&self, time: Duration) -> Sleep {
        self.sleep_until(self.now() + time.min(LONGEST))
    }

    /// Done when it is `at`, at once if that is past. Cancel safe.
    pub fn sleep_until(&self, at: Instant) -> Sleep {
        Sleep(match &self.0 {
            None => Waits::System(Box::pin(tokio::time::sleep_until(at.into()))),
            Some(held) => Waits::Held(Box::pin(until(held.clone(), at))),
        })
    }

    /// What `future` gives, or `None` when `time` passes first; then the future is dropped. Cancel safe if the future is.
    pub async fn timeout<F: Future>(&self, time: Duration, future: F) -> Option<F::Output> {
        match &self.0 {
            None => tokio::time::timeout(time, future).await.ok(),
            Some(held) => {
                let at = held.start + *held.moved.borrow() + time.min(LONGEST);
                tokio::select! {
                    biased;
                    done = future => Some(done),
                    () = until(held.clone(), at) => None,
                }
            }
        }
    }

    /// A tick at once, and then one in every `period`. A tick that comes late is followed by the next a whole period later: none are made up for.
    pub fn every(&self, period: Duration) -> Ticks {
        Ticks {
            clock: self.clone(),
            period: period.clamp(Duration::from_micros(1), LONGEST),
            next: self.now(),
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            None => "Clock(system)",
            Some(_) => "Clock(held)",
        })
    }
}

async fn until(held: Arc<Held>, at: Instant) {
    let mut moved = held.moved.subscribe();
    // the sender is in `held`: it outlives this wait
    let _ = moved.wait_for(|moved| held.start + *moved >= at).await;
}

/// A wait on a [`Clock`]; a field of those that poll by hand.
pub struct Sleep(Waits);

enum Waits {
    System(Pin<Box<tokio::time::Sleep>>),
    Held(Pin<Box<dyn Future<Output = ()> + Send + Sync>>),
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match &mut self.0 {
            Waits::System(sleep) => sleep.as_mut().poll(cx),
            Waits::Held(wait) => {
                ready!(wait.as_mut().poll(cx));
                // a wait that is polled again after its end says the same, as the machine's does
                self.0 = Waits::Held(Box::pin(std::future::ready(())));
                Poll::Ready(())
            }
        }
    }
}

/// Ticks in a steady period: see [`Clock::every`].
#[derive(Debug)]
pub struct Ticks {
    clock: Clock,
    period: Duration,
    next: Instant,
}

impl Ticks {
    /// The next tick. Cancel safe: a tick that was not waited for to the end is still to come.
    pub async fn tick(&mut self) {
        self.clock.sleep_until(self.next).await;
        self.next = self.clock.now() + self.period;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;
    use std::pin::pin;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_held_clock_stands_until_it_is_moved() {
        let clock = Clock::held();
        let (now, wall) = (clock.now(), clock.wall());
        assert_eq!((clock.now(), clock.wall()), (now, wall));
        clock.clone().advance(SECOND);
        assert_eq!((clock.now(), clock.wall()), (now + SECOND, wall + SECOND));
    }

    #[test]
    fn who_waits_on_a_held_clock_needs_no_runtime_and_is_woken_when_due() {
        let clock = Clock::held();
        let mut short = pin!(clock.sleep(SECOND));
        let mut long = pin!(clock.sleep(2 * SECOND));
        assert!(short.as_mut().now_or_never().is_none());
        clock.advance(SECOND);
        assert_eq!(short.as_mut().now_or_never(), Some(()));
        assert_eq!(short.as_mut().now_or_never(), Some(()), "asked again");
        assert!(long.as_mut().now_or_never().is_none());
        clock.advance(SECOND);
        assert_eq!(long.as_mut().now_or_never(), Some(()));
    }

    #[test]
    fn a_wait_begins_when_it_is_made_and_not_when_it_is_polled() {
        let clock = Clock::held();
        let sleep = clock.sleep(SECOND);
        clock.advance(SECOND);
        assert_eq!(sleep.now_or_never(), Some(()));
    }

    #[test]
    fn a_timeout_gives_what_is_done_before_it_and_nothing_after() {
        let clock = Clock::held();
        let done = clock.timeout(Duration::ZERO, std::future::ready(7));
        assert_eq!(
            done.now_or_never(),
            Some(Some(7)),
            "what is done comes first"
        );
        let mut late = pin!(clock.timeout(SECOND, std::future::pending::<()>()));
        assert!(late.as_mut().now_or_never().is_none());
        clock.advance(SECOND);
        assert_eq!(late.now_or_never(), Some(None));
    }

    #[test]
    fn ticks_that_are_late_are_not_made_up_for() {
        let clock = Clock::held();
        let mut ticks = clock.every(SECOND);
        assert!(ticks.tick().now_or_never().is_some(), "the first at once");
        assert!(ticks.tick().now_or_never().is_none());
        clock.advance(10 * SECOND);
        assert!(ticks.tick().now_or_never().is_some());
        assert!(ticks.tick().now_or_never().is_none());
        clock.advance(SECOND);
        assert!(ticks.tick().now_or_never().is_some());
    }

    #[tokio::test]
    async fn the_machines_clock_wakes_its_waiters_by_itself() {
        let clock = Clock::system();
        let before = clock.now();
        clock.sleep(Duration::from_millis(1)).await;
        assert!(clock.now() >= before + Duration::from_millis(1));
        let never = std::future::pending::<()>();
        assert_eq!(clock.timeout(Duration::from_millis(1), never).await, None);
    }
}
