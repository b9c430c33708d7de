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
use std::time::UNIX_EPOCH;

/// All outboxes are looked through at most so often, in milliseconds.
const RELIEF_PAUSE_MS: u64 = 20;
/// Addresses that nobody connects from any more are forgotten so often, in milliseconds.
const TIDY_MS: u64 = 2_000;

impl<A: App> Shard<A> {
    /// Too much waits in the process: the largest outboxes are closed, until there is room again. Each shard closes its own. On some shard the largest one is at
    /// least as large as the average, and each shard looks at the end of its ticks and in its sweep.
    pub(super) fn relieve(&self) {
        let now = self.now_ms();
        if now < self.upkeep.relieved.get() + RELIEF_PAUSE_MS {
            return;
        }
        self.upkeep.relieved.set(now);
        let backlog = &self.counts.backlog;
        let average = backlog.average().max(1);
        let mut behind = self.sockets.select(|socket| {
            let bytes = socket.wire.waiting_bytes();
            (bytes >= average).then_some(bytes)
        });
        behind.sort_by_key(|(bytes, _)| std::cmp::Reverse(*bytes));
        for (_, socket) in behind {
            if backlog.is_relieved() {
                break;
            }
            socket.give_up(Dropped::Budget);
        }
    }

    /// Replayed events are forgotten when nobody asks for them any more: on the thread where they were made, because it is much.
    fn tidy_recent(&self) {
        if self.formats.recent.is_stale()
            && let Some(store) = self.store.clone()
        {
            let formats = self.formats.clone();
            tokio::task::spawn_local(async move {
                let forget = move |_: &Reader<'_>| {
                    formats.recent.forget_stale();
                    Ok(())
                };
                let _ = store.replay(forget).await;
            });
        }
    }

    /// Pings the quiet, gives up the silent, warns clients whose token ends soon, and ends those whose token has ended. Called by the shard's thread, several
    /// times within the shortest interval of its routes.
    pub fn sweep(&self) {
        let now = self.now_ms();
        let wall = self.clock.wall().duration_since(UNIX_EPOCH);
        let wall = wall.map_or(0, |d| d.as_millis() as i64);
        if self.counts.backlog.is_over() {
            self.relieve();
        }
        if self.id == 0 && now >= self.upkeep.tidied.get() + TIDY_MS {
            self.upkeep.tidied.set(now);
            self.stats.quota.tidy();
            self.tidy_recent();
        }
        let due = |socket: &Socket<A>| !socket.is_leaving() && is_due(socket, now, wall);
        for ((), socket) in self.sockets.select(|socket| due(socket).then_some(())) {
            self.attend(&socket, now, wall);
        }
    }

    fn attend(&self, socket: &Rc<Socket<A>>, now: u64, wall: i64) {
        let (liveness, policy) = (&socket.liveness, &socket.policy);
        if liveness.is_idle(now, policy.idle_timeout) {
            socket.limited(Limit::IdleTimeout);
            socket.end(Ending::new(1001, "nothing was heard from you"));
            return;
        }
        if liveness.is_expired(wall) {
            socket.end(Ending::refused(ClientError::new(
                Kind::Unauthenticated,
                "TOKEN_EXPIRED",
                "the token has ended",
            )));
            return;
        }
        if liveness.is_warning_due(wall) {
            socket.warn_of_expiry();
        }
        if liveness.is_ping_due(now, policy.ping_interval, socket.engine) {
            liveness.pinged(now);
            let ping = match socket.engine {
                true => websocket::encode(Opcode::Text, b"2"),
                false => websocket::encode(Opcode::Ping, b""),
            };
            self.send(socket, ping);
        }
    }
}

fn is_due<A: App>(socket: &Socket<A>, now: u64, wall: i64) -> bool {
    let (liveness, policy) = (&socket.liveness, &socket.policy);
    liveness.is_ping_due(now, policy.ping_interval, socket.engine)
        || liveness.is_warning_due(wall)
        || liveness.is_expired(wall)
        || liveness.is_idle(now, policy.idle_timeout)
}
