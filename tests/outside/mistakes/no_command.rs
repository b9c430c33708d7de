//! A command that nobody can read.

use maitred::*;
use serde_json::Value;

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

enum Ask {
    Pay,
}

struct Till;

impl Consumer for Till {
    const NAME: &'static str = "till";
    type App = Shop;
    type Params = Value;
    type Command = Ask;

    async fn connect(_: Value, _: &mut Context<Shop>) -> Result<Self, Error> {
        Ok(Till)
    }

    async fn receive(&mut self, _: Ask, _: &mut Context<Shop>) -> Result<Reply, Error> {
        Ok(Reply::done())
    }

    fn render(_: &(), _: &i64) -> Option<Message> {
        None
    }
}

fn main() {}
