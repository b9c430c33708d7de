//! The contract: complete, and true. That every frame is as it says is checked wherever a test hears one (`support/contract.rs`).

mod generated;

use crate::dialogues::{FOLDERS, LISTENERS};
use crate::support::socket_io::SocketIo;
use crate::support::{Server, contract, token};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Everything that the contract promises is shown in a dialogue: no message is promised that nobody says.
#[test]
fn every_message_of_the_contract_is_said_in_a_transcript() {
    let mut said = BTreeSet::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/transcripts");
    for entry in std::fs::read_dir(folder).expect("the folder").flatten() {
        // what several say is in a folder of its own
        let Ok(text) = std::fs::read_to_string(entry.path()) else {
            continue;
        };
        let mut consumer = None;
        for line in text.lines() {
            if let Some((_, url)) = line.split_once("wscat -c ws://localhost:") {
                let path = url.find('/').map_or("", |at| &url[at..]);
                let path = path.split(' ').next().unwrap_or_default();
                consumer = contract::consumer(path);
            }
            if let (Some(frame), Some(consumer)) = (line.strip_prefix("< "), &consumer) {
                let name = frame.split(r#""type":""#).nth(1);
                let name = name.and_then(|rest| rest.split('"').next());
                said.extend(name.map(|name| (consumer.clone(), name.to_owned())));
            }
        }
    }
    for folder in FOLDERS {
        let folder = folder_of_several(folder);
        for entry in std::fs::read_dir(folder).expect("the folder").flatten() {
            let text = std::fs::read_to_string(entry.path()).expect("text");
            said.extend(told_to_several(&text));
        }
    }
    let promised: BTreeSet<_> = restaurant::contract()
        .channels
        .iter()
        .flat_map(|c| {
            c.says
                .iter()
                .map(|f| (c.consumer.to_owned(), f.name.clone()))
        })
        .collect();
    let missing: Vec<_> = promised.difference(&said).collect();
    assert!(missing.is_empty(), "in no transcript: {missing:#?}");
}

fn folder_of_several(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/transcripts")
        .join(name)
}

/// Who of them heard what: `$ chris = io("http://localhost:3000/orders")`, `chris < order-created {...}`.
fn told_to_several(text: &str) -> BTreeSet<(String, String)> {
    let mut players = BTreeMap::new();
    let mut said = BTreeSet::new();
    for line in text.lines() {
        if let Some((name, url)) = line.split_once(" = io(\"http://localhost:") {
            let url = url.split('"').next().unwrap_or_default();
            let (port, namespace) = url.split_once('/').unwrap_or((url, ""));
            let listener = LISTENERS
                .iter()
                .find(|(known, _)| known.to_string() == port);
            let listener = listener.expect("a documented port").1;
            let consumer = contract::namespace(listener, &format!("/{namespace}"));
            players.insert(
                name.trim_start_matches("$ "),
                consumer.expect("a namespace"),
            );
        } else if let Some((who, event)) = line.split_once(" < ")
            && let Some(consumer) = players.get(who)
        {
            let name = event.split(' ').next().unwrap_or_default();
            said.insert((consumer.clone(), contract::event_name(name)));
        }
    }
    said
}

#[test]
fn the_asyncapi_document_refers_to_what_it_has() {
    let document = restaurant::contract().asyncapi(&contract::routing());
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(references.len() > 100, "{}", references.len());
    for reference in references {
        let pointer = reference.strip_prefix('#').expect("within the document");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    let order = &document["channels"]["dining_ws_orders_order_id"];
    assert_eq!(order["address"], "/ws/orders/{order_id}/");
    assert_eq!(document["servers"]["dining"]["host"], "localhost:9000");
}

/// What generators of code need: a name for every payload, and what comes back.
#[test]
fn every_payload_has_a_title_and_every_command_a_reply() {
    let all = restaurant::contract();
    let document = all.asyncapi(&contract::routing());
    let mut titles = BTreeMap::new();
    let channels = document["channels"].as_object().expect("channels");
    for (key, channel) in channels {
        for (name, message) in channel["messages"].as_object().expect("messages") {
            if message.get("$ref").is_none() {
                let title = message["payload"]["title"].as_str().expect("a title");
                assert_eq!(message["title"], title);
                // of a consumer on several listeners they are the same
                let known = titles.insert(title.to_owned(), message["payload"].clone());
                assert!(
                    known.is_none_or(|known| known == message["payload"]),
                    "{key} {name}"
                );
            }
        }
    }
    for message in document["components"]["messages"]
        .as_object()
        .expect("messages")
        .values()
    {
        assert!(message["payload"]["title"].is_string(), "{message}");
    }
    let operations = document["operations"].as_object().expect("operations");
    let received = operations.values().filter(|one| one["action"] == "receive");
    let mut count = 0;
    for operation in received {
        let answers = operation["reply"]["messages"].as_array().expect("answers");
        assert_eq!(answers.len(), 2, "it was done, or it was not: {operation}");
        count += 1;
    }
    assert!(count > 30, "{count}");
    let types = all.typescript();
    let raw = types.split("\nexport type ").filter(|one| {
        one.split(' ')
            .next()
            .is_some_and(|name| name.ends_with("Says"))
    });
    for says in raw {
        assert!(says.trim_end().contains("\n  | Notice;"), "{says}");
    }
}

fn collect<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|member| collect(member, found));
        }
        Value::Array(all) => all.iter().for_each(|one| collect(one, found)),
        _ => {}
    }
}

