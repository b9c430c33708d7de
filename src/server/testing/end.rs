//! A client's end of a stream in this process, for a thread that waits: with a deadline, so that a test fails instead of hanging.

use crate::hub::stream::Memory;
use crate::limits::clock::Clock;
use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// How long a test waits for what must happen. Nothing takes so long: whoever waits in vain is told so instead of waiting for ever, on the slowest machine too.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// The client's end.
pub(super) struct End(pub Memory);

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

impl End {
    /// Reads what has come, after waiting for it. 0: the end of the stream.
    ///
    /// # Errors
    /// [`TimedOut`](io::ErrorKind::TimedOut) when nothing comes until `deadline`: that of all that is waited for, since a server that pings says something again
    /// and again.
    pub fn read(&self, buffer: &mut [u8], deadline: Instant) -> io::Result<usize> {
        let ready = poll_fn(|cx| self.0.poll_read_ready(cx));
        until(ready, deadline).unwrap_or_else(|| Err(io::ErrorKind::TimedOut.into()))?;
        self.0.try_read(buffer)
    }

    /// Writes all of it, after waiting for room.
    ///
    /// # Errors
    /// [`TimedOut`](io::ErrorKind::TimedOut) when the server reads nothing for [`PATIENCE`]; [`BrokenPipe`](io::ErrorKind::BrokenPipe) when it has ended.
    pub fn write(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let ready = poll_fn(|cx| self.0.poll_write_ready(cx));
            in_time(ready, PATIENCE).unwrap_or_else(|| Err(io::ErrorKind::TimedOut.into()))?;
            let n = self.0.try_write(bytes)?;
            bytes = &bytes[n..];
        }
        Ok(())
    }
}

/// Until when a wait that begins now lasts. By the machine's clock, whatever the server has: a test that holds that one waits all the same.
pub(super) fn deadline() -> Instant {
    Clock::system().now() + PATIENCE
}

/// Waits on this thread.
///
/// # Panics
/// After [`PATIENCE`].
#[track_caller]
pub(super) fn block_on<F: Future>(future: F) -> F::Output {
    in_time(future, PATIENCE).expect("it is done in half a minute")
}

/// Waits on this thread, for so long.
pub(super) fn in_time<F: Future>(future: F, patience: Duration) -> Option<F::Output> {
    until(future, Clock::system().now() + patience)
}

fn until<F: Future>(future: F, deadline: Instant) -> Option<F::Output> {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let clock = Clock::system();
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return Some(done);
        }
        let left = deadline.saturating_duration_since(clock.now());
        if left.is_zero() {
            return None;
        }
        thread::park_timeout(left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::stream::pair;

    #[test]
    fn a_wait_ends_at_its_deadline_however_much_came_before() {
        let (server, client) = pair(64);
        let end = End(client);
        let past = Clock::system().now();
        assert_eq!(server.try_write(b"ping").unwrap(), 4);
        let mut buffer = [0; 8];
        assert_eq!(end.read(&mut buffer, past).unwrap(), 4, "it is there");
        let late = end.read(&mut buffer, past).unwrap_err();
        assert_eq!(late.kind(), io::ErrorKind::TimedOut);
    }
}
