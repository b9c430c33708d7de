//! `[limits]`: what the whole process may hold; and who may read what it counted.

use super::mistakes::Mistakes;
use super::{quantity, rate};
use crate::limits::Limits;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub(super) const KEYS: [&str; 6] = [
    "connections",
    "connections_per_address",
    "connections_per_user",
    "handshakes_per_second",
    "handshakes_per_second_per_address",
    "outbox_total_bytes",
];

pub(super) fn read(table: &DeTable<'_>, mistakes: &mut Mistakes<'_>) -> Limits {
    let mut limits = Limits::default();
    for (key, value) in table {
        mistakes.unless_known("key", key, &[&KEYS]);
        let places = |field: &mut usize, mistakes: &mut Mistakes<'_>| {
            if let Some(n) = quantity::count(value, 1..=10_000_000, mistakes) {
                *field = n;
            }
        };
        match key.get_ref().as_ref() {
            "connections" => places(&mut limits.connections, mistakes),
            "connections_per_address" => places(&mut limits.connections_per_address, mistakes),
            "connections_per_user" => places(&mut limits.connections_per_user, mistakes),
            "handshakes_per_second" => {
                if let Some(rate) = rate::frames(value, mistakes) {
                    limits.handshakes_per_second = rate;
                }
            }
            "handshakes_per_second_per_address" => {
                if let Some(rate) = rate::frames(value, mistakes) {
                    limits.handshakes_per_second_per_address = rate;
                }
            }
            "outbox_total_bytes" => {
                if let Some(n) = quantity::size(value, 64 << 10..=64 << 30, mistakes) {
                    limits.outbox_total_bytes = n;
                }
            }
            _ => {}
        }
    }
    limits
}

/// Who may read `/metrics` of a listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Metrics {
    /// `"none"`: there is nothing at that path. Default: numbers about a business are nobody's by accident.
    Nobody,
    /// `"token"`: whoever has a token of an operator ([`App::operates`](crate::App::operates)).
    Operators,
    /// `"loopback"`: programs on this machine too, unless a proxy speaks for others.
    Loopback,
    /// `"all"`: whoever can connect; for a listener that only the collector reaches.
    All,
}

impl Metrics {
    const WORDS: [(&str, Metrics); 4] = [
        ("none", Metrics::Nobody),
        ("token", Metrics::Operators),
        ("loopback", Metrics::Loopback),
        ("all", Metrics::All),
    ];

    pub(super) fn read(
        value: &Spanned<DeValue<'_>>,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<Metrics> {
        mistakes.word(value, "metrics", &Self::WORDS)
    }
}
