//! Connection state recovery: what a client finds that comes back with its `pid` and its last offset.

use super::*;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// Comes back as the stock client does.
#[track_caller]
fn back(house: SocketAddr, pid: &Value, offset: Option<u64>) -> (SocketIo, bool) {
    back_as(house, pid, offset, json!({}))
}

#[track_caller]
fn back_as(
    house: SocketAddr,
    pid: &Value,
    offset: Option<u64>,
    mut auth: Value,
) -> (SocketIo, bool) {
    auth["pid"] = pid.clone();
    if let Some(offset) = offset {
        auth["offset"] = json!(offset.to_string());
    }
    let mut client = SocketIo::open(house);
    let welcome = client.connect("/", auth).expect("let in");
    assert!(welcome["pid"].is_string(), "{welcome}");
    let recovered = welcome["pid"] == *pid;
    (client, recovered)
}

#[track_caller]
fn is_told_to_read_again(client: &mut SocketIo) {
    let told = client.next("/");
    assert_eq!(
        (&*told.name, &told.data()["reset"]),
        ("resync", &json!(true))
    );
}

/// In the room, by a command.
#[track_caller]
fn joined(client: &mut SocketIo, room: &str) {
    client.ask("/", "join", &[json!(room)]);
    assert_eq!(client.next("/").name, "joined");
}

#[test]
fn what_was_missed_is_told_once_and_rooms_come_back() {
    let house = House::open();
    let (mut client, welcome) = house.guest(Value::Null);
    joined(&mut client, "kitchen");
    house.note("kitchen", "one");
    let seen = hears(&mut client, "one");
    client.vanish();
    house.note("kitchen", "two");
    house.note("bar", "not here");
    house.note("kitchen", "three");
    let (mut client, recovered) = back(house.address(), &welcome["pid"], Some(seen));
    assert!(recovered);
    hears(&mut client, "two");
    let seen = hears(&mut client, "three");
    assert_eq!(client.ask("/", "rooms", &[]), [json!(["kitchen"])]);
    client.ask("/", "leave", &[json!("kitchen")]);
    joined(&mut client, "bar");
    client.vanish();
    house.note("kitchen", "left");
    house.note("bar", "four");
    let (mut client, recovered) = back(house.address(), &welcome["pid"], Some(seen));
    assert!(recovered);
    hears(&mut client, "four");
}

/// What is kept decides, and not two minutes, after which the JavaScript server forgets.
#[test]
fn an_absence_of_an_hour_is_one_like_any_other() {
    let house = House::open();
    let (mut client, welcome) = house.guest(json!({"rooms": ["kitchen"]}));
    house.note("kitchen", "one");
    let seen = hears(&mut client, "one");
    client.vanish();
    house.said("kitchen", "two");
    house.sql("UPDATE recovery SET at = at - 3600000; UPDATE event_log SET at = at - 3600000");
    let (mut client, recovered) = back(house.address(), &welcome["pid"], Some(seen));
    assert!(recovered);
    hears(&mut client, "two");
}

#[test]
fn who_saw_nothing_yet_goes_on_where_the_stream_began() {
    let house = House::open();
    house.said("kitchen", "before");
    let (client, welcome) = house.guest(json!({"rooms": ["kitchen"]}));
    client.vanish();
    house.note("kitchen", "one");
    let (mut client, recovered) = back(house.address(), &welcome["pid"], None);
    assert!(recovered);
    hears(&mut client, "one");
}

#[test]
fn a_join_reaches_no_further_back_than_itself() {
    let house = House::open();
    let (mut client, welcome) = house.guest(json!({"rooms": ["kitchen"]}));
    house.said("bar", "before the join");
    joined(&mut client, "bar");
    client.vanish();
    house.note("bar", "after");
    let (mut client, recovered) = back(house.address(), &welcome["pid"], None);
    assert!(recovered);
    hears(&mut client, "after");
}

