//! A whole application over Socket.IO: rooms, and notes that are told to who is in them, also after an absence. Whoever writes a note (a client, or
//! `sqlite3 rooms.db "INSERT INTO note(room, text) VALUES('kitchen', 'hello')"`), everybody in its room hears it.
//! `cargo run --example rooms`, then with socket.io-client: `io('http://127.0.0.1:9901').emit('join', 'kitchen')`.

use maitred::*;
use serde::{Deserialize, Serialize};
use std::time::Duration;

const TABLE: &str =
    "CREATE TABLE note(id INTEGER PRIMARY KEY, room TEXT NOT NULL, text TEXT NOT NULL) STRICT;";

struct Rooms;

#[derive(Serialize, Deserialize, Clone)]
struct Note {
    id: i64,
    room: String,
    text: String,
}

#[derive(Deserialize, Clone)]
struct Claims {
    #[serde(default)]
    banned: bool,
}

impl App for Rooms {
    type Claims = Claims;
    type Group = String; // a room
    type Event = Note;
    const WATCHED: &'static [Watched] = &[Watched::new("note")];

    fn announce(change: &Change<'_>, _: &Reader<'_>) -> Result<Vec<Signal<Self>>, Error> {
        let note = change.new::<Note>()?.into_iter();
        Ok(note.map(|n| Signal::to([n.room.clone()], n)).collect())
    }
}

/// How often a client is asked for its mood.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Command {
    /// `emit('join', 'kitchen', callback)`: the callback hears how many notes there are.
    Join(String),
    Leave(String),
    /// `emit('say', { room: 'kitchen', text: 'hello', id: 'n-1' })`: with an `id` it is safe to say again.
    Say {
        room: String,
        text: String,
        id: Option<String>,
    },
    Rooms,
    /// Asks the client something before it answers.
    AskMe(String),
    Photo(Binary),
    Chatter(Arguments),
    Bye,
}

/// A client of the root namespace.
struct Guest;

#[derive(Deserialize)]
struct Given {
    /// `io(url, { auth: { rooms: ['kitchen'] } })`
    #[serde(default)]
    rooms: Vec<String>,
}

fn not_here(room: &str) -> Error {
    Error::client(Kind::Forbidden, "PRIVATE", format!("{room} is private"))
}

impl Consumer for Guest {
    const NAME: &'static str = "rooms";
    type App = Rooms;
    type Params = Given;
    type Command = Command;

    async fn connect(Given { rooms }: Given, ctx: &mut Context<Rooms>) -> Result<Self, Error> {
        let banned = ctx.identity().claims.as_ref().is_some_and(|c| c.banned);
        if rooms.iter().any(|room| room.starts_with('#')) {
            return Err(not_here(&rooms[0]));
        }
        let before = ctx.client().map(|c| c.restored()).unwrap_or_default();
        for room in rooms.into_iter().chain(before) {
            // a room that was closed meanwhile is not come back to
            if !room.starts_with('#') {
                ctx.try_join(room)?;
            }
        }
        if banned {
            ctx.send(&Message::new("error", &"you are not welcome"));
            ctx.disconnect();
        }
        Ok(Guest)
    }

