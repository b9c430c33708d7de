//! The namespace `/orders`: what each of the three hears, and may ask.
//!
//! The document's rooms are groups: `user-{id}` is [`Group::Customer`], `restaurant-{id}` all changes of a restaurant's orders, `driver-{id}` [`Group::Driver`] and
//! `drivers-pool` [`Group::Offers`]. Nobody needs to join `order-{id}`: whatever happens to an order is told to whoever drives it, from the moment it is theirs, and
//! again when they come back. A change reaches a socket once, however many of these it is in.

use super::commands::Wish;
use super::member::{self, Member, Part};
use super::{commands, messages};
use crate::access::Claims;
use crate::domain::money::Decimal;
use crate::domain::orders::{self, OrderFacts};
use crate::domain::{Key, Refusal, drivers, ids};
use crate::events::{Entity, Event, Fact, Group};
use crate::restaurant::Restaurant;
use maitred::{ClientError, Consumer, Context, Error, Identity, Message, Reader, Reply};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use std::time::UNIX_EPOCH;

/// One client. What it may do is judged anew with each command.
pub struct OrdersSocket {
    /// When the client was let in: milliseconds since 1970-01-01 UTC. It was told of offers that were taken later. 0 for a client that comes back: it hears what it
    /// missed, or that it must ask again.
    since_ms: i64,
}

/// Nothing but the token is read from `auth`.
#[derive(Deserialize)]
pub struct Params {}

#[derive(Deserialize, JsonSchema)]
pub enum Command {
    #[serde(rename = "update-order-status")]
    UpdateOrderStatus(StatusChange),
    #[serde(rename = "accept-order")]
    AcceptOrder(Named),
    #[serde(rename = "get-available-orders")]
    GetAvailableOrders,
    #[serde(rename = "get-restaurant-orders")]
    GetRestaurantOrders,
    #[serde(rename = "ping")]
    Ping,
    #[serde(rename = "drop-order")]
    DropOrder(Named),
    #[serde(rename = "get-availability")]
    GetAvailability,
    #[serde(rename = "set-availability")]
    SetAvailability(Available),
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusChange {
    order_id: OrderId,
    status: String,
    reason: Option<String>,
    /// With `delivered`: the cash that was collected.
    collected: Option<Decimal>,
    /// With `collected`: what there was beyond it.
    tip: Option<Decimal>,
    /// With `out_for_delivery`: it was not delivered after all.
    #[serde(default)]
    undo: bool,
}

#[derive(Deserialize, JsonSchema)]
pub struct Available {
    available: bool,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Named {
    order_id: OrderId,
}

/// A number, a uuid, or what people call it.
#[derive(JsonSchema)]
struct OrderId(Key);

impl<'de> Deserialize<'de> for OrderId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = Key::deserialize(deserializer);
        key.map(OrderId)
            .map_err(|_| serde::de::Error::custom(messages::INVALID_ID))
    }
}

impl Consumer for OrdersSocket {
    const NAME: &'static str = "delivery.orders";
    type App = Restaurant;
    type Params = Params;
    type Command = Command;

    /// Who may not come in is told so by the document's `error` event, and then sent away.
    const REFUSES_INSIDE: bool = true;

    async fn connect(_: Params, ctx: &mut Context<Restaurant>) -> Result<Self, Error> {
        enter(ctx).await?;
        // Read after the groups were joined: nothing goes untold between.
        let is_back = ctx.client().is_some_and(|c| !c.restored().is_empty());
        let since_ms = match is_back {
            true => 0,
            false => UNIX_EPOCH.elapsed().map_or(0, |now| now.as_millis()),
        };
        Ok(OrdersSocket {
            since_ms: i64::try_from(since_ms).unwrap_or(i64::MAX),
        })
    }

