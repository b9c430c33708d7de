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

/// Whether `null` is one of the values.
pub fn allows_null(schema: &Schema) -> bool {
    fn allows(schema: &Value) -> bool {
        let Value::Object(members) = schema else {
            return schema == &Value::Bool(true);
        };
        let one_of = |key: &str, is: &dyn Fn(&Value) -> bool| {
            let all = members.get(key).and_then(Value::as_array);
            all.is_none_or(|all| all.iter().any(is))
        };
        let null = |value: &Value| value.is_null();
        let named = |name: &Value| name == "null";
        let every = members.get("allOf").and_then(Value::as_array);
        members.get("const").is_none_or(null)
            && one_of("enum", &null)
            && match members.get("type") {
                None => true,
                Some(Value::Array(names)) => names.iter().any(named),
                Some(name) => named(name),
            }
            && one_of("anyOf", &allows)
            && one_of("oneOf", &allows)
            && every.is_none_or(|all| all.iter().all(allows))
    }
    allows(schema.as_value())
}

/// The variants of an enum that is told apart by the name of its only member: each name, and its content if it has one.
pub fn variants(schema: Schema) -> Vec<(String, Option<Schema>)> {
    let value = schema.to_value();
    let all = match value.get("oneOf").or_else(|| value.get("anyOf")) {
        Some(Value::Array(all)) => all.clone(),
        _ => vec![value],
    };
    let mut named = Vec::new();
    for one in all {
        let names = one.get("enum").and_then(Value::as_array).cloned();
        for name in names.into_iter().flatten().chain(one.get("const").cloned()) {
            named.extend(name.as_str().map(|name| (name.to_owned(), None)));
        }
        if let Some(Value::Object(properties)) = one.get("properties") {
            for (name, content) in properties {
                let content = Schema::try_from(content.clone()).ok();
                named.push((name.clone(), content));
            }
        }
    }
    named
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
