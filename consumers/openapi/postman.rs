//! The requests of an OpenAPI document for Postman (collection format 2.1), ready to be sent to a demo: tokens are fetched by the first one.

use serde_json::{Value, json};

/// Makes a collection of an OpenAPI document, as JSON: a folder for each system, a request for each operation with its examples filled in.
pub fn collection(openapi: &Value) -> Value {
    let mut folders: Vec<Value> = Vec::new();
    let tags = openapi["tags"].as_array().into_iter().flatten();
    for tag in tags {
        let mut requests = Vec::new();
        for (path, item) in openapi["paths"].as_object().into_iter().flatten() {
            for (method, operation) in item.as_object().into_iter().flatten() {
                if operation["tags"][0] == tag["name"] {
                    let origin = item["servers"][0]["url"].as_str().unwrap_or_default();
                    requests.push(request(origin, path, method, operation));
                }
            }
        }
        folders.push(
            json!({"name": tag["name"], "description": tag["description"], "item": requests}),
        );
    }
    json!({
        "info": {
            "name": openapi["info"]["title"],
            "description": openapi["info"]["description"],
            "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
        },
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}", "type": "string"}]},
        "variable": [{"key": "token", "value": ""}],
        "item": folders,
    })
}

fn request(origin: &str, path: &str, method: &str, operation: &Value) -> Value {
    let parameters = operation["parameters"]
        .as_array()
        .map_or(&[][..], |all| all);
    let of = |place: &str| {
        let all = parameters.iter().filter(move |p| p["in"] == place);
        all.map(|p| json!({"key": p["name"], "value": text(&p["example"]), "description": p["description"], "disabled": place == "query" && p.get("example").is_none()}))
            .collect::<Vec<_>>()
    };
    // `{id}` is `:id` there
    let path = path.replace('{', ":").replace('}', "");
    let query: Vec<Value> = of("query");
    let wanted = query.iter().filter(|q| q["disabled"] == false);
    let wanted: Vec<String> = wanted
        .map(|q| format!("{}={}", text(&q["key"]), text(&q["value"])))
        .collect();
    let search = match wanted.is_empty() {
        true => String::new(),
        false => format!("?{}", wanted.join("&")),
    };
    let (host, front) = split(origin);
    let segments = front.split('/').chain(path.split('/'));
    let segments: Vec<&str> = segments.filter(|segment| !segment.is_empty()).collect();
    let mut request = json!({
        "method": method.to_uppercase(),
        "description": operation["description"],
        "header": [],
        "url": {
            "raw": format!("{origin}{path}{search}"),
            "host": [host],
            "path": segments,
            "query": query,
            "variable": of("path"),
        },
    });
    let body = &operation["requestBody"]["content"]["application/json"]["example"];
    if !body.is_null() {
        request["header"] = json!([{"key": "Content-Type", "value": "application/json"}]);
        request["body"] = json!({
            "mode": "raw",
            "raw": serde_json::to_string_pretty(body).unwrap_or_default(),
            "options": {"raw": {"language": "json"}},
        });
    }
    if operation["security"] == json!([{}]) {
        request["auth"] = json!({"type": "noauth"});
    }
    let name = operation["summary"].as_str().unwrap_or_default();
    let mut item =
        json!({"name": name.trim_matches('`'), "id": operation["operationId"], "request": request});
    if path.ends_with("/auth/login") {
        item["event"] = json!([{"listen": "test", "script": {"type": "text/javascript", "exec": [
            "pm.collectionVariables.set('token', pm.response.json().token);"
        ]}}]);
    }
    item
}

/// `http://localhost:3001/api` is a host and what its paths begin with.
fn split(origin: &str) -> (&str, &str) {
    let host = origin.find("://").map_or(0, |at| at + 3);
    let end = origin[host..]
        .find('/')
        .map_or(origin.len(), |at| host + at);
    origin.split_at(end)
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
