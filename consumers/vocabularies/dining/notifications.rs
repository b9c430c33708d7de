//! `/ws/restaurants/<restaurant_id>/notifications/`: what everybody who serves must know.

use super::messages;
use super::restaurant::Params;
use super::subject::Subject;
use super::waiter::{acknowledge, to_do};
use crate::access::{Action, Bearer, Target};
use crate::domain::{Key, ids};
use crate::events::{Event, Fact, Group};
use crate::restaurant::Restaurant;
use maitred::{Consumer, Context, Error, Message, Reply};
use schemars::JsonSchema;
use serde::Deserialize;

pub struct FloorSocket {
    restaurant: i64,
    /// Whoever runs the place hears more.
    manages: bool,
}

/// The document has no actions here. These are a waiter's: whoever is told something must be able to say that they take care of it.
#[derive(Deserialize, JsonSchema)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Command {
    GetTasks,
    Acknowledge { notification_id: Key },
}

impl Consumer for FloorSocket {
    const NAME: &'static str = "dining.notifications";
    type App = Restaurant;
    type Params = Params;
    type Command = Command;

    async fn connect(params: Params, ctx: &mut Context<Restaurant>) -> Result<Self, Error> {
        let place = Subject {
            find: ids::restaurant,
            action: Action::HearFloor,
            target: Target::Restaurant,
            group: Group::Floor,
        };
        let restaurant = place.enter(params.restaurant_id, ctx).await?;
        let identity = ctx.identity().clone();
        let manages = ctx.read(move |db| Ok(Bearer::of(&identity, db)?.manages()));
        let manages = manages.await?;
        if manages {
            ctx.join(Group::Managers(restaurant));
        }
        // The document has no first frame here: its clients would take it for news.
        ctx.snapshot_on_reset(move |db| to_do(db, restaurant, None, manages, None))
            .await?;
        Ok(FloorSocket {
            restaurant,
            manages,
        })
    }

    async fn receive(
        &mut self,
        command: Command,
        ctx: &mut Context<Restaurant>,
    ) -> Result<Reply, Error> {
        let (restaurant, manages) = (self.restaurant, self.manages);
        match command {
            Command::GetTasks => {
                let answer =
                    ctx.read(move |db| to_do(db, restaurant, None, manages, Some(db.head()?)));
                Ok(Reply::message(answer.await?))
            }
            Command::Acknowledge { notification_id } => {
                acknowledge(notification_id, None, ctx).await
            }
        }
    }

    fn render(event: &Event, _: &Group) -> Option<Message> {
        match event.fact.as_ref()? {
            Fact::Notified(notification) => Some(messages::notification(notification)),
            Fact::Acknowledged(notification) => {
                Some(messages::notification_acknowledged(notification, None))
            }
            Fact::KitchenSaw {
                order,
                items,
                version,
            } => Some(messages::kitchen_update(order, items, *version)),
            Fact::DishChanged { dish, choices } => Some(messages::dish_update(dish, choices)),
            Fact::DishDeleted {
                id,
                restaurant_id,
                version,
                ..
            } => Some(messages::dish_deleted(*id, *restaurant_id, *version)),
            _ => None,
        }
    }
}
