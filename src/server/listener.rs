//! A bound address of one shard, and what is served there at the moment.

use super::handshake::Sockets;
use super::http::Http;
use super::node::Node;
use super::table::TableEntry;
use crate::app::App;
use crate::routing::Edge;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use tokio::task::AbortHandle;

/// Sockets that are accepted together: a millisecond of handshakes.
pub(super) const BATCH: usize = 32;
/// Sockets that are accepted together where hardly a descriptor is left: those that are turned away are to give theirs back before others come.
pub(super) const CROWDED_BATCH: usize = 4;

/// A listener of the table as one shard serves it. A reload makes a new one.
pub(super) struct ListenerConfig<A: App> {
    pub entry: Arc<TableEntry>,
    pub sockets: Arc<Sockets<A>>,
    pub http: Http<A>,
}

impl<A: App> ListenerConfig<A> {
    pub fn new(node: &Node<A>, entry: Arc<TableEntry>) -> Self {
        let sockets = Arc::new(Sockets::new(&node.shard, &node.shared, &entry));
        ListenerConfig {
            http: Http::new(&node.shard, &node.shared, &entry, &sockets),
            entry,
            sockets,
        }
    }

    pub fn edge(&self) -> &Edge {
        &self.entry.listener.edge
    }
}

/// A bound address of a shard, whatever it serves at the moment.
pub(super) struct Listener<A: App> {
    config: RefCell<Rc<ListenerConfig<A>>>,
    /// TLS handshakes in progress.
    handshakes: Rc<Cell<usize>>,
    /// Clients that are told that there is no place for them, the oldest first.
    refusing: RefCell<VecDeque<AbortHandle>>,
}

impl<A: App> Listener<A> {
    pub fn new(config: Rc<ListenerConfig<A>>) -> Self {
        Listener {
            config: RefCell::new(config),
            handshakes: Rc::default(),
            refusing: RefCell::default(),
        }
    }

    /// Serves this from the next request on.
    pub fn reconfigure(&self, config: Rc<ListenerConfig<A>>) {
        *self.config.borrow_mut() = config;
    }

    pub fn config(&self) -> Rc<ListenerConfig<A>> {
        self.config.borrow().clone()
    }

    /// The right to a TLS handshake; `None`: as many as may are in progress.
    pub fn permit_handshake(&self, most: usize) -> Option<Permit> {
        Permit::one_of(&self.handshakes, most)
    }

    /// Runs a task that tells one more client that there is no place. Of more than `most` the oldest is cut off: it had the longest time, and among those who
    /// come now may be a probe.
    pub fn refuse(&self, most: usize, refusal: impl Future<Output = ()> + 'static) {
        let mut refusing = self.refusing.borrow_mut();
        if refusing.len() >= most {
            refusing.retain(|refusal| !refusal.is_finished());
        }
        while refusing.len() >= most
            && let Some(oldest) = refusing.pop_front()
        {
            oldest.abort();
        }
        refusing.push_back(tokio::task::spawn_local(refusal).abort_handle());
    }
}

/// One of a limited number of things that go on at once, until it is dropped.
pub(super) struct Permit(Rc<Cell<usize>>);

impl Permit {
    fn one_of(count: &Rc<Cell<usize>>, most: usize) -> Option<Permit> {
        let now = count.get();
        (now < most).then(|| {
            count.set(now + 1);
            Permit(count.clone())
        })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}
