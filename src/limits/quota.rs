//! How many connections there may be, and how many handshakes in a second: in all, from one address, of one user. Shared by all shards.

use super::bucket::{Rate, SharedBucket};
use super::clock::Clock;
use super::limit::{Limit, Limited};
use super::process::Limits;
use dashmap::DashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

/// Clients of one listening socket that are told at once that the server is full, where descriptors are no concern.
pub(crate) const REFUSED: usize = 256;

/// Counts connections and handshakes.
#[derive(Debug)]
pub(crate) struct Quota {
    /// Changed when `routing.toml` is read again. Connections that are open stay.
    limits: RwLock<Limits>,
    clock: Clock,
    started: Instant,
    /// Connections that the process has descriptors for.
    granted: AtomicUsize,
    /// Clients of each listening socket that are told at once that the server is full.
    refused: AtomicUsize,
    /// With so many connections fewer than `granted` it is crowded.
    crowd: AtomicUsize,
    total: AtomicUsize,
    handshakes: SharedBucket,
    addresses: DashMap<IpAddr, PerAddress>,
    /// How many connections each user has, by a keyed hash of the subject: eight bytes, however long that is. Two users with one hash share a limit; nobody can
    /// provoke it, because the key is random.
    users: DashMap<u64, usize>,
    hash: RandomState,
}

#[derive(Debug, Default)]
struct PerAddress {
    open: usize,
    handshakes: SharedBucket,
}

impl Quota {
    pub fn new(limits: Limits, clock: Clock) -> Self {
        Quota {
            limits: RwLock::new(limits),
            started: clock.now(),
            clock,
            granted: AtomicUsize::new(usize::MAX),
            refused: AtomicUsize::new(REFUSED),
            crowd: AtomicUsize::new(0),
            total: AtomicUsize::new(0),
            handshakes: SharedBucket::default(),
            addresses: DashMap::new(),
            users: DashMap::new(),
            hash: RandomState::new(),
        }
    }

    /// Sets other limits.
    pub fn set(&self, limits: Limits) {
        *self.limits.write().unwrap_or_else(PoisonError::into_inner) = limits;
    }

    fn limits(&self) -> Limits {
        *self.limits.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_ns(&self) -> u64 {
        let passed = self.clock.now().saturating_duration_since(self.started);
        u64::try_from(passed.as_nanos()).unwrap_or(u64::MAX)
    }

    /// No more than so many `connections`, whatever the limits say; of each listening socket `refused` clients at once are told that the server is full; and it is
    /// crowded when no more than `crowd` can come.
    pub fn grant(&self, connections: usize, refused: usize, crowd: usize) {
        self.granted.store(connections, Relaxed);
        self.refused.store(refused, Relaxed);
        self.crowd.store(crowd, Relaxed);
    }

    /// Whether hardly a descriptor is left for clients.
    pub fn is_crowded(&self) -> bool {
        self.open().saturating_add(self.crowd.load(Relaxed)) >= self.granted()
    }

    /// How many connections the process has descriptors for.
    pub fn granted(&self) -> usize {
        self.granted.load(Relaxed)
    }

    /// Clients of one listening socket that are told at once that the server is full.
    pub fn refused(&self) -> usize {
        self.refused.load(Relaxed)
    }

    /// Connections that are open now.
    pub fn open(&self) -> usize {
        self.total.load(Relaxed)
    }

    /// Addresses and users that are remembered.
    pub fn remembered(&self) -> (usize, usize) {
        (self.addresses.len(), self.users.len())
    }

    /// Counts one more connection, until what is returned is dropped.
    pub fn connection(self: &Arc<Self>, address: IpAddr) -> Result<ConnectionSlot, Limited> {
        let limits = self.limits();
        if self.total.fetch_add(1, Relaxed) >= limits.connections.min(self.granted()) {
            self.total.fetch_sub(1, Relaxed);
            return Err(Limited::full(Limit::Connections));
        }
        let address = network(address);
        let mut here = self.addresses.entry(address).or_default();
        if here.open >= limits.connections_per_address {
            self.total.fetch_sub(1, Relaxed);
            return Err(Limited::full(Limit::ConnectionsPerAddress));
        }
        here.open += 1;
        Ok(ConnectionSlot {
            quota: self.clone(),
            address,
        })
    }

    /// Counts one more upgrade. Asked by a connection that is counted, so its address is known.
    pub fn handshake(&self, address: IpAddr) -> Result<(), Limited> {
        let (limits, now) = (self.limits(), self.now_ns());
        // the address first: a handshake that it is refused takes nothing from the total
        if let Some(rate) = limits.handshakes_per_second_per_address
            && let Some(here) = self.addresses.get(&network(address))
        {
            here.handshakes
                .take(Rate::per_second(rate.into()), 1, now)
                .map_err(|retry_after| Limited {
                    limit: Limit::HandshakesPerAddress,
                    retry_after,
                })?;
        }
        if let Some(rate) = limits.handshakes_per_second {
            self.handshakes
                .take(Rate::per_second(rate.into()), 1, now)
                .map_err(|retry_after| Limited {
                    limit: Limit::Handshakes,
                    retry_after,
                })?;
        }
        Ok(())
    }

    /// Counts one more connection of a token's subject, until what is returned is dropped.
    pub fn user(self: &Arc<Self>, subject: &str) -> Result<UserSlot, Limited> {
        let user = self.hash.hash_one(subject);
        let most = self.limits().connections_per_user;
        let mut open = self.users.entry(user).or_insert(0);
        if *open >= most {
            let unused = *open == 0;
            drop(open);
            if unused {
                self.users.remove_if(&user, |_, open| *open == 0);
            }
            return Err(Limited::full(Limit::ConnectionsPerUser));
        }
        *open += 1;
        Ok(UserSlot {
            quota: self.clone(),
            user,
        })
    }

    /// Forgets addresses that have no connection, and whose handshakes are long enough ago.
    pub fn tidy(&self) {
        let now = self.now_ns();
        self.addresses
            .retain(|_, a| a.open > 0 || !a.handshakes.is_full(now));
    }
}

/// The address that is counted for a client: of IPv6 its /64, which is what one customer is given.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).into(),
        v4 => v4,
    }
}

