//! The contract as an AsyncAPI 3.0 document (<https://www.asyncapi.com/docs/reference/specification/v3.0.0>).

use super::frames::Frame;
use super::typescript::pascal;
use super::{Channel, Contract, Dialect, schema};
use maitred::{Routed, Routing};
use schemars::json_schema;
use serde_json::{Map, Value, json};

impl Contract {
    /// As an AsyncAPI 3.0 document, with the addresses of this routing.
    pub fn asyncapi(&self, routing: &Routing) -> Value {
        document(self, routing)
    }
}

fn document(contract: &Contract, routing: &Routing) -> Value {
    let mut servers = Map::new();
    let mut channels = Map::new();
    let mut operations = Map::new();
    for routed in routing.routes() {
        let Some(channel) = contract.channel(routed.consumer) else {
            continue;
        };
        servers.insert(routed.listener.to_owned(), server(&routed));
        let (address, parameters) = address(routed.path);
        let namespace = routed.namespace.unwrap_or_default();
        let key = key(&format!("{}{address}{namespace}", routed.listener));
        let mut messages = Map::new();
        for frame in channel.says.iter().chain(&channel.hears) {
            let key = message_key(channel, frame);
            messages.insert(key.clone(), message(frame, &title(channel.consumer, &key)));
        }
        for frame in &channel.hears {
            let key = answer_key(frame);
            let title = title(channel.consumer, &key);
            messages.insert(key, answered(channel, frame, &title));
        }
        if let Some(refused) = &channel.refused {
            let payload =
                json!({"type": "array", "prefixItems": [refused], "minItems": 1, "maxItems": 1});
            let told = named("refused", payload, &title(channel.consumer, REFUSED));
            messages.insert(REFUSED.to_owned(), told);
        }
        let notices = match channel.dialect {
            Dialect::Raw => &contract.notices,
            Dialect::SocketIo => &contract.events,
        };
        for notice in notices {
            let key = notice_key(channel.dialect, notice);
            let reference = json!({"$ref": format!("#/components/messages/{key}")});
            messages.insert(format!("notice_{key}"), reference);
        }
        channels.insert(
            key.clone(),
            json!({
                "address": address,
                "title": channel.title,
                "description": match routed.namespace {
                    None => format!("Consumer `{}`.", channel.consumer),
                    Some(namespace) => format!("Consumer `{}`, Socket.IO namespace `{namespace}`.", channel.consumer),
                },
                "servers": [{"$ref": format!("#/servers/{}", routed.listener)}],
                "parameters": parameters,
                "messages": messages,
            }),
        );
        let here = json!({"$ref": format!("#/channels/{key}")});
        let named = |name: &str| json!({"$ref": format!("#/channels/{key}/messages/{name}")});
        // "send" is what this application, the server, does.
        let said = channel.says.iter().map(|f| message_key(channel, f));
        let noticed = notices.iter();
        let noticed = noticed.map(|n| format!("notice_{}", notice_key(channel.dialect, n)));
        let said: Vec<Value> = said.chain(noticed).map(|name| named(&name)).collect();
        operations.insert(
            format!("{key}_send"),
            json!({"action": "send", "channel": here, "messages": said}),
        );
        for frame in &channel.hears {
            let name = message_key(channel, frame);
            let refused = match channel.dialect {
                Dialect::Raw => "notice_error",
                Dialect::SocketIo => REFUSED,
            };
            operations.insert(
                format!("{key}_receive_{name}"),
                json!({
                    "action": "receive",
                    "title": frame.name,
                    "channel": here,
                    "messages": [named(&name)],
                    "reply": {"channel": here, "messages": [named(&answer_key(frame)), named(refused)]},
                }),
            );
        }
    }
    let raw = contract.notices.iter().map(|n| (Dialect::Raw, n));
    let events = contract.events.iter().map(|n| (Dialect::SocketIo, n));
    let notices: Map<String, Value> = raw
        .chain(events)
        .map(|(dialect, notice)| {
            let key = notice_key(dialect, notice);
            let message = message(notice, &title("notice", &key));
            (key, message)
        })
        .collect();
    let mut schemas = contract.shared.clone();
    for (name, schema) in &mut schemas {
        schema["title"] = json!(name);
    }
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "maitred",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The real-time tier of a restaurant: what each of its channels says and understands.",
        },
        "defaultContentType": "application/json",
        "servers": servers,
        "channels": channels,
        "operations": operations,
        "components": {"messages": notices, "schemas": schemas},
    })
}

