//! `/ws/orders/<order_id>/`: one order.

use super::messages;
use super::subject::Subject;
use crate::access::{self, Action, Target};
use crate::domain::orders::{self, Move};
use crate::domain::{DINING, Key, Status, ids};
use crate::events::{Event, Fact, Group};
use crate::restaurant::Restaurant;
use maitred::{Consumer, Context, Error, Message, Reader, Reply};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub struct OrderSocket {
    order: i64,
}

#[derive(Deserialize)]
pub struct Params {
    pub order_id: Key,
}

/// Where one order is told of.
pub const SUBJECT: Subject = Subject {
    find: |db, key| ids::order(db, key, None),
    action: Action::HearOrder,
    target: Target::Order,
    group: Group::Order,
};

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Command {
    GetStatus,
    UpdateStatus {
        /// One of this vocabulary's words, or a canonical status.
        status: String,
        reason: Option<String>,
        /// Against the workflow, by a manager, with a reason.
        #[serde(default, rename = "override")]
        force: bool,
        /// The version the asker saw.
        version: Option<i64>,
    },
}

/// What became of an `update_status`, for those who asked for an acknowledgement.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "OrderUpdated")]
pub struct Updated {
    order_id: i64,
    status: String,
    canonical_status: Status,
    version: i64,
    changed: bool,
}

impl Consumer for OrderSocket {
    const NAME: &'static str = "dining.order";
    type App = Restaurant;
    type Params = Params;
    type Command = Command;

    async fn connect(params: Params, ctx: &mut Context<Restaurant>) -> Result<Self, Error> {
        let order = SUBJECT.enter(params.order_id, ctx).await?;
        ctx.snapshot(move |db| status(db, order, None)).await?;
        Ok(OrderSocket { order })
    }

    async fn receive(
        &mut self,
        command: Command,
        ctx: &mut Context<Restaurant>,
    ) -> Result<Reply, Error> {
        let order = self.order;
        match command {
            Command::GetStatus => {
                let answer = ctx.read(move |db| status(db, order, Some(db.head()?)));
                Ok(Reply::message(answer.await?))
            }
            Command::UpdateStatus {
                status: word,
                reason,
                force,
                version,
            } => {
                let identity = ctx.identity().clone();
                let updated = ctx.write(move |tx| {
                    let target = Target::Order(order);
                    let bearer = access::may(&identity, Action::CommandOrder, target, tx)?;
                    let wanted = Move {
                        reason,
                        force,
                        expected_version: version,
                        ..Move::word(&DINING, &word)?
                    };
                    let moved = orders::change_status(tx, &bearer.actor(), order, &wanted)?;
                    Ok(Updated {
                        order_id: order,
                        status: DINING.word(moved.order.status).to_owned(),
                        canonical_status: moved.order.status,
                        version: moved.order.version,
                        changed: moved.changed,
                    })
                });
                let updated = updated.await?;
                if !updated.changed {
                    // Nobody is told of what did not change, but whoever asked gets an answer.
                    let answer = ctx.read(move |db| status(db, order, Some(db.head()?)));
                    ctx.send(&answer.await?);
                }
                Ok(Reply::ack(&updated))
            }
        }
    }

    fn render(event: &Event, _: &Group) -> Option<Message> {
        match event.fact.as_ref()? {
            Fact::OrderStatus {
                order, previous, ..
            } => Some(if DINING.alike(order.status, *previous) {
                messages::order_update(order)
            } else {
                messages::order_status(order, None)
            }),
            Fact::OrderChanged(order) | Fact::OrderPriced(order) => {
                Some(messages::order_update(order))
            }
            Fact::OrderDeleted { id, version, .. } => Some(messages::order_deleted(*id, *version)),
            Fact::Items {
                order,
                items,
                version,
                ..
            } => Some(messages::order_items_update(order, items, *version)),
            _ => None,
        }
    }

    /// Frames of one name show the whole order, or all its lines.
    fn entity(event: &Event, _: &Group) -> Option<u64> {
        match event.fact.as_ref()? {
            Fact::OrderStatus {
                order, previous, ..
            } => Some(u64::from(DINING.alike(order.status, *previous))),
            Fact::OrderChanged(_) | Fact::OrderPriced(_) => Some(1),
            Fact::Items { .. } => Some(2),
            _ => None,
        }
    }
}

fn status(db: &Reader<'_>, order: i64, as_of: Option<u64>) -> Result<Message, Error> {
    Ok(messages::order_status(&orders::get(db, order)?, as_of))
}
