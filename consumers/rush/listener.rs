//! Somebody who listens for the whole evening, comes back when the connection is lost, and compares at the end.

use super::client::{Client, Gone, Place, Said, Since};
use super::ear::Ear;
use super::scene::{Phase, Scene};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

/// What waits to be emitted. Who does not keep up has nothing to add.
const WAITING: usize = 256;
/// How long the log may take to be read again.
const PATIENCE: Duration = Duration::from_secs(15);
/// Before a connection is tried again.
const AGAIN: Duration = Duration::from_millis(200);

/// An event to emit: its name and its argument.
pub type Emit = (String, Value);

/// What somebody does who listens.
pub trait Role {
    /// Given what can be said with, once.
    fn with(&mut self, _: mpsc::Sender<Emit>) {}
    /// Said when the connection is open, also when it came back.
    fn opened(&mut self) -> Vec<Emit> {
        Vec::new()
    }
    /// Something was said.
    fn heard(&mut self, _: &Said) {}
    /// An emitted event was acknowledged.
    fn answered(&mut self, _: &Emit, _answer: &Value) {}
}

/// Who only listens.
pub struct Audience;

impl Role for Audience {}

/// Listens until the evening is over, then compares.
pub async fn listen(scene: Rc<Scene>, place: Place, mut role: impl Role) {
    let (say, mut waiting) = mpsc::channel(WAITING);
    role.with(say);
    let (mut ear, mut since) = (Ear::default(), Since::default());
    let mut first = true;
    let client = loop {
        since.number = ear.last();
        let opened = Client::open(&place, &since).await;
        if !std::mem::take(&mut first) {
            scene.account.borrow_mut().came_back += 1;
        }
        let Ok(mut client) = opened else {
            tokio::select! {
                () = sleep(AGAIN) => continue,
                () = scene.reached(Phase::Closed) => break None,
            }
        };
        since.pid = client.pid.clone();
        let ended = attend(&scene, &mut client, &mut role, &mut waiting, &mut ear).await;
        if ended.is_ok() {
            break Some(client);
        }
    };
    let log = match client {
        Some(client) => {
            let compared = log(&place, client, &mut ear, &since);
            timeout(PATIENCE, compared).await.ok().and_then(Result::ok)
        }
        None => None,
    };
    let log = log.as_ref().map(|(numbers, until)| (numbers, *until));
    if log.is_none() {
        tracing::error!(path = place.path, "the log could not be read again");
    }
    ear.settle(log, &mut scene.account.borrow_mut());
}

/// Hears and says until the evening is over.
async fn attend(
    scene: &Scene,
    client: &mut Client,
    role: &mut impl Role,
    waiting: &mut mpsc::Receiver<Emit>,
    ear: &mut Ear,
) -> Result<(), Gone> {
    let mut asked: BTreeMap<u64, Emit> = BTreeMap::new();
    let mut emits = role.opened();
    loop {
        for emit in emits.drain(..) {
            let number = client.emit(&emit.0, std::slice::from_ref(&emit.1)).await?;
            asked.insert(number, emit);
            if asked.len() > WAITING {
                asked.pop_first();
            }
        }
        tokio::select! {
            said = client.next() => {
                let said = said?;
                if let Some(number) = said.number {
                    ear.hears(number);
                }
                match said.acks.and_then(|number| asked.remove(&number)) {
                    Some(emit) => role.answered(&emit, &said.data),
                    None => role.heard(&said),
                }
            }
            Some(emit) = waiting.recv() => emits.push(emit),
            () = scene.reached(Phase::Closed) => return Ok(()),
        }
    }
}

/// How far a connection has been told, and whatever is heard until it says so.
async fn told(client: &mut Client, mut hears: impl FnMut(u64)) -> Result<u64, Gone> {
    loop {
        let asked = client.ping().await?;
        loop {
            let said = client.next().await?;
            if let Some(number) = said.number {
                hears(number);
            }
            if said.acks != Some(asked) {
                continue;
            }
            let data = if said.name == "pong" {
                &said.data["data"]
            } else {
                &said.data
            };
            match data["as_of"].as_u64() {
                Some(as_of) => return Ok(as_of),
                // it still catches up
                None => break,
            }
        }
    }
}

/// What the log has after the first event that was heard, and up to which number.
async fn log(
    place: &Place,
    mut client: Client,
    ear: &mut Ear,
    since: &Since,
) -> Result<(BTreeSet<u64>, u64), Gone> {
    let until = told(&mut client, |number| ear.hears(number)).await?;
    drop(client);
    let Some(first) = ear.first() else {
        return Ok((BTreeSet::new(), until));
    };
    let again = Since {
        number: Some(first),
        pid: since.pid.clone(),
    };
    let mut client = Client::open(place, &again).await?;
    // another name: the server did not find what this one was called, and tells nothing of before
    if place.namespace.is_some() && client.pid != since.pid {
        return Err(Gone);
    }
    let mut numbers = BTreeSet::new();
    while told(&mut client, |number| {
        numbers.insert(number);
    })
    .await?
        < until
    {}
    Ok((numbers, until))
}
