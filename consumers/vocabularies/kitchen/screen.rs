//! A screen in the kitchen: what it may ask, and what it answers.

use super::answers::{Joined, StatusDone, SyncDone, TableDone};
use super::messages::{self, Order, Station, Synced, Time};
use super::mistakes;
use super::orders::{ACTIVE, StatusRequest, change_status, statuses};
use super::rooms::Rooms;
use super::tickets::{
    Available, Bump, Call, Confirm, ItemBump, ItemConfirm, ItemRecall, Lately, Prioritize, Seen,
};
use crate::access::{self, Action, Bearer, Target};
use crate::domain::orders::{self, Filter, Moved, TableCompleted};
use crate::domain::page::PAGE_MAX;
use crate::domain::tickets::{Place, places, unconfirmed};
use crate::domain::{KITCHEN, Key, Refusal, Status, ids, items, restaurants};
use crate::events::{Event, Group};
use crate::restaurant::Restaurant;
use maitred::{Batching, ClientError, Consumer, Context, Error, Kind, Message, Reader, Reply};
use schemars::JsonSchema;
use serde::Deserialize;

/// The most orders that one answer to `orders:sync` holds: more than a kitchen can cook, and some 2 MB. The newest are those.
const SYNC_MAX: usize = 1000;

/// A screen, and where it stands.
pub struct Screen {
    pub(super) rooms: Rooms,
}

/// `auth: { token, batch }`
#[derive(Deserialize)]
pub struct Params {
    /// What happens comes in `orders:batch_update` only.
    #[serde(default)]
    batch: bool,
}

/// What a screen asks. Each event has one argument, or none.
#[derive(Deserialize, JsonSchema)]
pub enum Command {
    #[serde(rename = "join:restaurant")]
    JoinRestaurant(Named),
    #[serde(rename = "join:station")]
    JoinStation(AtStation),
    #[serde(rename = "orders:sync")]
    Sync(Option<Which>),
    #[serde(rename = "order:update_status")]
    UpdateStatus(Update),
    #[serde(rename = "table:complete")]
    CompleteTable(AtTable),
    #[serde(rename = "ping")]
    Ping,
    #[serde(rename = "order:bump")]
    Bump(Bump),
    #[serde(rename = "order:recall")]
    Recall(Bump),
    #[serde(rename = "order:confirm")]
    Confirm(Confirm),
    #[serde(rename = "order:prioritize")]
    Prioritize(Prioritize),
    #[serde(rename = "order:call")]
    Call(Call),
    #[serde(rename = "item:bump")]
    ItemBump(ItemBump),
    #[serde(rename = "item:recall")]
    ItemRecall(ItemRecall),
    #[serde(rename = "item:confirm")]
    ItemConfirm(ItemConfirm),
    #[serde(rename = "orders:seen")]
    Seen(Seen),
    #[serde(rename = "orders:recent")]
    Recent(Option<Lately>),
    #[serde(rename = "menu:availability")]
    Availability(Available),
}

