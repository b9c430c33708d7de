//! The contract as declarations for TypeScript.

use super::{Channel, Contract, Dialect, Frame};
use serde_json::{Map, Value};
use std::fmt::Write;

impl Contract {
    /// As declarations for TypeScript.
    pub fn typescript(&self) -> String {
        declarations(self)
    }
}

fn declarations(contract: &Contract) -> String {
    let mut out = String::from(
        "// What the server's channels say and understand. Made by `maitred contract --typescript`: do not edit.\n",
    );
    for (name, schema) in &contract.shared {
        let _ = write!(out, "\n{}", comment(schema, ""));
        let _ = writeln!(out, "export type {name} = {};", of(schema, ""));
    }
    out.push_str("\n/** What the server says on every raw channel. */\nexport type Notice =");
    union(&mut out, &contract.notices, None);
    out.push_str("\n/** What the server says in every namespace of Socket.IO. */\nexport interface NoticeEvents {\n");
    listeners(&mut out, &contract.events, None);
    out.push_str("}\n");
    for channel in &contract.channels {
        let name = pascal(channel.consumer);
        let answers = format!("{name}Answers");
        let is_raw = channel.dialect == Dialect::Raw;
        if !is_raw {
            told(&mut out, channel, &answers);
        }
        let sides = [
            ("Says", "From the server", &channel.says),
            ("Hears", "From the client", &channel.hears),
        ];
        for (side, whose, frames) in sides {
            let says = side == "Says";
            let _ = writeln!(out, "\n/** {}. {whose}. */", channel.title);
            if is_raw {
                let _ = write!(out, "export type {name}{side} =");
                union(&mut out, frames, says.then_some("Notice"));
                continue;
            }
            let more = if says { " extends NoticeEvents" } else { "" };
            let _ = writeln!(out, "export interface {name}{side}{more} {{");
            listeners(&mut out, frames, (!says).then_some(&answers));
            out.push_str("}\n");
        }
    }
    out
}

/// What callbacks get, by the name of the event that they came with: where nothing was done, the vocabulary's mistake.
///
/// Beside the events, because the client library's own `emitWithAck` knows no type where a callback may be left out.
fn told(out: &mut String, channel: &Channel, answers: &str) {
    let refused = channel.refused.as_ref();
    let refused = refused.map_or("unknown".to_owned(), |refused| of(refused.as_value(), "  "));
    let _ = writeln!(out, "\n/** {}. What callbacks get. */", channel.title);
    let _ = writeln!(out, "export interface {answers} {{");
    for Frame { name, answer, .. } in &channel.hears {
        let done = match answer {
            Some(answer) => of(answer.as_value(), "  "),
            None => "undefined".to_owned(),
        };
        let name = Value::from(name.as_str());
        let _ = writeln!(out, "  {name}: {done} | {refused};");
    }
    out.push_str("}\n");
}

/// Any of these frames, or of those that have a name.
fn union(out: &mut String, frames: &[Frame], more: Option<&str>) {
    for frame in frames {
        let _ = write!(out, "\n  | {}", of(frame.schema.as_value(), "    "));
    }
    if let Some(more) = more {
        let _ = write!(out, "\n  | {more}");
    } else if frames.is_empty() {
        out.push_str(" never");
    }
    out.push_str(";\n");
}

/// As socket.io-client wants its events described: `Socket<KitchenSays, KitchenHears>`. A name stands there once, whatever the shapes that it comes in.
/// `answers`: where callbacks find what they get.
fn listeners(out: &mut String, frames: &[Frame], answers: Option<&String>) {
    for (n, frame) in frames.iter().enumerate() {
        let named = |other: &&Frame| other.name == frame.name;
        if frames[..n].iter().any(|other| named(&other)) {
            continue;
        }
        let shapes = frames.iter().filter(named).map(parameters);
        let mut parameters = list(&merged(shapes.collect()));
        if let Some(answers) = answers {
            let name = Value::from(frame.name.as_str());
            let callback = format!("callback?: (answer: {answers}[{name}]) => void");
            parameters = called_back(&parameters, &callback);
        }
        listener(out, &frame.name, &parameters);
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

fn list(parameters: &[Parameter]) -> String {
    let named = |one: &Parameter| {
        let mark = if one.optional { "?" } else { "" };
        format!("{}{mark}: {}", one.name, one.kind)
    };
    let all: Vec<String> = parameters.iter().map(named).collect();
    all.join(", ")
}

/// With a callback behind them, also where nothing comes before it.
fn called_back(parameters: &str, callback: &str) -> String {
    // examples like to send `{}` where nothing is asked for
    const WHATEVER: &str = "argument1?: string | number | boolean | object | null";
    let parameters = match parameters {
        "" => WHATEVER,
        some => some,
    };
    match parameters.strip_prefix("argument1?:") {
        Some(kind) => format!("...all: [{callback}] | [argument1:{kind}, {callback}]"),
        None => format!("{parameters}, {callback}"),
    }
}

fn listener(out: &mut String, name: &str, parameters: &str) {
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
pub fn pascal(name: &str) -> String {
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
