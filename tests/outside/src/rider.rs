//! `/ws/bikes/<int:id>/`: somebody who reserves a bike, takes it, and brings it back. A bike is reserved for half a minute.

use crate::bike::{Bike, Bikes, Group};
use maitred::{Consumer, Context, Disconnect, Error, Kind, Message, Reply, Timed, TimerId, params};
use serde::Deserialize;
use std::time::Duration;

const RESERVED: Duration = Duration::from_secs(30);

pub struct Rider {
    bike: i64,
    /// Until what is reserved is free again.
    reserved: Option<TimerId>,
}

#[derive(Deserialize)]
pub struct Params {
    id: i64,
}

#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Ask {
    Reserve,
    Take,
    BringBack,
}

impl Consumer for Rider {
    const NAME: &'static str = "rider";
    type App = Bikes;
    type Params = Params;
    type Command = Ask;

    async fn connect(Params { id }: Params, ctx: &mut Context<Bikes>) -> Result<Self, Error> {
        ctx.join(Group::Bike(id));
        ctx.snapshot(move |db| Ok(Message::new("bike", &db.get::<Bike>("bike", id)?)))
            .await?;
        Ok(Rider {
            bike: id,
            reserved: None,
        })
    }

    async fn receive(&mut self, ask: Ask, ctx: &mut Context<Bikes>) -> Result<Reply, Error> {
        match ask {
            Ask::Reserve => {
                self.moves("here", "reserved", ctx).await?;
                self.reserved = Some(ctx.after::<Self>(RESERVED, ())?);
            }
            Ask::Take => {
                self.moves("reserved", "out", ctx).await?;
                self.reserved.take().map(|timer| ctx.cancel(timer));
            }
            Ask::BringBack => self.moves("out", "here", ctx).await?,
        }
        Ok(Reply::done()) // the changed row tells everybody, this rider too
    }

    fn render(bike: &Bike, _: &Group) -> Option<Message> {
        Some(Message::new("bike", bike))
    }

    async fn disconnect(self, why: Disconnect, _: &mut Context<Bikes>) {
        if self.reserved.is_some() {
            // the row stays reserved: its rider may come back and take it
            eprintln!("bike {}: its rider is gone ({why:?})", self.bike);
        }
    }
}

impl Timed for Rider {
    type Timer = ();

    async fn elapsed(&mut self, (): (), ctx: &mut Context<Bikes>) -> Result<Reply, Error> {
        self.reserved = None;
        self.moves("reserved", "here", ctx).await?;
        Ok(Reply::done())
    }
}

impl Rider {
    /// Judged inside the transaction: of two riders who want a bike one gets it.
    async fn moves(
        &self,
        from: &'static str,
        to: &'static str,
        ctx: &Context<Bikes>,
    ) -> Result<(), Error> {
        let id = self.bike;
        ctx.write(move |tx| {
            let moves = "UPDATE bike SET state = ?3, since_ms = ?4 WHERE id = ?1 AND state = ?2";
            match tx.execute(moves, params![id, from, to, tx.now_ms()])? {
                0 => Err(Error::client(
                    Kind::Conflict,
                    "NOT_NOW",
                    format!("it is not {from}"),
                )),
                _ => Ok(()),
            }
        })
        .await
    }
}
