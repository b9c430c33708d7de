//! One kind of endpoint: its frames, as they are on the wire.

use super::{Schemas, schema};
use maitred::{Consumer, notice};
use schemars::{JsonSchema, Schema, json_schema};
use serde_json::{Value, json};

/// What the framework says on every raw channel.
pub fn notices(schemas: &mut Schemas) -> Vec<Frame> {
    let said = &mut schemas.said;
    let all = [
        ("pong", notice::Pong::json_schema(said)),
        ("resumed", notice::Resumed::json_schema(said)),
        ("reset", notice::Reset::json_schema(said)),
        ("auth:expiring", notice::Expiry::json_schema(said)),
        ("authenticated", notice::Expiry::json_schema(said)),
        ("dropped", notice::Dropped::json_schema(said)),
        ("ack", schema::open(notice::Acknowledged::json_schema(said))),
    ];
    let mut all: Vec<Frame> = all
        .into_iter()
        .map(|(name, data)| {
            let members = match name {
                "reset" => json!({"reset": {"const": true}}),
                _ => json!({}),
            };
            enveloped(name, members, data, &[])
        })
        .collect();
    let error = json_schema!({
        "type": "object",
        "properties": {
            "error": {"type": "string", "description": "For people."},
            "code": {"type": "string", "description": "For programs."},
        },
        "required": ["error", "code"],
    });
    all.push(Frame::new("error", error));
    all
}

/// What the framework says in every namespace of Socket.IO.
pub fn events(schemas: &mut Schemas) -> Vec<Frame> {
    let said = &mut schemas.said;
    let all = [
        ("resync", notice::Resync::json_schema(said)),
        ("auth:expiring", notice::Expiry::json_schema(said)),
        ("authenticated", notice::Expiry::json_schema(said)),
        ("dropped", notice::Dropped::json_schema(said)),
    ];
    let all = all.into_iter().map(|(name, data)| {
        Frame::new(name, emitted(json!({"const": name}), schema::closed(data)))
    });
    all.collect()
}

/// What every namespace of Socket.IO understands: another token, as it is or in an object.
fn authenticate() -> Frame {
    let token = json_schema!({
        "anyOf": [
            {"type": "string"},
            {"type": "object", "properties": {"token": {"type": "string"}}, "required": ["token"]},
        ],
    });
    Frame::new("authenticate", asked("authenticate", Some(token)))
}

/// `["name", argument]`, and behind it the offset of what is durable.
fn emitted(name: Value, argument: Schema) -> Schema {
    let offset = json!({
        "type": "string",
        "pattern": "^[0-9]+$",
        "description": "Of a durable event: its number, which the client library remembers for coming back.",
    });
    let items = [name, argument.to_value(), offset];
    json_schema!({"type": "array", "prefixItems": items, "minItems": 2, "maxItems": 3})
}

/// `["name", argument]`. Of an argument that may be `null` nothing need be said, and what follows is passed over.
fn asked(name: &str, argument: Option<Schema>) -> Schema {
    let must = argument.as_ref().is_some_and(|a| !schema::allows_null(a));
    let mut items = vec![json!({"const": name})];
    items.extend(argument.map(Schema::to_value));
    json_schema!({"type": "array", "prefixItems": items, "minItems": if must { 2 } else { 1 }})
}

/// `{"type": ..., "data": ...}`, and what else may stand beside these.
fn enveloped(name: &str, members: Value, data: Schema, beside: &[&str]) -> Frame {
    let mut frame = json_schema!({"type": "object", "properties": members});
    frame = schema::with_member(frame, "type", json!({"const": name}), true);
    for member in beside {
        let again = data.pointer(&format!("/properties/{member}")).cloned();
        frame = schema::with_member(frame, member, again.unwrap_or(Value::Bool(true)), true);
    }
    frame = schema::with_member(frame, "data", schema::closed(data).to_value(), true);
    Frame::new(name, schema::closed(frame))
}

/// What one kind of consumer says and understands.
pub struct Channel {
    /// How frames look.
    pub dialect: Dialect,
    /// As `routing.toml` names it.
    pub consumer: &'static str,
    /// What it is for.
    pub title: &'static str,
    /// From the server, besides the [notices](super::Contract::notices) of a raw channel, or the [events](super::Contract::events) of a namespace.
    pub says: Vec<Frame>,
    /// From the client.
    pub hears: Vec<Frame>,
    /// What a callback of Socket.IO gets where nothing was done. (On a raw channel that is the notice `error`.)
    pub refused: Option<Schema>,
}

/// How frames look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// WebSocket messages: JSON objects with a `type` or an `action`.
    Raw,
    /// Socket.IO events: a name and arguments, as a JSON array.
    SocketIo,
}

/// One frame.
#[derive(Clone)]
pub struct Frame {
    /// What its `type`, or its `action`, says.
    pub name: String,
    /// The whole frame.
    pub schema: Schema,
    /// Of what is understood: what is told to who asked for an acknowledgement, besides that it was done. With Socket.IO the callback's one argument.
    pub answer: Option<Schema>,
}

impl Frame {
    fn new(name: impl Into<String>, schema: Schema) -> Self {
        Frame {
            name: name.into(),
            schema,
            answer: None,
        }
    }
}

