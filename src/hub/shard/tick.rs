//! What one tick of a shard has to tell, until its end.

use crate::app::App;
use crate::hub::publication::Publication;
use crate::hub::socket::Socket;
use crate::hub::tick::{QueuedFrame, WriteBuffer};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Notify;

/// Sockets that the list has memory for from one tick to the next.
const KEPT_SOCKETS: usize = 65_536;
/// Frames that the list has memory for from one tick to the next.
const KEPT_FRAMES: usize = 4_096;

/// The frames of this tick, the sockets that get some of them, and what the other shards get.
pub(super) struct Tick<A: App> {
    pub frames: RefCell<Vec<QueuedFrame>>,
    /// Sockets that some of the frames are for, each once.
    pub sockets: RefCell<Vec<Rc<Socket<A>>>>,
    /// Ephemeral publications for the other shards.
    pub outgoing: RefCell<Vec<Arc<Publication<A>>>>,
    /// One for the sockets that get plain frames, one for the others: they alternate in a group.
    pub buffers: RefCell<[WriteBuffer; 2]>,
    /// The oldest commit that this tick tells of.
    pub committed_at: Cell<Option<Instant>>,
    /// Whether the end of the tick was asked for.
    scheduled: Cell<bool>,
    end: Notify,
}

impl<A: App> Default for Tick<A> {
    fn default() -> Self {
        Tick {
            frames: RefCell::default(),
            sockets: RefCell::default(),
            outgoing: RefCell::default(),
            buffers: RefCell::default(),
            committed_at: Cell::new(None),
            scheduled: Cell::new(false),
            end: Notify::new(),
        }
    }
}

impl<A: App> Tick<A> {
    /// Has the tick end when the tasks that are ready now had their turn.
    #[inline]
    pub fn schedule(&self) {
        if !self.scheduled.replace(true) {
            self.end.notify_one();
        }
    }

    /// Waits until the end of a tick is asked for. Cancel safe.
    pub async fn scheduled(&self) {
        self.end.notified().await;
    }

    /// Begins the next tick and returns the frames and sockets of this one.
    pub fn take(&self) -> (Vec<QueuedFrame>, Vec<Rc<Socket<A>>>) {
        self.scheduled.set(false);
        (self.frames.take(), self.sockets.take())
    }

    /// Takes the lists' memory back, unless a burst made it large. They are empty.
    pub fn reuse(&self, frames: Vec<QueuedFrame>, sockets: Vec<Rc<Socket<A>>>) {
        if sockets.capacity() <= KEPT_SOCKETS {
            *self.sockets.borrow_mut() = sockets;
        }
        if frames.capacity() <= KEPT_FRAMES {
            *self.frames.borrow_mut() = frames;
        }
    }
}
