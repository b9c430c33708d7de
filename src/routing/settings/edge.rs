//! The table of [`Edge`]: what a listener grants a stranger before any route is known.

use super::entry::settings;
use super::value_types::{Count, Size, Time, ValueType};
use crate::routing::edge::Edge;
use std::time::Duration;

const KIB: u64 = 1 << 10;
const MINUTE: u64 = 60_000;

settings! {
    /// What a listener grants a stranger before any route is known. Each method gives one setting; what is not given is taken from the defaults around all
    /// listeners.
    EdgeSettings of Edge from Defaults;

    first_byte_timeout: Duration {
        default: Duration::from_secs(10),
        value: Time(50..=10 * MINUTE),
        down_to: Listener,
        protocols: Any,
        doc: "How long a connection may send nothing at all. Then it is closed.",
        why: "A browser opens connections ahead of need and uses most of them within the default; a scanner that never speaks holds a descriptor for no longer.",
    }
    head_timeout: Duration {
        default: Duration::from_secs(5),
        value: Time(50..=10 * MINUTE),
        down_to: Listener,
        protocols: Any,
        doc: "How long the first line and the headers of a request may take, and how long a connection may wait between two requests. Then it is closed.",
        why: "A head is one packet or two; on the worst network their repetition takes 3 s.",
    }
    body_timeout: Duration {
        default: Duration::from_secs(15),
        value: Time(50..=10 * MINUTE),
        down_to: Listener,
        protocols: Any,
        doc: "How long the body of a request may take. Then it is answered with 408.",
        why: "The default is enough for the largest body allowed by default, 64 KiB, at 40 kbit/s.",
    }
    write_timeout: Duration {
        default: Duration::from_secs(20),
        value: Time(50..=10 * MINUTE),
        down_to: Listener,
        protocols: Any,
        doc: "How long a client may take nothing of an answer that waits for it. Then it is closed.",
        why: "On a bad network, or while a phone changes from one to another, the system repeats what was lost for about the default before it gets through. A client that reads, however slowly, is waited for.",
    }
    head_bytes: usize {
        default: 16 << 10,
        value: Size(KIB..=256 * KIB),
        down_to: Listener,
        protocols: Any,
        doc: "Bytes of the first line and the headers of a request. More are answered with 431.",
        why: "The default is twice what the cookies of browsers and a token of several kilobytes need.",
    }
    tls_timeout: Duration {
        default: Duration::from_secs(5),
        value: Time(50..=10 * MINUTE),
        down_to: Listener,
        protocols: Any,
        doc: "How long a TLS handshake may take. Then the connection is closed.",
        why: "A handshake is two round trips.",
    }
    tls_handshakes: usize {
        default: 1024,
        value: Count(1..=65_536),
        down_to: Listener,
        protocols: Any,
        doc: "TLS handshakes in progress at once, of one listener and one core. A connection beyond is closed at once.",
        why: "The default is some 20 MiB, and about a second of a core's work, so that the last in the queue is still in time.",
    }
}
