//! How many connections there may be, in total and from one address. Shared by all shards.

use dashmap::DashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// The most connections a server holds.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionLimits {
    /// In total: 100,000, which at 4 KB each is memory that any machine has.
    pub total: usize,
    /// From one address: 20,000, because a whole restaurant, or a load test, may be behind one.
    pub per_address: usize,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        ConnectionLimits {
            total: 100_000,
            per_address: 20_000,
        }
    }
}

/// Counts connections.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    limits: ConnectionLimits,
    total: AtomicUsize,
    by_address: DashMap<IpAddr, usize>,
}

impl Connections {
    pub fn new(limits: ConnectionLimits) -> Self {
        Connections {
            limits,
            ..Connections::default()
        }
    }

    #[cfg(test)]
    fn total(&self) -> usize {
        self.total.load(Relaxed)
    }

    /// A place for one more, given back when dropped. `None`: there is none.
    pub fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Permit> {
        if self.total.fetch_add(1, Relaxed) >= self.limits.total {
            self.total.fetch_sub(1, Relaxed);
            return None;
        }
        let mut here = self.by_address.entry(address).or_insert(0);
        if *here >= self.limits.per_address {
            self.total.fetch_sub(1, Relaxed);
            return None;
        }
        *here += 1;
        Some(Permit {
            connections: self.clone(),
            address,
        })
    }
}

/// One connection's place.
#[derive(Debug)]
pub(crate) struct Permit {
    connections: Arc<Connections>,
    address: IpAddr,
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.connections.total.fetch_sub(1, Relaxed);
        self.connections
            .by_address
            .remove_if_mut(&self.address, |_, here| {
                *here -= 1;
                *here == 0
            });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_and_given_back() {
        let c = Arc::new(Connections::new(ConnectionLimits {
            total: 3,
            per_address: 2,
        }));
        let [a, b] = [IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2])];
        let held = [c.admit(a), c.admit(a)];
        assert!(held.iter().all(Option::is_some));
        assert!(c.admit(a).is_none(), "two from one address");
        let other = c.admit(b);
        assert!(other.is_some());
        assert!(c.admit(b).is_none(), "three in all");
        drop(held);
        drop(other);
        assert_eq!(
            (c.total(), c.by_address.len()),
            (0, 0),
            "nothing stays behind"
        );
    }
}
