//! Stands in for the application until its parts are here.

use maitred::*;
use serde::de::IgnoredAny;
use serde_json::{Value as Json, json};

pub struct Restaurant;

impl App for Restaurant {
    type Claims = Json;
    type Group = String;
    type Event = ();
    const WATCHED: &'static [Watched] = &[];

    fn announce(_: &Change<'_>, _: &Reader<'_>) -> Result<Vec<Signal<Self>>, Error> {
        Ok(Vec::new())
    }
}

pub const SCHEMA: Schema = Schema {
    application_id: 0x6d61_6974,
    migrations: &["CREATE TABLE provisional(id INTEGER PRIMARY KEY) STRICT;"],
};

pub fn seed(_: &Transaction<'_>) -> Result<(), Error> {
    Ok(())
}

macro_rules! silent {
    ($($consumer:ident $name:literal),*) => {$(
        struct $consumer;
        impl Consumer for $consumer {
            const NAME: &'static str = $name;
            type App = Restaurant;
            type Params = IgnoredAny;
            type Command = IgnoredAny;
            async fn connect(_: IgnoredAny, ctx: &mut Context<Restaurant>) -> Result<Self, Error> {
                let sub = ctx.identity().subject.clone();
                ctx.send(&Message::new("hello", &json!({"sub": sub})));
                Ok($consumer)
            }
            async fn receive(&mut self, _: IgnoredAny, _: &mut Context<Restaurant>) -> Result<Reply, Error> {
                Ok(Reply::done())
            }
            fn render(_: &(), _: &String) -> Option<Message> {
                None
            }
            fn render_error(e: &ClientError) -> Message {
                Message::bare(&json!({"error": e.text, "code": e.code}))
            }
        }
    )*
        pub fn registry() -> Registry<Restaurant> {
            Registry::new()$(.with::<$consumer>())*.rest("dining.api", |_| {
                use warp::Filter;
                warp::path!("api" / "v1" / "provisional")
                    .map(|| warp::reply::Response::default())
                    .boxed()
            })
        }
    };
}

silent!(
    Order "dining.order", Items "dining.order_items", Table "dining.table", Session "dining.session",
    Waiter "dining.waiter", Notifications "dining.notifications", House "dining.restaurant", Changes "changes"
);
