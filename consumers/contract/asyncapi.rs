//! The contract as an AsyncAPI 3.0 document (<https://www.asyncapi.com/docs/reference/specification/v3.0.0>).

use super::frames::Frame;
use super::{Channel, Contract, Dialect};
use maitred::{Routed, Routing};
use serde_json::{Map, Value, json};

pub fn document(contract: &Contract, routing: &Routing) -> Value {
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
            messages.insert(message_key(channel, frame), message(frame));
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
        // "send" is what this application, the server, does.
        for (action, frames) in [("send", &channel.says), ("receive", &channel.hears)] {
            let mut names: Vec<String> = frames.iter().map(|f| message_key(channel, f)).collect();
            if action == "send" {
                names.extend(
                    notices
                        .iter()
                        .map(|n| format!("notice_{}", notice_key(channel.dialect, n))),
                );
            }
            let messages: Vec<Value> = names
                .iter()
                .map(|name| json!({"$ref": format!("#/channels/{key}/messages/{name}")}))
                .collect();
            operations.insert(
                format!("{key}_{action}"),
                json!({
                    "action": action,
                    "channel": {"$ref": format!("#/channels/{key}")},
                    "messages": messages,
                }),
            );
        }
    }
    let raw = contract.notices.iter().map(|n| (Dialect::Raw, n));
    let events = contract.events.iter().map(|n| (Dialect::SocketIo, n));
    let notices: Map<String, Value> = raw
        .chain(events)
        .map(|(dialect, notice)| (notice_key(dialect, notice), message(notice)))
        .collect();
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
        "components": {"messages": notices, "schemas": contract.shared},
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

/// The same words look different in the two dialects.
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

fn message(frame: &Frame) -> Value {
    json!({"name": frame.name, "payload": frame.schema})
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
