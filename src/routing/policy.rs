//! Who may connect, and how much of the server one connection may hold.

use super::mistakes::Mistakes;
use super::origins::Origins;
use super::{quantity, rate};
use crate::limits::{Actions, Rate};
use std::borrow::Cow;
use std::time::Duration;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What a connection must bring and may use. Each field is a key in `routing.toml`: under `[defaults]`, in a listener or in a route; the nearest counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Policy {
    /// Whether a token is needed: `"required"`, `"optional"` or `"none"`. Default: required, so that what is forgotten is closed.
    pub(crate) auth: Auth,
    /// Which web pages may connect: `"*"`, `"own"` or a list of origins. Default: own pages only, whose origin is the request's own host, which with a list are let
    /// in too, unless it is empty; programs that are no browsers send no origin, or that one, and are let through.
    pub(crate) origins: Origins,
    /// Bytes of the largest message a client may send, after reassembly: 128 B to 16 MiB. Default 64 KiB: the largest command, an order of a hundred items, is
    /// a quarter of that, and a thousand clients that each send most of one and then wait hold no more than 64 MiB.
    pub(crate) max_message_bytes: usize,
    /// Frames that one message may come in: 1 to 1,048,576. Default 65,536: a message of the largest default size in pieces of a byte each, which nobody needs;
    /// more are only work.
    pub(crate) max_message_fragments: usize,
    /// Messages of at least so many bytes, and answers to polls, are compressed for clients that can inflate them: 128 B to 16 MiB, or `"off"`: compression is
    /// not agreed on, in either direction. Default 1 KiB: what is smaller fits one network packet as it is, and compressing it saves nothing that anybody notices.
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
    /// Frames of any kind that a client may send per second, twice as many at once; `"none"`: as many as it likes. Default 1,000: no person and no screen
    /// comes near it, and one client that floods takes a few percent of a core.
    pub(crate) frames_per_second: Option<u32>,
    /// Bytes of their payloads: 1 KiB to 1 GiB per second; at once twice as many, or one message of `max_message_bytes`. Default 1 MiB: sixteen of the largest
    /// messages, and a twelfth of a gigabit.
    pub(crate) bytes_per_second: Option<u64>,
    /// The same for single actions, by the name that clients use: `{ occupy = 2, get_status = { frames_per_second = 5, bytes_per_second = "4KiB" } }`. Default:
    /// none, because only the consumer's author knows what an action costs; but 10 for `resume` and for `authenticate`, which the framework itself does: nobody
    /// needs them more than once in a minute. What is not named keeps its default. At most 64 names.
    pub(crate) action_rates: Actions,
    /// Groups that one connection may be in: 1 to 1,048,576. Default 4,096: a change feed of 300 restaurants; each costs about 100 bytes.
    pub(crate) groups_per_connection: usize,
    /// What happens to events for a client whose socket is full. Default lossless.
    pub(crate) delivery: Delivery,
    /// Socket.IO: how long a client may take to answer a ping, which comes every `ping_interval`: 50 ms to 1 h. Then it is gone: `idle_timeout` does not
    /// count there. Default 20 s, as the JavaScript server's.
    pub(crate) ping_timeout: Duration,
    /// Socket.IO: bytes of the largest message a client may send, and of the largest body of a poll in either direction: 128 B to 16 MiB. Clients are told.
    /// `max_message_bytes` does not count there. Default 1,000,000, as the JavaScript server's.
    pub(crate) max_payload: usize,
    /// Socket.IO: how long a client may be connected before it asks for a namespace: 100 ms to 10 min. Default 45 s, as the JavaScript server's.
    pub(crate) connect_timeout: Duration,
    /// Socket.IO: whose events carry their number as one more argument. Default: of all but those that are known to stumble over it.
    pub(crate) offsets: Offsets,
}

/// Whose durable events carry their number, as one more argument: the offset that the JavaScript client comes back with. Whoever is not told it is given no
/// `pid` either, and begins anew when it comes back. What a client says itself (`auth.offsets`, `true` or `false`) counts before the first two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offsets {
    /// `"auto"`: everybody's but those of clients that hand it on to handlers which have no place for it.
    Auto,
    /// `"always"`: everybody's.
    Always,
    /// `"asked"`: of those that say `auth.offsets = true`, or have come back with what they learned from such a number.
    Asked,
    /// `"never"`: nobody's, whatever is asked.
    Never,
}

impl Offsets {
    const WORDS: [(&str, Offsets); 4] = [
        ("auto", Offsets::Auto),
        ("always", Offsets::Always),
        ("asked", Offsets::Asked),
        ("never", Offsets::Never),
    ];

    /// As in `routing.toml`.
    pub(crate) fn name(self) -> &'static str {
        let found = Self::WORDS.iter().find(|(_, o)| *o == self);
        found.map_or("", |(name, _)| name)
    }
}

/// What happens to events for a client whose socket is full. Answers, errors and snapshots are never dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// `"lossless"`: they wait; with more than `outbox_bytes` the client is closed and told to come back.
    Lossless,
    /// `"latest"`: they wait, but of each entity ([`Consumer::entity`](crate::Consumer::entity)) only the newest.
    Latest,
    /// `"volatile"`: they are dropped.
    Volatile,
}

