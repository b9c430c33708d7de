//! Who asks for a write.

use super::idempotency::IdempotencyKey;

/// Who asks for a write, and under which id. With neither: [`Command::new`].
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Command {
    /// Who asks. The [`Change`](crate::Change)s that the command makes have this name.
    pub actor: Option<String>,
    /// The id under which the outcome is kept. Without one, a repetition runs again.
    pub id: Option<IdempotencyKey>,
    /// The shard that tells the caller, after it has handed the commit's publications to its members. `None`: the disk's thread tells.
    pub(crate) shard: Option<usize>,
}

impl Command {
    /// A command without an actor and without an id.
    pub fn new() -> Self {
        Command::default()
    }

    /// Sets who asks.
    pub fn by(mut self, actor: impl Into<String>) -> Self {
        self.actor = Some(actor.into());
        self
    }

    /// Sets the id under which the outcome is kept.
    pub fn with_id(mut self, id: IdempotencyKey) -> Self {
        self.id = Some(id);
        self
    }

    pub(crate) fn on_shard(mut self, shard: usize) -> Self {
        self.shard = Some(shard);
        self
    }
}
