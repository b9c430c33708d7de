//! A tiny application for tests: a menu's dishes.

use crate::app::{App, Signal};
use crate::error::Error;
use crate::hub::broker::local::Local;
use crate::hub::publication::Publication;
use crate::hub::shard::{INBOX_MESSAGES, ToShard};
use crate::limits::clock::Clock;
use crate::patience::PATIENCE;
use crate::store::{
    Change, Command, Flush, Machine, Op, Opened, Reader, Schema, Shell, StoreConfig, Watched,
};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::sync::mpsc;

pub struct Cafe;

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    Menu(i64),
    Dish(i64),
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Group::Menu(id) => write!(f, "menu:{id}"),
            Group::Dish(id) => write!(f, "dish:{id}"),
        }
    }
}

impl FromStr for Group {
    type Err = ();
    fn from_str(s: &str) -> Result<Self, ()> {
        let (kind, id) = s.split_once(':').ok_or(())?;
        let id = id.parse().map_err(|_| ())?;
        match kind {
            "menu" => Ok(Group::Menu(id)),
            "dish" => Ok(Group::Dish(id)),
            _ => Err(()),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    pub op: String,
    pub name: String,
    pub by: Option<String>,
}

#[derive(Deserialize)]
struct Dish {
    menu: i64,
    name: String,
}

impl App for Cafe {
    type Claims = ();
    type Group = Group;
    type Event = Event;
    const WATCHED: &'static [Watched] = &[Watched {
        table: "dish",
        stamps: &[],
        secret: &[],
    }];

    fn announce(change: &Change<'_>, _: &Reader<'_>) -> Result<Vec<Signal<Self>>, Error> {
        let row = change.new::<Dish>()?.or(change.old()?);
        let Dish { menu, name } = row.expect("a row");
        match name.as_str() {
            "poison" => panic!("poisoned"),
            "sour" => return Err(Error::Store("too sour".into())),
            "secret" => return Ok(vec![Signal::to([], event(change, name))]),
            _ => {}
        }
        // The menu twice: a client hears it once all the same.
        let groups = [Group::Menu(menu), Group::Dish(change.id), Group::Menu(menu)];
        Ok(vec![Signal::to(groups, event(change, name)).rechecking()])
    }
}

fn event(change: &Change<'_>, name: String) -> Event {
    let op = match change.op {
        Op::Insert => "new",
        Op::Update => "changed",
        Op::Delete => "gone",
    };
    Event {
        op: op.into(),
        name,
        by: change.actor.map(Into::into),
    }
}

pub const SCHEMA: Schema = Schema {
    application_id: 7,
    migrations: &[
        "CREATE TABLE dish(id INTEGER PRIMARY KEY AUTOINCREMENT, menu INTEGER NOT NULL, name TEXT NOT NULL) STRICT",
        "ALTER TABLE dish ADD COLUMN price INTEGER NOT NULL DEFAULT 0",
    ],
};

/// A served database in a directory of its own, and what its shards are told.
pub struct Served {
    pub opened: Option<Opened>,
    pub shards: Vec<mpsc::Receiver<ToShard<Cafe>>>,
    pub config: StoreConfig,
    _dir: TempDir,
}

impl Served {
    pub fn new() -> Self {
        Served::with(|_| {})
    }

    pub fn with(change: impl FnOnce(&mut StoreConfig)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut config = StoreConfig::new(dir.path().join("cafe.db"));
        config.busy_timeout = PATIENCE;
        change(&mut config);
        let mut served = Served {
            opened: None,
            shards: Vec::new(),
            config,
            _dir: dir,
        };
        served.open();
        served
    }

    pub fn open(&mut self) {
        self.open_on(Machine::default());
    }

    /// By another clock.
    pub fn open_at(&mut self, micros: fn(&Clock) -> u64) {
        self.open_on(Machine {
            micros,
            ..Machine::default()
        });
    }

    /// Again, by a clock that the test holds.
    pub fn reopen_by(&mut self, clock: Clock) {
        self.close();
        self.open_on(Machine {
            clock,
            ..Machine::default()
        });
    }

    /// Again, on a disk of another kind.
    pub fn reopen_on(&mut self, flush: Flush) {
        self.close();
        self.open_on(Machine {
            flush: Some(flush),
            ..Machine::default()
        });
    }

    fn open_on(&mut self, machine: Machine) {
        let (inboxes, shards): (Vec<_>, _) = (0..2).map(|_| mpsc::channel(INBOX_MESSAGES)).unzip();
        self.shards = shards;
        let broker = Local::new(inboxes, Clock::system());
        let opened = super::open_on::<Cafe>(&self.config, &SCHEMA, broker, machine);
        self.opened = Some(opened.unwrap());
    }

    pub fn close(&mut self) {
        let opened = self.opened.take().unwrap();
        opened.running.stop();
        opened.running.join();
    }

    pub fn store(&self) -> crate::store::Store {
        self.opened.as_ref().unwrap().store.clone()
    }

    /// Another program.
    pub fn shell(&self) -> Shell {
        Shell::open(&self.config.path, PATIENCE)
    }

    /// The next message of a shard; its replies are run.
    pub async fn told(&mut self, shard: usize) -> Told {
        match self.shards[shard].recv().await.unwrap() {
            ToShard::Committed {
                head,
                publications,
                replies,
                ..
            } => {
                let count = replies.len();
                replies.into_iter().for_each(|reply| reply());
                Told {
                    head,
                    publications: publications.to_vec(),
                    replies: count,
                    reset: false,
                }
            }
            ToShard::Reset { head } => Told {
                head,
                publications: Vec::new(),
                replies: 0,
                reset: true,
            },
            _ => panic!("unexpected message"),
        }
    }

    /// What a shard is told until it heard of so many events, as if it were one message.
    pub async fn told_of(&mut self, shard: usize, events: usize) -> Told {
        let mut told = self.told(shard).await;
        while told.publications.len() < events {
            let next = self.told(shard).await;
            told.head = next.head;
            told.publications.extend(next.publications);
            told.replies += next.replies;
        }
        told
    }

    /// What a shard is told until it heard of `count` events.
    pub async fn heard(&mut self, count: usize) -> Vec<(u64, String)> {
        let mut heard = Vec::new();
        while heard.len() < count {
            heard.extend(self.told(0).await.names());
        }
        heard
    }
}

pub struct Told {
    pub head: u64,
    pub publications: Vec<Arc<Publication<Cafe>>>,
    pub replies: usize,
    /// Everybody had to begin anew.
    pub reset: bool,
}

impl Told {
    pub fn names(&self) -> Vec<(u64, String)> {
        self.publications
            .iter()
            .map(|p| (p.seq, p.event.name.clone()))
            .collect()
    }
}

pub async fn insert(store: &crate::store::Store, name: &str) -> Result<i64, Error> {
    store.write(Command::new(), insertion(name)).await
}

pub fn insertion(
    name: &str,
) -> impl FnOnce(&crate::store::Transaction<'_>) -> Result<i64, Error> + Send + use<> {
    let name = name.to_owned();
    move |tx| {
        tx.one(
            "INSERT INTO dish(menu, name) VALUES(1, ?1) RETURNING id",
            crate::params![&name],
            |row| row.get(0),
        )
    }
}