impl Delivery {
    const WORDS: [(&str, Delivery); 3] = [
        ("lossless", Delivery::Lossless),
        ("latest", Delivery::Latest),
        ("volatile", Delivery::Volatile),
    ];

    /// As in `routing.toml`.
    pub(crate) fn name(self) -> &'static str {
        let found = Self::WORDS.iter().find(|(_, d)| *d == self);
        found.map_or("", |(name, _)| name)
    }
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
            max_message_fragments: 65_536,
            compress_from: Some(1 << 10),
            outbox_bytes: 1 << 20,
            outbox_frames: 16_384,
            idle_timeout: Duration::from_secs(60),
            ping_interval: Duration::from_secs(25),
            auth_timeout: Duration::from_secs(10),
            frames_per_second: Some(1_000),
            bytes_per_second: Some(1 << 20),
            action_rates: Actions::default(),
            groups_per_connection: 4_096,
            delivery: Delivery::Lossless,
            ping_timeout: Duration::from_secs(20),
            max_payload: 1_000_000,
            connect_timeout: Duration::from_secs(45),
            offsets: Offsets::Auto,
        }
    }
}

impl Policy {
    pub(super) const KEYS: [&str; 19] = [
        "auth",
        "origins",
        "max_message_bytes",
        "max_message_fragments",
        "compress_from",
        "outbox_bytes",
        "outbox_frames",
        "idle_timeout",
        "ping_interval",
        "auth_timeout",
        "frames_per_second",
        "bytes_per_second",
        "action_rates",
        "groups_per_connection",
        "delivery",
        "ping_timeout",
        "max_payload",
        "connect_timeout",
        "offsets",
    ];

    /// How many frames a connection may send.
    pub(crate) fn frame_rate(&self) -> Option<Rate> {
        Some(Rate::per_second(self.frames_per_second?.into()))
    }

    /// How many bytes; one message of the largest size always passes a full bucket.
    pub(crate) fn byte_rate(&self) -> Option<Rate> {
        let rate = Rate::per_second(self.bytes_per_second?);
        Some(rate.with_room_for(self.max_message_bytes as u64))
    }

    /// This policy with what a table below says otherwise. Mistakes are noted and change nothing; keys that are no policy are left to the caller.
    pub(super) fn nearest(&self, table: &DeTable<'_>, mistakes: &mut Mistakes<'_>) -> Policy {
        let policy = self.with(table, mistakes);
        // Reported once, where one of the two was set, and not again by everything that inherits them.
        let keys = ["ping_interval", "idle_timeout"];
        let set = keys.iter().find_map(|key| table.get(*key));
        let set = set.filter(|_| !speaks_engine_io(table));
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

    /// This policy with these values.
    pub(super) fn with<'v, 'i: 'v>(
        &self,
        values: impl IntoIterator<Item = (&'v Spanned<Cow<'i, str>>, &'v Spanned<DeValue<'i>>)>,
        mistakes: &mut Mistakes<'_>,
    ) -> Policy {
        let mut policy = self.clone();
        for (key, value) in values {
            policy.read(key.get_ref(), value, mistakes);
        }
        policy
    }

    /// The same for Engine.IO, whose heartbeat and largest message have keys of their own.
    pub(super) fn of_engine_io(mut self) -> Policy {
        self.idle_timeout = self.ping_interval + self.ping_timeout;
        self.max_message_bytes = self.max_payload;
        self
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
            "max_message_fragments" => set(
                &mut self.max_message_fragments,
                count(value, 1..=1_048_576, mistakes),
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
            "frames_per_second" => set(&mut self.frames_per_second, rate::frames(value, mistakes)),
            "bytes_per_second" => set(&mut self.bytes_per_second, rate::bytes(value, mistakes)),
            "action_rates" => set(&mut self.action_rates, rate::actions(value, mistakes)),
            "groups_per_connection" => set(
                &mut self.groups_per_connection,
                count(value, 1..=1_048_576, mistakes),
            ),
            "delivery" => set(
                &mut self.delivery,
                mistakes.word(value, "delivery", &Delivery::WORDS),
            ),
            "ping_timeout" => set(&mut self.ping_timeout, duration(value, 50..=HOUR, mistakes)),
            "max_payload" => set(&mut self.max_payload, size(value, 128..=16 * MIB, mistakes)),
            "connect_timeout" => set(
                &mut self.connect_timeout,
                duration(value, 100..=600 * SECOND, mistakes),
            ),
            "offsets" => set(
                &mut self.offsets,
                mistakes.word(value, "offsets", &Offsets::WORDS),
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

/// Whether a table is a route whose silent clients are asked as Engine.IO does.
fn speaks_engine_io(table: &DeTable<'_>) -> bool {
    let protocol = table.get("protocol").and_then(|p| p.get_ref().as_str());
    table.contains_key("namespace") || matches!(protocol, Some("engine.io" | "socket.io"))
}

impl Auth {
    fn read(value: &Spanned<DeValue<'_>>, mistakes: &mut Mistakes<'_>) -> Option<Auth> {
        let words = [
            ("required", Auth::Required),
            ("optional", Auth::Optional),
            ("none", Auth::None),
        ];
        mistakes.word(value, "auth", &words)
    }
}