impl Channel {
    /// Of raw WebSocket frames: what is said has a `type`, and what is understood is the consumer's [`Command`](Consumer::Command).
    pub fn raw<C: Consumer<Command: JsonSchema>>(
        title: &'static str,
        schemas: &mut Schemas,
    ) -> Self {
        let command = C::Command::json_schema(&mut schemas.asked);
        let id = json!({"type": ["string", "integer"], "description": "Asks for an acknowledgement. A command that comes again with the same id is done once."});
        let mut hears: Vec<Frame> = schema::alternatives(command, "action")
            .into_iter()
            .map(|(name, schema)| {
                Frame::new(name, schema::with_member(schema, "id", id.clone(), false))
            })
            .collect();
        let own = [
            ("ping", json!({})),
            (
                "resume",
                json!({"since": {"type": "integer", "minimum": 0}}),
            ),
            ("authenticate", json!({"token": {"type": "string"}})),
        ];
        hears.extend(own.map(|(name, members)| {
            let mut schema =
                json_schema!({"type": "object", "properties": members, "required": []});
            schema = schema::with_member(schema, "action", json!({"const": name}), true);
            for member in members.as_object().into_iter().flatten() {
                schema = schema::requiring(schema, member.0);
            }
            Frame::new(name, schema::with_member(schema, "id", id.clone(), false))
        }));
        Channel {
            dialect: Dialect::Raw,
            consumer: C::NAME,
            title,
            says: Vec::new(),
            hears,
            refused: None,
        }
    }

    /// Of Socket.IO events.
    pub fn socket_io<C: Consumer<Command: JsonSchema>>(
        title: &'static str,
        schemas: &mut Schemas,
    ) -> Self {
        let command = C::Command::json_schema(&mut schemas.asked);
        let hears = schema::variants(command)
            .into_iter()
            .map(|(name, argument)| {
                let schema = asked(&name, argument);
                Frame::new(name, schema)
            });
        Channel {
            dialect: Dialect::SocketIo,
            consumer: C::NAME,
            title,
            says: Vec::new(),
            hears: hears.chain([authenticate()]).collect(),
            refused: None,
        }
    }

    /// A client that says `name` and asks for an acknowledgement gets a `T`.
    ///
    /// # Panics
    /// When nothing of that name is understood: the contract is made of types, and one of them is another's.
    pub fn answers<T: JsonSchema>(mut self, name: &str, schemas: &mut Schemas) -> Self {
        let answer = T::json_schema(&mut schemas.said);
        let as_of = json!({"type": "integer", "description": "Of a command that has written: the number of the newest event when that was done."});
        let answer = match answer.pointer("/properties/as_of") {
            None => schema::with_member(answer, "as_of", as_of, false),
            Some(_) => answer,
        };
        let answer = schema::closed(answer);
        let frame = self.hears.iter_mut().find(|frame| frame.name == name);
        let frame = frame.unwrap_or_else(|| panic!("{}: nobody says {name}", self.consumer));
        frame.answer = Some(answer);
        self
    }

    /// A callback of Socket.IO gets a `T` where nothing was done.
    pub fn refuses<T: JsonSchema>(mut self, schemas: &mut Schemas) -> Self {
        self.refused = Some(schema::closed(T::json_schema(&mut schemas.said)));
        self
    }

    /// The server says the event `name`, with a `T` as its argument.
    pub fn emits<T: JsonSchema>(self, name: &'static str, schemas: &mut Schemas) -> Self {
        self.emits_named::<T>(name, json!({"const": name}), schemas)
    }

    /// The server says events with a `T` as their argument, whose names are made when they are sent: `pattern` is their schema, `name` stands for them.
    pub fn emits_named<T: JsonSchema>(
        mut self,
        name: &'static str,
        pattern: Value,
        schemas: &mut Schemas,
    ) -> Self {
        let argument = schema::closed(T::json_schema(&mut schemas.said));
        self.says.push(Frame::new(name, emitted(pattern, argument)));
        self
    }

    /// The server says `name`, with a `T` in `data`.
    pub fn says<T: JsonSchema>(self, name: &'static str, schemas: &mut Schemas) -> Self {
        self.says_beside::<T>(name, &[], schemas)
    }

    /// The server says `name`, with a `T` in `data`; its members `beside` stand beside `data` as well.
    pub fn says_beside<T: JsonSchema>(
        mut self,
        name: &'static str,
        beside: &[&str],
        schemas: &mut Schemas,
    ) -> Self {
        let data = T::json_schema(&mut schemas.said);
        let as_of = json!({"type": "integer", "description": "In an answer: the number of the last event before it."});
        let data = schema::with_member(data, "as_of", as_of, false);
        let members = json!({
            "seq": {"type": "integer", "description": "The event's number. Come back with the last one: `?since=`."},
            "reset": {"const": true, "description": "Forget what you know: this is how it is."},
        });
        self.says.push(enveloped(name, members, data, beside));
        self
    }

    /// The server says `name`, with the members of a `T` beside `type`, and no `data`.
    pub fn says_flat<T: JsonSchema>(mut self, name: &'static str, schemas: &mut Schemas) -> Self {
        let flat = T::json_schema(&mut schemas.said);
        let flat = schema::with_member(flat, "type", json!({"const": name}), true);
        let flat = schema::with_member(flat, "seq", json!({"type": "integer"}), false);
        let flat = schema::with_member(flat, "reset", json!({"const": true}), false);
        self.says.push(Frame::new(name, schema::closed(flat)));
        self
    }
}
