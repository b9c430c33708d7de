//! Holds what the server says against its own contract.

use jsonschema::Validator;
use maitred::Routing;
use restaurant::contract::Frame;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

/// Every frame of a channel, by what its `type` says.
type Words = HashMap<String, Vec<Validator>>;

struct Held {
    routing: Routing,
    notices: Words,
    events: Words,
    channels: HashMap<&'static str, Words>,
    heard: HashMap<&'static str, Words>,
}

static HELD: LazyLock<Held> = LazyLock::new(|| {
    let contract = restaurant::contract();
    let words = |frames: &[Frame]| {
        let mut words = Words::new();
        for frame in frames {
            let schema = contract.alone(&frame.schema);
            let validator = jsonschema::validator_for(&schema).expect("a schema");
            words.entry(frame.name.clone()).or_default().push(validator);
        }
        words
    };
    let channels = contract.channels.iter();
    let heard = channels.clone().map(|c| (c.consumer, words(&c.hears)));
    Held {
        routing: routing(),
        notices: words(&contract.notices),
        events: words(&contract.events),
        heard: heard.collect(),
        channels: channels.map(|c| (c.consumer, words(&c.says))).collect(),
    }
});

/// The program's own routing.
pub fn routing() -> Routing {
    let registry = restaurant::registry();
    let routing = registry.routing("routing.toml", include_str!("../../routing.toml"));
    routing.expect("a routing")
}

/// The consumer that a path leads to.
pub fn consumer(path: &str) -> Option<String> {
    let found = HELD.routing.explain(path).into_iter().next();
    found.map(|explained| explained.consumer)
}

/// The consumer of a namespace of Socket.IO on the listener of that name.
pub fn namespace(listener: &str, namespace: &str) -> Option<String> {
    let all = HELD.routing.explain("/socket.io/").into_iter();
    let mut own =
        all.filter(|e| e.listener == listener && e.namespace.as_deref() == Some(namespace));
    own.next().map(|explained| explained.consumer)
}

/// An event's name as the contract has it: of a name that is made when it is sent, the pattern.
pub fn event_name(name: &str) -> String {
    match name.split_once('/') {
        Some((_, rest)) => format!("{{orderId}}/{rest}"),
        None => name.to_owned(),
    }
}

/// What a channel understands.
pub fn names(consumer: &str) -> BTreeSet<String> {
    HELD.heard[consumer].keys().cloned().collect()
}

/// Whether a client may say this, with its name and arguments.
pub fn accepts(consumer: &str, name: &str, event: &Value) -> bool {
    let known = HELD.heard[consumer].get(name);
    known.is_some_and(|all| all.iter().any(|validator| validator.is_valid(event)))
}

/// An event of a Socket.IO channel must be one of those that it says.
#[track_caller]
pub fn check_event(consumer: &str, name: &str, arguments: &[Value]) {
    let mut event = vec![Value::from(name)];
    event.extend_from_slice(arguments);
    let event = Value::from(event);
    let own = &HELD.channels[consumer];
    let known = own.get(&event_name(name)).into_iter();
    let known = known.chain(HELD.events.get(name)).flatten();
    let mut wrong = Vec::new();
    for validator in known {
        match validator.validate(&event) {
            Ok(()) => return,
            Err(error) => wrong.push(format!("{error} at {}", error.instance_path())),
        }
    }
    panic!("{consumer} says what is not in its contract: {event}\n{wrong:#?}");
}

/// A frame that came on this path must be one of those that its channel says.
#[track_caller]
pub fn check(path: &str, text: &str) {
    let (Some(consumer), Ok(frame)) = (consumer(path), serde_json::from_str::<Value>(text)) else {
        return;
    };
    let Some(own) = HELD.channels.get(&*consumer) else {
        panic!("no contract says what {consumer} says");
    };
    let name = match frame.get("error") {
        Some(_) => "error",
        None => frame["type"].as_str().unwrap_or_default(),
    };
    let known = own.get(name).into_iter().chain(HELD.notices.get(name));
    let mut wrong = Vec::new();
    for validator in known.flatten() {
        match validator.validate(&frame) {
            Ok(()) => return,
            Err(error) => wrong.push(format!("{error} at {}", error.instance_path())),
        }
    }
    panic!("{consumer} says what is not in its contract: {text}\n{wrong:#?}");
}