/// A restaurant: as it is, or as the other events name theirs.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Named {
    Bare(Key),
    #[serde(rename_all = "camelCase")]
    Object {
        restaurant_id: Key,
    },
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AtStation {
    restaurant_id: Option<Key>,
    station: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Which {
    restaurant_id: Option<Key>,
    statuses: Option<Vec<String>>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Update {
    order_id: Key,
    restaurant_id: Option<Key>,
    #[serde(flatten)]
    wish: StatusRequest,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AtTable {
    /// People write a number for a number.
    table_number: Key,
    restaurant_id: Option<Key>,
}

impl Consumer for Screen {
    const NAME: &'static str = "kitchen";
    type App = Restaurant;
    type Params = Params;
    type Command = Command;

    async fn connect(params: Params, ctx: &mut Context<Restaurant>) -> Result<Self, Error> {
        // Also in a demo, and whatever routing.toml says: the document lets nobody in without a token.
        if ctx.identity().claims.is_none() {
            let text = "a token is needed: auth: { token }";
            return Err(Error::client(Kind::Unauthenticated, "TOKEN_MISSING", text));
        }
        ctx.batch(match params.batch {
            true => Batching::Instead,
            false => Batching::Besides,
        });
        let identity = ctx.identity().clone();
        let bearer = ctx.read(move |db| Bearer::of(&identity, db)).await?;
        // Joined before they are judged: no change of the account may pass between.
        bearer.own_groups().for_each(|group| ctx.join(group));
        let mut rooms = Rooms::default();
        rooms.guard(ctx).await?;
        rooms.come_back(ctx).await?;
        ctx.send(&messages::connected());
        Ok(Screen { rooms })
    }

    async fn receive(
        &mut self,
        command: Command,
        ctx: &mut Context<Restaurant>,
    ) -> Result<Reply, Error> {
        match command {
            Command::JoinRestaurant(named) => {
                let (Named::Bare(key) | Named::Object { restaurant_id: key }) = named;
                self.rooms.enter(&key, ctx).await?;
                self.joined(None, ctx).await
            }
            Command::JoinStation(AtStation {
                restaurant_id,
                station,
            }) => {
                if let Some(key) = restaurant_id {
                    self.rooms.enter(&key, ctx).await?;
                }
                self.rooms.stand_at(&station, ctx).await?;
                self.joined(Some(&station), ctx).await
            }
            Command::Sync(which) => self.sync(which, ctx).await,
            Command::UpdateStatus(update) => self.update_status(update, ctx).await,
            Command::CompleteTable(table) => self.complete_table(table, ctx).await,
            Command::Ping => Ok(Reply::ack(&ctx.pong())),
            Command::Bump(bump) => self.bump(bump, ctx).await,
            Command::Recall(recall) => self.recall(recall, ctx).await,
            Command::Confirm(confirm) => self.confirm(confirm, ctx).await,
            Command::Prioritize(wish) => self.prioritize(wish, ctx).await,
            Command::Call(call) => self.call(call, ctx).await,
            Command::ItemBump(bump) => self.bump_item(bump, ctx).await,
            Command::ItemRecall(recall) => self.recall_item(recall, ctx).await,
            Command::ItemConfirm(confirm) => self.confirm_item(confirm, ctx).await,
            Command::Seen(seen) => self.seen(seen, ctx).await,
            Command::Recent(lately) => self.recent(lately, ctx).await,
            Command::Availability(wish) => self.availability(wish, ctx).await,
        }
    }

    fn render(event: &Event, _: &Group) -> Option<Message> {
        messages::event(event)
    }

    fn render_batch(messages: &[&Message]) -> Option<Message> {
        Some(messages::batch_update(messages))
    }

    fn render_error(error: &ClientError) -> Message {
        mistakes::message(error)
    }
}

impl Screen {
    /// For who asked whether it worked.
    async fn joined(
        &self,
        station: Option<&str>,
        ctx: &Context<Restaurant>,
    ) -> Result<Reply, Error> {
        let all: Vec<Place> = match self.rooms.restaurant() {
            Some(restaurant) => ctx.read(move |db| places(db, restaurant)).await?,
            None => Vec::new(),
        };
        Ok(Reply::ack(&Joined {
            success: true,
            restaurant_id: self.rooms.restaurant_uuid(),
            station,
            stations: all.iter().map(Station::of).collect(),
        }))
    }

    /// The restaurant that is meant: the one that is named, else the one where the screen is.
    pub(super) fn meant(&self, named: Option<Key>) -> Result<Key, Refusal> {
        let here = self.rooms.restaurant().map(Key::Id);
        named.or(here).ok_or_else(|| {
            Refusal::value("restaurantId", "say which restaurant, or join one first")
        })
    }

    async fn sync(&self, which: Option<Which>, ctx: &Context<Restaurant>) -> Result<Reply, Error> {
        let (named, words) = match which {
            Some(which) => (which.restaurant_id, which.statuses),
            None => (None, None),
        };
        let statuses = match &words {
            Some(words) => statuses(words.iter().map(String::as_str))?,
            None => ACTIVE.to_vec(),
        };
        let meant = self.meant(named)?;
        let (identity, rooms) = (ctx.identity().clone(), self.rooms.clone());
        let (message, total) = ctx
            .read(move |db| {
                let restaurant = ids::restaurant(db, &meant)?;
                access::may(
                    &identity,
                    Action::HearKitchen,
                    Target::Restaurant(restaurant),
                    db,
                )?;
                synced(db, restaurant, &statuses, &rooms)
            })
            .await?;
        let done = SyncDone {
            success: true,
            total,
        };
        Ok(Reply::ack(&done).saying(message))
    }

    async fn update_status(
        &self,
        update: Update,
        ctx: &mut Context<Restaurant>,
    ) -> Result<Reply, Error> {
        // An order may be named without its restaurant, but not with another one.
        let named = update
            .restaurant_id
            .or(self.rooms.restaurant().map(Key::Id));
        let identity = ctx.identity().clone();
        let done = ctx.write(move |tx| {
            let restaurant = match &named {
                Some(key) => {
                    let id = ids::restaurant(tx, key)?;
                    access::may(&identity, Action::MoveOrder, Target::Restaurant(id), tx)?;
                    Some(id)
                }
                None => None,
            };
            let order = ids::order(tx, &update.order_id, restaurant)?;
            let bearer = access::may(&identity, Action::MoveOrder, Target::Order(order), tx)?;
            let moved = change_status(tx, &bearer, order, &update.wish)?;
            let stations = items::stations(tx, order)?;
            Ok((moved, stations))
        });
        let (moved, stations): (Moved, Vec<i64>) = done.await?;
        let order = &moved.order;
        let reply = Reply::ack(&StatusDone {
            success: true,
            order_id: &order.uuid,
            previous_status: KITCHEN.word(moved.previous),
            status: KITCHEN.word(order.status),
            canonical_status: order.status,
            version: order.version,
            changed: moved.changed,
        });
        // Nobody is told of what did not change, and this screen may stand elsewhere; but whoever asked gets an answer.
        let told = moved.changed && !KITCHEN.alike(order.status, moved.previous);
        match told && self.rooms.hear(order.restaurant_id, &stations) {
            true => Ok(reply),
            false => Ok(reply.saying(messages::moved(&moved))),
        }
    }

    async fn complete_table(
        &self,
        table: AtTable,
        ctx: &mut Context<Restaurant>,
    ) -> Result<Reply, Error> {
        let meant = self.meant(table.restaurant_id)?;
        let identity = ctx.identity().clone();
        let done = ctx.write(move |tx| {
            let restaurant = ids::restaurant(tx, &meant)?;
            let target = Target::Restaurant(restaurant);
            let bearer = access::may(&identity, Action::CompleteTable, target, tx)?;
            orders::complete_table(
                tx,
                &bearer.actor(),
                restaurant,
                &table.table_number.to_string(),
            )
        });
        let done: TableCompleted = done.await?;
        let reply = Reply::ack(&TableDone {
            success: true,
            table_number: &done.table_number,
            order_ids: &done.order_uuids,
        });
        let told =
            !done.order_uuids.is_empty() && self.rooms.restaurant() == Some(done.restaurant_id);
        match told {
            true => Ok(reply),
            false => Ok(reply.saying(messages::completed(&done))),
        }
    }
}

/// The orders of these statuses that the screen hears of, oldest first, as tickets hang.
fn synced(
    db: &Reader<'_>,
    restaurant: i64,
    statuses: &[Status],
    rooms: &Rooms,
) -> Result<(Message, i64), Error> {
    let restaurant = restaurants::get(db, restaurant)?;
    let filter = Filter {
        restaurants: Some(vec![restaurant.id]),
        statuses: statuses.to_vec(),
        stations: rooms.stations_at(restaurant.id),
        ..Filter::default()
    };
    let (mut all, mut before, mut total) = (Vec::new(), None, 0);
    while all.len() < SYNC_MAX && !statuses.is_empty() {
        let page = orders::list(db, &filter, before, PAGE_MAX)?;
        (before, total) = (page.next, page.total);
        for order in page.items {
            all.push(orders::with_lines(db, order)?);
        }
        if before.is_none() {
            break;
        }
    }
    all.reverse();
    let mut words: Vec<_> = statuses
        .iter()
        .map(|status| KITCHEN.word(*status))
        .collect();
    words.dedup();
    let stations = places(db, restaurant.id)?;
    let now = now_ms();
    let theirs = rooms.stations_at(restaurant.id);
    let cancelled = unconfirmed(db, restaurant.id, theirs.as_deref(), now)?;
    let message = messages::sync_complete(&Synced {
        orders: all.iter().map(Order::of).collect(),
        restaurant_id: &restaurant.uuid,
        statuses: words,
        total,
        timestamp: Time(now),
        as_of: db.head()?,
        cancelled: cancelled.iter().map(Order::of).collect(),
        stations: stations.iter().map(Station::of).collect(),
    });
    Ok((message, total))
}

pub(super) fn now_ms() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = now.map_or(0, |now| now.as_millis());
    i64::try_from(now).unwrap_or(i64::MAX)
}
