//! The contract as declarations for TypeScript.

use super::{Contract, Dialect, Frame};
use serde_json::{Map, Value};
use std::fmt::Write;

pub fn declarations(contract: &Contract) -> String {
    let mut out = String::from(
        "// What the server's channels say and understand. Made by `maitred contract --typescript`: do not edit.\n",
    );
    for (name, schema) in &contract.shared {
        let _ = write!(out, "\n{}", comment(schema, ""));
        let _ = writeln!(out, "export type {name} = {};", of(schema, ""));
    }
    out.push_str("\n/** What the server says on every raw channel. */\nexport type Notice =");
    union(&mut out, &contract.notices);
    out.push_str("\n/** What the server says in every namespace of Socket.IO. */\nexport interface NoticeEvents {\n");
    listeners(&mut out, &contract.events);
    out.push_str("}\n");
    for channel in &contract.channels {
        let name = pascal(channel.consumer);
        let sides = [
            ("Says", "From the server", &channel.says),
            ("Hears", "From the client", &channel.hears),
        ];
        for (side, whose, frames) in sides {
            let _ = writeln!(out, "\n/** {}. {whose}. */", channel.title);
            match channel.dialect {
                Dialect::Raw => {
                    let _ = write!(out, "export type {name}{side} =");
                    union(&mut out, frames);
                }
                Dialect::SocketIo => {
                    let more = if side == "Says" {
                        " extends NoticeEvents"
                    } else {
                        ""
                    };
                    let _ = writeln!(out, "export interface {name}{side}{more} {{");
                    listeners(&mut out, frames);
                    out.push_str("}\n");
                }
            }
        }
    }
    out
}

fn union(out: &mut String, frames: &[Frame]) {
    for frame in frames {
        let _ = write!(out, "\n  | {}", of(frame.schema.as_value(), "    "));
    }
    if frames.is_empty() {
        out.push_str(" never");
    }
    out.push_str(";\n");
}

/// As socket.io-client wants its events described: `Socket<KitchenSays, KitchenHears>`. A name stands there once, whatever the shapes that it comes in.
fn listeners(out: &mut String, frames: &[Frame]) {
    for (n, frame) in frames.iter().enumerate() {
        let named = |other: &&Frame| other.name == frame.name;
        if frames[..n].iter().any(|other| named(&other)) {
            continue;
        }
        let shapes = frames.iter().filter(named).map(parameters);
        listener(out, &frame.name, &merged(shapes.collect()));
    }
}

/// What a listener is called with.
struct Parameter {
    name: String,
    optional: bool,
    kind: String,
}

fn parameters(frame: &Frame) -> Vec<Parameter> {
    let number = |key| frame.schema.get(key).and_then(Value::as_u64);
    let arguments = frame.schema.get("prefixItems").and_then(Value::as_array);
    let arguments = (1..).zip(arguments.into_iter().flatten().skip(1));
    arguments
        .map(|(n, argument)| Parameter {
            // who listens gets the offset behind what is said
            name: match number("maxItems") {
                Some(count) if count == n + 1 => "offset".to_owned(),
                _ => format!("argument{n}"),
            },
            optional: number("minItems") <= Some(n),
            kind: of(argument, "  "),
        })
        .collect()
}

/// Argument by argument, any of what may stand there.
fn merged(shapes: Vec<Vec<Parameter>>) -> Vec<Parameter> {
    let longest = shapes.iter().map(Vec::len).max().unwrap_or(0);
    let at = |n: usize| -> Option<Parameter> {
        let name = shapes
            .iter()
            .find_map(|shape| Some(shape.get(n)?.name.clone()))?;
        Some(Parameter {
            name,
            optional: shapes
                .iter()
                .any(|shape| shape.get(n).is_none_or(|one| one.optional)),
            kind: either(
                shapes
                    .iter()
                    .filter_map(|shape| Some(shape.get(n)?.kind.clone())),
            ),
        })
    };
    (0..longest).filter_map(at).collect()
}

fn listener(out: &mut String, name: &str, parameters: &[Parameter]) {
    let mut all: Vec<String> = Vec::new();
    for Parameter {
        name,
        optional,
        kind,
    } in parameters
    {
        let mark = if *optional { "?" } else { "" };
        all.push(format!("{name}{mark}: {kind}"));
    }
    if all.is_empty() {
        // examples like to send `{}` where nothing is asked for
        all.push("argument1?: unknown".to_owned());
    }
    let parameters = all.join(", ");
    match name.split_once('{').zip(name.split_once('}')) {
        // a name that is made when it is sent
        Some(((before, _), (_, after))) => {
            let _ = writeln!(
                out,
                "  [event: `{before}${{string}}{after}`]: ({parameters}) => void;"
            );
        }
        None => {
            let name = Value::from(name);
            let _ = writeln!(out, "  {name}: ({parameters}) => void;");
        }
    }
}

