//! The dining room over plain WebSockets: orders, tables, visits, and what staff must know.
//!
//! Each consumer is one path of the document. They share [`messages`], which spells what is said, and nothing else.

pub mod messages;
mod notifications;
mod order;
mod order_items;
pub mod rest;
mod restaurant;
mod session;
mod table;
#[cfg(test)]
mod tests;
mod waiter;

use crate::access::{self, Action, Target};
use crate::contract::{Channel, Schemas};
use crate::domain::Key;
use crate::restaurant::{Group, Restaurant};
use maitred::{Context, Error, Reader, Registry};

/// What a path leads to: how its key is looked up, what a client wants to hear there, and in which group that is told.
struct Place {
    find: fn(&Reader<'_>, &Key) -> Result<i64, Error>,
    action: Action,
    target: fn(i64) -> Target,
    group: fn(i64) -> Group,
}

impl Place {
    /// Finds what the key names, and lets the client in.
    async fn enter(self, key: Key, ctx: &mut Context<Restaurant>) -> Result<i64, Error> {
        let id = ctx.read(move |db| (self.find)(db, &key)).await?;
        let (target, group) = ((self.target)(id), (self.group)(id));
        access::enter(ctx, self.action, target, group).await?;
        Ok(id)
    }
}

/// What they say and understand.
pub fn channels(schemas: &mut Schemas) -> Vec<Channel> {
    messages::channels(schemas)
}

/// The consumers and the REST interface that `routing.toml` may name.
pub fn register(registry: Registry<Restaurant>) -> Registry<Restaurant> {
    registry
        .with::<order::OrderSocket>()
        .with::<order_items::ItemsSocket>()
        .with::<table::TableSocket>()
        .with::<session::SessionSocket>()
        .with::<waiter::WaiterSocket>()
        .with::<notifications::FloorSocket>()
        .with::<restaurant::RestaurantSocket>()
        .rest(rest::NAME, |api| rest::SERVICE.routes(api))
}
