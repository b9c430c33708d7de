//! A whole application: one table, one consumer. Whoever changes a counter (a client, or `sqlite3 counter.db "UPDATE counter SET n = 5"`), everybody
//! who looks at it is told. `cargo run --example counter`, `wscat -c ws://127.0.0.1:9900/ws/counters/1/`, `> {"action":"add","n":2}`.

use maitred::*;
use serde::{Deserialize, Serialize};

const TABLE: &str = "CREATE TABLE counter(id INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT; INSERT INTO counter VALUES (1, 0);";

struct Counters;

#[derive(Serialize, Deserialize)]
struct Count {
    id: i64,
    n: i64,
}
impl App for Counters {
    type Claims = ();
    type Group = i64; // whoever watches this counter
    type Event = Count;
    const WATCHED: &'static [Watched] = &[Watched::new("counter")];

    fn announce(change: &Change<'_>, _: &Reader<'_>) -> Result<Vec<Signal<Self>>, Error> {
        let count = change.new::<Count>()?.into_iter();
        Ok(count.map(|c| Signal::to([c.id], c)).collect())
    }
}

#[derive(Deserialize)]
struct Counter {
    id: i64, // from the path
}

#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
enum Ask {
    Add { n: i64 },
}

impl Consumer for Counter {
    const NAME: &'static str = "counter";
    type App = Counters;
    type Params = Self;
    type Command = Ask;

    async fn connect(counter: Self, ctx: &mut Context<Counters>) -> Result<Self, Error> {
        let id = counter.id;
        ctx.join(id);
        ctx.snapshot(move |db| Ok(Message::new("count", &db.get::<Count>("counter", id)?)))
            .await?;
        Ok(counter)
    }

    async fn receive(&mut self, ask: Ask, ctx: &mut Context<Counters>) -> Result<Reply, Error> {
        let (id, Ask::Add { n }) = (self.id, ask);
        let add = "UPDATE counter SET n = n + ?2 WHERE id = ?1";
        ctx.write(move |tx| tx.execute(add, params![id, n])).await?;
        Ok(Reply::done()) // the changed row tells everybody, this client too
    }

    fn render(count: &Count, _: &i64) -> Option<Message> {
        Some(Message::new("count", count))
    }
}

fn server(database: &str, bind: &str) -> Result<Server<Counters>, Error> {
    let counter = consumer::<Counter>().policy(PolicySettings::new().auth(Auth::None));
    let routes = Routes::new().listen(bind);
    let routes = routes.route("/ws/counters/<int:id>/", counter);
    let store = StoreConfig::new(database);
    Ok(Server::from_routes(routes)?.store(store, Schema::new(1, &[TABLE])))
}

fn main() -> Result<(), Error> {
    server("counter.db", "127.0.0.1:9900")?.run()
}

#[cfg(test)]
#[path = "counter/tests.rs"]
mod tests;