/// `dining.order_items` is `DiningOrderItems`.
fn pascal(name: &str) -> String {
    let parts = name.split(|c: char| !c.is_ascii_alphanumeric());
    let mut out = String::new();
    for part in parts {
        let mut letters = part.chars();
        out.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out
}

fn comment(schema: &Value, indent: &str) -> String {
    match schema.get("description").and_then(Value::as_str) {
        Some(text) => {
            let text = text.replace("*/", "*\u{2060}/").replace('\n', " ");
            format!("{indent}/** {text} */\n")
        }
        None => String::new(),
    }
}

/// A type expression. What a schema says beyond types (formats, bounds) is left out.
fn of(schema: &Value, indent: &str) -> String {
    let Value::Object(schema) = schema else {
        return "unknown".to_owned();
    };
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        return reference.rsplit('/').next().unwrap_or("unknown").to_owned();
    }
    if let Some(only) = schema.get("const") {
        return only.to_string();
    }
    if let Some(Value::Array(all)) = schema.get("enum") {
        return either(all.iter().map(Value::to_string));
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(Value::Array(all)) = schema.get(key) {
            return either(all.iter().map(|one| of(one, indent)));
        }
    }
    if let Some(Value::Array(all)) = schema.get("allOf") {
        let all: Vec<String> = all.iter().map(|one| of(one, indent)).collect();
        return all.join(" & ");
    }
    match schema.get("type") {
        Some(Value::Array(types)) => {
            let types = types.iter().filter_map(Value::as_str);
            either(types.map(|name| of_type(name, schema, indent)))
        }
        Some(Value::String(name)) => of_type(name, schema, indent),
        _ if schema.contains_key("properties") => of_type("object", schema, indent),
        _ => "unknown".to_owned(),
    }
}

fn either(all: impl Iterator<Item = String>) -> String {
    let mut known: Vec<String> = Vec::new();
    for one in all {
        if !known.contains(&one) {
            known.push(one);
        }
    }
    match known.is_empty() {
        true => "never".to_owned(),
        false => known.join(" | "),
    }
}

fn of_type(name: &str, schema: &Map<String, Value>, indent: &str) -> String {
    match name {
        "string" => "string".to_owned(),
        "integer" | "number" => "number".to_owned(),
        "boolean" => "boolean".to_owned(),
        "null" => "null".to_owned(),
        "array" => array(schema, indent),
        "object" => object(schema, indent),
        _ => "unknown".to_owned(),
    }
}

fn array(schema: &Map<String, Value>, indent: &str) -> String {
    if let Some(Value::Array(first)) = schema.get("prefixItems") {
        let items: Vec<String> = first.iter().map(|one| of(one, indent)).collect();
        return format!("[{}]", items.join(", "));
    }
    match schema.get("items") {
        Some(items) => format!("Array<{}>", of(items, indent)),
        None if schema.get("maxItems").and_then(Value::as_u64) == Some(0) => "[]".to_owned(),
        None => "Array<unknown>".to_owned(),
    }
}

fn object(schema: &Map<String, Value>, indent: &str) -> String {
    let empty = Map::new();
    let properties = match schema.get("properties") {
        Some(Value::Object(properties)) => properties,
        _ => &empty,
    };
    let rest = match schema.get("additionalProperties") {
        None | Some(Value::Bool(false)) => None,
        Some(rest) => Some(of(rest, indent)),
    };
    if properties.is_empty() {
        return match rest {
            Some(rest) => format!("Record<string, {rest}>"),
            None => "Record<string, unknown>".to_owned(),
        };
    }
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|all| all.iter().any(|one| one == name));
    let inner = format!("{indent}  ");
    let mut out = String::from("{\n");
    for (name, property) in properties {
        out.push_str(&comment(property, &inner));
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let key = match plain {
            true => name.clone(),
            false => Value::String(name.clone()).to_string(),
        };
        let mark = if is_required(name) { "" } else { "?" };
        let _ = writeln!(out, "{inner}{key}{mark}: {};", of(property, &inner));
    }
    if rest.is_some() {
        let _ = writeln!(out, "{inner}[member: string]: unknown;");
    }
    let _ = write!(out, "{indent}}}");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn schemas_become_types() {
        for (schema, expected) in [
            (json!({"type": ["string", "null"]}), "string | null"),
            (
                json!({"type": "array", "items": {"$ref": "#/components/schemas/Item"}}),
                "Array<Item>",
            ),
            (json!({"enum": ["a", "b"]}), r#""a" | "b""#),
            (
                json!({"anyOf": [{"$ref": "#/x/A"}, {"type": "null"}]}),
                "A | null",
            ),
            (
                json!({"type": "object", "additionalProperties": {"type": "integer"}}),
                "Record<string, number>",
            ),
            (json!(true), "unknown"),
        ] {
            assert_eq!(of(&schema, ""), expected);
        }
        let object = json!({"type": "object", "properties": {"a": {"type": "integer"}, "b-c": {"const": 1}}, "required": ["a"]});
        assert_eq!(of(&object, ""), "{\n  a: number;\n  \"b-c\"?: 1;\n}");
    }
}
