//! What a cook does with a ticket: each command, and what it is answered.

use super::answers::{Availability, Called, Prioritized, Recent, SeenDone, TicketDone};
use super::messages::{DishData, Item, Order, Time};
use super::screen::{Screen, now_ms};
use crate::access::{self, Action, Bearer, Target};
use crate::domain::items::{self, ItemStatus};
use crate::domain::menu::{self, Dish};
use crate::domain::orders::{self, OrderFacts, Patch};
use crate::domain::tickets::{self, Done, Lines, What};
use crate::domain::{KITCHEN, Key, Refusal, ids};
use crate::restaurant::Restaurant;
use maitred::{Context, Error, Reader, Reply, Transaction};
use schemars::JsonSchema;
use serde::Deserialize;

/// The most orders that one `orders:seen` names: what a screen draws after it was away.
const SEEN_MAX: usize = 200;
/// How far back `orders:recent` looks, in minutes, and how far where nobody says it: as long as a recall may take.
const RECENT_MAX_MIN: i64 = 240;
const RECENT_MIN: i64 = 30;
/// The highest priority: more steps than anybody tells apart.
const PRIORITY_MAX: i64 = 9;

/// Lines of an order: those of a station, or of those where the screen stands; all of them, or only those that the cook saw.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Bump {
    order_id: Key,
    station: Option<String>,
    item_ids: Option<Vec<Key>>,
    /// The order's version that the cook saw.
    version: Option<i64>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Confirm {
    order_id: Key,
    station: Option<String>,
    what: What,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Prioritize {
    order_id: Key,
    #[schemars(range(min = 0, max = 9))]
    priority: i64,
    version: Option<i64>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    order_id: Key,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ItemBump {
    order_id: Key,
    item_id: Key,
    /// `ready`, where it is not said, or `preparing`.
    status: Option<ItemStatus>,
    /// The line's version that the cook saw.
    version: Option<i64>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ItemRecall {
    order_id: Key,
    item_id: Key,
    version: Option<i64>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ItemConfirm {
    order_id: Key,
    item_id: Key,
    what: What,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Seen {
    order_ids: Vec<Key>,
    station: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Lately {
    restaurant_id: Option<Key>,
    #[schemars(range(min = 1, max = 240))]
    minutes: Option<i64>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Available {
    menu_item_id: Key,
    available: bool,
    version: Option<i64>,
}

/// An order that a command is about, and who gives it.
struct Ticket<'a> {
    tx: &'a Transaction<'a>,
    bearer: Bearer,
    order: i64,
    /// The stations where the screen stands, as far as they narrow anything down.
    here: Option<Vec<i64>>,
}

impl Ticket<'_> {
    /// The lines that are meant.
    fn lines(&self, station: Option<&str>, items: Option<&[Key]>) -> Result<Lines, Error> {
        let stations = match station {
            Some(code) => {
                let house = orders::get(self.tx, self.order)?.restaurant_id;
                tickets::station(self.tx, house, code)?.map(|one| vec![one])
            }
            None => self.here.clone(),
        };
        let named = |some: &[Key]| some.iter().map(|key| self.line(key)).collect();
        Ok(Lines {
            stations,
            items: items.map(named).transpose()?,
        })
    }

    /// A line of this order.
    fn line(&self, key: &Key) -> Result<i64, Error> {
        let id = ids::item(self.tx, key)?;
        match items::facts(self.tx, id)? {
            Some(line) if line.order_id == self.order => Ok(id),
            _ => Err(Refusal::NotFound { entity: "line" }.into()),
        }
    }
}

impl Screen {
    pub(super) async fn bump(
        &self,
        bump: Bump,
        ctx: &mut Context<Restaurant>,
    ) -> Result<Reply, Error> {
        self.done(bump.order_id, ctx, move |ticket| {
            let lines = ticket.lines(bump.station.as_deref(), bump.item_ids.as_deref())?;
            let actor = ticket.bearer.actor();
            tickets::bump(ticket.tx, &actor, ticket.order, &lines, bump.version)
        })
        .await
    }

    pub(super) async fn recall(
        &self,
        recall: Bump,
        ctx: &mut Context<Restaurant>,
    ) -> Result<Reply, Error> {
        self.done(recall.order_id, ctx, move |ticket| {
            let lines = ticket.lines(recall.station.as_deref(), recall.item_ids.as_deref())?;
            let actor = ticket.bearer.actor();
            tickets::recall(ticket.tx, &actor, ticket.order, &lines, recall.version)
        })
        .await
    }

    pub(super) async fn confirm(
        &self,
        confirm: Confirm,
        ctx: &mut Context<Restaurant>,
    ) -> Result<Reply, Error> {
        self.done(confirm.order_id, ctx, move |ticket| {
            let lines = ticket.lines(confirm.station.as_deref(), None)?;
            let actor = ticket.bearer.actor();
            tickets::confirm(ticket.tx, &actor, ticket.order, confirm.what, &lines)
        })
        .await
    }

    pub(super) async fn bump_item(
        &self,
        bump: ItemBump,
        ctx: &mut Context<Restaurant>,
    ) -> Result<Reply, Error> {
        self.done(bump.order_id, ctx, move |ticket| {
            let (line, actor) = (ticket.line(&bump.item_id)?, ticket.bearer.actor());
            let to = bump.status.unwrap_or(ItemStatus::Ready);
            tickets::bump_item(ticket.tx, &actor, line, to, bump.version)
        })
        .await
    }

    pub(super) async fn recall_item(
        &self,
        recall: ItemRecall,
        ctx: &mut Context<Restaurant>,
    ) -> Result<Reply, Error> {
        self.done(recall.order_id, ctx, move |ticket| {
            let (line, actor) = (ticket.line(&recall.item_id)?, ticket.bearer.actor());
            tickets::recall_item(ticket.tx, &actor, line, recall.version)
        })
        .await
    }

    pub(super) async fn confirm_item(
        &self,
        confirm: ItemConfirm,
        ctx: &mut Context<Restaurant>,
    ) -> Result<Reply, Error> {
        self.done(confirm.order_id, ctx, move |ticket| {
            let (line, actor) = (ticket.line(&confirm.item_id)?, ticket.bearer.actor());
            tickets::confirm_item(ticket.tx, &actor, line, confirm.what)
        })
        .await
    }

    pub(super) async fn prioritize(
        &self,
        wish: Prioritize,
        ctx: &mut Context<Restaurant>,
    ) -> Result<Reply, Error> {
        if !(0..=PRIORITY_MAX).contains(&wish.priority) {
            let rule = format!("0 to {PRIORITY_MAX}");
            return Err(Refusal::value("priority", rule).into());
        }
        let done = self.on_ticket(wish.order_id, Action::Prioritize, ctx, move |ticket| {
            let before = orders::get(ticket.tx, ticket.order)?;
            if before.priority == wish.priority {
                return Ok((before, false));
            }
            let patch = Patch {
                priority: Some(wish.priority),
                expected_version: wish.version,
                ..Patch::default()
            };
            let actor = ticket.bearer.actor();
            let after = orders::patch(ticket.tx, &actor, ticket.order, &patch)?;
            Ok((after, true))
        });
        let (order, changed): (OrderFacts, bool) = done.await?;
        Ok(Reply::ack(&Prioritized {
            success: true,
            order_id: &order.uuid,
            priority: order.priority,
            version: order.version,
            changed,
        }))
    }

    pub(super) async fn call(
        &self,
        call: Call,
        ctx: &mut Context<Restaurant>,
    ) -> Result<Reply, Error> {
        let done = self.on_ticket(call.order_id, Action::CallOrder, ctx, |ticket| {
            tickets::call(ticket.tx, &ticket.bearer.actor(), ticket.order)
        });
        let order: OrderFacts = done.await?;
        Ok(Reply::ack(&Called {
            success: true,
            order_id: &order.uuid,
            called_at: order.called_at.map(Time),
            version: order.version,
        }))
    }

    pub(super) async fn seen(
        &self,
        seen: Seen,
        ctx: &mut Context<Restaurant>,
    ) -> Result<Reply, Error> {
        if seen.order_ids.len() > SEEN_MAX {
            return Err(Refusal::value("orderIds", format!("at most {SEEN_MAX}")).into());
        }
        let (identity, rooms) = (ctx.identity().clone(), self.rooms.clone());
        let done = ctx.write(move |tx| {
            let mut fresh = Vec::new();
            for key in &seen.order_ids {
                // What was deleted meanwhile needs nobody's eyes.
                let order = match ids::order(tx, key, rooms.restaurant()) {
                    Err(Error::Client(refusal)) if refusal.kind == maitred::Kind::NotFound => {
                        continue;
                    }
                    found => found?,
                };
                let bearer = access::may(&identity, Action::Cook, Target::Order(order), tx)?;
                let here = rooms.stations_at(orders::get(tx, order)?.restaurant_id);
                let ticket = Ticket {
                    tx,
                    bearer,
                    order,
                    here,
                };
                let lines = ticket.lines(seen.station.as_deref(), None)?;
                let done = tickets::seen(tx, &ticket.bearer.actor(), order, &lines)?;
                if done.changed {
                    fresh.push(done.order.uuid);
                }
            }
            Ok(fresh)
        });
        let fresh: Vec<String> = done.await?;
        Ok(Reply::ack(&SeenDone {
            success: true,
            changed: !fresh.is_empty(),
            order_ids: fresh.iter().map(String::as_str).collect(),
        }))
    }

    pub(super) async fn recent(
        &self,
        lately: Option<Lately>,
        ctx: &Context<Restaurant>,
    ) -> Result<Reply, Error> {
        let (named, minutes) = match lately {
            Some(lately) => (lately.restaurant_id, lately.minutes),
            None => (None, None),
        };
        let minutes = minutes.unwrap_or(RECENT_MIN);
        if !(1..=RECENT_MAX_MIN).contains(&minutes) {
            return Err(Refusal::value("minutes", format!("1 to {RECENT_MAX_MIN}")).into());
        }
        let meant = self.meant(named)?;
        let (identity, rooms) = (ctx.identity().clone(), self.rooms.clone());
        let now = now_ms();
        let (all, as_of) = ctx
            .read(move |db: &Reader<'_>| {
                let house = ids::restaurant(db, &meant)?;
                let target = Target::Restaurant(house);
                access::may(&identity, Action::HearKitchen, target, db)?;
                let stations = rooms.stations_at(house);
                let since = now - minutes * 60_000;
                let all = tickets::recent(db, house, stations.as_deref(), since)?;
                Ok((all, db.head()?))
            })
            .await?;
        Ok(Reply::ack(&Recent {
            success: true,
            total: all.len(),
            orders: all.iter().map(Order::of).collect(),
            timestamp: Time(now),
            as_of,
        }))
    }

    pub(super) async fn availability(
        &self,
        wish: Available,
        ctx: &mut Context<Restaurant>,
    ) -> Result<Reply, Error> {
        let identity = ctx.identity().clone();
        let done = ctx.write(move |tx| {
            let id = ids::menu_item(tx, &wish.menu_item_id)?;
            let before = menu::dish(tx, id)?;
            let target = Target::Restaurant(before.restaurant_id);
            let bearer = access::may(&identity, Action::SetAvailability, target, tx)?;
            let actor = bearer.actor();
            let after = menu::set_available(tx, &actor, id, wish.available, wish.version)?;
            let changed = before.is_available != after.is_available;
            Ok((after, changed))
        });
        let (dish, changed): (Dish, bool) = done.await?;
        Ok(Reply::ack(&Availability {
            success: true,
            item: DishData::of(&dish),
            changed,
        }))
    }

    /// A cook's command about an order, and what came of it.
    async fn done(
        &self,
        order: Key,
        ctx: &mut Context<Restaurant>,
        run: impl FnOnce(&Ticket<'_>) -> Result<Done, Error> + Send + 'static,
    ) -> Result<Reply, Error> {
        let done: Done = self.on_ticket(order, Action::Cook, ctx, run).await?;
        Ok(Reply::ack(&TicketDone {
            success: true,
            order_id: &done.order.uuid,
            status: KITCHEN.word(done.order.status),
            canonical_status: done.order.status,
            version: done.order.version,
            changed: done.changed,
            items: done.items.iter().map(Item::of).collect(),
        }))
    }

    /// Runs a command about an order of the restaurant where the screen is, if who asks may.
    async fn on_ticket<T>(
        &self,
        order: Key,
        action: Action,
        ctx: &mut Context<Restaurant>,
        run: impl FnOnce(&Ticket<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error>
    where
        T: serde::Serialize + serde::de::DeserializeOwned + Send + 'static,
    {
        let (identity, rooms) = (ctx.identity().clone(), self.rooms.clone());
        ctx.write(move |tx| {
            let order = ids::order(tx, &order, rooms.restaurant())?;
            let bearer = access::may(&identity, action, Target::Order(order), tx)?;
            let here = rooms.stations_at(orders::get(tx, order)?.restaurant_id);
            run(&Ticket {
                tx,
                bearer,
                order,
                here,
            })
        })
        .await
    }
}
