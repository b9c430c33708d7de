//! The groups of a connection: joined, left, and told in batches.

use super::Context;
use super::membership::Membership;
use crate::app::App;
use crate::error::{ClientError, Kind};
use crate::hub::batching::Batching;
use crate::limits::Limit;
use crate::protocol::close::Ending;

impl<A: App> Context<A> {
    /// Joins a group: from here on no event for `group` is lost. Join before reading a snapshot.
    ///
    /// A connection that is in `groups_per_connection` groups already is closed with 4429, because without this group it would have a silent gap. For groups that
    /// a client asks for there is [`try_join`](Self::try_join).
    pub fn join(&mut self, group: A::Group) {
        self.join_after(group, 0);
    }

    /// Joins a group as [`join`](Self::join) does, but if the group is one too many the connection stays open.
    ///
    /// # Errors
    /// Of kind [`RateLimited`](crate::Kind::RateLimited): `TOO_MANY_GROUPS`.
    pub fn try_join(&mut self, group: A::Group) -> Result<(), ClientError> {
        self.try_join_after(group, 0)
    }

    /// Joins a group as [`join`](Self::join) does, for a client that was admitted to it at the number `from`: earlier events are not replayed,
    /// whatever `since` the client comes back with. [`Reader::first_told`](crate::Reader::first_told) finds the number of the event that admitted it.
    pub fn join_after(&mut self, group: A::Group, from: u64) {
        if let Err(error) = self.try_join_after(group, from) {
            self.socket.end(Ending::refused(error));
        }
    }

    fn try_join_after(&mut self, group: A::Group, from: u64) -> Result<(), ClientError> {
        if self.memberships.iter().any(|m| m.group == group) {
            return Ok(());
        }
        let before = self.before().iter().find(|m| m.group == group);
        let from = before.map_or(from, |m| from.max(m.from.get()));
        if self.memberships.len() >= self.socket.policy.groups_per_connection {
            self.socket.limited(Limit::Groups);
            return Err(ClientError::new(
                Kind::RateLimited,
                "TOO_MANY_GROUPS",
                "this connection is in too many groups: leave some, or open another",
            ));
        }
        self.shard.flush_batch(self.format, &self.socket);
        // held before registered: not one event may pass between
        self.socket.subscription.hold_for(group.clone());
        self.shard.join(group.clone(), self.format, &self.socket);
        self.memberships.push(Membership::new(group, from));
        if self.outdate() {
            // nothing is told of it before it is kept
            self.socket.defer();
        }
        Ok(())
    }

    /// From now on events that this connection hears within a tenth of a second are told in one message: beside the single events, or instead of them, as `how` says. The
    /// message is what [`Consumer::render_batch`](crate::Consumer::render_batch) makes of the events. Call it in `connect`; it cannot be taken back.
    pub fn batch(&mut self, how: Batching) {
        if how == Batching::Instead {
            let Some(format) = self.shard.formats.batching(self.format) else {
                return;
            };
            for membership in &self.memberships {
                self.shard
                    .leave(&membership.group, self.format, &self.socket);
                self.shard
                    .join(membership.group.clone(), format, &self.socket);
            }
            self.format = format;
        }
        self.socket.batched.set(how);
    }

    /// Leaves a group.
    pub fn leave(&mut self, group: &A::Group) {
        self.give_up(|g| g == group);
        self.outdate();
    }

    /// The groups of this connection, in the order of joining.
    pub fn groups(&self) -> impl Iterator<Item = &A::Group> {
        self.memberships.iter().map(|m| &m.group)
    }

    /// Leaves every group: nothing more is told.
    pub(crate) fn leave_all(&mut self) {
        self.give_up(|_| true);
    }

    fn give_up(&mut self, which: impl Fn(&A::Group) -> bool) {
        let (shard, socket, format) = (&self.shard, &self.socket, self.format);
        shard.flush_batch(format, socket);
        self.memberships.retain(|m| {
            let goes = which(&m.group);
            if goes {
                shard.leave(&m.group, format, socket);
            }
            !goes
        });
    }
}
