//! What riders, screens, programs and the job see of each other, without a port and without waiting for a clock.

use bikes::overdue;
use maitred::testing::{Client, InProcess};
use maitred::{Clock, Keys};
use serde_json::{Value, json};
use std::time::Duration;
use tempfile::TempDir;

const SECRET: &[u8] = b"a secret of the tests that nobody else knows";

struct House {
    bikes: InProcess,
    clock: Clock,
    mia: String,
    _dir: TempDir,
}

impl House {
    /// With one bike, number 1, in the north.
    fn open() -> House {
        let dir = tempfile::tempdir().expect("a directory");
        let database = dir.path().join("bikes.db");
        let (clock, keys) = (Clock::held(), Keys::hs256(SECRET).expect("a key"));
        let server = bikes::server(database.to_str().expect("a path"), "127.0.0.1:9902", SECRET);
        let server = server.expect("routes").clock(clock.clone());
        let house = House {
            bikes: InProcess::start(server).expect("a server"),
            clock,
            mia: keys
                .mint(&json!({"sub": "mia", "exp": 4102444800u32}))
                .expect("a token"),
            _dir: dir,
        };
        let added = house.bikes.at("/api/bikes").token(&house.mia);
        let added = added.json(&json!({"shed": "north"})).post();
        assert_eq!((added.status, added.text().as_str()), (200, "1"));
        house
    }

    fn rider(&self) -> Client {
        let rider = self.bikes.at("/ws/bikes/1/").token(&self.mia).connect();
        let mut rider = rider.expect("she is let in");
        assert_eq!(rider.hears()["data"]["state"], "here");
        rider
    }
}

/// What a client hears of a bike.
fn state(client: &mut Client) -> Value {
    let told = client.hears();
    assert_eq!(told["type"], "bike", "{told}");
    told["data"]["state"].clone()
}

/// A rider's command with its id (the same id again is the same command), what it makes of the bike, and its acknowledgement.
fn asks(rider: &mut Client, id: &str, action: &str, becomes: &str) {
    rider.say(&json!({"action": action, "id": id}));
    assert_eq!(state(rider), becomes);
    let ack = &rider.hears()["data"];
    assert_eq!((&ack["id"], &ack["ok"]), (&json!(id), &json!(true)));
}

#[test]
fn the_screen_shows_what_a_rider_does() {
    let house = House::open();
    let mut screen = house.bikes.connect("/ws/sheds/north/");
    let shown = screen.hears();
    assert_eq!(
        shown["data"],
        json!([{"id": 1, "shed": "north", "state": "here"}])
    );
    let mut other = house.bikes.connect("/ws/sheds/south/");
    assert_eq!(other.hears()["data"], json!([]));

    let mut mia = house.rider();
    asks(&mut mia, "1", "reserve", "reserved");
    assert_eq!(state(&mut screen), "reserved");
    asks(&mut mia, "2", "take", "out");
    assert_eq!(state(&mut screen), "out");
    mia.say(&json!({"action": "reserve"}));
    assert_eq!(mia.hears()["code"], "NOT_NOW");
    other.hears_nothing();
    screen.hears_nothing();

    // who comes back hears what was missed
    let seq = shown["seq"].as_u64().expect("a number");
    let back = house.bikes.at("/ws/sheds/north/").since(seq).connect();
    let mut back = back.expect("it is let in");
    assert_eq!([state(&mut back), state(&mut back)], ["reserved", "out"]);
    mia.close();
}

#[test]
fn what_is_reserved_and_not_taken_is_free_again() {
    let house = House::open();
    let mut mia = house.rider();
    let while_reserved = Duration::from_secs(30);
    asks(&mut mia, "1", "reserve", "reserved");
    house.clock.advance(while_reserved);
    assert_eq!(state(&mut mia), "here");
    asks(&mut mia, "2", "reserve", "reserved");
    asks(&mut mia, "3", "take", "out");
    house.clock.advance(while_reserved);
    mia.hears_nothing();
}

#[test]
fn the_job_is_heard_by_everybody() {
    let house = House::open();
    let mut mia = house.rider();
    asks(&mut mia, "1", "reserve", "reserved");
    asks(&mut mia, "2", "take", "out");
    let mark = |longest| {
        let marked = overdue::mark(house.bikes.store(), longest);
        house.bikes.wait(marked).expect("it is written")
    };
    assert_eq!(mark(Duration::from_secs(3600)), 0, "not yet");
    assert_eq!(mark(Duration::ZERO), 1);
    assert_eq!(state(&mut mia), "overdue");
}

#[test]
fn strangers_are_told_what_they_lack() {
    let house = House::open();
    let list = |request: maitred::testing::Request<'_>| request.get();
    assert_eq!(list(house.bikes.at("/api/bikes?shed=north")).status, 401);
    let shown = list(house.bikes.at("/api/bikes?shed=north").token(&house.mia));
    assert_eq!(shown.json::<Value>()[0]["id"], 1);
    let forged = house.bikes.at("/ws/bikes/1/").token("forged").connect();
    let mut forged = forged.expect("it is told inside");
    assert_eq!(forged.hears()["code"], "TOKEN_INVALID");
    assert_eq!(forged.hears_close().0, 4401);
}
