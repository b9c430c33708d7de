//! Frames that nobody thought of: whatever the contract lets a client say is answered or refused in its vocabulary, and never with our failure.

use crate::support::client::{Client, Heard, parse};
use crate::support::generator::Generator;
use crate::support::socket_io::SocketIo;
use crate::support::{PATIENCE, Server, token};
use jsonschema::Validator;
use restaurant::contract::{Channel, Contract, Dialect};
use serde_json::{Value, json};
use std::collections::HashMap;

/// Of each thing that can be said.
const FRAMES: usize = 40;

/// The frames of a channel, in a random order.
fn frames(contract: &Contract, channel: &Channel, seed: u64) -> Vec<Value> {
    let document = contract.alone(&channel.hears[0].schema);
    let mut generator = Generator::new(&document, seed);
    let mut all = Vec::new();
    for _ in 0..FRAMES {
        // the tests' own marker
        for frame in channel.hears.iter().filter(|frame| frame.name != "ping") {
            let schema = frame.schema.clone().to_value();
            all.push(generator.value(&schema));
        }
    }
    all
}

/// What whoever asks is promised, by the name of what they say: that it was done, and with Socket.IO that it was not.
fn answers(contract: &Contract, channel: &Channel) -> HashMap<String, Vec<Validator>> {
    let heard = channel.hears.iter().map(|frame| {
        let all = frame.answer.iter().chain(&channel.refused);
        let all = all.map(|schema| jsonschema::validator_for(&contract.alone(schema)));
        let all: Result<Vec<_>, _> = all.collect();
        (frame.name.clone(), all.expect("schemas"))
    });
    heard.collect()
}

fn fits(promised: &[Validator], told: &Value) -> bool {
    promised.iter().any(|one| one.is_valid(told))
}

/// Says it and hears on until the answer to a ping; `None`: it was closed.
fn told(client: &mut Client, frame: &Value) -> Option<Vec<Value>> {
    client.try_send(&frame.to_string()).ok()?;
    client.try_send(r#"{"action":"ping"}"#).ok()?;
    let mut all = Vec::new();
    loop {
        match client.listen(PATIENCE) {
            Heard::Text(text) => {
                let said = parse(&text);
                if said["type"] == "pong" {
                    return Some(all);
                }
                all.push(said);
            }
            // too many refusals, or the token that it sent was none
            Heard::Closed(code) => {
                assert_ne!(code, Some(1011), "{frame} is our failure");
                return None;
            }
            Heard::Silence => panic!("{frame} is not answered"),
        }
    }
}

#[test]
fn no_frame_that_the_contract_allows_is_our_failure() {
    let server = Server::start();
    let contract = restaurant::contract();
    let token = server.token("manager");
    let mut done = 0;
    for (consumer, path) in [
        ("dining.order", "/ws/orders/1/"),
        ("dining.order_items", "/ws/orders/1/items/"),
        ("dining.table", "/ws/tables/7/"),
        ("dining.session", "/ws/tables/sessions/1/"),
        ("dining.waiter", "/ws/waiters/10/"),
        ("dining.notifications", "/ws/restaurants/2/notifications/"),
        ("dining.restaurant", "/ws/restaurants/2/"),
        ("changes", "/ws/changes/"),
    ] {
        let channel = contract.channel(consumer).expect("a channel");
        assert_eq!(channel.dialect, Dialect::Raw);
        let answers = answers(&contract, channel);
        let open = || Client::open_as(&server, path, &token);
        let mut client = open();
        for frame in frames(&contract, channel, 5) {
            let Some(all) = told(&mut client, &frame) else {
                client = open();
                continue;
            };
            let ours = all.iter().find(|told| told["code"] == "INTERNAL");
            assert!(ours.is_none(), "{path}: {frame} is answered {ours:?}");
            for ack in all.into_iter().filter(|told| told["type"] == "ack") {
                let mut data = ack["data"].clone();
                let members = data.as_object_mut().expect("members");
                assert!(
                    members.remove("id").is_some() && members.remove("ok").is_some(),
                    "{ack}"
                );
                let name = frame["action"].as_str().expect("a name");
                let promised = &answers[name];
                assert!(
                    promised.is_empty() || fits(promised, &data),
                    "{frame} is answered {ack}"
                );
                done += 1;
            }
        }
    }
    assert!(done > 50, "only {done} were done");
    let log = server.log();
    let ours = log
        .lines()
        .find(|line| line.contains("a handler failed") || line.contains("only the schema refused"));
    assert!(ours.is_none(), "{ours:?}");
}

#[test]
fn no_event_that_the_contract_allows_is_our_failure() {
    let mut server = Server::start();
    let contract = restaurant::contract();
    let now = std::time::UNIX_EPOCH.elapsed().expect("after 1970");
    for (listener, namespace, consumer, claims) in [
        (
            "kitchen",
            "/",
            "kitchen",
            json!({"sub": "20", "role": "kitchen", "restaurant_id": 2}),
        ),
        (
            "delivery",
            "/orders",
            "delivery.orders",
            json!({"sub": "901", "role": "driver"}),
        ),
        (
            "delivery",
            "/orders",
            "delivery.orders",
            json!({"sub": "owner", "role": "restaurant", "restaurantId": 789}),
        ),
        (
            "delivery",
            "/",
            "workshop",
            json!({"sub": "35", "role": "staff", "restaurantId": 5}),
        ),
    ] {
        let mut claims = claims;
        claims["exp"] = json!(now.as_secs() + 3600);
        let token = token::signed(&claims);
        let channel = contract.channel(consumer).expect("a channel");
        let answers = answers(&contract, channel);
        let address = server.listening(listener);
        let mut io = SocketIo::open(address);
        io.connect(namespace, json!({"token": token}))
            .expect("let in");
        // ten of each a second are what the kitchen's document allows
        for event in frames(&contract, channel, 6).into_iter().take(50) {
            let (name, arguments) = event
                .as_array()
                .and_then(|e| e.split_first())
                .expect("a name");
            let name = name.as_str().expect("a name");
            if name == "authenticate" {
                continue;
            }
            let answer = io.ask(namespace, name, arguments);
            let promised = &answers[name];
            let told = match &answer[..] {
                [] => promised.len() == 1,
                [only] => fits(promised, only),
                _ => false,
            };
            assert!(told, "{event} is answered {answer:?}");
            let answer = Value::from(answer);
            assert!(
                !answer.to_string().contains("\"INTERNAL\""),
                "{event} is answered {answer}"
            );
        }
    }
    let log = server.log();
    let ours = log
        .lines()
        .find(|line| line.contains("a handler failed") || line.contains("only the schema refused"));
    assert!(ours.is_none(), "{ours:?}");
}
