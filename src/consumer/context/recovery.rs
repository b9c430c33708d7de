//! How a Socket.IO client is let in, and what it finds again: the stock client's connection state recovery.
//!
//! A client comes back with the `pid` that it was given and with the last offset that it saw. It is recovered when that `pid` is known, of the same subject,
//! and everything since its offset (or, if it saw none, since its stream began) is still in the history; then it gets the same `pid` again, which is how it
//! knows. What it hears is written before it is told so: before the CONNECT reply, and before the answer of a command that joined a group.

use super::back::{Back, Pid, Returning};
use super::membership::Membership;
use super::{Client, Context};
use crate::app::App;
use crate::error::Error;
use crate::protocol::close::Ending;
use crate::protocol::dialect::Dialect;
use crate::protocol::sid::unguessable;
use crate::protocol::socket_io;
use crate::protocol::websocket::{self, Opcode};
use crate::store::log::recovery::{self, Claim, Kept, Since};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::rc::Rc;
use std::time::Duration;

/// Between the welcome and what a consumer says at once, the most. Clients written with `ws` that wait for one message at a time (`await next(socket, "message")`,
/// as the official suite does) lose the second of two that came in one read: both are dispatched before the code that waits goes on. Two writes are not enough,
/// a client reads both at once more often than not. A ping is answered after what came before it was dispatched, which takes a local client less than a
/// millisecond, and one far away a round trip. There 20 ms are enough for the two to come in two reads. For a client that polls nothing waits.
const APART: Duration = Duration::from_millis(20);

/// What a client says about its last connection. Each value may be anything: it is a stranger's.
#[derive(Debug, Default, Deserialize)]
struct Said {
    #[serde(default)]
    pid: Option<Box<RawValue>>,
    #[serde(default)]
    offset: Option<Box<RawValue>>,
    #[serde(default)]
    since: Option<Box<RawValue>>,
}

fn text(value: Option<&RawValue>) -> Option<String> {
    serde_json::from_str(value?.get()).ok()
}

/// A number, or text that is one.
fn number(value: Option<&RawValue>) -> Option<u64> {
    match text(value) {
        Some(text) => text.parse().ok(),
        None => value?.get().parse().ok(),
    }
}

impl<A: App> Context<A> {
    /// Whose client this is, and what it was told when it was here last. Before the consumer begins.
    pub(crate) async fn receive_back(&mut self, client: Rc<Client>) -> Result<(), Error> {
        let said = client.auth.as_deref().map(RawValue::get);
        let said: Said = said
            .and_then(|s| serde_json::from_str(s).ok())
            .unwrap_or_default();
        self.client = Some(client);
        if self.shard.store.is_none() || !self.is_socket_io() {
            return Ok(());
        }
        // our own clients say it as raw ones do; one that is no number cannot be resumed
        self.since = said
            .since
            .as_deref()
            .map(|since| number(Some(since)).unwrap_or(u64::MAX));
        if !self.is_told_numbers() {
            return Ok(());
        }
        self.back = Some(Box::new(Back::new()));
        let Some(pid) = text(said.pid.as_deref()) else {
            return Ok(());
        };
        let claim = self.claim(pid.clone());
        let store = self.store()?;
        let now = store.now_ms();
        let taken = store
            .write_raw(Some(self.shard.id), move |db| {
                recovery::take(db, &claim, now)
            })
            .await?;
        let offset = number(said.offset.as_deref());
        let Some(back) = &mut self.back else {
            return Ok(());
        };
        if let Some(Kept { baseline, groups }) = taken {
            self.shard.evict(&pid).await;
            // an older number is of a stream before this one
            let offset = offset.filter(|offset| *offset >= baseline);
            self.since = Some(offset.unwrap_or(baseline));
            let groups = groups.into_iter().filter_map(|(group, from)| {
                let group = group.parse().ok()?;
                Some(Membership::new(group, from))
            });
            back.restored = groups.collect();
            back.returning = Some(Returning {
                pid,
                baseline,
                offset,
                recovered: false,
            });
        } else {
            back.returning = Some(Returning {
                pid,
                baseline: 0,
                offset: None,
                recovered: false,
            });
            back.lost = true;
        }
        Ok(())
    }

    /// The client has been here before.
    pub(super) fn returning(&self) -> Option<&Returning> {
        self.back.as_ref()?.returning.as_ref()
    }

    /// The groups of the connection that this one continues.
    pub(super) fn before(&self) -> &[Membership<A::Group>] {
        self.back.as_ref().map_or(&[], |back| &back.restored)
    }

    /// Notes that the kept groups are not the connection's any more. Returns whether any are kept.
    pub(super) fn outdate(&self) -> bool {
        self.back.as_ref().is_some_and(|back| {
            back.unkept.set(true);
            back.pid.is_some()
        })
    }

    pub(super) fn is_socket_io(&self) -> bool {
        matches!(self.format().dialect, Dialect::SocketIo { .. })
    }

    /// Whether the client is told numbers. Without them it has nothing to come back with, so it is given no `pid`.
    fn is_told_numbers(&self) -> bool {
        matches!(
            self.format().dialect,
            Dialect::SocketIo { offsets: true, .. }
        )
    }

    /// A client that comes back and saw nothing yet, of a consumer that begins with a state: it needs that state.
    pub(super) fn must_begin_anew(&self) -> bool {
        let needs_state = self.opening.as_ref().is_some_and(|o| !o.only_on_reset);
        let saw_nothing = self.returning().is_some_and(|r| r.offset.is_none());
        let lost = self.back.as_ref().is_some_and(|back| back.lost);
        lost || (needs_state && saw_nothing)
    }

