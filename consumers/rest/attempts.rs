//! How often strangers may try: per address and per account, counted for the whole process.
//!
//! What is not used comes back by itself. Whoever is refused is told when to come again.

use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use maitred::{ClientError, Kind};
use serde::Serialize;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;

/// Of one thing, so many at once, and so many a minute after that.
pub struct Attempts {
    limiter: RateLimiter<u128, DefaultKeyedStateStore<u128>, DefaultClock>,
}

/// More than this are not remembered without a look at who can be forgotten. An entry is some 50 bytes.
const REMEMBERED: usize = 20_000;

impl Attempts {
    /// Of each thing `at_once` tries, and then `a_minute`.
    pub fn new(at_once: u32, a_minute: u32) -> Self {
        let count = |n| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_minute(count(a_minute)).allow_burst(count(at_once));
        Attempts {
            limiter: RateLimiter::keyed(quota),
        }
    }

    /// One more.
    ///
    /// # Errors
    /// Of kind [`RateLimited`](Kind::RateLimited), with `retry_after_s`.
    pub fn one_more(&self, of: u128) -> Result<(), ClientError> {
        #[derive(Serialize)]
        struct Later {
            retry_after_s: u64,
        }
        if self.limiter.len() > REMEMBERED {
            self.limiter.retain_recent();
        }
        // Where everybody is remembered for a good reason there is no room for one more.
        let full = self.limiter.len() > 2 * REMEMBERED;
        let early = match self.limiter.check_key(&of) {
            Ok(()) if !full => return Ok(()),
            Ok(()) => None,
            Err(early) => Some(early.wait_time_from(DefaultClock::default().now())),
        };
        let wait = early.map_or(60, |wait| wait.as_secs() + 1);
        let text = "too many attempts: try again later";
        let error = ClientError::new(Kind::RateLimited, "RATE_LIMITED", text);
        Err(error.with_details(&Later {
            retry_after_s: wait,
        }))
    }
}

/// An address as a key. Of IPv6 a whole network is one, because whoever has one address there has all of them.
pub fn address(peer: Option<SocketAddr>) -> u128 {
    match peer.map(|peer| peer.ip().to_canonical()) {
        Some(IpAddr::V6(ip)) => ip.to_bits() >> 64 << 64,
        Some(IpAddr::V4(ip)) => ip.to_ipv6_mapped().to_bits(),
        None => Ipv6Addr::UNSPECIFIED.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_at_once_and_no_more() {
        let attempts = Attempts::new(3, 1);
        let passed = (0..5).filter(|_| attempts.one_more(7).is_ok()).count();
        assert_eq!(passed, 3);
        assert!(attempts.one_more(8).is_ok(), "somebody else");
        let refused = attempts.one_more(7).unwrap_err();
        assert_eq!(refused.kind, Kind::RateLimited);
        assert!(refused.details.is_some());
    }

    #[test]
    fn a_network_of_version_6_is_one_address() {
        let key = |text: &str| address(Some(text.parse().unwrap()));
        assert_eq!(key("[2001:db8::1]:80"), key("[2001:db8::ffff]:81"));
        assert_ne!(key("[2001:db8::1]:80"), key("[2001:db8:0:1::1]:80"));
        assert_eq!(key("10.0.0.1:1"), key("[::ffff:10.0.0.1]:2"));
        assert_ne!(key("10.0.0.1:1"), key("10.0.0.2:1"));
    }
}
