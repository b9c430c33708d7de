//! Who may connect, and how much of the server one connection may hold.

use super::origins::Origins;
use super::quantity::show_duration;
use super::words::Word;
use crate::limits::{Actions, Rate};
use std::time::Duration;

/// What a connection must bring and may use. `settings/policy.rs` says of each field what it does, its bounds and its default, which is the value that counts
/// where no table sets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub(crate) auth: Auth,
    pub(crate) origins: Origins,
    pub(crate) max_message_bytes: usize,
    pub(crate) max_message_fragments: usize,
    /// `None`: compression is not agreed on.
    pub(crate) compress_from: Option<usize>,
    pub(crate) outbox_bytes: usize,
    pub(crate) outbox_frames: usize,
    pub(crate) idle_timeout: Duration,
    pub(crate) ping_interval: Duration,
    pub(crate) auth_timeout: Duration,
    /// `None`: no limit.
    pub(crate) frames_per_second: Option<u32>,
    /// `None`: no limit.
    pub(crate) bytes_per_second: Option<u64>,
    pub(crate) action_rates: Actions,
    pub(crate) groups_per_connection: usize,
    pub(crate) delivery: Delivery,
    pub(crate) ping_timeout: Duration,
    pub(crate) max_payload: usize,
    pub(crate) connect_timeout: Duration,
    pub(crate) offsets: Offsets,
}

/// Whose durable events carry their number, as one more argument: the offset that the JavaScript client comes back with. Whoever is not told it is given no
/// `pid` either, and begins anew when it comes back. What a client says itself (`auth.offsets`, `true` or `false`) counts before the first two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offsets {
    /// `"auto"`: everybody's but those of clients that hand it on to handlers which have no place for it.
    Auto,
    /// `"always"`: everybody's.
    Always,
    /// `"asked"`: of those that say `auth.offsets = true`, or have come back with what they learned from such a number.
    Asked,
    /// `"never"`: nobody's, whatever is asked.
    Never,
}

impl Word for Offsets {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("auto", Offsets::Auto),
        ("always", Offsets::Always),
        ("asked", Offsets::Asked),
        ("never", Offsets::Never),
    ];
}

/// What happens to events for a client whose socket is full. Answers, errors and snapshots are never dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// `"lossless"`: they wait; with more than `outbox_bytes` the client is closed and told to come back.
    Lossless,
    /// `"latest"`: they wait, but of each entity (`Consumer::entity`) only the newest.
    Latest,
    /// `"volatile"`: they are dropped.
    Volatile,
}

impl Word for Delivery {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("lossless", Delivery::Lossless),
        ("latest", Delivery::Latest),
        ("volatile", Delivery::Volatile),
    ];
}

impl Delivery {
    /// The word as clients are told it.
    pub(crate) fn name(self) -> &'static str {
        self.word()
    }
}

/// Whether a token is needed. What an anonymous client may do is the consumer's rule; a token that is sent and is not valid is refused in any case but `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// Nobody is let in without one.
    Required,
    /// Anonymous clients are let in.
    Optional,
    /// None is looked at.
    None,
    /// Anonymous clients are let in if they are on this machine: a loopback peer, and no forwarding header (behind a proxy everybody is a loopback peer).
    /// Others need a token. No file can say this; `Routing::demo` does.
    Loopback,
}

impl Word for Auth {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("required", Auth::Required),
        ("optional", Auth::Optional),
        ("none", Auth::None),
    ];

    fn word(self) -> &'static str {
        match self {
            Auth::Required => "required",
            Auth::Optional => "optional",
            Auth::None => "none",
            Auth::Loopback => "required, except for this machine (demo)",
        }
    }
}

impl Policy {
    /// How many frames a connection may send.
    pub(crate) fn frame_rate(&self) -> Option<Rate> {
        Some(Rate::per_second(self.frames_per_second?.into()))
    }

    /// How many bytes; one message of the largest size always passes a full bucket.
    pub(crate) fn byte_rate(&self) -> Option<Rate> {
        let rate = Rate::per_second(self.bytes_per_second?);
        Some(rate.with_room_for(self.max_message_bytes as u64))
    }

    /// Whether silent clients are pinged before they are closed.
    ///
    /// # Errors
    /// Why they are not.
    pub(super) fn heartbeat(&self) -> Result<(), String> {
        if self.ping_interval < self.idle_timeout {
            return Ok(());
        }
        Err(format!(
            "ping_interval ({}) must be shorter than idle_timeout ({}), else silent clients are closed before they are asked",
            show_duration(self.ping_interval),
            show_duration(self.idle_timeout)
        ))
    }

    /// This policy for Engine.IO, whose heartbeat and largest message have settings of their own.
    pub(super) fn of_engine_io(mut self) -> Policy {
        self.idle_timeout = self.ping_interval + self.ping_timeout;
        self.max_message_bytes = self.max_payload;
        self
    }

    /// Lets in clients and web pages of this machine without a token.
    pub(super) fn demo(&mut self) {
        self.auth = match self.auth {
            Auth::Required | Auth::Optional | Auth::Loopback => Auth::Loopback,
            Auth::None => Auth::None,
        };
        self.origins.add_loopback();
    }
}
