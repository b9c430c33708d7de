//! The packets of a session: read from frames or bodies, and passed on to namespaces.

use super::assembly::{Assembly, TooLarge};
use super::endpoint::NamespaceRoute;
use super::mailbox::Mail;
use super::namespace::{Namespace, Overflow};
use super::offsets;
use super::session::{Running, Session};
use crate::app::App;
use crate::auth::Identity;
use crate::connection::reader::MessageReader;
use crate::connection::{ConnectionFrame, dropped_message, rates};
use crate::consumer::context::Client;
use crate::error::{ClientError, Kind};
use crate::limits::TooFast;
use crate::limits::budget::Turn;
use crate::protocol::arguments::Arguments;
use crate::protocol::close::{Ending, NO_CODE};
use crate::protocol::engine_io;
use crate::protocol::frame::{Frame, Payload};
use crate::protocol::socket_io::{self, Body};
use crate::protocol::websocket::{self, Incoming, Opcode};
use crate::routing::Protocol;
use bytes::Bytes;
use serde_json::value::RawValue;
use std::rc::Rc;

/// A packet with its attachments may be so many times as large as the largest message.
const ATTACHED: usize = 4;

/// The largest `auth` of a namespace, in bytes. It is kept as long as the namespace is open, and is meant for a token and a few names.
const AUTH_BYTES: usize = 16 << 10;

/// How many namespaces of a session may be left and still handle what the client said there.
const LEAVING: usize = 16;

/// A frame of the WebSocket. It borrows nothing: the read buffer is the thread's.
enum Read {
    Text(String),
    Binary(Bytes),
    Ping(Vec<u8>, Option<TooFast>),
    Pong(Option<TooFast>),
    Close(Box<Ending>),
    Nothing,
}

fn malformed(what: &'static str) -> Ending {
    Ending::new(1002, what)
}

impl<A: App> Session<A> {
    /// Reads a frame of the WebSocket, if there is one. `None`: nothing complete has come.
    pub(super) fn read(
        self: &Rc<Self>,
        reader: &mut MessageReader,
        turn: Turn<'_>,
    ) -> Result<Option<Overflow<A>>, Ending> {
        let now = self.shard.now_ms();
        let read = reader.next(&self.wire, now, turn, |incoming| match incoming {
            Incoming::Data(Payload::Text(text)) => Read::Text(text.to_owned()),
            Incoming::Data(Payload::Binary(bytes)) => Read::Binary(Bytes::copy_from_slice(bytes)),
            Incoming::Ping(payload) => Read::Ping(payload.to_vec(), self.meter(incoming)),
            Incoming::Close(close) => {
                let (code, text) = close.unwrap_or((NO_CODE, ""));
                Read::Close(Box::new(Ending::by_client_saying(code, text)))
            }
            Incoming::Pong(_) => Read::Pong(self.meter(incoming)),
            Incoming::Data(Payload::Event(_)) => Read::Nothing,
        })?;
        match read {
            None => Ok(None),
            Some(Read::Text(text)) => match engine_io::Packet::decode(&text) {
                Ok(packet) => self.packet(packet).map(Some),
                Err(engine_io::Malformed) => Err(malformed("no packet")),
            },
            Some(Read::Binary(bytes)) => self.binary(bytes).map(Some),
            Some(Read::Ping(_, Some(too_fast)) | Read::Pong(Some(too_fast))) => {
                self.too_much(too_fast).map(Some)
            }
            Some(Read::Ping(payload, None)) => {
                let pong = websocket::encode(Opcode::Pong, &payload);
                self.shard.send(&self.wire, pong);
                Ok(Some(None))
            }
            Some(Read::Pong(None)) => {
                let namespaces = self.namespaces.borrow();
                namespaces.iter().for_each(|n| n.client.pong());
                Ok(Some(None))
            }
            Some(Read::Close(ending)) => Err(*ending),
            Some(Read::Nothing) => Ok(Some(None)),
        }
    }

