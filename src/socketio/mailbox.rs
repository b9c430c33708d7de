//! The messages of a client to a namespace that its consumer has not handled yet.

use crate::limits::budget::Turn;
use crate::protocol::frame::Frame;
use bytes::Bytes;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use tokio::sync::Notify;

/// How many messages wait while a command is handled. When it is full the session stops reading, and more wait in the network.
const MAILBOX: usize = 64;

/// A message of a client to a consumer.
pub(super) enum Mail {
    /// A Socket.IO packet that was found to be an event.
    Event {
        text: String,
        attachments: Vec<Bytes>,
    },
    /// A message of Engine.IO alone, which has no events.
    Frame(Frame),
    /// Nothing more comes: the client has left.
    Leave,
}

/// A bounded queue from the task of a session to the task of a namespace. Both run on one thread.
#[derive(Default)]
pub(super) struct Mailbox {
    waiting: RefCell<VecDeque<Mail>>,
    /// A message was taken out and is not answered yet.
    handling: Cell<bool>,
    /// There is room, a message was answered, or the namespace ends.
    changed: Notify,
}

impl Mailbox {
    pub fn is_full(&self) -> bool {
        self.waiting.borrow().len() >= MAILBOX
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.borrow().is_empty()
    }

    pub fn put(&self, mail: Mail) {
        self.waiting.borrow_mut().push_back(mail);
    }

    /// Takes the next message, which is handled until [`done`](Self::done) is called.
    pub fn take(&self, _: Turn<'_>) -> Option<Mail> {
        let mail = self.waiting.borrow_mut().pop_front()?;
        self.handling.set(true);
        self.changed.notify_waiters();
        Some(mail)
    }

    /// The message that was taken is answered.
    pub fn done(&self) {
        self.handling.set(false);
        self.changed.notify_waiters();
    }

    /// Whether a message waits, or is being handled.
    pub fn is_busy(&self) -> bool {
        self.handling.get() || !self.is_empty()
    }

    /// Wakes whoever waits for a change, because the namespace ends.
    pub fn close(&self) {
        self.changed.notify_waiters();
    }

    /// Waits for a change. Both tasks run on one thread, so nothing changes between a test and this wait. Cancel safe.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }
}