/// A connection, counted in all and for its address.
#[derive(Debug)]
pub(crate) struct ConnectionSlot {
    quota: Arc<Quota>,
    address: IpAddr,
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        let now = self.quota.now_ns();
        self.quota.total.fetch_sub(1, Relaxed);
        // kept as long as its handshakes count, also when its last connection has ended
        self.quota
            .addresses
            .remove_if_mut(&self.address, |_, here| {
                here.open -= 1;
                here.open == 0 && here.handshakes.is_full(now)
            });
    }
}

/// A connection, counted for its user.
#[derive(Debug)]
pub(crate) struct UserSlot {
    quota: Arc<Quota>,
    user: u64,
}

impl Drop for UserSlot {
    fn drop(&mut self) {
        self.quota.users.remove_if_mut(&self.user, |_, open| {
            *open -= 1;
            *open == 0
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn quota(limits: Limits) -> Arc<Quota> {
        Arc::new(Quota::new(limits, Clock::system()))
    }

    #[test]
    fn connections_are_counted_and_given_back() {
        let c = quota(Limits {
            connections: 3,
            connections_per_address: 2,
            ..Limits::default()
        });
        let [a, b] = [IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2])];
        let held = [c.connection(a), c.connection(a)];
        assert!(held.iter().all(Result::is_ok));
        let refused = |r: Result<ConnectionSlot, Limited>| r.expect_err("counted").limit;
        assert_eq!(refused(c.connection(a)), Limit::ConnectionsPerAddress);
        let other = c.connection(b);
        assert!(other.is_ok());
        assert_eq!(refused(c.connection(b)), Limit::Connections);
        c.set(Limits::default());
        drop(c.connection(b).expect("limits were raised"));
        drop(held);
        drop(other);
        assert_eq!((c.open(), c.remembered()), (0, (0, 0)), "nothing stays");
    }

    #[test]
    fn an_ipv6_customer_is_one_address() {
        let c = quota(Limits {
            connections_per_address: 1,
            ..Limits::default()
        });
        let at = |text: &str| c.connection(text.parse().expect("an address"));
        let _one = at("2001:db8:0:1::1").expect("counted");
        assert!(at("2001:db8:0:1:ffff::2").is_err());
        let _other = at("2001:db8:0:2::1").expect("another customer");
        let _mapped = at("::ffff:10.0.0.1").expect("IPv4 in IPv6");
        assert!(at("10.0.0.1").is_err(), "is IPv4");
        assert!(at("::ffff:10.0.0.2").is_ok());
    }

    #[test]
    fn users_are_counted_by_themselves() {
        let c = quota(Limits {
            connections_per_user: 1,
            ..Limits::default()
        });
        let ten = c.user("10").expect("counted");
        let eleven = c.user("11").expect("counted");
        let refused = c.user("10").expect_err("one each");
        assert_eq!(refused.limit, Limit::ConnectionsPerUser);
        drop(ten);
        drop(c.user("10").expect("given back"));
        drop(eleven);
        assert_eq!(c.remembered(), (0, 0));
    }

    #[test]
    fn an_address_that_comes_back_is_not_new() {
        let limits = Limits {
            handshakes_per_second: Some(4),
            handshakes_per_second_per_address: Some(1),
            ..Limits::default()
        };
        let clock = Clock::held();
        let c = Arc::new(Quota::new(limits, clock.clone()));
        let shake = |last: u8| {
            let address = IpAddr::from([10, 0, 0, last]);
            let _slot = c.connection(address).expect("counted");
            c.handshake(address).map_err(|l| l.limit)
        };
        assert_eq!([shake(1), shake(1)], [Ok(()), Ok(())]);
        assert_eq!(shake(1), Err(Limit::HandshakesPerAddress));
        for other in 2..8 {
            assert_eq!(shake(other), Ok(()));
        }
        assert_eq!(shake(9), Err(Limit::Handshakes), "eight at once in all");
        c.tidy();
        assert!(c.remembered().0 > 0, "remembered for two seconds");
        clock.advance(Duration::from_secs(2));
        c.tidy();
        assert_eq!(c.remembered().0, 0, "and then forgotten");
    }
}