    async fn receive(
        &mut self,
        command: Command,
        ctx: &mut Context<Restaurant>,
    ) -> Result<Reply, Error> {
        let identity = ctx.identity().clone();
        match command {
            Command::UpdateOrderStatus(change) => update_status(change, identity, ctx).await,
            Command::AcceptOrder(Named { order_id }) => {
                accept(order_id.0, identity, self.since_ms, ctx).await
            }
            Command::Ping => Ok(Reply::ack(&ctx.pong())),
            Command::GetAvailableOrders => {
                let (orders, as_of) = ctx.read(look(identity, commands::available)).await?;
                Ok(Reply::message(messages::available_orders(&orders, as_of)))
            }
            Command::GetRestaurantOrders => {
                let (orders, as_of) = ctx.read(look(identity, commands::of_restaurant)).await?;
                Ok(Reply::message(messages::restaurant_orders(&orders, as_of)))
            }
            Command::DropOrder(Named { order_id }) => {
                let (order, changed) = ctx
                    .write(move |tx| {
                        let member = Member::of(&identity, tx)?;
                        let id = commands::named(tx, &order_id.0)?;
                        let done = commands::assign(tx, &member, id, None)?;
                        Ok((done.order, done.changed))
                    })
                    .await?;
                Ok(told(&order, changed))
            }
            Command::GetAvailability => {
                let is = ctx
                    .read(move |db| commands::availability(db, &Member::of(&identity, db)?))
                    .await?;
                Ok(Reply::message(messages::availability(&is)))
            }
            Command::SetAvailability(Available { available }) => {
                set_available(available, identity, ctx).await
            }
        }
    }

    fn render(event: &Event, group: &Group) -> Option<Message> {
        match (event.fact.as_ref()?, group) {
            (Fact::OrderPlaced(order), Group::Customer(_)) => Some(messages::order_created(order)),
            (Fact::OrderPlaced(order), Group::Changes { .. } | Group::AllChanges(_)) => {
                Some(messages::new_order(order))
            }
            // Whoever it was given to is told that by the offer.
            (Fact::OrderPlaced(_), _) => None,
            (Fact::Offer { order, .. }, Group::Driver(_)) => Some(messages::order_assigned(order)),
            (Fact::Offer { order, open: true }, _) => Some(messages::new_available_order(order)),
            (Fact::Offer { order, .. }, _) => Some(messages::order_taken(order.id)),
            (Fact::OrderStatus { shown: true, .. }, _) => None,
            (
                Fact::OrderStatus { order, .. }
                | Fact::OrderChanged(order)
                | Fact::OrderPaid(order),
                _,
            ) => Some(messages::order_updated(order)),
            (Fact::Items { shown: true, .. }, _) => None,
            (Fact::Items { order, items, .. }, _) => {
                let order = OrderFacts {
                    lines: items.clone(),
                    ..order.clone()
                };
                Some(messages::order_updated(&order))
            }
            (Fact::DriverAvailability(is), _) => Some(messages::availability(is)),
            (Fact::OrderDeleted { order, .. }, _) => order.as_deref().map(messages::order_gone),
            _ => None,
        }
    }

    /// What shows the whole order supersedes what showed it before; offers and assignments happen once.
    fn entity(event: &Event, _: &Group) -> Option<u64> {
        let order = match event.fact.as_ref()? {
            Fact::OrderStatus { order, .. }
            | Fact::OrderChanged(order)
            | Fact::OrderPaid(order) => order,
            Fact::Items {
                order,
                shown: false,
                ..
            } => order,
            _ => return None,
        };
        u64::try_from(order.id).ok()
    }

    fn render_error(error: &ClientError) -> Message {
        messages::error(error)
    }
}

/// Lets a client in: makes the account that its token names if it has none yet, and joins what it is there for.
async fn enter(ctx: &mut Context<Restaurant>) -> Result<(), Error> {
    let identity = ctx.identity().clone();
    let asked = identity.clone();
    if ctx.read(move |db| member::is_new(&asked, db)).await? {
        let new = identity.clone();
        ctx.write(move |tx| member::enroll(&new, tx)).await?;
    }
    let (bearer, part, takes) = ctx
        .read(move |db| {
            let member = Member::of(&identity, db)?;
            let takes = match member.part {
                Part::Driver(driver, _) => drivers::availability(db, driver)?.available,
                _ => false,
            };
            Ok((member.bearer, member.part, takes))
        })
        .await?;
    // Joined before they are judged: no change of the account may pass between.
    bearer.own_groups().for_each(|group| ctx.join(group));
    let here_for = part.clone();
    ctx.guard(
        move |identity, db| match Member::of(identity, db)?.part == here_for {
            true => Ok(()),
            false => Err(Refusal::Forbidden("you have another part now: come again".into()).into()),
        },
    )
    .await?;
    match part {
        Part::User(account) => ctx.join(Group::Customer(account)),
        Part::Restaurant(own) => {
            let rows = [Entity::Order, Entity::OrderItem, Entity::Payment];
            let groups = rows.map(|entity| Group::changes(own.as_deref(), entity));
            groups
                .into_iter()
                .flatten()
                .for_each(|group| ctx.join(group));
        }
        Part::Driver(account, bound) => {
            ctx.join(Group::Driver(account));
            let offers = offers(bound);
            match takes {
                true => offers.for_each(|group| ctx.join(group)),
                // Who comes back may have been told before they said so.
                false => offers.for_each(|group| ctx.leave(&group)),
            }
        }
    }
    Ok(())
}