    /// A packet of either transport.
    pub(super) fn packet(
        self: &Rc<Self>,
        packet: engine_io::Packet<'_>,
    ) -> Result<Overflow<A>, Ending> {
        match packet {
            engine_io::Packet::Message(text) => self.message(text),
            engine_io::Packet::Binary(bytes) => self.binary(Bytes::from(bytes.into_owned())),
            engine_io::Packet::Close => Err(Ending::by_client(1000)),
            engine_io::Packet::Ping(_) => Err(malformed("it is the server that asks")),
            // they do nothing, and count as frames
            engine_io::Packet::Pong(_)
            | engine_io::Packet::Open(_)
            | engine_io::Packet::Upgrade
            | engine_io::Packet::Noop => {
                let too_fast = self.meter(Incoming::Data(Payload::Text("3")));
                too_fast.map_or(Ok(None), |too_fast| self.too_much(too_fast))
            }
        }
    }

    fn meter(&self, incoming: Incoming<'_>) -> Option<TooFast> {
        let now = self.shard.now_ms();
        rates::frame(&self.shard, &self.wire, &incoming, now).err()
    }

    /// Passes over what came too fast and has no answer. For a client that goes on it is the end.
    fn too_much(&self, too_fast: TooFast) -> Result<Overflow<A>, Ending> {
        match rates::refuse(&self.shard, None, too_fast) {
            ConnectionFrame::Close(ending) => Err(ending),
            _ => Ok(None),
        }
    }

    fn message(self: &Rc<Self>, text: &str) -> Result<Overflow<A>, Ending> {
        let too_fast = self.meter(Incoming::Data(Payload::Text(text)));
        if self.request.endpoint.protocol == Protocol::EngineIo {
            return self.pass_on(Frame::Text(text.to_owned()), too_fast);
        }
        if self.assembly.borrow().is_some() {
            return Err(malformed("an attachment is missing"));
        }
        let packet = socket_io::Packet::decode(text)
            .map_err(|socket_io::Malformed(what)| malformed(what))?;
        if let Some(too_fast) = too_fast {
            self.refuse(&packet, too_fast)?;
            return Ok(None);
        }
        if packet.attachments > 0 {
            let begun = Assembly::new(text.to_owned(), packet.attachments);
            *self.assembly.borrow_mut() = Some(Box::new(begun));
            return Ok(None);
        }
        self.dispatch(text, packet, Vec::new())
    }

    fn binary(self: &Rc<Self>, bytes: Bytes) -> Result<Overflow<A>, Ending> {
        let too_fast = self.meter(Incoming::Data(Payload::Binary(&bytes)));
        if self.request.endpoint.protocol == Protocol::EngineIo {
            return self.pass_on(Frame::Binary(bytes), too_fast);
        }
        if let Some(too_fast) = too_fast {
            // without this attachment its packet cannot be completed
            self.shard.counts.limited(too_fast.limited.limit);
            return Err(Ending::refused(too_fast.limited.error()));
        }
        let complete = {
            let mut assembly = self.assembly.borrow_mut();
            let Some(open) = assembly.as_mut() else {
                return Err(malformed("an attachment of nothing"));
            };
            match open.add(bytes, ATTACHED * self.wire.policy.max_payload) {
                Ok(true) => assembly.take(),
                Ok(false) => None,
                Err(TooLarge) => return Err(Ending::new(1009, "the attachments are too large")),
            }
        };
        let Some(complete) = complete else {
            return Ok(None);
        };
        let (text, attachments) = complete.into_parts();
        let packet = socket_io::Packet::decode(&text)
            .map_err(|socket_io::Malformed(what)| malformed(what))?;
        self.dispatch(&text, packet, attachments)
    }

    /// Passes a frame to the only consumer, which takes frames as they are.
    fn pass_on(
        self: &Rc<Self>,
        frame: Frame,
        fast: Option<TooFast>,
    ) -> Result<Overflow<A>, Ending> {
        if let Some(too_fast) = fast {
            return self.too_much(too_fast);
        }
        let only = self.namespaces.borrow().first().cloned();
        Ok(only.and_then(|only| only.take_in(Mail::Frame(frame))))
    }

