//! `/ws/changes/?since=SEQ`: every committed change of the own restaurants, for integrators.
//!
//! `{"seq":812,"type":"change","entity":"order","id":1,"restaurant_id":2,"version":4,"op":"update","status":"ready","changed":["status","ready_at"]}`: one
//! for each change, whoever made it, and nothing else but `{"seq":900,"type":"reset","reset":true}` where what was missed cannot be told any more: then
//! read what is needed over HTTP, and go on from that number. `status` is there where such rows have one. `&entity=order` (several with commas) and
//! `&restaurant_id=2` narrow it down.

use crate::access::{self, Action};
use crate::contract::{Channel, Schemas};
use crate::domain::Key;
use crate::events::{ChangeRecord, Entity, Event, Group};
use crate::restaurant::Restaurant;
use maitred::{Consumer, Context, Error, Kind, Message, Reply};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The feed.
pub struct Changes;

/// What it is narrowed down to.
#[derive(Deserialize)]
pub struct Params {
    entity: Option<String>,
    restaurant_id: Option<Key>,
}

/// A feed is listened to; nothing can be asked for.
#[derive(Deserialize, JsonSchema)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Command {}

impl Consumer for Changes {
    const NAME: &'static str = "changes";
    type App = Restaurant;
    type Params = Params;
    type Command = Command;

    async fn connect(params: Params, ctx: &mut Context<Restaurant>) -> Result<Self, Error> {
        let entities = entities(params.entity.as_deref())?;
        let wanted = params.restaurant_id;
        let own = access::enter_restaurants(ctx, Action::HearChanges, wanted).await?;
        for &entity in &entities {
            for group in Group::changes(own.as_deref(), entity) {
                ctx.join(group);
            }
        }
        ctx.snapshot_on_reset(|_| Ok(reset())).await?;
        Ok(Changes)
    }

    async fn receive(
        &mut self,
        command: Command,
        _: &mut Context<Restaurant>,
    ) -> Result<Reply, Error> {
        match command {}
    }

    fn render(event: &Event, _: &Group) -> Option<Message> {
        event.change.as_ref().map(change)
    }

    /// Of each row the newest change, whatever kind it is of.
    fn entity(event: &Event, _: &Group) -> Option<u64> {
        let change = event.change.as_ref()?;
        let id = u64::try_from(change.id).ok().filter(|id| id >> 48 == 0)?;
        Some((change.entity as u64) << 48 | id)
    }
}

/// A change. Flat, because programs read it.
fn change(record: &ChangeRecord) -> Message {
    Message::bare(record).beside("type", &"change")
}

/// What was missed cannot be told any more.
fn reset() -> Message {
    Message::bare(&Nothing {}).beside("type", &"reset")
}

/// No members.
#[derive(Serialize, JsonSchema)]
struct Nothing {}

/// What the feed says.
pub fn channels(schemas: &mut Schemas) -> Vec<Channel> {
    let feed = Channel::raw::<Changes>("The change feed: every committed change", schemas)
        .says_flat::<ChangeRecord>("change", schemas)
        .says_flat::<Nothing>("reset", schemas);
    vec![feed]
}

/// The kinds that were asked for; all, where none was.
fn entities(names: Option<&str>) -> Result<Vec<Entity>, Error> {
    let all = || Entity::TABLES.iter().map(|(entity, _)| *entity);
    let Some(names) = names else {
        return Ok(all().collect());
    };
    let named = names.split(',').map(|name| name.trim().parse());
    named.collect::<Result<_, _>>().map_err(|_| {
        let known: Vec<_> = all().map(Entity::name).collect();
        let text = format!("entity: {names:?} is none of {}", known.join(", "));
        Error::client(Kind::Invalid, "INVALID_PARAMETER", text)
    })
}