    /// Tells a Socket.IO client that it is let in, before anything else, and then what was said to it before that. `at`: where its stream begins; `None`:
    /// now, because there is nothing that it could miss.
    pub(crate) async fn greet(&mut self, at: Option<u64>) -> Result<(), Error> {
        let Some(client) = self.client.clone() else {
            return Ok(());
        };
        if client.greeted.replace(true) {
            return Ok(());
        }
        let Dialect::SocketIo { namespace, .. } = &self.format().dialect else {
            return Ok(());
        };
        let namespace = namespace.clone();
        let pid = match self.is_told_numbers() {
            true => Some(self.begin_keeping(at).await?),
            false => None,
        };
        let welcome = socket_io::connect(&namespace, &unguessable(), pid.as_deref());
        let welcome = websocket::encode(Opcode::Text, welcome.as_bytes());
        self.shard.send(self.socket.carrier(), welcome);
        let wire = self.socket.carrier();
        if self.socket.has_deferred() && wire.stream().is_some() {
            let ping = websocket::encode(Opcode::Ping, b"");
            self.shard.send(wire, ping);
            self.shard.flush();
            let _ = self.shard.clock.timeout(APART, client.ponged()).await;
        }
        self.let_out();
        Ok(())
    }

    /// Sends the frames that were held until the client was let in.
    fn let_out(&self) {
        for frame in self.socket.undefer().unwrap_or_default() {
            self.shard.send_suited(&self.socket, frame);
        }
    }

    /// Under the id that the client had if it goes on, otherwise under a new one.
    async fn begin_keeping(&mut self, at: Option<u64>) -> Result<String, Error> {
        let groups = self.heard();
        let before = self.returning().map(|r| r.pid.clone());
        let recovered = self.returning().filter(|r| r.recovered);
        let began = recovered.map(|r| r.baseline);
        let pid = recovered.map_or_else(unguessable, |r| r.pid.clone());
        let claim = self.claim(pid.clone());
        let store = self.store()?;
        let now = store.now_ms();
        let kept = store
            .write_raw(Some(self.shard.id), move |db| {
                if let Some(baseline) = began {
                    let kept = recovery::keep(db, &claim, &groups, now)?;
                    return Ok(kept.then_some(baseline));
                }
                let baseline = at.map_or_else(|| db.head(), Ok)?;
                let kept = Kept { baseline, groups };
                recovery::begin(db, &claim, &kept, before.as_deref(), now)?;
                Ok(Some(baseline))
            })
            .await?;
        let Some(baseline) = kept else {
            return Err(self.taken_over());
        };
        if let Some(back) = &mut self.back {
            back.unkept.set(false);
            back.pid = Some(Pid {
                id: pid.as_str().into(),
                baseline,
            });
        }
        let socket = self.socket.clone();
        self.shard.keep_pid(&pid, &socket);
        Ok(pid)
    }

    /// Before a command that joined or left groups is answered: where the stream of the new ones begins, and that the client hears them when it comes back.
    pub(crate) async fn note_joins(&self) -> Result<(), Error> {
        let subscription = &self.socket.subscription;
        if subscription.is_holding() && self.shard.store.is_some() {
            let at = match subscription.joined_at() {
                Some(at) => at,
                None => self.store()?.read(|db| db.head()).await?,
            };
            subscription.begin_joined_at(at);
            for m in &self.memberships {
                if self.socket.subscription.is_fresh(&m.group) {
                    m.from.set(m.from.get().max(at));
                }
            }
        }
        let outdated = self.back.as_ref().and_then(|back| {
            let outdated = back.unkept.take();
            let pid = back.pid.as_ref().filter(|_| outdated)?;
            Some((pid.id.to_string(), pid.baseline))
        });
        if let Some((pid, baseline)) = outdated {
            let groups = self.heard();
            let claim = self.claim(pid);
            let store = self.store()?;
            let now = store.now_ms();
            let kept = store
                .write_raw(Some(self.shard.id), move |db| {
                    if recovery::keep(db, &claim, &groups, now)? {
                        return Ok(true);
                    }
                    let kept = Kept { baseline, groups };
                    recovery::keep_again(db, &claim, &kept, now)
                })
                .await?;
            if !kept {
                return Err(self.taken_over());
            }
        }
        self.let_out();
        Ok(())
    }

    /// Another connection has come with the same id.
    fn taken_over(&self) -> Error {
        self.socket.end(Ending::taken_over());
        Error::Closed
    }

    /// Whether what is kept of its groups is not what it hears.
    pub(crate) fn is_unkept(&self) -> bool {
        let back = self.back.as_ref();
        back.is_some_and(|back| back.unkept.get() && back.pid.is_some())
    }

    /// The groups that the client was in before and that `connect` did not join again.
    pub(super) fn lost_groups(&self) -> Vec<String> {
        let here = |group: &A::Group| self.memberships.iter().any(|m| m.group == *group);
        let all = self.before().iter().filter(|m| !here(&m.group));
        all.map(|m| m.group.to_string()).collect()
    }

    fn heard(&self) -> Vec<Since> {
        let all = self.memberships.iter();
        all.map(|m| (m.group.to_string(), m.from.get())).collect()
    }

    fn claim(&self, pid: String) -> Claim {
        let namespace = match &self.format().dialect {
            Dialect::SocketIo { namespace, .. } => namespace,
            Dialect::Json | Dialect::Verbatim | Dialect::EngineIo => "",
        };
        Claim {
            pid,
            place: format!("{} {namespace}", self.format().renderer.name),
            subject: self.identity.subject.clone(),
            holder: self
                .back
                .as_ref()
                .map_or_else(String::new, |back| back.holder.clone()),
        }
    }
}
