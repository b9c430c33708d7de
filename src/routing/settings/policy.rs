//! The table of [`Policy`]: what a connection must bring and may use.

use super::action_rates::ActionRates;
use super::entry::settings;
use super::value_types::{Count, OrWord, Pages, Size, Time, ValueType, Words};
use crate::limits::Actions;
use crate::routing::origins::Origins;
use crate::routing::policy::{Auth, Delivery, Offsets, Policy};
use std::time::Duration;

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const SECOND: u64 = 1000;
const HOUR: u64 = 3600 * SECOND;

settings! {
    /// What a connection must bring and may use: the settings of a route, and of everything around it. Each method gives one setting; what is not given is
    /// taken from the listener around the route, then from the defaults around all listeners.
    PolicySettings of Policy from Defaults;

    auth: Auth {
        default: Auth::Required,
        value: Words,
        down_to: Namespace,
        protocols: Any,
        doc: r#"Whether a client needs a token. "required": it does. "optional": clients without a token connect too, and the consumer decides what they may do; a token that is sent must be valid. "none": tokens are not read."#,
        why: "By default it does, so that an endpoint that nobody thought about is closed.",
    }
    origins: Origins {
        default: Origins::default(),
        value: Pages,
        down_to: Route,
        protocols: Any,
        doc: r#"Which web pages may connect. "own": pages whose origin is the host that the request was sent to. A list: these origins, and own pages; an empty list: no page at all. "*": every page. Programs that are no browsers send no origin and may connect."#,
        why: "By default own pages, because a browser sends its visitor's tokens for any page that asks.",
        example: r#"["https://orders.example.com"]"#,
    }
    max_message_bytes: usize {
        default: 64 << 10,
        value: Size(128..=16 * MIB),
        down_to: Route,
        protocols: WebSocket,
        doc: "The largest message that a client may send, after it was put together and decompressed. A larger one closes the connection with 1009.",
        why: "The largest command, an order of a hundred items, is a quarter of the default; a thousand clients that each send most of one and then wait hold 64 MiB.",
    }
    max_message_fragments: usize {
        default: 65_536,
        value: Count(1..=1_048_576),
        down_to: Route,
        protocols: Any,
        doc: "The number of frames in which one message may come. More close the connection with 1009.",
        why: "The default lets the largest message come in pieces of one byte each, which nobody needs; more are only work.",
    }
    compress_from: Option<usize> {
        default: Some(1 << 10),
        value: OrWord("off", Size(128..=16 * MIB)),
        down_to: Route,
        protocols: Any,
        doc: r#"Messages of at least this size are compressed for clients that offer permessage-deflate, and answers to polls are gzipped. "off": compression is not agreed on, in either direction."#,
        why: "What is smaller than the default fits in one network packet as it is.",
    }
    outbox_bytes: usize {
        default: 1 << 20,
        value: Size(4 * KIB..=256 * MIB),
        down_to: Route,
        protocols: Any,
        doc: "Bytes that may wait for one client that reads slowly. With more the client is closed with 4010 and told to come back.",
        why: "The default holds four pages of replay, or some thousand events: more than a busy restaurant has while a phone finds its network again.",
    }
    outbox_frames: usize {
        default: 16_384,
        value: Count(16..=1_048_576),
        down_to: Route,
        protocols: Any,
        doc: "Frames that may wait for one client that reads slowly, beside `outbox_bytes`.",
        why: "The default is reached before that of `outbox_bytes` only by frames of less than 64 bytes, whose list would outweigh them.",
    }
    idle_timeout: Duration {
        default: Duration::from_secs(60),
        value: Time(100..=24 * HOUR),
        down_to: Route,
        protocols: WebSocket,
        doc: "How long a client may send nothing, not even a pong. Then it is closed with 1001. It must be longer than `ping_interval`.",
        why: "With the defaults two pings stay unanswered in that time, after 25 s and after 50 s.",
    }
    ping_interval: Duration {
        default: Duration::from_secs(25),
        value: Time(50..=HOUR),
        down_to: Route,
        protocols: Any,
        doc: "How often a client that sends nothing is pinged.",
        why: "Routers and proxies forget a silent connection after 30 s at the earliest. The default is also that of Socket.IO servers.",
    }
    auth_timeout: Duration {
        default: Duration::from_secs(10),
        value: Time(100..=300 * SECOND),
        down_to: Route,
        protocols: Any,
        doc: "How long a client may take to send its token in a first frame, where the request had none. Then it is closed with 4408.",
        why: "The default is several round trips on a bad network, and a client without a token holds a socket for no longer.",
    }
    frames_per_second: Option<u32> {
        default: Some(1_000),
        value: OrWord("none", Count(1..=10_000_000)),
        down_to: Route,
        protocols: Any,
        doc: r#"Frames of any kind that a client may send per second, and twice as many at once. More are answered with `RATE_LIMITED`; a client that goes on is closed with 4429. "none": no limit."#,
        why: "No person and no screen comes near the default, and one client that floods takes a few percent of a core.",
    }
    bytes_per_second: Option<u64> {
        default: Some(1 << 20),
        value: OrWord("none", Size(KIB..=1 << 30)),
        down_to: Route,
        protocols: Any,
        doc: r#"Bytes per second that a client may send, payloads only; at once twice as many, or one message of the largest size. More are treated like too many frames. "none": no limit."#,
        why: "The default is sixteen of the largest messages, and a twelfth of a gigabit.",
    }
    action_rates: Actions {
        default: Actions::default(),
        value: ActionRates,
        down_to: Namespace,
        protocols: Any,
        doc: "How often a client may ask for single actions, by the names that clients use. A number means so many per second, and twice as many at once; a table says more. Further ones are answered with `RATE_LIMITED`. A name that no consumer knows is not a mistake, because only a consumer's own code knows its actions. An action that is not named has no limit of its own, except `resume` and `authenticate` with 10 per second.",
        why: "Only the author of a consumer knows what its actions cost. `resume` and `authenticate` are the framework's, and nobody needs them more than once in a minute.",
        example: r#"{ occupy = 2, get_status = { frames_per_second = 5, frames_at_once = 5, bytes_per_second = "4KiB" } }"#,
    }
    groups_per_connection: usize {
        default: 4_096,
        value: Count(1..=1_048_576),
        down_to: Namespace,
        protocols: Any,
        doc: "Groups that one connection may be in. One more closes it with 4429.",
        why: "The default is enough for a change feed of 300 restaurants; each group costs about 100 bytes.",
    }
    delivery: Delivery {
        default: Delivery::Lossless,
        value: Words,
        down_to: Route,
        protocols: Any,
        doc: r#"What happens to events for a client that reads slowly. "lossless": they wait, up to `outbox_bytes`. "latest": they wait, but of each entity only the newest. "volatile": they are dropped. The client is told how many were dropped when it keeps up again, and gets them all when it comes back with a `since` from before."#,
        why: "Lossless, because only the author of a consumer knows whether an event may be missed.",
    }
    ping_timeout: Duration {
        default: Duration::from_secs(20),
        value: Time(50..=HOUR),
        down_to: Route,
        protocols: EngineIo,
        doc: "How long a client may take to answer a ping, which comes every `ping_interval`. Then its session ends. It takes the place of `idle_timeout`.",
        why: "The default is that of the JavaScript server.",
    }
    max_payload: usize {
        default: 1_000_000,
        value: Size(128..=16 * MIB),
        down_to: Route,
        protocols: EngineIo,
        doc: "The largest message that a client may send, and the largest body of a poll in either direction. Clients are told. It takes the place of `max_message_bytes`.",
        why: "The default is that of the JavaScript server.",
    }
    connect_timeout: Duration {
        default: Duration::from_secs(45),
        value: Time(100..=600 * SECOND),
        down_to: Route,
        protocols: SocketIo,
        doc: "How long a client may be connected without asking for a namespace. Then it is closed.",
        why: "The default is that of the JavaScript server.",
    }
    offsets: Offsets {
        default: Offsets::Auto,
        value: Words,
        down_to: Namespace,
        protocols: SocketIo,
        doc: r#"Which clients get the number of a durable event as one more argument, with which they can come back. "auto": all but those of python-socketio and Dart, whose handlers fail on one more argument. "always": all. "asked": those that say `auth.offsets`. "never": none. A client that gets no numbers is a new client when it comes back."#,
        why: "No request tells which clients can come back, so all get numbers that are not known to fail on them.",
    }
}