/// Where a driver hears what is on offer: in these restaurants (`None`: in all).
fn offers(bound: Option<Vec<i64>>) -> impl Iterator<Item = Group> {
    let everywhere = bound.is_none().then_some(Group::AllOffers);
    let own = bound.unwrap_or_default().into_iter().map(Group::Offers);
    everywhere.into_iter().chain(own)
}

/// A driver takes orders from now on, or takes none. All sockets of theirs hear that; this one hears of offers from now on, or hears none.
async fn set_available(
    available: bool,
    identity: Identity<Claims>,
    ctx: &mut Context<Restaurant>,
) -> Result<Reply, Error> {
    let asked = identity.clone();
    let (is, changed) = ctx
        .write(move |tx| commands::set_available(tx, &Member::of(&asked, tx)?, available))
        .await?;
    let asked = identity.clone();
    let part = ctx.read(move |db| Ok(Member::of(&asked, db)?.part)).await?;
    if let Part::Driver(_, bound) = part {
        match is.available {
            true => offers(bound).for_each(|group| ctx.join(group)),
            false => offers(bound).for_each(|group| ctx.leave(&group)),
        }
    }
    if !changed {
        ctx.send(&messages::availability(&is));
    }
    let ack = Reply::ack(&messages::AvailabilityAck::of(&is));
    if !is.available {
        return Ok(ack);
    }
    // Read after the groups were joined: what was offered while they were off is there already.
    let (orders, as_of) = ctx.read(look(identity, commands::available)).await?;
    Ok(ack.saying(messages::available_orders(&orders, as_of)))
}

/// Reads for a member, and says as of which point of the history.
fn look(
    identity: Identity<Claims>,
    read: fn(&Reader<'_>, &Member) -> Result<Vec<OrderFacts>, Error>,
) -> impl FnOnce(&Reader<'_>) -> Result<(Vec<OrderFacts>, u64), Error> + Send + 'static {
    move |db| {
        let member = Member::of(&identity, db)?;
        Ok((read(db, &member)?, db.head()?))
    }
}

async fn update_status(
    change: StatusChange,
    identity: Identity<Claims>,
    ctx: &Context<Restaurant>,
) -> Result<Reply, Error> {
    let (order, changed) = ctx
        .write(move |tx| {
            let member = Member::of(&identity, tx)?;
            if matches!(member.part, Part::User(_)) {
                let text = "restaurants and drivers update statuses";
                return Err(Refusal::Forbidden(text.into()).into());
            }
            let wish = Wish {
                status: change.status,
                reason: change.reason,
                collected: change.collected,
                tip: change.tip,
                undo: change.undo,
            };
            let done = commands::update_status(tx, &member, &change.order_id.0, wish)?;
            Ok((done.order, done.changed))
        })
        .await?;
    Ok(told(&order, changed))
}

/// Nobody is told of what did not change, but whoever asked gets an answer.
fn told(order: &OrderFacts, changed: bool) -> Reply {
    let ack = Reply::ack(&messages::Ack::of(order));
    match changed {
        true => ack,
        false => ack.saying(messages::order_updated(order)),
    }
}

async fn accept(
    key: Key,
    identity: Identity<Claims>,
    since_ms: i64,
    ctx: &Context<Restaurant>,
) -> Result<Reply, Error> {
    let wanted = key.clone();
    let accepted = ctx
        .write(move |tx| {
            let member = Member::of(&identity, tx)?;
            Ok(commands::accept(tx, &member, &wanted)?.order)
        })
        .await;
    match accepted {
        Ok(order) => {
            Ok(Reply::ack(&messages::Ack::of(&order)).saying(messages::order_accepted(&order)))
        }
        Err(Error::Client(refusal)) => {
            if refusal.code == Refusal::Taken.code() {
                let gone = move |db: &Reader<'_>| {
                    let order = orders::get(db, ids::order(db, &key, None)?)?;
                    let at = order.driver_accepted_at.unwrap_or(order.updated_at);
                    Ok((order.id, at))
                };
                let (id, gone_at) = ctx.read(gone).await?;
                // Who was there heard it when it went; who was away, and still shows it, can take it off now.
                if gone_at < since_ms {
                    ctx.send(&messages::order_taken(id));
                }
            }
            Err(Error::Client(refusal))
        }
        Err(ours) => Err(ours),
    }
}