#[test]
fn an_offset_of_another_stream_counts_as_none() {
    let house = House::open();
    house.said("kitchen", "old");
    let (mut client, first) = house.guest(json!({"rooms": ["kitchen"]}));
    house.note("kitchen", "one");
    let old = hears(&mut client, "one");
    client.vanish();
    house.said("kitchen", "two");
    // not recovered: a new stream, and the stock client keeps the old offset
    house.sql("DELETE FROM recovery");
    let mut client = house.client();
    let auth = json!({"pid": first["pid"], "offset": old.to_string(), "rooms": ["kitchen"]});
    let second = client.connect("/", auth).expect("let in");
    assert_ne!(second["pid"], first["pid"]);
    is_told_to_read_again(&mut client);
    client.vanish();
    house.note("kitchen", "three");
    let (mut client, recovered) = back(house.address(), &second["pid"], Some(old));
    assert!(recovered);
    hears(&mut client, "three");
    let strange = json!({"pid": second["pid"], "offset": "not a number"});
    drop(client);
    let mut client = house.client();
    let third = client.connect("/", strange).expect("let in");
    assert_eq!(third["pid"], second["pid"]);
    hears(&mut client, "three");
}

#[test]
fn an_id_is_its_subjects() {
    let house = House::open();
    let (client, welcome) =
        house.guest(json!({"token": token("1", json!({})), "rooms": ["kitchen"]}));
    client.vanish();
    for other in [json!({"token": token("2", json!({}))}), json!({})] {
        let (mut client, recovered) = back_as(house.address(), &welcome["pid"], None, other);
        assert!(!recovered);
        is_told_to_read_again(&mut client);
        assert_eq!(client.ask("/", "rooms", &[]), [json!([])]);
    }
    let own = json!({"token": token("1", json!({}))});
    let (mut client, recovered) = back_as(house.address(), &welcome["pid"], None, own);
    assert!(recovered);
    assert_eq!(client.ask("/", "rooms", &[]), [json!(["kitchen"])]);
}

#[test]
fn what_is_not_kept_any_more_is_said_and_rooms_come_back_all_the_same() {
    let house = House::open();
    let (mut client, welcome) = house.guest(json!({"rooms": ["kitchen"]}));
    house.note("kitchen", "one");
    let seen = hears(&mut client, "one");
    client.vanish();
    house.said("kitchen", "two");
    let (mut watch, _) = house.guest(json!({"rooms": ["kitchen"]}));
    house.note("kitchen", "three");
    let head = hears(&mut watch, "three");
    house.sql(&format!(
        "DELETE FROM event_log WHERE seq < {head}; UPDATE event_floor SET seq = {}",
        head - 1
    ));
    let (mut client, recovered) = back(house.address(), &welcome["pid"], Some(seen));
    assert!(!recovered);
    is_told_to_read_again(&mut client);
    assert_eq!(client.ask("/", "rooms", &[]), [json!(["kitchen"])]);
    house.note("kitchen", "four");
    hears(&mut client, "four");
    let (_, recovered) = back(house.address(), &json!("made up"), Some(head));
    assert!(!recovered);
}

#[test]
fn of_too_many_clients_those_who_were_here_last_are_recovered() {
    let house = House::open();
    let (older, first) = house.guest(json!({"rooms": ["kitchen"]}));
    house.sql("UPDATE recovery SET at = at - 2000");
    house.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500000) INSERT INTO recovery(pid, place, baseline, groups, holder, at) \
         SELECT i, 'rooms /', 0, '[]', i, (SELECT min(at) FROM recovery) + 1 FROM n",
    );
    let (newer, second) = house.guest(json!({"rooms": ["kitchen"]}));
    house.becomes("SELECT count(*) <= 500000 FROM recovery");
    older.vanish();
    newer.vanish();
    house.note("kitchen", "one");
    let (mut client, recovered) = back(house.address(), &first["pid"], None);
    assert!(!recovered);
    is_told_to_read_again(&mut client);
    let (mut client, recovered) = back(house.address(), &second["pid"], None);
    assert!(recovered);
    hears(&mut client, "one");
}

