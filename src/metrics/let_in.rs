//! A client that was let in, as the metrics see it.

use super::shard::ShardStats;
use std::sync::Arc;

/// One client that was let in, counted for as long as the value lives. Belongs to the shard's own thread.
#[derive(Debug)]
pub(crate) struct LetIn {
    shard: Arc<ShardStats>,
    consumer: &'static str,
}

impl LetIn {
    pub fn new(shard: Arc<ShardStats>, consumer: &'static str) -> Self {
        shard.events.opened(consumer);
        LetIn { shard, consumer }
    }
}

impl Drop for LetIn {
    fn drop(&mut self) {
        self.shard.events.closed(self.consumer);
    }
}
