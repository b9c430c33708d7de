//! A client's end of a stream in this process, for a thread that waits: with a deadline, so that a test fails instead of hanging.

use crate::hub::stream::Memory;
use crate::limits::clock::Clock;
use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

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
    /// [`TimedOut`](io::ErrorKind::TimedOut) when nothing comes within [`PATIENCE`].
    pub fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        wait(|cx| self.0.poll_read_ready(cx))?;
        self.0.try_read(buffer)
    }

    /// Writes all of it, after waiting for room.
    ///
    /// # Errors
    /// [`TimedOut`](io::ErrorKind::TimedOut) when the server reads nothing for [`PATIENCE`]; [`BrokenPipe`](io::ErrorKind::BrokenPipe) when it has ended.
    pub fn write(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            wait(|cx| self.0.poll_write_ready(cx))?;
            let n = self.0.try_write(bytes)?;
            bytes = &bytes[n..];
        }
        Ok(())
    }
}

/// Waits on this thread for a stream.
fn wait(ready: impl FnMut(&mut Context<'_>) -> Poll<io::Result<()>>) -> io::Result<()> {
    in_time(poll_fn(ready), PATIENCE).unwrap_or_else(|| Err(io::ErrorKind::TimedOut.into()))
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
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    // the machine's clock, whatever the server has: a test that holds that one waits all the same
    let clock = Clock::system();
    let deadline = clock.now() + patience;
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
