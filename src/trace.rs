//! Which connection the running code belongs to, for the log.
//!
//! A span per connection would cost more memory than the connection. A number in a thread-local costs nothing: each connection's task sets it while it is
//! polled, and whoever writes the log asks for it.

use pin_project_lite::pin_project;
use std::cell::Cell;
use std::pin::Pin;
use std::task::{Context, Poll};

thread_local! {
    static CURRENT: Cell<u64> = const { Cell::new(0) };
}

/// The number of the connection that the calling code runs for, from its being accepted to its end: the same in every line of the log, and in what a client
/// is told when it is refused. `None` outside of a connection's task: in the writer, between connections.
pub fn connection_id() -> Option<u64> {
    let id = CURRENT.get();
    (id != 0).then_some(id)
}

/// Runs `future` as a part of a connection.
pub(crate) fn within<F: Future>(connection: u64, future: F) -> Within<F> {
    Within { connection, future }
}

/// Runs `f` as a part of a connection.
pub(crate) fn during<T>(connection: u64, f: impl FnOnce() -> T) -> T {
    let _restore = Restore(CURRENT.replace(connection));
    f()
}

pin_project! {
    /// See [`within`].
    pub(crate) struct Within<F> {
        connection: u64,
        #[pin]
        future: F,
    }
}

/// Restores also when the future panics.
struct Restore(u64);

impl Drop for Restore {
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}

impl<F: Future> Future for Within<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _restore = Restore(CURRENT.replace(*this.connection));
        this.future.poll(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_there_while_the_task_runs_and_not_after() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        let inner = || async {
            tokio::task::yield_now().await;
            connection_id()
        };
        let (a, b, none) = runtime.block_on(async {
            let nested = within(1, async { (within(2, inner()).await, connection_id()) });
            tokio::join!(within(7, inner()), nested, inner())
        });
        assert_eq!((a, b, none), (Some(7), (Some(2), Some(1)), None));
        let panics = within(9, async { panic!("on purpose") });
        let caught =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| runtime.block_on(panics)));
        assert!(caught.is_err() && connection_id().is_none());
    }
}
