//! `/ws/waiters/<waiter_id>/`: one waiter's inbox.

use super::messages;
use crate::access::{self, Action, Target};
use crate::domain::notifications::{self, Audience, Filter, NotificationFacts, NotificationKind};
use crate::domain::page::PAGE_MAX;
use crate::domain::{Key, ids, tasks, waiters};
use crate::events::{Event, Fact, Group};
use crate::restaurant::Restaurant;
use maitred::{Consumer, Context, Error, Message, Reader, Reply};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::{SystemTime, UNIX_EPOCH};

pub struct WaiterSocket {
    waiter: i64,
    restaurant: i64,
}

#[derive(Deserialize)]
pub struct Params {
    waiter_id: Key,
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Command {
    GetTasks,
    Acknowledge { notification_id: Key },
}

impl Consumer for WaiterSocket {
    const NAME: &'static str = "dining.waiter";
    type App = Restaurant;
    type Params = Params;
    type Command = Command;

    async fn connect(params: Params, ctx: &mut Context<Restaurant>) -> Result<Self, Error> {
        let waiter = ctx
            .read(move |db| waiters::get(db, ids::user(db, &params.waiter_id)?))
            .await?;
        let (waiter, restaurant) = (waiter.id, waiter.restaurant_id);
        access::enter(
            ctx,
            Action::HearWaiter,
            Target::Waiter(waiter),
            Group::Waiter(waiter),
        )
        .await?;
        // Alerts for everybody reach everybody.
        ctx.join(Group::Floor(restaurant));
        // The document has no first frame here: its clients would take it for news.
        ctx.snapshot_on_reset(move |db| to_do(db, restaurant, Some(waiter), false, None))
            .await?;
        Ok(WaiterSocket { waiter, restaurant })
    }

    async fn receive(
        &mut self,
        command: Command,
        ctx: &mut Context<Restaurant>,
    ) -> Result<Reply, Error> {
        let (restaurant, waiter) = (self.restaurant, Some(self.waiter));
        match command {
            Command::GetTasks => {
                let answer =
                    ctx.read(move |db| to_do(db, restaurant, waiter, false, Some(db.head()?)));
                Ok(Reply::message(answer.await?))
            }
            Command::Acknowledge { notification_id } => {
                acknowledge(notification_id, waiter, ctx).await
            }
        }
    }

    fn render(event: &Event, group: &Group) -> Option<Message> {
        match event.fact.as_ref()? {
            Fact::Notified(notification) if concerns(notification, group) => {
                Some(messages::notification(notification))
            }
            Fact::Acknowledged(notification) if concerns(notification, group) => {
                Some(messages::notification_acknowledged(notification, None))
            }
            // Colleagues' orders are told where all are.
            Fact::KitchenSaw {
                order,
                items,
                version,
            } if matches!(group, Group::Waiter(_)) => {
                Some(messages::kitchen_update(order, items, *version))
            }
            _ => None,
        }
    }
}

/// Of what the floor hears, an inbox shows the alerts that are for everybody.
fn concerns(notification: &NotificationFacts, group: &Group) -> bool {
    let to_all = notification.audience == Audience::Floor;
    match group {
        Group::Floor(_) => to_all && notification.kind == NotificationKind::Alert,
        _ => true,
    }
}

/// What there is to do for a waiter, or for the whole floor; with what is for those who run the place.
pub fn to_do(
    db: &Reader<'_>,
    restaurant_id: i64,
    waiter_id: Option<i64>,
    managers: bool,
    as_of: Option<u64>,
) -> Result<Message, Error> {
    let tasks = match waiter_id {
        Some(waiter) => tasks::of_waiter(db, waiter)?,
        None => tasks::list(db, restaurant_id, true, None, PAGE_MAX)?.items,
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let open = Filter {
        restaurant_id,
        waiter_id,
        managers,
        open_at: now.ok().and_then(|now| i64::try_from(now.as_millis()).ok()),
    };
    let notifications = notifications::list(db, &open, None, PAGE_MAX)?.items;
    Ok(messages::tasks_list(
        waiter_id,
        &tasks,
        &notifications,
        as_of,
    ))
}

/// For those who asked for an acknowledgement.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "NotificationTaken")]
pub struct Taken {
    notification_id: String,
    /// Somebody was faster.
    already: bool,
    by: String,
}

/// Takes care of a notification. `inbox` is whose it is: in a demo, where nobody says who they are, they are that waiter.
pub async fn acknowledge(
    key: Key,
    inbox: Option<i64>,
    ctx: &Context<Restaurant>,
) -> Result<Reply, Error> {
    let identity = ctx.identity().clone();
    let taken = ctx.write(move |tx| {
        let id = ids::notification(tx, &key)?;
        let bearer = access::may(&identity, Action::Acknowledge, Target::Notification(id), tx)?;
        let mut actor = bearer.actor();
        if actor.anonymous {
            actor.user_id = inbox;
        }
        let done = notifications::acknowledge(tx, &actor, id)?;
        Ok(Taken {
            notification_id: done.notification.id.to_string(),
            already: done.already,
            by: done.by,
        })
    });
    let taken = taken.await?;
    if let (true, Ok(id)) = (taken.already, taken.notification_id.parse()) {
        // Everybody was told when it happened; whoever asks now is told by whom.
        let answer = ctx.read(move |db| {
            let notification = notifications::get(db, id)?;
            let as_of = Some(db.head()?);
            Ok(messages::notification_acknowledged(&notification, as_of))
        });
        ctx.send(&answer.await?);
    }
    Ok(Reply::ack(&taken))
}