    /// Tells a client that it sent too fast, in the vocabulary of the namespace.
    fn refuse(&self, packet: &socket_io::Packet<'_>, too_fast: TooFast) -> Result<(), Ending> {
        match rates::refuse(&self.shard, None, too_fast) {
            ConnectionFrame::Close(ending) => return Err(ending),
            ConnectionFrame::Refused(_, error) => {
                if let (Some(namespace), Body::Event { id, .. } | Body::Misnamed { id, .. }) =
                    (self.namespace(&packet.namespace), &packet.body)
                {
                    namespace.tell_mistake(&self.shard, &error, *id);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn namespace(&self, name: &str) -> Option<Rc<Namespace<A>>> {
        let all = self.namespaces.borrow();
        all.iter().find(|n| *n.route.name == *name).cloned()
    }

    fn dispatch(
        self: &Rc<Self>,
        text: &str,
        packet: socket_io::Packet<'_>,
        attachments: Vec<Bytes>,
    ) -> Result<Overflow<A>, Ending> {
        let namespace = self.namespace(&packet.namespace);
        match (packet.body, namespace) {
            (Body::Connect(auth), None) => self.enter(&packet.namespace, auth),
            (Body::Connect(_), Some(_)) => return Err(malformed("the namespace is open already")),
            (Body::Disconnect, Some(namespace)) => {
                self.namespaces
                    .borrow_mut()
                    .retain(|n| !Rc::ptr_eq(n, &namespace));
                return Ok(namespace.depart());
            }
            (Body::Event { .. }, Some(namespace)) => {
                let text = text.to_owned();
                return Ok(namespace.take_in(Mail::Event { text, attachments }));
            }
            (Body::Misnamed { id, why }, Some(namespace)) => {
                let error = ClientError::new(Kind::Invalid, "INVALID_FRAME", why);
                namespace.tell_mistake(&self.shard, &error, id);
            }
            (Body::Ack { id, arguments }, Some(namespace)) => {
                let values = arguments.iter().map(|&a| a.to_owned()).collect();
                let answer = Arguments {
                    values,
                    attachments,
                };
                namespace.client.answered(id, answer);
            }
            // it was on its way when the namespace ended
            (_, None) if self.was_asked_for(&packet.namespace) => {}
            (_, None) => return Err(malformed("the namespace is not open")),
        }
        Ok(None)
    }

    fn was_asked_for(&self, name: &str) -> bool {
        let at = self.position(name);
        at.is_some_and(|at| self.asked.borrow()[at])
    }

    fn position(&self, name: &str) -> Option<usize> {
        let mut namespaces = self.request.endpoint.namespaces.iter();
        namespaces.position(|n| *n.name == *name)
    }

    /// The client asks for a namespace.
    fn enter(self: &Rc<Self>, name: &str, auth: Option<&RawValue>) {
        let Some(at) = self.position(name) else {
            self.say(&socket_io::connect_error(name, "Invalid namespace", None));
            return;
        };
        let refuse = |why| self.say(&socket_io::connect_error(name, why, None));
        if auth.is_some_and(|auth| auth.get().len() > AUTH_BYTES) {
            return refuse("auth is too large");
        }
        if self.running.get() >= self.request.endpoint.namespaces.len() + LEAVING {
            return refuse("too many namespaces are being left");
        }
        self.asked.borrow_mut()[at] = true;
        let mut route = self.request.endpoint.namespaces[at].clone();
        if !offsets::are_told(&route.policy, &self.request, auth) {
            route.format = route.unnumbered;
        }
        let client = Client::new(self.request.handshake.clone(), auth.map(ToOwned::to_owned));
        self.begin(route, client, None);
    }

    /// Begins what is served without namespaces.
    pub(super) fn enter_only(self: &Rc<Self>, identity: Option<Identity<A::Claims>>) {
        if let Some(route) = self.request.endpoint.namespaces.first() {
            let client = Client::new(self.request.handshake.clone(), None);
            self.begin(route.clone(), client, identity);
        }
    }

    fn begin(
        self: &Rc<Self>,
        route: NamespaceRoute,
        client: Client,
        identity: Option<Identity<A::Claims>>,
    ) {
        let namespace = Rc::new(Namespace::new(&self.wire, route, client));
        self.namespaces.borrow_mut().push(namespace.clone());
        let running = Running::new(self);
        let served = namespace.run(running, identity.map(Box::new));
        tokio::task::spawn_local(crate::trace::within(self.wire.id, served));
    }

    pub(super) fn tell_dropped(&self, count: u32) {
        for namespace in &*self.namespaces.borrow() {
            let message = dropped_message(count, self.wire.policy.delivery);
            namespace.say(&self.shard, &message);
        }
    }
}