fn server(routed: &Routed<'_>) -> Value {
    let host = match routed.address {
        Some(address) if address.ip().is_loopback() => format!("localhost:{}", address.port()),
        Some(address) => address.to_string(),
        None => "localhost".to_owned(),
    };
    let protocol = if routed.tls { "wss" } else { "ws" };
    json!({"host": host, "protocol": protocol, "title": routed.listener})
}

/// `/ws/orders/<int:order_id>/` is `/ws/orders/{order_id}/`, and has a parameter.
fn address(path: &str) -> (String, Map<String, Value>) {
    let mut parameters = Map::new();
    let mut address = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('<') {
        let (parameter, after) = after.split_once('>').unwrap_or((after, ""));
        let name = parameter
            .split_once(':')
            .map_or(parameter, |(_, name)| name);
        address.push_str(before);
        address.push_str(&format!("{{{name}}}"));
        let described = json!({"description": format!("As in routing.toml: `<{parameter}>`.")});
        parameters.insert(name.to_owned(), described);
        rest = after;
    }
    address.push_str(rest);
    (address, parameters)
}

/// Letters, digits and underscores, as keys of components must be.
fn key(text: &str) -> String {
    let parts: Vec<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect();
    parts.join("_")
}

/// The key of a notice. Two notices of one name, one in each dialect, have different keys, because their frames look different.
fn notice_key(dialect: Dialect, notice: &Frame) -> String {
    match dialect {
        Dialect::Raw => key(&notice.name),
        Dialect::SocketIo => format!("event_{}", key(&notice.name)),
    }
}

/// Several frames of one name differ in their data: each has a message of its own.
fn message_key(channel: &Channel, frame: &Frame) -> String {
    let said = channel.says.iter().chain(&channel.hears);
    let same: Vec<&Frame> = said.filter(|other| other.name == frame.name).collect();
    let at = same.iter().position(|other| std::ptr::eq(*other, frame));
    match at {
        None | Some(0) => key(&frame.name),
        Some(n) => format!("{}_{}", key(&frame.name), n + 1),
    }
}

/// The answer to who asked for an acknowledgement.
fn answer_key(frame: &Frame) -> String {
    format!("answer_{}", key(&frame.name))
}

/// Where nothing was done, in a callback of Socket.IO.
const REFUSED: &str = "refused";

/// `dining.order` and `order_status` are `DiningOrderOrderStatus`: no two payloads are called the same.
fn title(consumer: &str, name: &str) -> String {
    pascal(&format!("{consumer} {name}"))
}

fn message(frame: &Frame, title: &str) -> Value {
    named(&frame.name, json!(frame.schema), title)
}

fn named(name: &str, mut payload: Value, title: &str) -> Value {
    payload["title"] = json!(title);
    json!({"name": name, "title": title, "payload": payload})
}

/// What is told to who asked for an acknowledgement: of a raw channel the frame `ack`, and the outcome's members in it; of Socket.IO the callback's arguments.
fn answered(channel: &Channel, frame: &Frame, title: &str) -> Value {
    let outcome = frame.answer.clone();
    let payload = match channel.dialect {
        Dialect::SocketIo => match outcome {
            Some(outcome) => {
                json!({"type": "array", "prefixItems": [outcome], "minItems": 1, "maxItems": 1})
            }
            None => json!({"type": "array", "maxItems": 0}),
        },
        Dialect::Raw => {
            let data = outcome.unwrap_or_else(|| json_schema!({"type": "object"}));
            let id = json!({"type": "string", "description": "As the client chose it."});
            let data = schema::with_member(data, "id", id, true);
            let data = schema::with_member(data, "ok", json!({"const": true}), true);
            json!({
                "type": "object",
                "properties": {"type": {"const": "ack"}, "data": data},
                "required": ["type", "data"],
            })
        }
    };
    named(&frame.name, payload, title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_a_path_are_told() {
        let (address, parameters) = address("/ws/orders/<int:order_id>/items/");
        assert_eq!(address, "/ws/orders/{order_id}/items/");
        assert_eq!(parameters.keys().collect::<Vec<_>>(), ["order_id"]);
        assert_eq!(
            key("dining/ws/orders/{order_id}/"),
            "dining_ws_orders_order_id"
        );
    }
}
