//! `/api-docs`: what is promised is what is answered. Every request of the Postman collection is sent to a demo as Postman would, and its answer is held
//! against the OpenAPI document: the status, and the shape, in which nothing may be that is not documented.

mod generated;

use crate::support::http::{Answer, request, send};
use crate::support::{Server, token};
use jsonschema::Validator;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;

struct Contract {
    server: Server,
    docs: SocketAddr,
    document: Value,
    collection: Value,
    admin: String,
    driver: String,
}

/// A request as Postman sends it.
#[derive(Clone)]
struct Request {
    operation: String,
    address: SocketAddr,
    method: String,
    path: String,
    keys: Vec<(String, String)>,
    query: String,
    body: String,
}

impl Contract {
    fn of_a_demo() -> Self {
        let mut server = Server::start();
        let docs = server.listening("timing");
        let get = |path: &str| request(docs, &format!("GET {path}"), &[], Value::Null).ok();
        let document = get("/api-docs/openapi.json");
        let collection = get("/api-docs/postman.json");
        let admin = token::mint_with(&server.place, &["--role", "admin", "--id", "1"]);
        let driver = token::mint_with(&server.place, &["--role", "driver", "--id", "901"]);
        Contract {
            server,
            docs,
            document,
            collection,
            admin,
            driver,
        }
    }

    /// Of all folders; those that take something away come last.
    fn requests(&self) -> Vec<Request> {
        let folders = self.collection["item"].as_array().expect("folders");
        let items = folders
            .iter()
            .flat_map(|folder| folder["item"].as_array().expect("items"));
        let mut all: Vec<Request> = items.map(read).collect();
        all.sort_by_key(|request| {
            let order = ["GET", "POST", "PUT", "PATCH", "DELETE"];
            order.iter().position(|method| *method == request.method)
        });
        all
    }

    /// Who may do anything; what is a driver's alone, a driver.
    fn bearer(&self, operation: &str) -> &str {
        match operation.ends_with("_availability") {
            true => &self.driver,
            false => &self.admin,
        }
    }

    fn operation(&self, id: &str) -> &Value {
        let items = self.document["paths"].as_object().expect("paths").values();
        let operations = items.flat_map(|item| item.as_object().expect("methods").values());
        let mut found = operations.filter(|operation| operation["operationId"] == id);
        found.next().unwrap_or_else(|| panic!("no operation {id}"))
    }

    /// The answer must be documented, and look as documented.
    #[track_caller]
    fn check(&self, schemas: &Schemas, operation: &str, answer: &Answer) {
        let status = answer.status.to_string();
        let documented = &self.operation(operation)["responses"][&status];
        assert!(
            !documented.is_null(),
            "{operation}: {answer:?} is not documented"
        );
        let content = &documented["content"]["application/json"]["schema"];
        if !content.is_null() {
            schemas.check(operation, content, &answer.body);
        }
    }
}

fn read(item: &Value) -> Request {
    let url = &item["request"]["url"];
    let host = url["host"][0].as_str().expect("a host");
    let port = host.rsplit(':').next().and_then(|port| port.parse().ok());
    let address = SocketAddr::from(([127, 0, 0, 1], port.expect("a port")));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let path: Vec<String> = url["path"]
        .as_array()
        .expect("a path")
        .iter()
        .map(text)
        .collect();
    let raw = text(&url["raw"]);
    let variables = url["variable"].as_array().expect("variables").iter();
    Request {
        operation: text(&item["id"]),
        address,
        method: text(&item["request"]["method"]),
        path: format!("/{}", path.join("/")),
        keys: variables
            .map(|v| (text(&v["key"]), text(&v["value"])))
            .collect(),
        query: raw
            .split_once('?')
            .map_or(String::new(), |(_, q)| format!("?{q}")),
        body: text(&item["request"]["body"]["raw"]),
    }
}

impl Request {
    fn send(&self, token: &str) -> Answer {
        let mut path = self.path.clone();
        for (key, value) in &self.keys {
            assert!(
                !value.is_empty(),
                "{}: no example for {key}",
                self.operation
            );
            path = path.replace(&format!(":{key}"), value);
        }
        let line = format!("{} {path}{}", self.method, self.query);
        let bearer = format!("Bearer {token}");
        send(
            self.address,
            &line,
            &[("Authorization", &bearer)],
            &self.body,
        )
    }

    fn with_body(&self, body: &str) -> Self {
        Request {
            body: body.to_owned(),
            ..self.clone()
        }
    }

    fn of_nothing(&self) -> Self {
        let keys = self.keys.iter();
        Request {
            keys: keys
                .map(|(key, _)| (key.clone(), "999999999".to_owned()))
                .collect(),
            ..self.clone()
        }
    }
}

/// The document's schemas, twice: strict, where nothing else may be, and open, for what is a part of another one.
struct Schemas {
    components: Value,
}

