//! What a shard does from time to time: pings, timeouts, and room for those who keep up.

use super::Shard;
use crate::app::App;
use crate::error::{ClientError, Kind};
use crate::hub::socket::Socket;
use crate::limits::Limit;
use crate::metrics::Drop as Dropped;
use crate::protocol::close::Ending;
use crate::protocol::websocket::{self, Opcode};
use crate::store::Reader;
use std::rc::Rc;
use std::time::{Duration, UNIX_EPOCH};

/// A client is warned this long before its token ends.
const EXPIRY_WARNING: Duration = Duration::from_secs(60);

/// All outboxes are looked through at most so often, in milliseconds.
const RELIEF_PAUSE_MS: u64 = 20;
/// Addresses that nobody connects from any more are forgotten so often, in milliseconds.
const TIDY_MS: u64 = 2_000;

impl<A: App> Shard<A> {
    /// Too much waits in the process: the largest outboxes are closed, until there is room again. Each shard closes its own; that one is at least as large
    /// as the average holds for some shard, and each looks at the end of its turns and in its sweep.
    pub(super) fn relieve(&self) {
        let now = self.now_ms();
        if now < self.relieved_at.get() + RELIEF_PAUSE_MS {
            return;
        }
        self.relieved_at.set(now);
        let backlog = &self.counts.backlog;
        let average = backlog.average().max(1);
        let mut behind: Vec<(usize, Rc<Socket<A>>)> = self
            .sockets
            .borrow()
            .iter()
            .map(|(_, s)| (s.waiting_bytes(), s))
            .filter(|(bytes, _)| *bytes >= average)
            .map(|(bytes, s)| (bytes, s.clone()))
            .collect();
        behind.sort_by_key(|(bytes, _)| std::cmp::Reverse(*bytes));
        for (_, socket) in behind {
            if backlog.is_relieved() {
                break;
            }
            socket.give_up(Dropped::Budget);
        }
    }

    /// What was replayed is forgotten when nobody asks for it any more: where it was made, because it is much.
    fn tidy_recent(&self) {
        if self.lanes.recent.is_stale()
            && let Some(store) = self.store.clone()
        {
            let lanes = self.lanes.clone();
            tokio::task::spawn_local(async move {
                let forget = move |_: &Reader<'_>| {
                    lanes.recent.forget_stale();
                    Ok(())
                };
                let _ = store.replay(forget).await;
            });
        }
    }

    /// Pings the quiet, gives up the silent, warns those whose token ends soon, and ends those whose token has ended.
    pub fn sweep(&self) {
        let now = self.now_ms();
        let wall = self.clock.wall();
        let wall_ms = wall
            .duration_since(UNIX_EPOCH)
            .map_or(0, |d| d.as_millis() as i64);
        if self.counts.backlog.is_over() {
            self.relieve();
        }
        if self.id == 0 && now >= self.tidied_at.get() + TIDY_MS {
            self.tidied_at.set(now);
            self.stats.quota.tidy();
            self.tidy_recent();
        }
        let sockets: Vec<Rc<Socket<A>>> = self
            .sockets
            .borrow()
            .iter()
            .filter(|(_, s)| !s.is_leaving() && due(s, now, wall_ms))
            .map(|(_, s)| s.clone())
            .collect();
        for socket in sockets {
            if now.saturating_sub(socket.heard_at.get())
                >= socket.policy.idle_timeout.as_millis() as u64
            {
                socket.limited(Limit::IdleTimeout);
                socket.end(Ending::new(1001, "nothing was heard from you"));
                continue;
            }
            let expires = socket.expires_at_ms.get();
            if wall_ms >= expires {
                socket.end(Ending::refused(ClientError::new(
                    Kind::Unauthenticated,
                    "TOKEN_EXPIRED",
                    "the token has ended",
                )));
                continue;
            }
            if warn_due(&socket, wall_ms) {
                socket.warn_of_expiry();
            }
            if ping_due(&socket, now) {
                socket.pinged_at.set(now);
                let ping = match socket.engine {
                    true => websocket::encode(Opcode::Text, b"2"),
                    false => websocket::encode(Opcode::Ping, b""),
                };
                self.send(&socket, ping);
            }
        }
    }
}

fn ping_due<A: App>(s: &Socket<A>, now: u64) -> bool {
    // a client of Engine.IO takes a server for dead that does not ask, however much is said
    let last = match s.engine {
        true => s.pinged_at.get(),
        false => s.heard_at.get().max(s.pinged_at.get()),
    };
    now.saturating_sub(last) >= s.policy.ping_interval.as_millis() as u64
}

fn warn_due<A: App>(s: &Socket<A>, wall_ms: i64) -> bool {
    !s.expiry_told.get()
        && s.expires_at_ms
            .get()
            .saturating_sub(EXPIRY_WARNING.as_millis() as i64)
            <= wall_ms
}

fn due<A: App>(s: &Socket<A>, now: u64, wall_ms: i64) -> bool {
    ping_due(s, now)
        || warn_due(s, wall_ms)
        || wall_ms >= s.expires_at_ms.get()
        || now.saturating_sub(s.heard_at.get()) >= s.policy.idle_timeout.as_millis() as u64
}
