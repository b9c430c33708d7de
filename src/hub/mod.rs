//! Who hears what: the members of one core, and what is written to them.
//!
//! May import `app`, `store`, and everything below them. Nothing here knows a consumer but its renderer, nor sessions: what the rooms above keep beside a shard is
//! in its extensions.

pub(crate) mod batch;
pub(crate) mod batching;
pub(crate) mod broker;
pub(crate) mod extensions;
#[cfg(test)]
mod fixture;
pub(crate) mod format;
pub(crate) mod groups;
pub(crate) mod outbox;
pub(crate) mod publication;
pub(crate) mod recent;
pub(crate) mod renderer;
pub(crate) mod replay;
pub(crate) mod shard;
pub(crate) mod socket;
pub(crate) mod stream;
pub(crate) mod tick;
