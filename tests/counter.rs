//! A whole application: one table, one consumer. Whoever changes a counter (a client, or `sqlite3 counter.db "UPDATE counter SET n = 5"`), everybody
//! who looks at it sees the new number.
//!
//! Run it with `cargo run --example counter`, then `wscat -c ws://127.0.0.1:9900/ws/counters/1/` and `> {"action":"add","n":2}`.

use maitred::*;
use serde::{Deserialize, Serialize};

struct Counters;

#[derive(Serialize, Deserialize)]
struct Count {
    id: i64,
    n: i64,
}

impl App for Counters {
    type Claims = ();
    type Group = i64; // one counter's audience
    type Event = Count;
    const WATCHED: &'static [Watched] = &[Watched {
        table: "counter",
        stamps: &[],
        secret: &[],
    }];

    fn announce(change: &Change<'_>, _: &Reader<'_>) -> Result<Vec<Signal<Self>>, Error> {
        Ok(change
            .new::<Count>()?
            .map(|count| Signal::to([count.id], count))
            .into_iter()
            .collect())
    }
}

struct Counter(i64);

#[derive(Deserialize)]
struct Params {
    id: i64,
}

#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
enum Ask {
    Add { n: i64 },
}

impl Consumer for Counter {
    const NAME: &'static str = "counter";
    type App = Counters;
    type Params = Params;
    type Command = Ask;

    async fn connect(Params { id }: Params, ctx: &mut Context<Counters>) -> Result<Self, Error> {
        ctx.join(id);
        ctx.snapshot(move |db| {
            let n = db.row("SELECT n FROM counter WHERE id = ?1", params![id], |r| {
                r.get(0)
            })?;
            let n =
                n.ok_or_else(|| Error::client(Kind::NotFound, "NOT_FOUND", "no such counter"))?;
            Ok(Message::new("count", &Count { id, n }))
        })
        .await?;
        Ok(Counter(id))
    }

    async fn receive(
        &mut self,
        Ask::Add { n }: Ask,
        ctx: &mut Context<Counters>,
    ) -> Result<Reply, Error> {
        let id = self.0;
        ctx.write(move |tx| {
            tx.execute(
                "UPDATE counter SET n = n + ?2 WHERE id = ?1",
                params![id, n],
            )
            .map(|_| ())
        })
        .await?;
        Ok(Reply::done())
    }

    fn render(count: &Count, _: &i64) -> Option<Message> {
        Some(Message::new("count", count))
    }

    fn render_error(e: &ClientError) -> Message {
        Message::bare(&serde_json::json!({"error": e.text, "code": e.code}))
    }
}

fn serve(database: &std::path::Path, bind: &str) -> Result<Started, Error> {
    const SCHEMA: Schema = Schema {
        application_id: 0x636f756e,
        migrations: &[
            "CREATE TABLE counter(id INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT; INSERT INTO counter VALUES(1, 0);",
        ],
    };
    let registry = Registry::new().with::<Counter>();
    let file = format!(
        "[[listener]]\nname = 'all'\nbind = '{bind}'\n[[listener.route]]\npath = '/ws/counters/<int:id>/'\nconsumer = 'counter'\nauth = 'optional'"
    );
    let routing = Routing::parse(
        "routing.toml",
        &file,
        &Known {
            consumers: &registry.consumers(),
            rest: &[],
        },
    )?;
    Server::new(routing, registry)
        .store(StoreConfig::new(database), SCHEMA)
        .start()
}

fn main() -> Result<(), Error> {
    let server = serve("counter.db".as_ref(), "127.0.0.1:9900")?;
    println!(
        "listening on {}; press Enter to stop",
        server.addresses()[0].1
    );
    std::io::stdin().read_line(&mut String::new())?;
    server.stop();
    Ok(())
}

#[cfg(test)]
#[path = "counter/tests.rs"]
mod tests;
