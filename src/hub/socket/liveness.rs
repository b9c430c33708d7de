//! When a client was heard and asked, and until when its token is good.

use std::cell::Cell;
use std::time::Duration;

/// A client is warned this long before its token ends.
const EXPIRY_WARNING: Duration = Duration::from_secs(60);

/// The times of one client that its shard's upkeep looks at. Times of the shard's clock are in milliseconds since the shard began, those of tokens in
/// milliseconds since 1970.
pub(crate) struct Liveness {
    heard_at: Cell<u64>,
    pinged_at: Cell<u64>,
    /// Never below 0; the complement of it once the client was warned: there is one of these for each client, and a flag of its own would take eight bytes.
    expiry: Cell<i64>,
}

impl Liveness {
    /// A client without a token, last heard at this time of the shard's clock.
    pub fn new(now: u64) -> Self {
        Liveness {
            heard_at: Cell::new(now),
            pinged_at: Cell::new(now),
            expiry: Cell::new(i64::MAX),
        }
    }

    /// Something came from the client.
    #[inline]
    pub fn heard(&self, now: u64) {
        self.heard_at.set(now);
    }

    /// For how many milliseconds nothing has come from the client.
    pub fn silence(&self, now: u64) -> u64 {
        now.saturating_sub(self.heard_at.get())
    }

    /// The client was asked whether it is there.
    pub fn pinged(&self, now: u64) {
        self.pinged_at.set(now);
    }

    /// Whether the client is to be asked. A client of Engine.IO takes a server for dead that does not ask, however much it says; any other is asked only when it
    /// is quiet.
    pub fn is_ping_due(&self, now: u64, interval: Duration, is_engine: bool) -> bool {
        let last = match is_engine {
            true => self.pinged_at.get(),
            false => self.heard_at.get().max(self.pinged_at.get()),
        };
        now.saturating_sub(last) >= interval.as_millis() as u64
    }

    /// Whether the client has been quiet for too long.
    pub fn is_idle(&self, now: u64, timeout: Duration) -> bool {
        self.silence(now) >= timeout.as_millis() as u64
    }

    /// The client has a token that ends then; `i64::MAX`: it has none, or one that does not end.
    pub fn set_expiry(&self, expires_at: i64) {
        self.expiry.set(expires_at.max(0));
    }

    /// When its token ends.
    pub fn expires_at(&self) -> i64 {
        match self.expiry.get() {
            warned if warned < 0 => !warned,
            at => at,
        }
    }

    /// Whether its token has ended.
    pub fn is_expired(&self, wall: i64) -> bool {
        wall >= self.expires_at()
    }

    /// Whether the client is to be warned that its token ends soon.
    pub fn is_warning_due(&self, wall: i64) -> bool {
        let (at, warning) = (self.expiry.get(), EXPIRY_WARNING.as_millis() as i64);
        at >= 0 && at.saturating_sub(warning) <= wall
    }

    /// The client is being warned.
    pub fn warned(&self) {
        self.expiry.set(!self.expires_at());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_warned_once_and_its_token_ends_all_the_same() {
        let client = Liveness::new(0);
        assert!(!client.is_warning_due(i64::MAX - 100_000));
        for at in [0, 1, 100_000] {
            client.set_expiry(at);
            assert!(client.is_warning_due(at - 60_000) && !client.is_warning_due(at - 60_001));
            client.warned();
            client.warned();
            assert!(!client.is_warning_due(at), "once");
            assert_eq!(client.expires_at(), at);
            assert!(client.is_expired(at) && !client.is_expired(at - 1));
        }
        client.set_expiry(200_000);
        assert!(client.is_warning_due(140_000), "another token");
    }
}
