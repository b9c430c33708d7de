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

/// Which clients get the number of a durable event as one more argument. It is the offset with which the JavaScript client comes back. A client that gets no
/// numbers gets no `pid` either, and is a new client when it comes back. What a client says itself (`auth.offsets`, `true` or `false`) counts before
/// [`Auto`](Offsets::Auto) and [`Always`](Offsets::Always).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Offsets {
    /// `"auto"`: all clients but those that are known to hand the number to handlers which take no more arguments.
    Auto,
    /// `"always"`: all clients.
    Always,
    /// `"asked"`: clients that say `auth.offsets = true`, or that come back with what they learned from such a number.
    Asked,
    /// `"never"`: no client, whatever it says.
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

/// What happens to events for a client that reads slowly. Answers, errors and snapshots always wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delivery {
    /// `"lossless"`: events wait; with more than `outbox_bytes` the client is closed and told to come back.
    Lossless,
    /// `"latest"`: events wait, but of each entity (`Consumer::entity`) only the newest.
    Latest,
    /// `"volatile"`: events are dropped.
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

/// Whether a client needs a token. What a client without one may do, the consumer decides. A token that is sent and is not valid is refused, except with
/// [`None`](Auth::None).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Auth {
    /// Clients without a token are refused.
    Required,
    /// Clients without a token are let in.
    Optional,
    /// Tokens are not read.
    None,
    /// Clients on this machine are let in without a token: a loopback peer, and no forwarding header, because behind a proxy every client is a loopback peer.
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
    /// How many frames a connection may send per second; `None`: no limit.
    pub(crate) fn frame_rate(&self) -> Option<Rate> {
        Some(Rate::per_second(self.frames_per_second?.into()))
    }

    /// How many bytes a connection may send per second, with room for one message of the largest size at once; `None`: no limit.
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
