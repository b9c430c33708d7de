//! Small changes of JSON schemas.

use schemars::Schema;
use serde_json::{Map, Value};

/// With one more member of the object.
pub fn with_member(mut schema: Schema, name: &str, member: Value, required: bool) -> Schema {
    let members = schema.ensure_object();
    let properties = members
        .entry("properties")
        .or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(properties) = properties {
        properties.insert(name.to_owned(), member);
    }
    match required {
        true => requiring(schema, name),
        false => schema,
    }
}

/// With a member that must be there.
pub fn requiring(mut schema: Schema, name: &str) -> Schema {
    let required = schema
        .ensure_object()
        .entry("required")
        .or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(required) = required
        && !required.iter().any(|known| known == name)
    {
        required.push(Value::String(name.to_owned()));
    }
    schema
}

/// Without any other members than the named ones.
pub fn closed(mut schema: Schema) -> Schema {
    let members = schema.ensure_object();
    if members.contains_key("properties") && !members.contains_key("additionalProperties") {
        members.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
    schema
}

/// With any other members as well.
pub fn open(mut schema: Schema) -> Schema {
    schema
        .ensure_object()
        .insert("additionalProperties".to_owned(), Value::Bool(true));
    schema
}

/// The variants of an enum that is told apart by a member, each with its name.
pub fn alternatives(schema: Schema, tag: &str) -> Vec<(String, Schema)> {
    let value = schema.to_value();
    let variants = match value.get("oneOf").or_else(|| value.get("anyOf")) {
        Some(Value::Array(variants)) => variants.clone(),
        _ => Vec::new(),
    };
    let named = variants.into_iter().filter_map(|variant| {
        let name = variant.pointer(&format!("/properties/{tag}/const"))?;
        let name = name.as_str()?.to_owned();
        let Value::Object(members) = variant else {
            return None;
        };
        Some((name, Schema::from(members)))
    });
    named.collect()
}