    async fn receive(
        &mut self,
        command: Command,
        ctx: &mut Context<Rooms>,
    ) -> Result<Reply, Error> {
        match command {
            Command::Join(room) if room.starts_with('!') => Err(not_here(&room)),
            Command::Join(room) => {
                ctx.try_join(room.clone())?;
                let count = "SELECT count(*) FROM note WHERE room = ?1";
                let notes = ctx
                    .read_joined(move |db| db.one(count, params![&*room], |r| r.get::<i64>(0)))
                    .await?;
                ctx.send(&Message::new("joined", &notes));
                Ok(Reply::ack(&notes))
            }
            Command::Leave(room) => {
                ctx.leave(&room);
                Ok(Reply::done())
            }
            Command::Say { room, text, id } => {
                if let Some(id) = id {
                    ctx.once(&id, &(&room, &text));
                }
                let insert = "INSERT INTO note(room, text) VALUES(?1, ?2)";
                ctx.write(move |tx| tx.execute(insert, params![room, text]))
                    .await?;
                Ok(Reply::done())
            }
            Command::Rooms => Ok(Reply::ack(&ctx.groups().collect::<Vec<_>>())),
            Command::AskMe(what) => {
                let client = ctx.client().ok_or(Error::Closed)?;
                let question = Message::new("question", &what);
                let answer = client.ask(&question, PATIENCE).await?;
                Ok(Reply::ack(&answer.get::<String>(0)?))
            }
            Command::Photo(bytes) => Ok(Reply::message(Message::new("photo", &bytes))),
            Command::Chatter(all) => {
                for n in 0..all.len() {
                    let one = all.get::<serde_json::Value>(n)?;
                    ctx.send(&Message::new("chatter", &one));
                }
                Ok(Reply::ack(&all.len()))
            }
            Command::Bye => {
                ctx.disconnect();
                Ok(Reply::done())
            }
        }
    }

    fn render(note: &Note, _: &String) -> Option<Message> {
        Some(Message::new("note", note))
    }
}

/// A client that is told all there is of one room first.
struct Reading;

#[derive(Deserialize)]
struct Room {
    room: String,
}

impl Consumer for Reading {
    const NAME: &'static str = "reading";
    type App = Rooms;
    type Params = Room;
    type Command = serde_json::Value;

    async fn connect(Room { room }: Room, ctx: &mut Context<Rooms>) -> Result<Self, Error> {
        ctx.join(room.clone());
        ctx.snapshot(move |db| {
            let all = "SELECT text FROM note WHERE room = ?1 ORDER BY id";
            let texts = db.rows(all, params![&*room], |r| Ok(r.text(0)?.into_owned()))?;
            if texts.iter().any(|text| text == "closed") {
                let text = "this room is closed";
                return Err(Error::client(Kind::Gone, "CLOSED", text));
            }
            Ok(Message::new("notes", &texts))
        })
        .await?;
        Ok(Reading)
    }

    async fn receive(
        &mut self,
        _: serde_json::Value,
        _: &mut Context<Rooms>,
    ) -> Result<Reply, Error> {
        Ok(Reply::done())
    }

    fn render(note: &Note, _: &String) -> Option<Message> {
        Some(Message::new("note", note))
    }
}

const ROUTES: &str = r#"
[[listener]]
name = "rooms"
bind = "BIND"
origins = ["http://page.example"]

[[listener.route]]
path = "/socket.io/"
auth = "optional"

[[listener.route.namespace]]
name = "/"
consumer = "rooms"
action_rates = { bye = 1 }

[[listener.route.namespace]]
name = "/reading"
consumer = "reading"

[[listener.route.namespace]]
name = "/staff"
consumer = "rooms"
auth = "required"
"#;

/// `secret`: then there are tokens.
fn server(database: &str, routes: &str, secret: Option<&str>) -> Result<Server<Rooms>, Error> {
    let registry = Registry::new().with::<Guest>().with::<Reading>();
    let routing = registry.routing("rooms", routes)?;
    let schema = Schema::new(2, &[TABLE]);
    let server = Server::new(routing, registry).store(StoreConfig::new(database), schema);
    Ok(match secret {
        Some(secret) => server.keys(Keys::hs256(secret.as_bytes())?),
        None => server,
    })
}

/// `rooms [DATABASE [ADDRESS]]`
fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let database = arguments.next();
    let address = arguments.next();
    let database = database.as_deref().unwrap_or("rooms.db");
    let address = address.as_deref().unwrap_or("127.0.0.1:9901");
    server(database, &ROUTES.replace("BIND", address), None)?.run()
}

#[cfg(test)]
#[path = "rooms/tests.rs"]
mod tests;