/// Too old, or of too many: it goes on as if nothing had happened, also afterwards.
#[test]
fn a_client_that_was_forgotten_while_it_was_here_is_known_again_when_it_joins() {
    let house = House::open();
    let (mut client, welcome) = house.guest(json!({"rooms": ["kitchen"]}));
    house.note("kitchen", "one");
    let seen = hears(&mut client, "one");
    house.sql("DELETE FROM recovery");
    joined(&mut client, "bar");
    client.vanish();
    house.note("kitchen", "two");
    house.note("bar", "three");
    let (mut client, recovered) = back(house.address(), &welcome["pid"], Some(seen));
    assert!(recovered);
    hears(&mut client, "two");
    hears(&mut client, "three");
}

#[test]
fn the_newer_of_two_connections_with_one_id_stays() {
    let house = House::open();
    let (mut older, welcome) = house.guest(json!({"rooms": ["kitchen"]}));
    let (mut newer, recovered) = back(house.address(), &welcome["pid"], None);
    assert!(recovered);
    older.is_disconnected("/");
    house.note("kitchen", "one");
    hears(&mut newer, "one");
    joined(&mut newer, "bar");
}

#[test]
fn a_room_that_one_may_not_hear_any_more_is_named() {
    let house = House::open();
    let (mut client, welcome) = house.guest(json!({"rooms": ["kitchen"]}));
    joined(&mut client, "bar");
    client.vanish();
    house.sql("UPDATE recovery SET groups = replace(groups, 'bar', '#bar')");
    let (mut client, recovered) = back(house.address(), &welcome["pid"], None);
    assert!(recovered);
    let told = client.next("/");
    assert_eq!(told.name, "resync");
    assert_eq!(told.data(), &json!({"reset": false, "lost": ["#bar"]}));
}

#[test]
fn a_state_is_told_again_to_who_did_not_see_it() {
    let house = House::open();
    let mut client = house.client();
    let welcome = client
        .connect("/reading", json!({"room": "kitchen"}))
        .expect("let in");
    let seen = client.next("/reading").offset.expect("a number");
    client.vanish();
    house.note("kitchen", "one");
    let mut auth = json!({"room": "kitchen", "pid": welcome["pid"]});
    let mut client = house.client();
    let again = client.connect("/reading", auth.clone()).expect("let in");
    assert_ne!(again["pid"], welcome["pid"], "it never saw the state");
    assert_eq!(client.next("/reading").name, "resync");
    assert_eq!(client.next("/reading").data(), &json!(["one"]));
    let second = house.client();
    drop(second);
    client.vanish();
    house.note("kitchen", "two");
    auth["pid"] = again["pid"].clone();
    auth["offset"] = json!(seen.to_string());
    let mut client = house.client();
    let third = client.connect("/reading", auth).expect("let in");
    assert_ne!(
        third["pid"], again["pid"],
        "the offset is older than the stream"
    );
}

