//! Who may connect, and how much of the server one connection may hold.

use super::mistakes::Mistakes;
use super::origins::Origins;
use super::quantity;
use std::time::Duration;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What a connection must bring and may use. Each field is a key in `routing.toml`: under `[defaults]`, in a listener or in a route; the nearest counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Policy {
    /// Whether a token is needed: `"required"`, `"optional"` or `"none"`. Default: required, so that what is forgotten is closed.
    pub(crate) auth: Auth,
    /// Which web pages may connect: `"*"` or a list of origins. Default: none; programs that are no browsers send no origin and are let through.
    pub(crate) origins: Origins,
    /// Bytes of the largest message a client may send, after reassembly: 128 B to 16 MiB. Default 64 KiB: the largest command, an order of a hundred items, is
    /// a quarter of that, and a thousand clients that each send most of one and then wait hold no more than 64 MiB.
    pub(crate) max_message_bytes: usize,
    /// Messages of at least so many bytes are compressed for clients that can inflate them: 128 B to 16 MiB, or `"off"`: compression is not agreed on, in
    /// either direction. Default 1 KiB: what is smaller fits one network packet as it is, and compressing it saves nothing that anybody notices.
    pub(crate) compress_from: Option<usize>,
    /// Bytes that may wait for one client that reads slowly; with more it is closed and told to come back: 4 KiB to 256 MiB. Default 1 MiB: four pages of
    /// replay, and some thousand events, which is more than a busy restaurant has in the time a phone needs to find its network again.
    pub(crate) outbox_bytes: usize,
    /// Frames that may wait for one client: 16 to 1,048,576. Default 16,384: full together with `outbox_bytes` at 64 bytes a frame, so it counts only for
    /// frames so small that the list of them would outweigh them.
    pub(crate) outbox_frames: usize,
    /// How long a client may be silent, pongs included: 100 ms to 24 h; longer than `ping_interval`. Default 60 s: both pings
    /// of that time, after 25 s and after 50 s, must stay unanswered.
    pub(crate) idle_timeout: Duration,
    /// How often a silent client is pinged: 50 ms to 1 h. Default 25 s: routers and proxies forget a silent connection after 30 s at the earliest; also
    /// what Socket.IO servers do.
    pub(crate) ping_interval: Duration,
    /// How long a client may take to send its token when it was not in the request: 100 ms to 5 min. Default 10 s: several round trips on a bad network,
    /// and a stranger cannot hold a socket for longer.
    pub(crate) auth_timeout: Duration,
}

/// Whether a token is needed. What an anonymous client may do is the consumer's rule; a token that is sent and is not valid is refused in any case but `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Auth {
    /// Nobody is let in without one.
    Required,
    /// Anonymous clients are let in.
    Optional,
    /// None is looked at.
    None,
    /// Anonymous clients are let in if they are on this machine: a loopback peer, and no forwarding header (behind a proxy everybody is a loopback peer).
    /// Others need a token. No file can say this; [`Routing::demo`](super::Routing::demo) does.
    Loopback,
}

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const SECOND: u64 = 1000;
const HOUR: u64 = 3600 * SECOND;

impl Default for Policy {
    fn default() -> Self {
        Policy {
            auth: Auth::Required,
            origins: Origins::default(),
            max_message_bytes: 64 << 10,
            compress_from: Some(1 << 10),
            outbox_bytes: 1 << 20,
            outbox_frames: 16_384,
            idle_timeout: Duration::from_secs(60),
            ping_interval: Duration::from_secs(25),
            auth_timeout: Duration::from_secs(10),
        }
    }
}

impl Policy {
    pub(super) const KEYS: [&str; 9] = [
        "auth",
        "origins",
        "max_message_bytes",
        "compress_from",
        "outbox_bytes",
        "outbox_frames",
        "idle_timeout",
        "ping_interval",
        "auth_timeout",
    ];

    /// This policy with what a table below says otherwise. Mistakes are noted and change nothing; keys that are no policy are left to the caller.
    pub(super) fn nearest(&self, table: &DeTable<'_>, mistakes: &mut Mistakes<'_>) -> Policy {
        let mut policy = self.clone();
        for (key, value) in table {
            policy.read(key.get_ref(), value, mistakes);
        }
        // Reported once, where one of the two was set, and not again by everything that inherits them.
        let keys = ["ping_interval", "idle_timeout"];
        let set = keys.iter().find_map(|key| table.get(*key));
        if let Some(value) = set
            && policy.ping_interval >= policy.idle_timeout
        {
            let message = format!(
                "ping_interval ({}) must be shorter than idle_timeout ({}), else silent clients are closed before they are asked",
                quantity::show_duration(policy.ping_interval),
                quantity::show_duration(policy.idle_timeout)
            );
            mistakes.add(value.span().start, message);
        }
        policy
    }

    fn read(&mut self, key: &str, value: &Spanned<DeValue<'_>>, mistakes: &mut Mistakes<'_>) {
        fn set<T>(field: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *field = value;
            }
        }
        use quantity::{count, duration, size};
        match key {
            "auth" => set(&mut self.auth, Auth::read(value, mistakes)),
            "origins" => set(&mut self.origins, Origins::read(value, mistakes)),
            "max_message_bytes" => set(
                &mut self.max_message_bytes,
                size(value, 128..=16 * MIB, mistakes),
            ),
            "compress_from" if value.get_ref().as_str() == Some("off") => {
                self.compress_from = None;
            }
            "compress_from" => set(
                &mut self.compress_from,
                size(value, 128..=16 * MIB, mistakes).map(Some),
            ),
            "outbox_bytes" => set(
                &mut self.outbox_bytes,
                size(value, 4 * KIB..=256 * MIB, mistakes),
            ),
            "outbox_frames" => set(
                &mut self.outbox_frames,
                count(value, 16..=1_048_576, mistakes),
            ),
            "idle_timeout" => set(
                &mut self.idle_timeout,
                duration(value, 100..=24 * HOUR, mistakes),
            ),
            "ping_interval" => set(
                &mut self.ping_interval,
                duration(value, 50..=HOUR, mistakes),
            ),
            "auth_timeout" => set(
                &mut self.auth_timeout,
                duration(value, 100..=300 * SECOND, mistakes),
            ),
            _ => {}
        }
    }

    pub(super) fn demo(&mut self) {
        self.auth = match self.auth {
            Auth::Required | Auth::Optional | Auth::Loopback => Auth::Loopback,
            Auth::None => Auth::None,
        };
        self.origins.add_loopback();
    }
}

impl Auth {
    fn read(value: &Spanned<DeValue<'_>>, mistakes: &mut Mistakes<'_>) -> Option<Auth> {
        let word = mistakes.string(value)?;
        let auth = match word {
            "required" => Auth::Required,
            "optional" => Auth::Optional,
            "none" => Auth::None,
            _ => {
                let words = ["required", "optional", "none"];
                let word = Spanned::new(value.span(), word);
                mistakes.unless_known("auth", &word, &[&words]);
                return None;
            }
        };
        Some(auth)
    }
}
