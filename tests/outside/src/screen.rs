//! `/ws/sheds/<shed>/`: a screen that shows which bikes are there. Nobody says anything to it.

use crate::bike::{Bike, Bikes, Group, in_shed};
use maitred::{Consumer, Context, Error, Message, Reply};
use serde::Deserialize;

pub struct Screen;

#[derive(Deserialize)]
pub struct Params {
    shed: String,
}

#[derive(Deserialize)]
pub enum Nothing {}

impl Consumer for Screen {
    const NAME: &'static str = "screen";
    type App = Bikes;
    type Params = Params;
    type Command = Nothing;

    async fn connect(Params { shed }: Params, ctx: &mut Context<Bikes>) -> Result<Self, Error> {
        ctx.join(Group::Shed(shed.clone()));
        ctx.snapshot(move |db| Ok(Message::new("bikes", &in_shed(db, &shed)?)))
            .await?;
        Ok(Screen)
    }

    async fn receive(&mut self, ask: Nothing, _: &mut Context<Bikes>) -> Result<Reply, Error> {
        match ask {}
    }

    fn render(bike: &Bike, _: &Group) -> Option<Message> {
        Some(Message::new("bike", bike))
    }
}
