//! `/ws/restaurants/<restaurant_id>/`: how a restaurant is doing.

use super::messages;
use super::subject::Subject;
use crate::access::{Action, Target};
use crate::domain::{DINING, Key, Status, ids, restaurants};
use crate::events::{Event, Fact, Group};
use crate::restaurant::Restaurant;
use maitred::{Consumer, Context, Error, Message, Reader, Reply};
use schemars::JsonSchema;
use serde::Deserialize;

pub struct RestaurantSocket {
    restaurant: i64,
}

#[derive(Deserialize)]
pub struct Params {
    pub restaurant_id: Key,
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Command {
    GetStatus,
}

impl Consumer for RestaurantSocket {
    const NAME: &'static str = "dining.restaurant";
    type App = Restaurant;
    type Params = Params;
    type Command = Command;

    async fn connect(params: Params, ctx: &mut Context<Restaurant>) -> Result<Self, Error> {
        let place = Subject {
            find: ids::restaurant,
            action: Action::HearRestaurant,
            target: Target::Restaurant,
            group: Group::Restaurant,
        };
        let restaurant = place.enter(params.restaurant_id, ctx).await?;
        // The document has no first frame here: its clients would take it for news.
        ctx.snapshot_on_reset(move |db| status(db, restaurant, None))
            .await?;
        Ok(RestaurantSocket { restaurant })
    }

    async fn receive(
        &mut self,
        command: Command,
        ctx: &mut Context<Restaurant>,
    ) -> Result<Reply, Error> {
        let restaurant = self.restaurant;
        match command {
            Command::GetStatus => {
                let answer = ctx.read(move |db| status(db, restaurant, Some(db.head()?)));
                Ok(Reply::message(answer.await?))
            }
        }
    }

    fn render(event: &Event, _: &Group) -> Option<Message> {
        match event.fact.as_ref()? {
            Fact::OrderPlaced(order) => Some(messages::new_order(order)),
            // Back from a driver it was ready all the time, as far as this vocabulary can tell.
            Fact::OrderStatus {
                order, previous, ..
            } if order.status == Status::Ready && !DINING.alike(order.status, *previous) => {
                Some(messages::order_ready(order))
            }
            Fact::TableChanged {
                table,
                version,
                occupancy: true,
            } => Some(messages::table_update(table, *version)),
            Fact::Board { order, called } => Some(messages::board_update(order, *called)),
            Fact::DishChanged { dish, choices } => Some(messages::dish_update(dish, choices)),
            Fact::DishDeleted {
                id,
                restaurant_id,
                version,
                ..
            } => Some(messages::dish_deleted(*id, *restaurant_id, *version)),
            Fact::PaidInFull(payment) => Some(messages::payment_completed(payment)),
            Fact::Notified(notification) => Some(messages::notification(notification)),
            // A broadcast that was ended.
            Fact::Acknowledged(notification) => {
                Some(messages::notification_acknowledged(notification, None))
            }
            _ => None,
        }
    }

    /// A table shows itself; everything else here happens once.
    fn entity(event: &Event, _: &Group) -> Option<u64> {
        match event.fact.as_ref()? {
            Fact::TableChanged { table, .. } => u64::try_from(table.id).ok(),
            _ => None,
        }
    }
}

fn status(db: &Reader<'_>, restaurant: i64, as_of: Option<u64>) -> Result<Message, Error> {
    let overview = restaurants::overview(db, restaurant)?;
    Ok(messages::restaurant_status(&overview, as_of))
}
