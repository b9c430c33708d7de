//! `/ws/tables/sessions/<session_id>/`: one visit to a table.

use super::messages;
use super::subject::Subject;
use super::table::Leaving;
use crate::access::{self, Action, Target};
use crate::domain::sessions::{self, SessionFacts};
use crate::domain::{Key, ids};
use crate::events::{Event, Fact, Group};
use crate::restaurant::Restaurant;
use maitred::{Consumer, Context, Error, Message, Reader, Reply};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub struct SessionSocket {
    session: i64,
}

#[derive(Deserialize)]
pub struct Params {
    session_id: Key,
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Command {
    /// Not in the document, which answers with this only when a client connects.
    GetStatus,
    UpdateGuestsCount {
        guests_count: i64,
    },
    CloseSession(Leaving),
}

/// For those who asked for an acknowledgement.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SessionChanged")]
pub struct Done {
    session_id: i64,
    guests_count: i64,
    is_active: bool,
    changed: bool,
}

impl Done {
    fn of(session: &SessionFacts, changed: bool) -> Self {
        Done {
            session_id: session.id,
            guests_count: session.guests_count,
            is_active: session.closed_at.is_none(),
            changed,
        }
    }
}

impl Consumer for SessionSocket {
    const NAME: &'static str = "dining.session";
    type App = Restaurant;
    type Params = Params;
    type Command = Command;

    async fn connect(params: Params, ctx: &mut Context<Restaurant>) -> Result<Self, Error> {
        let place = Subject {
            find: ids::session,
            action: Action::HearSession,
            target: Target::Session,
            group: Group::Session,
        };
        let session = place.enter(params.session_id, ctx).await?;
        ctx.snapshot(move |db| status(db, session, None)).await?;
        Ok(SessionSocket { session })
    }

    async fn receive(
        &mut self,
        command: Command,
        ctx: &mut Context<Restaurant>,
    ) -> Result<Reply, Error> {
        let (session, target) = (self.session, Target::Session(self.session));
        let identity = ctx.identity().clone();
        let done = match command {
            Command::GetStatus => {
                let answer = ctx.read(move |db| status(db, session, Some(db.head()?)));
                return Ok(Reply::message(answer.await?));
            }
            Command::UpdateGuestsCount { guests_count } => {
                ctx.write(move |tx| {
                    let bearer = access::may(&identity, Action::SetGuests, target, tx)?;
                    let before = sessions::get(tx, session)?;
                    let after = sessions::set_guests(tx, &bearer.actor(), session, guests_count)?;
                    Ok(Done::of(&after, before.version != after.version))
                })
                .await?
            }
            Command::CloseSession(leaving) => {
                ctx.write(move |tx| {
                    let bearer = access::may(&identity, Action::CloseSession, target, tx)?;
                    let how = leaving.judged(&bearer)?;
                    let done = sessions::close(tx, &bearer.actor(), session, &how)?;
                    Ok(Done::of(&done.session, !done.already))
                })
                .await?
            }
        };
        if !done.changed {
            // Nobody is told of what did not change, but whoever asked gets an answer.
            let answer = ctx.read(move |db| status(db, session, Some(db.head()?)));
            ctx.send(&answer.await?);
        }
        Ok(Reply::ack(&done))
    }

    fn render(event: &Event, _: &Group) -> Option<Message> {
        match event.fact.as_ref()? {
            Fact::SessionChanged(session) => Some(messages::session_update(session)),
            Fact::SessionDeleted { id, version } => Some(messages::session_deleted(*id, *version)),
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

    /// Each frame shows the whole visit.
    fn entity(event: &Event, _: &Group) -> Option<u64> {
        matches!(event.fact.as_ref()?, Fact::SessionChanged(_)).then_some(0)
    }
}

fn status(db: &Reader<'_>, session: i64, as_of: Option<u64>) -> Result<Message, Error> {
    let session = sessions::get(db, session)?;
    Ok(messages::session_status(&session, as_of))
}
