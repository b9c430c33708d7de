//! `/ws/orders/<order_id>/items/`: the lines of one order.

use super::messages;
use super::order::{Params, SUBJECT};
use crate::domain::{items, orders};
use crate::events::{Event, Fact, Group};
use crate::restaurant::Restaurant;
use maitred::{Consumer, Context, Error, Message, Reader, Reply};
use schemars::JsonSchema;
use serde::Deserialize;

pub struct ItemsSocket {
    order: i64,
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Command {
    GetItems,
}

impl Consumer for ItemsSocket {
    const NAME: &'static str = "dining.order_items";
    type App = Restaurant;
    type Params = Params;
    type Command = Command;

    async fn connect(params: Params, ctx: &mut Context<Restaurant>) -> Result<Self, Error> {
        let order = SUBJECT.enter(params.order_id, ctx).await?;
        ctx.snapshot(move |db| list(db, order, None)).await?;
        Ok(ItemsSocket { order })
    }

    async fn receive(
        &mut self,
        command: Command,
        ctx: &mut Context<Restaurant>,
    ) -> Result<Reply, Error> {
        let order = self.order;
        match command {
            Command::GetItems => {
                let answer = ctx.read(move |db| list(db, order, Some(db.head()?)));
                Ok(Reply::message(answer.await?))
            }
        }
    }

    fn render(event: &Event, _: &Group) -> Option<Message> {
        match event.fact.as_ref()? {
            Fact::Items {
                order,
                items,
                version,
                ..
            } => Some(messages::items_updated(order, items, *version)),
            Fact::OrderDeleted { id, .. } => Some(messages::items_gone(*id)),
            _ => None,
        }
    }

    /// Each frame has the whole list.
    fn entity(event: &Event, _: &Group) -> Option<u64> {
        matches!(event.fact.as_ref()?, Fact::Items { .. }).then_some(0)
    }
}

fn list(db: &Reader<'_>, order: i64, as_of: Option<u64>) -> Result<Message, Error> {
    let (lines, order) = (items::of_order(db, order)?, orders::get(db, order)?);
    Ok(messages::items_list(&order, &lines, db.head()?, as_of))
}
