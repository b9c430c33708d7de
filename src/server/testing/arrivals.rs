//! How a shard lets in a client that is in this process: as one that came by a socket, without one.

use crate::app::App;
use crate::hub::stream::{Memory, Stream};
use crate::server::accept::wait;
use crate::server::direct::First;
use crate::server::http_io::HttpIo;
use crate::server::listener::{Listener, ListenerConfig};
use crate::server::node::{ConnectionGuard, Node};
use crate::server::refusal;
use crate::trace;
use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;

/// A client that is to be let in.
pub(in crate::server) struct Arrival {
    /// The listener's place in the routing.
    pub listener: usize,
    /// The server's end of the client's stream. Dropped where it cannot be served: the client reads the end of the stream.
    pub stream: Memory,
    /// Where the client is said to be.
    pub peer: SocketAddr,
}

/// The listeners of a shard by their place in the routing, whether or not they are bound to an address.
pub(in crate::server) struct Arrivals<A: App>(RefCell<Vec<Rc<Listener<A>>>>);

// `derive` would ask for `A: Default`
impl<A: App> Default for Arrivals<A> {
    fn default() -> Self {
        Arrivals(RefCell::default())
    }
}

impl<A: App> Arrivals<A> {
    /// Another routing is served.
    pub fn reset(&self) {
        self.0.borrow_mut().clear();
    }

    /// The next listener of the routing.
    pub fn serve(&self, config: Rc<ListenerConfig<A>>) {
        self.0.borrow_mut().push(Rc::new(Listener::new(config)));
    }

    /// Lets a client in, or tells it that there is no place.
    pub fn meet(&self, node: &Rc<Node<A>>, arrival: Arrival) {
        let Arrival {
            listener,
            stream,
            peer,
        } = arrival;
        let Some(listener) = self.0.borrow().get(listener).cloned() else {
            return;
        };
        let stats = &node.shared.stats;
        let id = stats.next_connection();
        match stats.quota.connection(peer.ip()) {
            Ok(slot) => {
                let guard = ConnectionGuard {
                    id,
                    slot,
                    presence: node.arrive(),
                };
                let stream = Stream::Memory(stream);
                let met = wait(node.clone(), listener, stream, First::Nothing, peer, guard);
                tokio::task::spawn_local(trace::within(id, met));
            }
            Err(refused) => {
                let (config, clock) = (listener.config(), node.shared.clock.clone());
                let io = HttpIo::memory(stream, Vec::new(), config.edge(), &clock);
                let told = refusal::turn_away(io, config, peer, refused, clock);
                tokio::task::spawn_local(trace::within(id, told));
            }
        }
    }
}
