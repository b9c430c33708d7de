//! `/ws/tables/<table_id>/`: one table and who sits there.

use super::messages;
use super::subject::Subject;
use crate::access::{self, Action, Bearer, Target};
use crate::domain::sessions::Closing;
use crate::domain::{Key, Refusal, ids, tables};
use crate::events::{Event, Fact, Group};
use crate::restaurant::Restaurant;
use maitred::{Consumer, Context, Error, Message, Reader, Reply};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub struct TableSocket {
    table: i64,
}

#[derive(Deserialize)]
pub struct Params {
    table_id: Key,
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Command {
    GetStatus,
    Occupy { guests_count: Option<i64> },
    Release(Leaving),
}

/// How guests leave.
#[derive(Deserialize, JsonSchema)]
pub struct Leaving {
    /// Although something is not paid: a manager, with a reason.
    #[serde(default)]
    force: bool,
    reason: Option<String>,
}

impl Leaving {
    /// For the domain, if this one may do it so.
    pub fn judged(self, bearer: &Bearer) -> Result<Closing, Error> {
        let Leaving { force, reason } = self;
        if force {
            bearer.may(Action::ForceRelease)?;
        }
        Ok(Closing { force, reason })
    }
}

/// For those who asked for an acknowledgement.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "TableOccupied")]
pub struct Occupied {
    table_id: i64,
    session_id: i64,
    session_code: String,
    /// Somebody had occupied it already: this is their visit.
    joined: bool,
}

/// What releasing a table answers, for those who asked for an acknowledgement.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(description = "Likewise.")] // as the contract has had it
#[schemars(rename = "TableReleased")]
pub struct Released {
    table_id: i64,
    /// It was free already.
    already: bool,
}

impl Consumer for TableSocket {
    const NAME: &'static str = "dining.table";
    type App = Restaurant;
    type Params = Params;
    type Command = Command;

    async fn connect(params: Params, ctx: &mut Context<Restaurant>) -> Result<Self, Error> {
        let place = Subject {
            find: ids::table,
            action: Action::HearTable,
            target: Target::Table,
            group: Group::Table,
        };
        let table = place.enter(params.table_id, ctx).await?;
        ctx.snapshot(move |db| status(db, table, None)).await?;
        Ok(TableSocket { table })
    }

    async fn receive(
        &mut self,
        command: Command,
        ctx: &mut Context<Restaurant>,
    ) -> Result<Reply, Error> {
        let (table, target) = (self.table, Target::Table(self.table));
        let identity = ctx.identity().clone();
        match command {
            Command::GetStatus => {
                let answer = ctx.read(move |db| status(db, table, Some(db.head()?)));
                Ok(Reply::message(answer.await?))
            }
            Command::Occupy { guests_count } => {
                let occupied = ctx.write(move |tx| {
                    let bearer = access::may(&identity, Action::Occupy, target, tx)?;
                    let done = tables::occupy(tx, &bearer.actor(), table, guests_count)?;
                    let session = done.table.session;
                    let session = session.ok_or(Refusal::NotFound { entity: "session" })?;
                    Ok(Occupied {
                        table_id: table,
                        session_id: session.id,
                        session_code: session.session_code,
                        joined: done.joined,
                    })
                });
                let occupied = occupied.await?;
                if occupied.joined {
                    // Nobody is told of what did not change, but whoever asked gets an answer.
                    let answer = ctx.read(move |db| status(db, table, Some(db.head()?)));
                    ctx.send(&answer.await?);
                }
                Ok(Reply::ack(&occupied))
            }
            Command::Release(leaving) => {
                let released = ctx.write(move |tx| {
                    let bearer = access::may(&identity, Action::Release, target, tx)?;
                    let how = leaving.judged(&bearer)?;
                    let done = tables::release(tx, &bearer.actor(), table, &how)?;
                    Ok(Released {
                        table_id: table,
                        already: done.closed.is_none(),
                    })
                });
                let released = released.await?;
                if released.already {
                    let answer = ctx.read(move |db| status(db, table, Some(db.head()?)));
                    ctx.send(&answer.await?);
                }
                Ok(Reply::ack(&released))
            }
        }
    }

    fn render(event: &Event, _: &Group) -> Option<Message> {
        match event.fact.as_ref()? {
            Fact::TableStatus { table, version } => {
                Some(messages::table_status(table, *version, None))
            }
            Fact::TableChanged { table, version, .. } => {
                Some(messages::table_update(table, *version))
            }
            Fact::TableDeleted { id, version } => Some(messages::table_deleted(*id, *version)),
            _ => None,
        }
    }

    /// Frames of one name show the whole table.
    fn entity(event: &Event, _: &Group) -> Option<u64> {
        match event.fact.as_ref()? {
            Fact::TableStatus { .. } => Some(0),
            Fact::TableChanged { .. } => Some(1),
            _ => None,
        }
    }
}

fn status(db: &Reader<'_>, table: i64, as_of: Option<u64>) -> Result<Message, Error> {
    let table = tables::get(db, table)?;
    Ok(messages::table_status(&table, db.head()?, as_of))
}
