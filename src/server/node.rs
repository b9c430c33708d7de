//! One shard of a running server: its hub, what all shards share, and how many connections it has.
//!
//! Everything that serves a connection holds a [`Node`]; the thread that listens, reloads and drains is the [worker](super::worker)'s, which owns it.

use super::shared::Shared;
use crate::app::App;
use crate::hub::shard::Shard;
use crate::limits::ConnectionSlot;
use crate::routing::Policy;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use tokio::sync::{Notify, watch};

pub(super) struct Node<A: App> {
    pub shard: Rc<Shard<A>>,
    pub shared: Arc<Shared<A>>,
    /// Policies of routes that a reload took away, for handshakes that were under way.
    gone: RefCell<Vec<Arc<Policy>>>,
    /// Connections of any kind, from the accept to the end.
    present: Cell<usize>,
    /// Notified when `present` becomes 0.
    left: Notify,
    /// `true`: no further request is waited for.
    closing: watch::Sender<bool>,
}

impl<A: App> Node<A> {
    pub fn new(shard: Rc<Shard<A>>, shared: Arc<Shared<A>>) -> Self {
        Node {
            shard,
            shared,
            gone: RefCell::default(),
            present: Cell::new(0),
            left: Notify::new(),
            closing: watch::Sender::new(false),
        }
    }

    /// Counts a connection, until what is returned is dropped.
    pub fn arrive(self: &Rc<Self>) -> Presence<A> {
        self.present.set(self.present.get() + 1);
        Presence(self.clone())
    }

    /// Connections of any kind that are there.
    pub fn present(&self) -> usize {
        self.present.get()
    }

    /// Resolves when no connection is there. Cancel safe.
    pub async fn emptied(&self) {
        while self.present.get() > 0 {
            self.left.notified().await; // single thread: nothing can change between the test and the wait
        }
    }

    /// From now on no further request is waited for: connections without one end.
    pub fn close(&self) {
        let _ = self.closing.send(true);
    }

    /// Resolves when no further request is waited for. Cancel safe.
    pub async fn closing(&self) {
        let _ = self.closing.subscribe().wait_for(|closing| *closing).await;
    }

    pub fn is_draining(&self) -> bool {
        self.shared.drain.draining.load(Relaxed)
    }

    /// Whether the route of this policy vanished while the handshake was under way.
    pub fn is_gone(&self, policy: &Arc<Policy>) -> bool {
        self.gone.borrow().iter().any(|g| Arc::ptr_eq(g, policy))
    }

    /// A reload took the routes of these policies away.
    pub fn forget(&self, policies: &[Arc<Policy>]) {
        let mut gone = self.gone.borrow_mut();
        gone.retain(|policy| Arc::strong_count(policy) > 1);
        gone.extend(policies.iter().cloned());
    }
}

/// A counted connection: see [`Node::arrive`].
pub(super) struct Presence<A: App>(Rc<Node<A>>);

impl<A: App> Drop for Presence<A> {
    fn drop(&mut self) {
        self.0.present.set(self.0.present.get() - 1);
        if self.0.present.get() == 0 {
            self.0.left.notify_waiters();
        }
    }
}

/// What a connection holds from its accept to its end.
pub(super) struct ConnectionGuard<A: App> {
    /// The connection's number in the log.
    pub id: u64,
    /// Its place in the quotas.
    pub slot: ConnectionSlot,
    pub presence: Presence<A>,
}
