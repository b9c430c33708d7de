//! Values that a JSON schema allows, chosen at random: what a document promises to be understood, also where nobody would think of sending it.

use super::Random;
use serde_json::{Map, Value, json};

/// How deep arrays and objects go before the shortest is chosen.
const DEPTH: usize = 6;

/// Numbers that are ids in the demo, and those at which arithmetic ends.
const NUMBERS: [i64; 24] = [
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    10,
    11,
    12,
    17,
    99,
    123,
    456,
    789,
    901,
    -1,
    999_999_999,
    i32::MAX as i64 + 1,
    1 << 53,
    1_000_000_000_000,
    i64::MAX,
    i64::MIN,
];

/// Words that mean something somewhere, and those that mean something to a parser.
const TEXTS: [&str; 34] = [
    "",
    "x",
    " ",
    "5",
    "-5",
    "17",
    "order-1",
    "order-123",
    "ORD-1001",
    "pending",
    "ready",
    "preparing",
    "completed",
    "cancelled",
    "In Printing",
    "bar",
    "remaining",
    "80.00",
    "0.001",
    "1e400",
    "999999999999999999999",
    "2026-01-28",
    "2026-01-28T21:00:00Z",
    "9999-12-31T23:59:59.999-23:59",
    "11111111-1111-1111-1111-111111111111",
    "00000000-0000-0000-0000-000000000000",
    "null",
    "\0",
    "\u{1F35C}\u{301}",
    "'; DROP TABLE orders; --",
    "%_%",
    "../../healthz",
    "$.a[0]\"",
    "{\"a\":1}",
];

/// Makes values for the schemas of one document.
pub struct Generator<'d> {
    document: &'d Value,
    pub random: Random,
}

impl<'d> Generator<'d> {
    pub fn new(document: &'d Value, seed: u64) -> Self {
        Generator {
            document,
            random: Random::new(seed),
        }
    }

    /// A value that this schema allows; seldom one that it does not quite allow, where it has rules that are not known here.
    pub fn value(&mut self, schema: &Value) -> Value {
        self.make(schema, 0)
    }

    /// A body like this one, in which one or two members are others: what is right about the rest lets it get far.
    pub fn like(&mut self, example: &Value, schema: &Value) -> Value {
        let Value::Object(given) = example else {
            return self.value(schema);
        };
        let mut mixed = given.clone();
        for _ in 0..=self.random.below(2) {
            if let Value::Object(made) = self.value(schema) {
                let made: Vec<(String, Value)> = made.into_iter().collect();
                if !made.is_empty() {
                    let (name, value) = self.pick(&made).clone();
                    mixed.insert(name, value);
                }
            }
        }
        Value::Object(mixed)
    }

    pub fn one_in(&mut self, n: u64) -> bool {
        self.random.below(n) == 0
    }

    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.random.below(all.len() as u64) as usize]
    }

    fn make(&mut self, schema: &Value, depth: usize) -> Value {
        let Value::Object(rules) = schema else {
            return self.anything();
        };
        if let Some(Value::String(reference)) = rules.get("$ref") {
            let pointer = reference.strip_prefix('#').expect("within the document");
            let found = self.document.pointer(pointer);
            return self.make(found.unwrap_or(&Value::Null), depth);
        }
        if let Some(only) = rules.get("const") {
            return only.clone();
        }
        if let Some(Value::Array(all)) = rules.get("enum") {
            return self.pick(all).clone();
        }
        for key in ["oneOf", "anyOf"] {
            if let Some(Value::Array(all)) = rules.get(key) {
                let one = self.pick(all).clone();
                return self.make(&one, depth + 1);
            }
        }
        if let Some(Value::Array(all)) = rules.get("allOf") {
            let mut whole = Map::new();
            for part in all.clone() {
                if let Value::Object(members) = self.make(&part, depth + 1) {
                    whole.extend(members);
                }
            }
            return Value::Object(whole);
        }
        let kind = match rules.get("type") {
            Some(Value::Array(all)) => self.pick(all).as_str().unwrap_or("null").to_owned(),
            Some(Value::String(kind)) => kind.clone(),
            _ if rules.contains_key("properties") => "object".to_owned(),
            _ => return self.anything(),
        };
        match kind.as_str() {
            "boolean" => json!(self.one_in(2)),
            "integer" => json!(self.number(rules)),
            "number" if self.one_in(4) => json!(0.5),
            "number" => json!(self.number(rules)),
            "string" => json!(self.text(rules)),
            "array" => self.array(rules, depth),
            "object" => self.object(rules, depth),
            _ => Value::Null,
        }
    }

    fn anything(&mut self) -> Value {
        match self.random.below(5) {
            0 => Value::Null,
            1 => json!(*self.pick(&NUMBERS)),
            2 => json!(*self.pick(&TEXTS)),
            3 => json!([]),
            _ => json!({}),
        }
    }

    fn number(&mut self, rules: &Map<String, Value>) -> i64 {
        let bound = |key| rules.get(key).and_then(Value::as_i64);
        let (least, most) = (bound("minimum"), bound("maximum"));
        let number = *self.pick(&NUMBERS);
        number.clamp(least.unwrap_or(i64::MIN), most.unwrap_or(i64::MAX))
    }

    fn text(&mut self, rules: &Map<String, Value>) -> String {
        let bound = |key| rules.get(key).and_then(Value::as_u64);
        let least = bound("minLength").unwrap_or(0) as usize;
        let most = bound("maxLength").map_or(usize::MAX, |most| most as usize);
        let mut text = match self.random.below(20) {
            0 => "ä".repeat(most.min(1001)),
            1 => "a".repeat(most.min(5000)),
            _ => (*self.pick(&TEXTS)).to_owned(),
        };
        while text.chars().count() < least {
            text.push('a');
        }
        text.chars().take(most).collect()
    }

    fn array(&mut self, rules: &Map<String, Value>, depth: usize) -> Value {
        let bound = |key| rules.get(key).and_then(Value::as_u64);
        let first = rules.get("prefixItems").and_then(Value::as_array);
        let least = bound("minItems").unwrap_or(0);
        let most = bound("maxItems").unwrap_or(u64::MAX);
        let more = if depth < DEPTH {
            self.random.below(3)
        } else {
            0
        };
        let count = match first {
            Some(first) if self.one_in(2) => first.len() as u64,
            _ => least + more,
        };
        let items = rules.get("items").cloned().unwrap_or(Value::Bool(true));
        let schema = |n: u64| first.and_then(|f| f.get(n as usize)).unwrap_or(&items);
        let all = 0..count.clamp(least, most);
        let all: Vec<Value> = all.map(|n| self.make(schema(n), depth + 1)).collect();
        Value::Array(all)
    }

    fn object(&mut self, rules: &Map<String, Value>, depth: usize) -> Value {
        let required = rules.get("required").and_then(Value::as_array);
        let needed = |name: &str| required.is_some_and(|all| all.iter().any(|one| one == name));
        let mut made = Map::new();
        let properties = rules.get("properties").and_then(Value::as_object);
        for (name, schema) in properties.into_iter().flatten() {
            if needed(name) || (depth < DEPTH && self.one_in(2)) {
                made.insert(name.clone(), self.make(schema, depth + 1));
            }
        }
        Value::Object(made)
    }
}
