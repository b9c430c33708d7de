//! What a path is about, and who is let in there.

use crate::access::{self, Action, Target};
use crate::domain::Key;
use crate::events::Group;
use crate::restaurant::Restaurant;
use maitred::{Context, Error, Reader};

/// What a path is about: how its key is looked up, what a client wants to hear there, and in which group that is told.
pub struct Subject {
    pub find: fn(&Reader<'_>, &Key) -> Result<i64, Error>,
    pub action: Action,
    pub target: fn(i64) -> Target,
    pub group: fn(i64) -> Group,
}

impl Subject {
    /// Finds what the key names, and lets the client in.
    pub async fn enter(self, key: Key, ctx: &mut Context<Restaurant>) -> Result<i64, Error> {
        let id = ctx.read(move |db| (self.find)(db, &key)).await?;
        let (target, group) = ((self.target)(id), (self.group)(id));
        access::enter(ctx, self.action, target, group).await?;
        Ok(id)
    }
}
