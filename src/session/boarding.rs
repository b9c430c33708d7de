//! A WebSocket of Engine.IO after its handshake: the beginning of a session, or the new transport of one that polls.

use super::{Beginning, Session, probe};
use crate::App;
use crate::connection::{Boarding, Opening};
use crate::publication::ToShard;
use crate::reader::MessageReader;
use crate::shard::Shard;
use std::rc::Rc;

/// Begins a session, or upgrades one.
pub(crate) async fn board<A: App>(
    shard: Rc<Shard<A>>,
    opening: Box<Opening<A>>,
    boarding: Boarding,
) {
    let Opening {
        id,
        stream,
        early,
        keys,
        agreed,
    } = *opening;
    let Some(sid) = boarding.sid else {
        let identity = match agreed.identity.transpose() {
            Ok(identity) => identity,
            Err(error) => {
                tracing::info!(code = %error.code, "a client is refused");
                return; // there are no words of this protocol for it
            }
        };
        let mut beginning = Beginning {
            id,
            visit: boarding.visit,
            policy: agreed.policy,
            keys,
            stream: Some(stream),
            compression: agreed.compression,
            identity,
        };
        let session = Session::open(&shard, &mut beginning);
        let reader = MessageReader::new(early);
        session.run(reader, beginning.identity).await;
        return;
    };
    if sid.shard() == shard.id {
        probe(shard, sid, stream, early, agreed.compression).await;
    } else if let Some(home) = shard.peers().get(sid.shard())
        && let Ok(detached) = stream.detach()
    {
        let call = move |shard: &Rc<Shard<A>>| {
            if let Ok(stream) = detached.attach() {
                let probe = probe(shard.clone(), sid, stream, early, agreed.compression);
                tokio::task::spawn_local(crate::trace::within(id, probe));
            }
        };
        let _ = home.send(ToShard::Call(Box::new(call))).await;
    }
}
