//! A WebSocket of Engine.IO after its handshake: the beginning of a session, or the new transport of one that polls.

use super::session::{Beginning, Session};
use super::upgrade::probe;
use crate::app::App;
use crate::auth::Keys;
use crate::connection::reader::MessageReader;
use crate::connection::{Agreed, Boarding};
use crate::hub::shard::{Shard, ToShard};
use crate::hub::stream::Stream;
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use std::rc::Rc;
use std::sync::Arc;

/// What a WebSocket is.
pub(crate) enum Boarded<A: App> {
    /// The beginning of a session, which its task is to run.
    Session(Rc<Session<A>>),
    /// The new transport of one, maybe: for a task that ends soon.
    Trying(LocalBoxFuture<'static, ()>),
    Refused,
}

/// Begins a session, or upgrades one. At once: what a session needs at first only is no part of its task.
pub(crate) fn board<A: App>(
    shard: &Rc<Shard<A>>,
    id: u64,
    stream: Stream,
    early: &[u8],
    keys: Option<Arc<Keys>>,
    agreed: Agreed<A>,
    boarding: Boarding,
) -> Boarded<A> {
    let Some(sid) = boarding.sid else {
        let identity = match agreed.identity.transpose() {
            Ok(identity) => identity,
            Err(error) => {
                tracing::info!(code = %error.code, "a client is refused");
                return Boarded::Refused; // there are no words of this protocol for it
            }
        };
        let beginning = Beginning {
            id,
            visit: boarding.visit,
            policy: agreed.policy,
            keys,
            socket: Some((stream, MessageReader::new(early))),
            compression: agreed.compression,
            identity,
        };
        return Boarded::Session(Session::open(shard, beginning));
    };
    let (early, compression) = (early.to_vec(), agreed.compression);
    if sid.shard() == shard.id {
        let probe = probe(shard.clone(), id, sid, stream, early, compression);
        return Boarded::Trying(probe.boxed_local());
    }
    let Some(home) = shard.peers().get(sid.shard()).cloned() else {
        return Boarded::Refused;
    };
    let Ok(detached) = stream.detach() else {
        return Boarded::Refused;
    };
    let handed_on = async move {
        let call = move |shard: &Rc<Shard<A>>| {
            if let Ok(stream) = detached.attach() {
                let probe = probe(shard.clone(), id, sid, stream, early, compression);
                tokio::task::spawn_local(crate::trace::within(id, probe));
            }
        };
        let _ = home.send(ToShard::Call(Box::new(call))).await;
    };
    Boarded::Trying(handed_on.boxed_local())
}
