//! A consumer of something that is no application.

use maitred::*;
use serde_json::Value;

struct Shop;

struct Till;

impl Consumer for Till {
    const NAME: &'static str = "till";
    type App = Shop;
    type Params = Value;
    type Command = Value;

    async fn connect(_: Value, _: &mut Context<Shop>) -> Result<Self, Error> {
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
