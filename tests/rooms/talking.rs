//! Commands, answers, refusals.

use super::*;
use tungstenite::Bytes;

#[test]
fn who_is_in_a_room_hears_its_notes() {
    let house = House::open();
    let (mut a, _) = house.guest(json!({"rooms": ["kitchen"]}));
    let (mut b, _) = house.guest(Value::Null);
    assert_eq!(b.ask("/", "join", &[json!("kitchen")]), [json!(0)]);
    assert_eq!(b.next("/").name, "joined");
    assert_eq!(b.ask("/", "join", &[json!("bar")]), [json!(0)]);
    assert_eq!(b.next("/").name, "joined");
    b.emit("/", "say", &[json!({"room": "kitchen", "text": "one"})]);
    let first = hears(&mut a, "one");
    assert_eq!(hears(&mut b, "one"), first);
    house.note("kitchen", "two");
    assert!(hears(&mut a, "two") > first);
    hears(&mut b, "two");
    assert!(b.ask("/", "leave", &[json!("kitchen")]).is_empty());
    house.note("kitchen", "three");
    hears(&mut a, "three");
    house.note("bar", "four");
    hears(&mut b, "four");
    assert_eq!(b.ask("/", "rooms", &[]), [json!(["bar"])]);
}

#[test]
fn events_have_any_arguments() {
    let house = House::open();
    let (mut client, _) = house.guest(Value::Null);
    let sent = [json!(1), json!("two"), json!({"three": null}), json!([4])];
    assert_eq!(client.ask("/", "chatter", &sent), [json!(4)]);
    for one in &sent {
        assert_eq!(client.next("/").data(), one, "told before the answer");
    }
    let refused = client.ask("/", "chater", &[]);
    assert_eq!(refused[0]["code"], "UNKNOWN_ACTION");
    let refused = client.ask("/", "join", &[json!(5)]);
    assert_eq!(refused[0]["code"], "INVALID_FRAME");
    client.emit("/", "join", &[json!("!secret")]);
    let told = client.next("/");
    let expected = json!({"error": "!secret is private", "code": "PRIVATE"});
    assert_eq!((&*told.name, told.data()), ("error", &expected));
    client.say(r#"451-["photo",{"_placeholder":true,"num":0}]"#);
    client.say_binary(b"\x00\xff");
    let told = client.next("/");
    assert_eq!(told.attachments, [Bytes::from_static(b"\x00\xff")]);
}

#[test]
fn an_event_whose_name_is_no_string_is_answered() {
    let house = House::open();
    let (mut client, _) = house.guest(Value::Null);
    let long = format!("[\"{}\"]", "a".repeat(257));
    for event in ["[7,1]", "[null]", "[{\"a\":1}]", "[[]]", &long] {
        client.say(&format!("42{event}"));
        let told = client.next("/");
        assert_eq!(
            (&*told.name, &told.data()["code"]),
            ("error", &json!("INVALID_FRAME"))
        );
        client.say(&format!("425{event}"));
        assert_eq!(client.acked("/", 5)[0]["code"], "INVALID_FRAME");
    }
    client.say(r#"451-[7,{"_placeholder":true,"num":0}]"#);
    client.say_binary(b"\x00\xff");
    assert_eq!(client.next("/").data()["code"], "INVALID_FRAME");
    assert_eq!(client.ask("/", "chatter", &[json!(1)]), [json!(1)]);
}

/// JavaScript says `Infinity` to it, and serde_json nothing at all.
#[test]
fn a_number_that_nothing_holds_is_a_mistake_and_no_more() {
    let house = House::open();
    let (mut client, _) = house.guest(Value::Null);
    client.say(r#"420["chatter",222222222.2e22222]"#);
    assert_eq!(client.acked("/", 0)[0]["code"], "INVALID_ARGUMENT");
    assert_eq!(client.ask("/", "chatter", &[json!(1)]), [json!(1)]);
}

#[test]
fn the_server_asks_and_the_client_answers() {
    let house = House::open();
    let (mut client, _) = house.guest(Value::Null);
    client.say(r#"427["askMe","how are you?"]"#);
    let question = client.next("/");
    assert_eq!(
        (&*question.name, question.data()),
        ("question", &json!("how are you?"))
    );
    client.answer("/", 4711, &[json!("an answer to nothing")]);
    client.answer("/", question.id.expect("it is asked"), &[json!("fine")]);
    let acked = client.acked("/", 7);
    assert_eq!(acked, [json!("fine")]);
    // who goes without an answer holds nobody up
    client.emit("/", "askMe", &[json!("and now?")]);
    client.next("/");
    drop(client);
    let (mut other, _) = house.guest(Value::Null);
    assert_eq!(other.ask("/", "rooms", &[]), [json!([])]);
}

#[test]
fn refusals_say_why() {
    let house = House::open();
    let mut client = house.client();
    let refused = client.connect("/staff", Value::Null).expect_err("no token");
    assert_eq!(refused["data"]["code"], "TOKEN_MISSING");
    let refused = client.connect("/staff", json!({"token": "a.b.c"}));
    assert_eq!(
        refused.expect_err("forged")["data"]["code"],
        "TOKEN_INVALID"
    );
    let refused = client
        .connect("/", json!({"rooms": ["#x"]}))
        .expect_err("private");
    assert_eq!(
        refused,
        json!({"message": "#x is private", "data": {"error": "#x is private", "code": "PRIVATE"}})
    );
    let refused = client
        .connect("/", json!({"rooms": 7}))
        .expect_err("no list");
    assert_eq!(refused["data"]["code"], "INVALID_PARAMETER");
    // refused by what the snapshot finds, before anything was told
    house.note("cellar", "closed");
    let refused = client.connect("/reading", json!({"room": "cellar"}));
    assert_eq!(refused.expect_err("closed")["data"]["code"], "CLOSED");
    let let_in = client.connect(
        "/staff",
        json!({"token": format!("Bearer {}", token("1", json!({})))}),
    );
    let_in.expect("a token with its scheme");

    let bearer = format!("Bearer {}", token("1", json!({})));
    let mut client = SocketIo::dial(
        house.address(),
        "/socket.io/",
        &[("authorization", &bearer)],
    );
    client
        .connect("/staff", Value::Null)
        .expect("the handshake's token");
    let query = format!("/socket.io/?token={}", token("1", json!({})));
    let mut client = SocketIo::dial(house.address(), &query, &[]);
    client
        .connect("/staff", Value::Null)
        .expect("the query's token");
}

#[test]
fn who_is_shown_out_hears_why() {
    let house = House::open();
    let (mut client, _) = house.guest(json!({"token": token("9", json!({"banned": true}))}));
    assert_eq!(client.next("/").data(), "you are not welcome");
    client.is_disconnected("/");
    // the connection is still there for others
    client
        .connect("/staff", json!({"token": token("1", json!({}))}))
        .expect("let in");
    client.emit("/staff", "bye", &[]);
    client.is_disconnected("/staff");
}

#[test]
fn a_state_comes_before_what_is_new() {
    let house = House::open();
    house.note("kitchen", "one");
    let mut client = house.client();
    client
        .connect("/reading", json!({"room": "kitchen"}))
        .expect("let in");
    let state = client.next("/reading");
    assert_eq!((&*state.name, state.data()), ("notes", &json!(["one"])));
    let at = state.offset.expect("a state has a number");
    house.note("kitchen", "two");
    let told = client.next("/reading");
    assert_eq!(told.data()["text"], "two");
    assert!(told.offset > Some(at));
}

#[test]
fn an_action_that_comes_too_often_is_refused() {
    let house = House::open();
    let (mut client, _) = house.guest(Value::Null);
    for _ in 0..4 {
        client.emit("/", "bye", &[]);
    }
    client.is_disconnected("/");
}

#[test]
fn what_is_said_again_with_its_id_is_said_once() {
    let house = House::open();
    let auth = json!({"token": token("9", json!({}))});
    let (mut client, _) = house.guest(auth.clone());
    let note = json!({"room": "kitchen", "text": "hello", "id": "n-1"});
    assert_eq!(
        client.ask("/", "say", std::slice::from_ref(&note)),
        Vec::<Value>::new()
    );
    let (mut again, _) = house.guest(auth);
    assert_eq!(again.ask("/", "say", &[note]), Vec::<Value>::new());
    let other = json!({"room": "kitchen", "text": "bye", "id": "n-1"});
    let refused = again.ask("/", "say", &[other]);
    assert_eq!(refused[0]["code"], "IDEMPOTENCY_CONFLICT");
    house.becomes("SELECT count(*) = 1 FROM note");
}

/// The release before named it by its JSON alone.
#[test]
fn what_is_said_again_across_an_upgrade_is_said_once() {
    use sha2::{Digest, Sha256};
    let house = House::open();
    let digest = Sha256::digest(br#"["kitchen","hello"]"#);
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    house.sql(&format!(
        "INSERT INTO command_outcome(scope, key, fingerprint, refused, outcome, at)
         VALUES ('9', 'n-1', x'{digest}', 0, '1', unixepoch() * 1000)"
    ));
    let (mut client, _) = house.guest(json!({"token": token("9", json!({}))}));
    let note = json!({"room": "kitchen", "text": "hello", "id": "n-1"});
    assert_eq!(client.ask("/", "say", &[note]), Vec::<Value>::new());
    house.becomes("SELECT count(*) = 0 FROM note");
}