/// What a screen in the kitchen says and hears is in both documents, and an event that is not as promised is found.
#[test]
fn the_kitchen_is_in_the_contract() {
    let all = restaurant::contract();
    let document = all.asyncapi(&contract::routing());
    let channel = &document["channels"]["kitchen_socket_io"];
    let messages = channel["messages"].as_object().expect("messages");
    for name in [
        "order_created",
        "orders_batch_update",
        "table_complete",
        "authenticate",
        "notice_event_resync",
    ] {
        assert!(messages.contains_key(name), "{name}: {messages:#?}");
    }
    let types = all.typescript();
    for line in [
        "\"order:created\": (argument1: ",
        "\"orders:sync\": (...all: [callback?: (answer: KitchenAnswers[\"orders:sync\"]) => void] | [argument1: ",
        "\"order:update_status\": (argument1: ",
        "as_of?: number;\n    ok: true;\n    orderId: number;\n    version: number;\n  } | {",
        "state: \"connected\"",
        "type: \"urgent\" | \"warning\" | \"info\"",
        "\"joinRoom\": (...all: [callback?: (answer: WorkshopAnswers[\"joinRoom\"]) => void] | [argument1: ",
        "\"order-taken\": (argument1: {\n    orderId: number;\n  }, offset?: string) => void",
    ] {
        assert!(types.contains(line), "{line} in {types}");
    }
    // One name in several shapes is one member: TypeScript refuses two.
    for interface in types
        .split("\nexport ")
        .filter(|one| one.starts_with("interface"))
    {
        let names = interface
            .lines()
            .filter_map(|line| line.strip_prefix("  \""));
        let names: Vec<&str> = names.filter_map(|line| line.split('"').next()).collect();
        let different: std::collections::HashSet<_> = names.iter().collect();
        assert_eq!(different.len(), names.len(), "{interface}");
    }
    let check = |event: &str, data: &str| {
        let data = [serde_json::from_str(data).expect("JSON")];
        std::panic::catch_unwind(|| contract::check_event("kitchen", event, &data)).is_ok()
    };
    let good = r#"{"state":"connected","attempt":0,"maxAttempts":5,"nextRetry":1000}"#;
    assert!(check("connection:status", good));
    assert!(!check("connection:state", good));
    assert!(!check(
        "connection:status",
        &good.replace(r#""attempt":0,"#, "")
    ));
    assert!(!check(
        "connection:status",
        &good.replace("0,", "0,\"more\":1,")
    ));
}

/// What a client may leave out, and what it may say besides, is what the server accepts: each of these events is sent, and held against its schema.
#[test]
fn what_the_contract_lets_a_client_say_is_what_the_server_accepts() {
    let mut server = Server::start();
    let kitchen = json!({"sub": "20", "role": "kitchen", "restaurant_id": 2});
    let driver = json!({"sub": "901", "role": "driver"});
    let staff = json!({"sub": "35", "role": "staff", "restaurantId": 5});
    let own = "11111111-1111-1111-1111-111111111111";
    let mut wrong = Vec::new();
    let mut unasked = BTreeMap::new();
    for (listener, namespace, claims, events) in [
        (
            "kitchen",
            "/",
            kitchen.clone(),
            json!([
                ["join:restaurant"], ["join:restaurant", null], ["join:restaurant", {}], ["join:restaurant", true],
                ["join:restaurant", {"restaurantId": own}], ["join:restaurant", own], ["join:restaurant", own, "more"],
                ["join:station"], ["join:station", {}], ["join:station", {"station": "bar"}], ["join:station", {"restaurantId": null, "station": "expo"}],
                ["orders:sync"], ["orders:sync", null], ["orders:sync", {}], ["orders:sync", []], ["orders:sync", "all"],
                ["orders:sync", {"statuses": null}], ["orders:sync", {"statuses": ["ready"]}, 1],
                ["order:update_status"], ["order:update_status", null], ["order:update_status", {"orderId": 1}],
                ["order:update_status", {"orderId": "order-1", "status": "preparing", "restaurantId": own}],
                ["table:complete"], ["table:complete", {}], ["table:complete", {"tableNumber": true}], ["table:complete", {"tableNumber": 17}],
                ["ping"], ["ping", null], ["ping", {}],
                ["authenticate"], ["authenticate", {}], ["authenticate", null],
            ]),
        ),
        ("kitchen", "/", kitchen, cooks()),
        (
            "delivery",
            "/orders",
            driver,
            json!([
                ["update-order-status"], ["update-order-status", {"orderId": 6}], ["update-order-status", {"orderId": 6, "status": "delivered", "reason": null}],
                ["accept-order"], ["accept-order", null], ["accept-order", {}], ["accept-order", {"orderId": "order-6"}, {}],
                ["get-available-orders"], ["get-available-orders", {}], ["get-available-orders", null, null],
                ["get-restaurant-orders"], ["get-restaurant-orders", {}],
                ["update-order-status", {"orderId": 6, "status": "delivered", "collected": "1.00", "tip": 2, "undo": false}],
                ["update-order-status", {"orderId": 6, "status": "delivered", "collected": true}],
                ["drop-order"], ["drop-order", {}], ["drop-order", {"orderId": 6}],
                ["get-availability"], ["get-availability", {}], ["get-availability", null],
                ["set-availability"], ["set-availability", {}], ["set-availability", {"available": 1}], ["set-availability", {"available": true}],
                ["ping"], ["ping", 1],
                ["authenticate"], ["authenticate", 7],
            ]),
        ),
        (
            "delivery",
            "/",
            staff,
            json!([
                ["joinRoom"],
                ["joinRoom", "orders"],
                ["leaveRoom"],
                ["leaveRoom", {}, {}],
                ["authenticate", []]
            ]),
        ),
    ] {
        let consumer = contract::namespace(listener, namespace).expect("a namespace");
        let mut io = SocketIo::open(server.listening(listener));
        let token = token::signed(&with_expiry(claims));
        io.connect(namespace, json!({"token": token}))
            .expect("let in");
        let unasked = unasked
            .entry(consumer.clone())
            .or_insert_with(|| contract::names(&consumer));
        for event in events.as_array().expect("events") {
            let (name, arguments) = event.as_array().and_then(|e| e.split_first()).expect("one");
            let name = name.as_str().expect("a name");
            unasked.remove(name);
            let answer = io.ask(namespace, name, arguments);
            let text = Value::from(answer).to_string();
            // of what is no command there is nothing more to say than that
            let accepted = !["INVALID_FRAME", "UNKNOWN_ACTION", "INVALID_PAYLOAD"]
                .iter()
                .any(|code| text.contains(code));
            if contract::accepts(&consumer, name, event) != accepted {
                wrong.push(format!("{event} is answered {text}"));
            }
        }
    }
    unasked.retain(|_, names| !names.is_empty());
    assert!(unasked.is_empty(), "nobody said {unasked:?}");
    assert!(wrong.is_empty(), "not as in the contract: {wrong:#?}");
}

/// What cooks do with tickets, and what is none of that.
fn cooks() -> Value {
    json!([
        ["join:restaurant", "11111111-1111-1111-1111-111111111111"],
        ["order:bump"], ["order:bump", {}], ["order:bump", {"orderId": 1}], ["order:bump", {"orderId": "order-1", "station": "bar", "itemIds": [1, "2"], "version": 1}],
        ["order:bump", {"orderId": 1, "itemIds": 1}], ["order:bump", {"orderId": 1, "version": "1"}],
        ["order:recall", {"orderId": 1}], ["order:recall", {"station": "bar"}],
        ["order:confirm", {"orderId": 1, "what": "allergy"}], ["order:confirm", {"orderId": 1, "what": "weather"}], ["order:confirm", {"orderId": 1}],
        ["order:prioritize", {"orderId": 1, "priority": 2}], ["order:prioritize", {"orderId": 1}],
        ["order:call", {"orderId": 1}], ["order:call", {}], ["order:call"],
        ["item:bump", {"orderId": 1, "itemId": 3, "status": "preparing"}], ["item:bump", {"orderId": 1, "itemId": 3, "status": "burnt"}], ["item:bump", {"itemId": 3}],
        ["item:recall", {"orderId": 1, "itemId": 3}], ["item:recall", {"orderId": 1}],
        ["item:confirm", {"orderId": 1, "itemId": 3, "what": "void"}], ["item:confirm", {"orderId": 1, "itemId": 3}],
        ["orders:seen", {"orderIds": [1, "order-2"]}], ["orders:seen", {"orderIds": 1}], ["orders:seen", {}],
        ["orders:recent"], ["orders:recent", null], ["orders:recent", {"minutes": 10}], ["orders:recent", {"minutes": "10"}],
        ["menu:availability", {"menuItemId": 1, "available": true}], ["menu:availability", {"menuItemId": 1}],
    ])
}

/// And an hour to live.
fn with_expiry(mut claims: Value) -> Value {
    let now = std::time::UNIX_EPOCH.elapsed().expect("after 1970");
    claims["exp"] = json!(now.as_secs() + 3600);
    claims
}

/// A frame with a member more, a member less, or of a type that the channel does not say is none of the contract's.
#[test]
fn what_is_not_in_the_contract_is_found() {
    let check =
        |frame: &str| std::panic::catch_unwind(|| contract::check("/ws/changes/", frame)).is_ok();
    let good = r#"{"type":"change","seq":1,"entity":"order","id":1,"restaurant_id":2,"op":"update","changed":[]}"#;
    assert!(check(good));
    assert!(!check(&good.replace(r#""id":1"#, r#""id":"1""#)));
    assert!(!check(&good.replace(r#""id":1,"#, "")));
    assert!(!check(&good.replace(r#""id":1"#, r#""id":1,"more":1"#)));
    assert!(!check(&good.replace("change\",", "changed\",")));
}
