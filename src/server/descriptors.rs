//! How many files the process may have open, and what that leaves for clients.
//!
//! A server that has none left accepts nobody, and can tell nobody so: not a new client, not a probe. So a part of them is never given to clients.

use super::listener::{BATCH, CROWDED_BATCH};
use crate::limits::{Limits, Quota, REFUSED};

/// Of all descriptors, the part that clients do not get, and its bounds: half for what the server opens later (a reload's listeners and files, rows), half for
/// those who are told that there is no place, and for probes.
const RESERVED: usize = 16;
const MOST_RESERVED: usize = 16_384;
/// Even where there are few, for what is opened later, and for each listening socket: as many as are told that there is no place, and who comes next.
const LEAST_LATER: usize = 8;
const LEAST_REFUSED: usize = 4;
const LEAST_EACH: usize = LEAST_REFUSED + CROWDED_BATCH;
/// What a process that cannot be looked into has open, listening sockets aside.
const USUAL: usize = 64;

/// What the descriptors allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Room {
    /// Clients.
    places: usize,
    /// Of each listening socket, clients that are told that there is no place.
    refused: usize,
}

impl Room {
    /// `most` may be open, `open` are before anybody comes, and there are so many listening sockets.
    fn of(most: usize, open: usize, listening: usize) -> Self {
        let least = LEAST_LATER + LEAST_EACH * listening;
        let reserved = (most / RESERVED).min(MOST_RESERVED).max(least);
        Room {
            places: most.saturating_sub(open + reserved).max(1),
            refused: (reserved / 2 / listening.max(1))
                .saturating_sub(CROWDED_BATCH)
                .clamp(LEAST_REFUSED, REFUSED),
        }
    }
}

/// Raises the soft limit to the hard one, which is the administrator's word: the soft one is there for programs that use `select`. Says how many may be open;
/// `None`: there is no limit, or nobody knows it.
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
        // SAFETY: the call reads the structure that it is given. Refused, it changes nothing.
        if unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const raised) } == 0 {
            limit = raised;
        }
    }
    let is_endless = limit.rlim_cur == libc::RLIM_INFINITY;
    usize::try_from(limit.rlim_cur).ok().filter(|_| !is_endless)
}

/// Grants clients what is left of `most`, and says so in the log where that is less than `limits` promise. Asked before anybody comes.
pub(super) fn share(most: Option<usize>, listening: usize, limits: Limits, quota: &Quota) {
    let Some(most) = most else { return };
    let open = std::fs::read_dir("/proc/self/fd").map_or(USUAL + listening, Iterator::count);
    let room = Room::of(most, open, listening);
    quota.grant(room.places, room.refused, BATCH * listening);
    warn(limits, quota);
}

/// The limit that an operator set is not the one that holds.
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
            let reserved = most - open - room.places;
            let later = reserved - (room.refused + CROWDED_BATCH) * listening;
            assert!(later >= LEAST_LATER, "{most}: {room:?}");
        }
        let none = Room::of(20, 30, 8);
        assert_eq!(
            (none.places, none.refused),
            (1, LEAST_REFUSED),
            "of nothing"
        );
    }
}
