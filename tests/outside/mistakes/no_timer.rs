//! A timer that nobody waits for.

use maitred::*;
use serde_json::Value;
use std::time::Duration;

struct Shop;

impl App for Shop {
    type Claims = ();
    type Group = i64;
    type Event = ();
    const WATCHED: &'static [Watched] = &[];

    fn announce(_: &Change<'_>, _: &Reader<'_>) -> Result<Vec<Signal<Self>>, Error> {
        Ok(Vec::new())
    }
}

struct Till;

impl Consumer for Till {
    const NAME: &'static str = "till";
    type App = Shop;
    type Params = Value;
    type Command = Value;

    async fn connect(_: Value, ctx: &mut Context<Shop>) -> Result<Self, Error> {
        ctx.after::<Self>(Duration::ZERO, ())?;
        Ok(Till)
    }

    async fn receive(&mut self, _: Value, _: &mut Context<Shop>) -> Result<Reply, Error> {
        Ok(Reply::done())
    }

    fn render(_: &(), _: &i64) -> Option<Message> {
        None
    }
}

fn main() {}
