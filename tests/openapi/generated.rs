//! Requests that nobody thought of: whatever the document allows is answered, with a status and a shape that are documented, and never with our failure.

use super::{Contract, Schemas};
use crate::support::generator::Generator;
use crate::support::http::{Answer, send};
use crate::support::token;
use jsonschema::Validator;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;

/// How often each operation is asked, and those with a body so many times as often.
const ROUNDS: usize = 20;
const BODIES: usize = 4;

/// One operation of the document.
struct Operation<'d> {
    id: &'d str,
    method: &'d str,
    /// With what its server's address has in front.
    path: String,
    address: SocketAddr,
    of: &'d Value,
    body: Option<Validator>,
}

fn operations(contract: &Contract) -> Vec<Operation<'_>> {
    let mut all = Vec::new();
    for (path, item) in contract.document["paths"].as_object().expect("paths") {
        let url = item["servers"][0]["url"].as_str().expect("a server");
        let rest = url.strip_prefix("http://").expect("plain HTTP");
        let (host, front) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let port = host.rsplit(':').next().and_then(|port| port.parse().ok());
        for (method, of) in item.as_object().expect("methods") {
            if method == "servers" {
                continue;
            }
            let schema = &of["requestBody"]["content"]["application/json"]["schema"];
            let mut whole = schema.clone();
            let body = (!schema.is_null()).then(|| {
                whole["components"] = contract.document["components"].clone();
                jsonschema::draft202012::new(&whole).unwrap_or_else(|e| panic!("{schema}: {e}"))
            });
            all.push(Operation {
                id: of["operationId"].as_str().expect("a name"),
                method,
                path: format!("{front}{path}"),
                address: SocketAddr::from(([127, 0, 0, 1], port.expect("a port"))),
                of,
                body,
            });
        }
    }
    all
}

/// As it stands in a path or a query.
fn escaped(text: &str) -> String {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"-_.~".contains(b);
    let all = text.bytes().map(|b| match plain(&b) {
        true => char::from(b).to_string(),
        false => format!("%{b:02X}"),
    });
    all.collect()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

impl Operation<'_> {
    /// The line and the body of one request.
    fn request(&self, generator: &mut Generator<'_>) -> (String, String) {
        let mut path = self.path.clone();
        let mut query = Vec::new();
        let parameters = self.of["parameters"].as_array();
        for parameter in parameters.into_iter().flatten() {
            let name = parameter["name"].as_str().expect("a name");
            let value = match &parameter["example"] {
                example if !example.is_null() && generator.one_in(2) => example.clone(),
                _ => generator.value(&parameter["schema"]),
            };
            match parameter["in"].as_str() {
                Some("path") => {
                    path = path.replace(&format!("{{{name}}}"), &escaped(&text(&value)));
                }
                Some("query") if generator.one_in(2) && !value.is_null() => {
                    query.push(format!("{name}={}", escaped(&text(&value))));
                }
                _ => {}
            }
        }
        let mark = if query.is_empty() { "" } else { "?" };
        let line = format!(
            "{} {path}{mark}{}",
            self.method.to_uppercase(),
            query.join("&")
        );
        (line, self.body(generator))
    }

    /// One that is valid.
    fn body(&self, generator: &mut Generator<'_>) -> String {
        let Some(valid) = &self.body else {
            return String::new();
        };
        let content = &self.of["requestBody"]["content"]["application/json"];
        if self.of["requestBody"]["required"] == false && generator.one_in(8) {
            return String::new();
        }
        for _ in 0..100 {
            let body = match generator.one_in(4) {
                true => generator.value(&content["schema"]),
                false => generator.like(&content["example"], &content["schema"]),
            };
            if valid.is_valid(&body) {
                return body.to_string();
            }
        }
        panic!("{}: no body can be made that is valid", self.id);
    }
}

/// The documented answers.
struct Answers<'c> {
    contract: &'c Contract,
    schemas: Schemas,
    known: HashMap<(String, u16), Validator>,
}

impl Answers<'_> {
    /// What is wrong with an answer.
    fn judge(&mut self, operation: &Operation<'_>, answer: &Answer) -> Option<String> {
        let status = answer.status;
        if status == 500 {
            return Some("our failure".to_owned());
        }
        let documented = &operation.of["responses"][status.to_string()];
        if documented.is_null() {
            return Some("this status is not documented".to_owned());
        }
        let schema = &documented["content"]["application/json"]["schema"];
        if schema.is_null() {
            return None;
        }
        let key = (operation.id.to_owned(), status);
        let validator = self.known.entry(key);
        let validator = validator.or_insert_with(|| self.schemas.validator(schema));
        let wrong = validator.iter_errors(&answer.body).next()?;
        let why: String = wrong.to_string().chars().take(200).collect();
        Some(format!("{why} at {}", wrong.instance_path()))
    }
}

/// Those who ask, the more often the more they may.
fn tokens(contract: &Contract) -> Vec<Option<String>> {
    let now = std::time::UNIX_EPOCH.elapsed().expect("after 1970");
    let signed = |mut claims: Value| {
        claims["exp"] = json!(now.as_secs() + 3600);
        Some(token::signed(&claims))
    };
    let mut all = vec![Some(contract.admin.clone()); 8];
    all.extend([
        Some(contract.server.token("manager")),
        Some(contract.server.token("waiter")),
        signed(json!({"sub": "20", "role": "kitchen", "restaurant_id": 2})),
        signed(json!({"sub": "901", "role": "driver"})),
        signed(json!({"sub": "456", "role": "user"})),
        signed(json!({"sub": "owner", "role": "restaurant", "restaurantId": 789})),
        signed(json!({"sub": "35", "role": "staff", "restaurantId": 5})),
        None,
    ]);
    all
}

#[test]
fn no_request_that_the_document_allows_is_our_failure() {
    let contract = Contract::of_a_demo();
    let mut answers = Answers {
        contract: &contract,
        schemas: Schemas::of(&contract.document),
        known: HashMap::new(),
    };
    let document = answers.contract.document.clone();
    let mut generator = Generator::new(&document, 11);
    let tokens = tokens(&contract);
    let operations = operations(&contract);
    assert!(operations.len() > 40, "{}", operations.len());
    let (mut wrong, mut done) = (Vec::new(), 0);
    // In turns, so that each finds what the others have made.
    let mut all: Vec<&Operation<'_>> = operations.iter().collect();
    let bodies = operations
        .iter()
        .filter(|operation| operation.body.is_some());
    all.extend((1..BODIES).flat_map(|_| bodies.clone()));
    for _ in 0..ROUNDS {
        for operation in &all {
            let (line, body) = operation.request(&mut generator);
            let bearer = generator.pick(&tokens).as_ref();
            let bearer = bearer.map(|token| format!("Bearer {token}"));
            let headers = bearer
                .as_ref()
                .map(|bearer| ("Authorization", bearer.as_str()));
            let answer = send(operation.address, &line, headers.as_slice(), &body);
            if let Some(why) = answers.judge(operation, &answer) {
                let id = operation.id;
                let told: String = answer.text.chars().take(200).collect();
                wrong.push(format!(
                    "{id}: {why}\n  {line}\n  {body}\n  {} {told}",
                    answer.status
                ));
            }
            done += usize::from(answer.status < 300);
        }
    }
    let log = contract.server.log();
    let unsaid: Vec<&str> = log
        .lines()
        .filter(|l| l.contains("only the schema refused"))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(
        unsaid.is_empty(),
        "refused by nobody but the database: {unsaid:#?}"
    );
    let all = all.len() * ROUNDS;
    assert!(8 * done > all, "of {all} only {done} did something");
}
