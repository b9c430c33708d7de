//! The root namespace: whoever is there hears of every order of the shop.

use super::messages;
use super::shop::own_shop;
use crate::access::{Action, Bearer};
use crate::domain::Refusal;
use crate::events::{Event, Fact, Group};
use crate::restaurant::Restaurant;
use maitred::{ClientError, Consumer, Context, Error, Message, Reply};
use schemars::JsonSchema;
use serde::Deserialize;

/// One client.
pub struct WorkshopSocket;

/// Nothing but a token is read from `auth`.
#[derive(Deserialize)]
pub struct Params {}

/// The document has a room and needs none: both are answered and change nothing.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Command {
    JoinRoom,
    LeaveRoom,
}

impl Consumer for WorkshopSocket {
    const NAME: &'static str = "workshop";
    type App = Restaurant;
    type Params = Params;
    type Command = Command;

    async fn connect(_: Params, ctx: &mut Context<Restaurant>) -> Result<Self, Error> {
        let identity = ctx.identity().clone();
        let (bearer, here) = ctx
            .read(move |db| {
                let bearer = Bearer::of(&identity, db)?;
                Ok((bearer, own_shop(&identity, db)?))
            })
            .await?;
        // Joined before they are judged: no change of the account may pass between.
        bearer.own_groups().for_each(|group| ctx.join(group));
        ctx.guard(move |identity, db| {
            Bearer::of(identity, db)?.may(Action::HearWorkshop)?;
            match own_shop(identity, db)? == here {
                true => Ok(()),
                false => Err(Refusal::Forbidden("your shop is another one now".into()).into()),
            }
        })
        .await?;
        ctx.join(Group::Workshop(here));
        Ok(WorkshopSocket)
    }

    async fn receive(
        &mut self,
        command: Command,
        _: &mut Context<Restaurant>,
    ) -> Result<Reply, Error> {
        let said = match command {
            Command::JoinRoom => messages::joined_room(),
            Command::LeaveRoom => messages::left_room(),
        };
        Ok(Reply::message(said))
    }

    fn render(event: &Event, _: &Group) -> Option<Message> {
        match event.fact.as_ref()? {
            Fact::JobPlaced(job) => Some(messages::order_created(job)),
            Fact::JobMoved(job) => Some(messages::order_update(job)),
            Fact::JobChanged(job) => Some(messages::order_updated(job)),
            Fact::JobDeleted(job) => Some(messages::order_deleted(job)),
            _ => None,
        }
    }

    /// The two kinds of messages that show where an order stands.
    fn entity(event: &Event, _: &Group) -> Option<u64> {
        let (job, kind) = match event.fact.as_ref()? {
            Fact::JobMoved(job) => (job, 0),
            Fact::JobChanged(job) => (job, 1),
            _ => return None,
        };
        Some(u64::try_from(job.id).ok()? << 1 | kind)
    }

    fn render_error(error: &ClientError) -> Message {
        messages::error(error)
    }
}
