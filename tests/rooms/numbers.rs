//! Whose durable events carry their number as a last argument.

use super::*;

const POLICIES: &str = r#"
[[listener.route.namespace]]
name = "/always"
consumer = "rooms"
offsets = "always"

[[listener.route.namespace]]
name = "/asked"
consumer = "rooms"
offsets = "asked"

[[listener.route.namespace]]
name = "/never"
consumer = "rooms"
offsets = "never"
"#;

/// The first request of python-socketio, also where it is a WebSocket's.
const PYTHON: &str = "/socket.io/?t=1796114167.5607784";

/// Lets a client in, and says whether it is told numbers: by the `pid` that it gets, and by what it hears.
#[track_caller]
fn is_told(house: &House, client: &mut SocketIo, namespace: &str, mut auth: Value) -> bool {
    auth["rooms"] = json!(["kitchen"]);
    let welcome = client.connect(namespace, auth).expect("let in");
    // the stock client would take a text at the end for a number
    client.emit(namespace, "chatter", &[json!("12")]);
    let arguments = client.next(namespace);
    house.note("kitchen", "one");
    let told = client.next(namespace);
    assert_eq!((&*told.name, told.arguments.len()), ("note", 1), "{told:?}");
    let told = told.offset.is_some();
    assert_eq!(welcome["pid"].is_string(), told, "{welcome}");
    // `12` alone looks like one
    assert_eq!(arguments.arguments.last() == Some(&Value::Null), told);
    told
}

#[test]
fn a_client_that_stumbles_over_numbers_is_told_none() {
    let house = House::open();
    let at = house.address();
    let dart = [("User-Agent", "Dart/3.5 (dart:io)")];
    for (path, headers, by_itself) in [
        ("/socket.io/", &[][..], true),
        ("/socket.io/", &[("User-Agent", "Mozilla/5.0")], true),
        ("/socket.io/?t=fzslze4k", &[], true),
        (PYTHON, &[], false),
        ("/socket.io/", &dart, false),
    ] {
        for (offsets, told) in [
            (Value::Null, by_itself),
            (json!("perhaps"), by_itself),
            (json!(true), true),
            (json!(false), false),
        ] {
            let mut client = SocketIo::dial(at, path, headers);
            let auth = json!({"offsets": offsets});
            let is_told = is_told(&house, &mut client, "/", auth);
            assert_eq!(is_told, told, "{path} {headers:?} {offsets}");
        }
    }
}

#[test]
fn a_namespace_says_who_is_told_numbers() {
    let house = House::serving(2, routes("", POLICIES));
    for (namespace, by_itself, asked) in [
        ("/always", true, true),
        ("/asked", false, true),
        ("/never", false, false),
    ] {
        for (auth, told) in [
            (json!({}), by_itself),
            (json!({"offsets": true}), asked),
            (json!({"offsets": false}), false),
        ] {
            let what = format!("{namespace} {auth}");
            let is_told = is_told(&house, &mut house.client(), namespace, auth);
            assert_eq!(is_told, told, "{what}");
        }
        // who comes back with one of these has had numbers
        for auth in [json!({"since": 0}), json!({"pid": "unknown"})] {
            let what = format!("{namespace} {auth}");
            let welcome = house.client().connect(namespace, auth).expect("let in");
            assert_eq!(welcome["pid"].is_string(), asked, "{what}");
        }
        let mut python = SocketIo::dial(house.address(), PYTHON, &[]);
        let told = is_told(&house, &mut python, namespace, json!({}));
        assert_eq!(told, by_itself, "{namespace}");
    }
}

/// `auth.since`: clients that have no recovery of their own continue with the last number that they were told.
#[test]
fn a_client_without_recovery_of_its_own_goes_on_after_since() {
    let house = House::open();
    let enter = |since: Option<u64>| {
        let mut client = SocketIo::dial(house.address(), PYTHON, &[]);
        let mut auth = json!({"rooms": ["kitchen"], "offsets": true});
        if let Some(since) = since {
            auth = json!({"rooms": ["kitchen"], "since": since});
        }
        client.connect("/", auth).expect("let in");
        client
    };
    let mut client = enter(None);
    house.note("kitchen", "one");
    let mut seen = hears(&mut client, "one");
    for (missed, live) in [("two", "three"), ("four", "five")] {
        client.vanish();
        house.note("kitchen", missed);
        client = enter(Some(seen));
        assert!(hears(&mut client, missed) > seen);
        house.note("kitchen", live);
        seen = hears(&mut client, live);
    }
}