impl Schemas {
    fn of(document: &Value) -> Self {
        let mut components = serde_json::Map::new();
        for (name, schema) in document["components"]["schemas"]
            .as_object()
            .expect("schemas")
        {
            components.insert(name.clone(), strict(schema, true));
            components.insert(format!("{name}~open"), strict(schema, false));
        }
        Schemas {
            components: Value::Object(components),
        }
    }

    fn validator(&self, schema: &Value) -> Validator {
        let mut whole = strict(schema, true);
        whole["components"] = json!({"schemas": self.components});
        jsonschema::draft202012::new(&whole).unwrap_or_else(|e| panic!("{schema}: {e}"))
    }

    #[track_caller]
    fn check(&self, what: &str, schema: &Value, value: &Value) {
        let validator = self.validator(schema);
        let wrong: Vec<String> = validator
            .iter_errors(value)
            .map(|e| format!("{}: {e}", e.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{what}: {wrong:#?}\n{value}");
    }
}

/// Forbids what is not named. The parts of an `allOf` are looked at together, so they stay open.
fn strict(schema: &Value, closed: bool) -> Value {
    match schema {
        Value::Object(members) => {
            let mut out = serde_json::Map::new();
            for (key, value) in members {
                let value = match (key.as_str(), value) {
                    ("$ref", Value::String(name)) => {
                        let open = if closed { "" } else { "~open" };
                        json!(format!("{name}{open}"))
                    }
                    ("allOf", Value::Array(parts)) => {
                        parts.iter().map(|part| strict(part, false)).collect()
                    }
                    ("properties", Value::Object(all)) => {
                        let all = all.iter().map(|(k, v)| (k.clone(), strict(v, true)));
                        Value::Object(all.collect())
                    }
                    ("items", item) => strict(item, true),
                    ("example" | "default", value) => value.clone(),
                    (_, value) => strict(value, closed),
                };
                out.insert(key.clone(), value);
            }
            let open = members.contains_key("additionalProperties");
            if closed
                && !open
                && (members.contains_key("properties") || members.contains_key("allOf"))
            {
                out.insert("unevaluatedProperties".to_owned(), json!(false));
            }
            if !closed && members.get("additionalProperties") == Some(&json!(false)) {
                out.remove("additionalProperties");
            }
            Value::Object(out)
        }
        Value::Array(all) => all.iter().map(|value| strict(value, closed)).collect(),
        other => other.clone(),
    }
}

/// What a demo has no example of, because somebody must hold it: a screen its key, a phone the code on a table. So these are refused, as documented.
const HELD_BY_SOMEBODY: [(&str, u16); 7] = [
    ("post_api_v1_devices", 404),
    ("post_api_v1_devices_me", 401),
    ("post_api_v1_devices_token", 401),
    ("post_api_v1_qr_secret", 410),
    ("delete_api_v1_restaurants_id_broadcast_notification", 404),
    ("patch_api_v1_devices_id", 404),
    ("delete_api_v1_devices_id", 404),
];

/// What is not asked by role.
const FOR_EVERYBODY: [&str; 8] = [
    "login",
    "reports",
    "v1_me",
    "devices_me",
    "sign_in",
    "devices_pair",
    "devices_token",
    "qr_secret",
];

#[test]
fn every_documented_request_gets_the_documented_answer() {
    let contract = Contract::of_a_demo();
    let schemas = Schemas::of(&contract.document);
    let requests = contract.requests();
    let operations = contract.document["paths"].as_object().expect("paths");
    let methods = |item: &Value| item.as_object().expect("methods").len() - 1;
    let documented: usize = operations.values().map(methods).sum();
    assert_eq!(requests.len(), documented, "a request for each operation");
    let mut wrong = Vec::new();
    for request in requests {
        let answer = request.send(contract.bearer(&request.operation));
        let held = HELD_BY_SOMEBODY
            .iter()
            .find(|(end, _)| request.operation.ends_with(end));
        let as_it_should = match held {
            Some((_, status)) => answer.status == *status,
            None => (200..300).contains(&answer.status),
        };
        if !as_it_should {
            wrong.push(format!(
                "{}: {} {}",
                request.operation, answer.status, answer.body
            ));
            continue;
        }
        contract.check(&schemas, &request.operation, &answer);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_documented_refusal_is_told_as_documented() {
    let contract = Contract::of_a_demo();
    let schemas = Schemas::of(&contract.document);
    // a screen of another restaurant may do nothing here
    let args = ["--role", "display", "--restaurant", "3"];
    let screen = token::mint_with(&contract.server.place, &args);
    let mut seen: HashMap<u16, usize> = HashMap::new();
    for request in contract.requests() {
        let responses = &contract.operation(&request.operation)["responses"];
        let tries = [
            (400, request.with_body("{"), contract.admin.as_str()),
            (401, request.clone(), "forged"),
            (403, request.clone(), screen.as_str()),
            (404, request.of_nothing(), contract.admin.as_str()),
        ];
        for (status, request, token) in tries {
            // what a request without a body is refused for is something else
            let concerned = match status {
                400 => !contract.operation(&request.operation)["requestBody"].is_null(),
                404 => !request.keys.is_empty(),
                _ => true,
            };
            if responses[status.to_string()].is_null()
                || !concerned
                // whoever it is
                || FOR_EVERYBODY.iter().any(|end| request.operation.ends_with(end))
                || request.operation.starts_with("server_")
            {
                continue;
            }
            let answer = request.send(token);
            assert_eq!(answer.status, status, "{}: {answer:?}", request.operation);
            contract.check(&schemas, &request.operation, &answer);
            *seen.entry(status).or_default() += 1;
        }
    }
    for status in [400, 401, 403, 404] {
        assert!(
            seen.get(&status).is_some_and(|n| *n > 5),
            "{status}: {seen:?}"
        );
    }
}

/// What tools look for that know OpenAPI and not us.
#[test]
fn the_document_says_where_it_is_served_and_what_may_be_left_out() {
    let contract = Contract::of_a_demo();
    let servers = contract.document["servers"].as_array().expect("servers");
    assert!(servers.len() >= 4, "{servers:?}");
    let required = |id: &str| contract.operation(id)["requestBody"]["required"].clone();
    for (operation, expected) in [
        ("dining_post_api_v1_orders", true),
        ("dining_delete_api_v1_orders_id", false),
        ("dining_post_api_v1_tables_id_occupy", false),
        ("kitchen_delete_api_v1_orders_id", false),
        ("workshop_delete_orders_orderId", false),
    ] {
        assert_eq!(required(operation), expected, "{operation}");
        let body = &contract.operation(operation)["requestBody"]["content"]["application/json"];
        assert!(
            body["schema"]["$ref"].is_string(),
            "nobody sends null: {body}"
        );
    }
    let task = &contract.document["components"]["schemas"]["NewTask"];
    assert_eq!(task["properties"]["title"]["minLength"], 1);
    assert_eq!(task["required"], json!(["title"]));
}

#[test]
fn a_shape_with_something_more_is_another_shape() {
    let document = json!({"components": {"schemas": {
        "A": {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}},
        "B": {"allOf": [{"$ref": "#/components/schemas/A"}, {"type": "object", "properties": {"b": {"type": "string"}}}]},
    }}});
    let schemas = Schemas::of(&document);
    let fits = |name: &str, value: Value| {
        let schema = json!({"$ref": format!("#/components/schemas/{name}")});
        schemas.validator(&schema).is_valid(&value)
    };
    assert!(fits("A", json!({"a": 1})));
    assert!(!fits("A", json!({"a": 1, "b": "x"})));
    assert!(!fits("A", json!({"a": "1"})));
    assert!(fits("B", json!({"a": 1, "b": "x"})));
    assert!(!fits("B", json!({"a": 1, "b": "x", "c": 2})));
    assert!(!fits("B", json!({"b": "x"})));
}

/// A proxy may have it anywhere: what the page needs is found from where the page is.
#[test]
fn the_page_needs_nothing_from_elsewhere_and_works_under_a_prefix() {
    let contract = Contract::of_a_demo();
    for (path, folder) in [("/api-docs", "/"), ("/api-docs/", "/api-docs/")] {
        let page = request(contract.docs, &format!("GET {path}"), &[], Value::Null);
        assert_eq!(
            page.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        let page = page.ok();
        let page = page.as_str().expect("HTML");
        assert!(
            !page.contains("http:") && !page.contains("https:"),
            "{page}"
        );
        let linked = page.split(['"', '\'']).filter(|part| {
            part.ends_with(".json") || part.ends_with(".js") || part.ends_with(".css")
        });
        let linked: Vec<&str> = linked.collect();
        assert!(linked.len() >= 5, "{linked:?}");
        for part in linked
            .into_iter()
            .filter(|part| *part != "maitred.postman_collection.json")
        {
            assert!(!part.starts_with('/'), "{part} is not found under a prefix");
            let found = request(
                contract.docs,
                &format!("GET {folder}{part}"),
                &[],
                Value::Null,
            );
            assert_eq!(found.status, 200, "{part}");
        }
    }
    for part in ["", "/", "/swagger-ui.css", "/openapi.json"] {
        let answer = request(
            contract.docs,
            &format!("POST /api-docs{part}"),
            &[],
            json!({}),
        );
        assert_eq!(answer.header("allow"), Some("GET, HEAD"), "{part}");
        assert_eq!(answer.refused(405), "METHOD_NOT_ALLOWED");
    }
    let nothing = request(contract.docs, "GET /api-docs/nothing", &[], Value::Null);
    assert_eq!(nothing.refused(404), "NOT_FOUND");
}
