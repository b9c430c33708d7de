//! What a connection's task is asked to do, and how it is woken.

use crate::protocol::close::Ending;
use std::cell::{Cell, RefCell};
use std::task::{Context, Waker};
use tokio::sync::Notify;

/// Requests of the shard to the task of one connection, which looks at them when it is woken. Everything is of one thread.
#[derive(Default)]
pub(super) struct Control {
    ending: RefCell<Option<Box<Ending>>>,
    /// Somebody has ended the connection, whether or not its task knows.
    leaving: Cell<bool>,
    recheck: Cell<bool>,
    expiring: Cell<bool>,
    waker: Cell<Option<Waker>>,
    /// Woken whenever the task is, and when nothing waits for the client any more.
    pub relieved: Notify,
}

impl Control {
    /// Asks the task to end the connection. The first reason wins.
    pub fn end(&self, ending: Ending) {
        self.leaving.set(true);
        self.ending
            .borrow_mut()
            .get_or_insert_with(|| Box::new(ending));
        self.wake();
    }

    /// Whether the task is asked to end the connection and has not taken the reason yet.
    pub fn has_ending(&self) -> bool {
        self.ending.borrow().is_some()
    }

    pub fn take_ending(&self) -> Option<Ending> {
        self.ending.borrow_mut().take().map(|e| *e)
    }

    #[inline]
    pub fn is_leaving(&self) -> bool {
        self.leaving.get()
    }

    /// Asks the task to judge the connection again.
    pub fn recheck(&self) {
        self.recheck.set(true);
        self.wake();
    }

    pub fn take_recheck(&self) -> bool {
        self.recheck.take()
    }

    /// Asks the task to warn the client that its token ends soon.
    pub fn warn_of_expiry(&self) {
        self.expiring.set(true);
        self.wake();
    }

    pub fn take_expiring(&self) -> bool {
        self.expiring.take()
    }

    /// Whether anything is asked of the task.
    pub fn is_asked(&self) -> bool {
        self.has_ending() || self.recheck.get() || self.expiring.get()
    }

    /// Wakes the task, and whoever waits until nothing waits for the client.
    pub fn wake(&self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
        self.relieved.notify_waiters();
    }

    /// Has [`wake`](Self::wake) wake the task of this context.
    pub fn register(&self, cx: &Context<'_>) {
        let known = self.waker.take().filter(|w| w.will_wake(cx.waker()));
        self.waker
            .set(Some(known.unwrap_or_else(|| cx.waker().clone())));
    }
}
