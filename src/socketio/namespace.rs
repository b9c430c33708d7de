//! An open namespace of a session: where messages for it go, and how its client is told something.

use super::endpoint::NamespaceRoute;
use super::mailbox::{Mail, Mailbox};
use crate::app::App;
use crate::connection::error_message;
use crate::consumer::context::Client;
use crate::error::ClientError;
use crate::hub::shard::Shard;
use crate::hub::socket::{Compression, Socket};
use crate::protocol::arguments::Arguments;
use crate::protocol::close::Ending;
use crate::protocol::message::Message;
use crate::protocol::socket_io;
use crate::protocol::websocket::{self, Opcode};
use std::rc::Rc;

/// An open namespace.
pub(super) struct Namespace<A: App> {
    pub route: NamespaceRoute,
    pub socket: Rc<Socket<A>>,
    pub client: Rc<Client>,
    pub mailbox: Mailbox,
}

/// A message that found no room in its mailbox. `None`: there was room.
pub(super) type Overflow<A> = Option<Box<Undelivered<A>>>;

/// A message and the namespace that it is for.
pub(super) struct Undelivered<A: App> {
    namespace: Rc<Namespace<A>>,
    mail: Mail,
}

impl<A: App> Undelivered<A> {
    /// Waits until there is room in the mailbox.
    pub async fn put(self) {
        let Undelivered { namespace, mail } = self;
        while namespace.is_full() {
            namespace.mailbox.changed().await;
        }
        namespace.deliver(mail);
    }
}

impl<A: App> Namespace<A> {
    pub fn new(wire: &Rc<Socket<A>>, route: NamespaceRoute, client: Client) -> Self {
        Namespace {
            socket: Rc::new(Socket::beside(wire, route.policy.clone())),
            route,
            client: Rc::new(client),
            mailbox: Mailbox::default(),
        }
    }

    /// Puts a message into the mailbox. A message that finds no room is given back.
    pub fn take_in(self: Rc<Self>, mail: Mail) -> Overflow<A> {
        if self.is_full() {
            return Some(Box::new(Undelivered {
                namespace: self,
                mail,
            }));
        }
        self.deliver(mail);
        None
    }

    fn is_full(&self) -> bool {
        self.mailbox.is_full() && !self.socket.is_leaving()
    }

    fn deliver(&self, mail: Mail) {
        self.mailbox.put(mail);
        self.socket.wake();
    }

    /// Waits until everything that came is answered, or the namespace ends.
    pub async fn handled(&self) {
        while self.mailbox.is_busy() && !self.socket.is_leaving() {
            self.mailbox.changed().await;
        }
    }

    /// The client leaves. Messages that came before are still handled, because clients emit and leave at once. Questions to it get no answer any more.
    pub fn depart(self: Rc<Self>) -> Overflow<A> {
        self.client.gone();
        self.take_in(Mail::Leave)
    }

    /// Ends the namespace, because the connection of its client has ended so.
    pub fn leave(&self, connection: &Ending) {
        self.client.gone();
        self.socket.end(Ending::following(connection));
        self.mailbox.close();
    }

    pub fn compress(&self, compression: Compression) {
        self.socket.wire.compression.set(compression);
    }

    pub fn say(&self, shard: &Shard<A>, message: &Message) {
        let format = &shard.formats[self.route.format as usize];
        shard.send(&self.socket, format.frame(message, Default::default()));
    }

    /// Tells a mistake: as the acknowledgement if one was asked for, otherwise as an event of the vocabulary.
    pub fn tell_mistake(&self, shard: &Shard<A>, error: &ClientError, id: Option<u64>) {
        let render = shard.formats[self.route.format as usize]
            .renderer
            .render_error;
        match id {
            None => self.say(shard, &error_message(render, error, None)),
            Some(id) => {
                let error = render(&error.in_short());
                self.answer(shard, id, &error.into_arguments());
            }
        }
    }

    /// Acknowledges the event with this number.
    pub fn answer(&self, shard: &Shard<A>, id: u64, answer: &Arguments) {
        let values = answer.values.iter().map(|v| v.get());
        let attachments = &answer.attachments;
        let text = socket_io::ack(&self.route.name, id, values, attachments.len());
        let frame = websocket::encode_all(Opcode::Text, text.as_bytes(), attachments);
        shard.send(&self.socket, frame);
    }
}