#[test]
fn offsets_are_the_last_argument_of_what_is_durable_and_of_nothing_else() {
    let house = House::open();
    let (mut client, _) = house.guest(json!({"rooms": ["kitchen"]}));
    client.emit("/", "chatter", &[json!("12"), json!(["12"])]);
    // the stock client would take a text at the end for its offset
    assert_eq!(client.raw(), br#"42["chatter","12",null]"#);
    assert_eq!(client.raw(), br#"42["chatter",["12"]]"#);
    client.say(r#"420["askMe","12"]"#);
    assert_eq!(client.raw(), br#"420["question","12"]"#);
}

#[test]
fn a_server_that_stops_in_order_is_come_back_to() {
    let mut house = House::open();
    let (mut client, welcome) = house.guest(json!({"rooms": ["kitchen"]}));
    house.stop();
    assert_eq!(client.closed(), Some(1012), "the transport only");
    house.note("kitchen", "meanwhile");
    house.serve();
    let (mut client, recovered) = back(house.address(), &welcome["pid"], None);
    assert!(recovered);
    hears(&mut client, "meanwhile");
}

/// The server as a process of its own, so that it can be killed.
struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    fn start(database: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args([
                "--ignored",
                "--exact",
                "--nocapture",
                "tests::absence::serves_until_it_is_killed",
            ])
            .env("ROOMS_DATABASE", database)
            .stdout(Stdio::piped())
            .spawn()
            .expect("a server");
        let out = BufReader::new(child.stdout.take().expect("its output"));
        let mut lines = out.lines().map_while(Result::ok);
        let address = lines.find_map(|line| line.split_once("serving ")?.1.parse().ok());
        // what it says later must not fill the pipe
        std::thread::spawn(move || lines.for_each(drop));
        Process {
            child,
            address: address.expect("an address"),
        }
    }

    fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[ignore = "a part of other tests: it never ends"]
fn serves_until_it_is_killed() {
    let database = std::env::var("ROOMS_DATABASE").expect("where");
    let server = super::super::server(&database, &routes("", ""), None).expect("a configuration");
    let started = server.shards(2).start().expect("a server");
    println!("serving {}", started.addresses()[0].1);
    loop {
        std::thread::park();
    }
}

#[test]
fn a_server_that_was_killed_is_come_back_to() {
    let place = tempfile::tempdir().expect("a directory");
    let database = place.path().join("rooms.db");
    let database = database.to_str().expect("text");
    let mut process = Process::start(database);
    let mut client = SocketIo::open(process.address);
    let welcome = client.connect("/", Value::Null).expect("let in");
    joined(&mut client, "kitchen");
    client.emit("/", "say", &[json!({"room": "kitchen", "text": "one"})]);
    let seen = hears(&mut client, "one");
    joined(&mut client, "bar");
    process.kill();
    let c = rusqlite::Connection::open(database).expect("open");
    c.execute_batch("INSERT INTO note(room, text) VALUES('bar', 'two'), ('kitchen', 'three')")
        .expect("insert");
    drop(c);
    let process = Process::start(database);
    let (mut client, recovered) = back(process.address, &welcome["pid"], Some(seen));
    assert!(recovered);
    hears(&mut client, "two");
    hears(&mut client, "three");
    assert_eq!(client.ask("/", "rooms", &[]), [json!(["kitchen", "bar"])]);
}

/// Whatever moment the server is killed in: what a client was told of a join holds, and of a join that it was told nothing of it hears all or nothing.
#[test]
fn a_join_that_was_answered_holds_whenever_the_server_is_killed() {
    let place = tempfile::tempdir().expect("a directory");
    let database = place.path().join("rooms.db");
    let database = database.to_str().expect("text");
    let mut pid = Value::Null;
    let mut answered: Vec<String> = Vec::new();
    for round in 0..4 {
        let mut process = Process::start(database);
        let mut client = SocketIo::open(process.address);
        let welcome = client.connect("/", json!({"pid": pid})).expect("let in");
        if round > 0 {
            assert_eq!(welcome["pid"], pid, "round {round}");
            let rooms = client.ask("/", "rooms", &[]);
            let rooms: Vec<String> = serde_json::from_value(rooms[0].clone()).expect("rooms");
            for room in &answered {
                assert!(rooms.contains(room), "round {round}: {room} of {rooms:?}");
            }
        }
        pid = welcome["pid"].clone();
        // several at once, and killed in the middle of them
        for n in 0..20 {
            client.say(&format!(r#"42{n}["join","{round}-{n}"]"#));
        }
        for n in 0..=round * 4 {
            client.acked("/", n);
            answered.push(format!("{round}-{n}"));
        }
        process.kill();
    }
}
