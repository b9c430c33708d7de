//! Time for hyper, from the server's clock.

use crate::limits::clock::{Clock, Sleep};
use hyper::rt::{Sleep as HyperSleep, Timer};
use hyper_util::rt::TokioTimer;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// The machine's clock is left to Tokio's timer, which uses one wait for all requests of a connection.
pub(super) struct HttpTimer(Clock);

impl HttpTimer {
    pub fn new(clock: &Clock) -> Self {
        HttpTimer(clock.clone())
    }
}

struct Wait(Sleep);

impl Future for Wait {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx)
    }
}

impl HyperSleep for Wait {}

impl Timer for HttpTimer {
    fn sleep(&self, time: Duration) -> Pin<Box<dyn HyperSleep>> {
        match self.0.is_held() {
            true => Box::pin(Wait(self.0.sleep(time))),
            false => TokioTimer::new().sleep(time),
        }
    }

    fn sleep_until(&self, at: Instant) -> Pin<Box<dyn HyperSleep>> {
        match self.0.is_held() {
            true => Box::pin(Wait(self.0.sleep_until(at))),
            false => TokioTimer::new().sleep_until(at),
        }
    }

    fn now(&self) -> Instant {
        self.0.now()
    }

    fn reset(&self, sleep: &mut Pin<Box<dyn HyperSleep>>, at: Instant) {
        match self.0.is_held() {
            true => *sleep = self.sleep_until(at),
            false => TokioTimer::new().reset(sleep, at),
        }
    }
}
