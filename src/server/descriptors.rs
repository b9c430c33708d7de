//! How many files the process may have open, and what that leaves for clients.
//!
//! A server without a free descriptor accepts nobody and cannot even answer that it is full, to a client or to a probe. So a part of them is kept from clients.

use super::listener::{BATCH, CROWDED_BATCH};
use crate::limits::{Limits, Quota, REFUSED};

/// One in so many descriptors is kept from clients: half of these for what the server opens later (listeners and files of a reload, the database), half for
/// connections that are refused because the server is full, and for probes.
const RESERVED: usize = 16;
/// The most that are kept from clients.
const MOST_RESERVED: usize = 16_384;
/// The fewest that are kept for what is opened later.
const LEAST_LATER: usize = 8;
/// The fewest connections, of each listening socket, that can be refused at once.
const LEAST_REFUSED: usize = 4;
/// The fewest that are kept for each listening socket: for refusals, and for the next batch that is accepted.
const LEAST_EACH: usize = LEAST_REFUSED + CROWDED_BATCH;
/// How many are assumed to be open, beside the listening sockets, where `/proc` cannot be read.
const USUAL: usize = 64;

/// How many connections the descriptors allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Room {
    /// Connections of clients.
    connections: usize,
    /// Connections, of each listening socket, that are being refused because the server is full.
    refused: usize,
}

impl Room {
    /// `most`: descriptors that may be open. `open`: those that are open before the first client. `listening`: listening sockets among them.
    fn of(most: usize, open: usize, listening: usize) -> Self {
        let least = LEAST_LATER + LEAST_EACH * listening;
        let reserved = (most / RESERVED).min(MOST_RESERVED).max(least);
        Room {
            connections: most.saturating_sub(open + reserved).max(1),
            refused: (reserved / 2 / listening.max(1))
                .saturating_sub(CROWDED_BATCH)
                .clamp(LEAST_REFUSED, REFUSED),
        }
    }
}

/// Raises the soft limit to the hard one, which is the administrator's: the soft one is low for the sake of programs that use `select`. Returns how many may be
/// open; `None`: there is no limit, or it is unknown.
pub(super) fn raise() -> Option<usize> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: the call writes to the structure that it is given, and to nothing else.
    if unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) } != 0 {
        return None;
    }
    if limit.rlim_cur < limit.rlim_max {
        let raised = libc::rlimit {
            rlim_cur: limit.rlim_max,
            ..limit
        };
        // SAFETY: the call reads the structure that it is given. If it fails it changes nothing.
        if unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const raised) } == 0 {
            limit = raised;
        }
    }
    let is_endless = limit.rlim_cur == libc::RLIM_INFINITY;
    usize::try_from(limit.rlim_cur).ok().filter(|_| !is_endless)
}

/// Gives clients what is left of `most`, and warns in the log where that is less than `limits` promise. Called before the first client.
pub(super) fn share(most: Option<usize>, listening: usize, limits: Limits, quota: &Quota) {
    let Some(most) = most else { return };
    let open = std::fs::read_dir("/proc/self/fd").map_or(USUAL + listening, Iterator::count);
    let room = Room::of(most, open, listening);
    quota.grant(room.connections, room.refused, BATCH * listening);
    warn(limits, quota);
}

/// Warns in the log if the descriptors allow fewer connections than the operator's limit.
pub(super) fn warn(limits: Limits, quota: &Quota) {
    let places = quota.granted();
    if places < limits.connections {
        tracing::warn!(
            connections = limits.connections,
            places,
            "this process may not open enough files for \"connections\": clients beyond are told 503 (ulimit -n, LimitNOFILE)"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_never_given_to_clients() {
        for (most, open, listening) in [(64, 30, 2), (1_024, 60, 16), (1 << 20, 200, 40)] {
            let room = Room::of(most, open, listening);
            let reserved = most - open - room.connections;
            let later = reserved - (room.refused + CROWDED_BATCH) * listening;
            assert!(later >= LEAST_LATER, "{most}: {room:?}");
        }
        let none = Room::of(20, 30, 8);
        assert_eq!(
            (none.connections, none.refused),
            (1, LEAST_REFUSED),
            "of nothing"
        );
    }
}
