//! From a message in a namespace's mailbox to a command of its consumer, or a new token.

use super::mailbox::Mail;
use super::namespace::Namespace;
use super::session::Session;
use crate::app::App;
use crate::connection::{ConnectionFrame, rates, run_control};
use crate::consumer::context::{Context, Elapsed};
use crate::consumer::entry::OpenConsumer;
use crate::error::Error;
use crate::protocol::close::Ending;
use crate::protocol::dialect::Control;
use crate::protocol::frame::{Event, Frame, Payload};
use crate::protocol::message::Reply;
use crate::protocol::socket_io::{self, Body};
use bytes::Bytes;
use futures::FutureExt;
use futures::future::LocalBoxFuture;

/// What a message leads to, with the number of its acknowledgement.
pub(super) enum Reaction<'a> {
    /// A handler of the consumer runs.
    Run(Option<u64>, LocalBoxFuture<'a, Result<Reply, Error>>),
    /// The answer is known already. Boxed, because it is rare and large.
    Answered(Box<(Option<u64>, Result<Reply, Error>)>),
    /// The namespace ends.
    End(Box<Ending>),
}

impl<'a> Reaction<'a> {
    /// Has the consumer handle an elapsed timer.
    pub(super) fn elapsed<A: App>(
        elapsed: Elapsed<A>,
        consumer: &'a mut dyn OpenConsumer<A>,
        ctx: &'a mut Context<A>,
    ) -> Self {
        match elapsed(consumer.consumer(), ctx) {
            Some(running) => Reaction::Run(None, running),
            None => Reaction::answered(None, Ok(Reply::default())),
        }
    }

    fn answered(id: Option<u64>, answer: Result<Reply, Error>) -> Self {
        Reaction::Answered(Box::new((id, answer)))
    }
}

impl<A: App> Namespace<A> {
    /// Has the consumer handle a message.
    pub(super) fn take<'a>(
        &self,
        session: &'a Session<A>,
        ctx: &'a mut Context<A>,
        consumer: &'a mut dyn OpenConsumer<A>,
        mail: Mail,
    ) -> Reaction<'a> {
        match mail {
            Mail::Leave => Reaction::End(Box::new(Ending::left())),
            Mail::Frame(Frame::Text(text)) => handle(ctx, consumer, None, Payload::Text(&text)),
            Mail::Frame(Frame::Binary(bytes)) => {
                handle(ctx, consumer, None, Payload::Binary(&bytes))
            }
            Mail::Event { text, attachments } => {
                self.event(session, ctx, consumer, &text, &attachments)
            }
        }
    }

    fn event<'a>(
        &self,
        session: &'a Session<A>,
        ctx: &'a mut Context<A>,
        consumer: &'a mut dyn OpenConsumer<A>,
        text: &str,
        attachments: &[Bytes],
    ) -> Reaction<'a> {
        // never malformed: the session has decoded it to find its namespace
        let Ok(socket_io::Packet {
            body:
                Body::Event {
                    id,
                    name,
                    arguments,
                },
            ..
        }) = socket_io::Packet::decode(text)
        else {
            return Reaction::answered(None, Ok(Reply::default()));
        };
        let event = Event {
            name: &name,
            arguments: &arguments,
            attachments,
        };
        let (len, now) = (event.len(), ctx.shard.now_ms());
        let token = (&*name == AUTHENTICATE).then(|| token(arguments.first()?.get()));
        let control = token.flatten().map(Control::Authenticate);
        let metered = match &control {
            Some(control) => rates::control(&self.socket, control, len, now),
            None => rates::action(&self.socket, Some(&name), len, now),
        };
        if let Err(fast) = metered {
            return match rates::refuse(&ctx.shard, None, fast) {
                ConnectionFrame::Refused(_, error) => Reaction::answered(id, Err(error.into())),
                ConnectionFrame::Close(ending) => Reaction::End(Box::new(ending)),
                _ => Reaction::answered(id, Ok(Reply::default())),
            };
        }
        if let Some(control) = control {
            let running = run_control(ctx, session.keys.as_deref(), control);
            return Reaction::Run(id, running.boxed_local());
        }
        handle(ctx, consumer, id, Payload::Event(event))
    }
}

/// The event that brings a new token for an open connection.
const AUTHENTICATE: &str = "authenticate";

/// `"..."`, or `{"token": "..."}`.
fn token(json: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum Given {
        Bare(String),
        Named { token: String },
    }
    match serde_json::from_str(json).ok()? {
        Given::Bare(token) | Given::Named { token } => Some(token),
    }
}

fn handle<'a, A: App>(
    ctx: &'a mut Context<A>,
    consumer: &'a mut dyn OpenConsumer<A>,
    id: Option<u64>,
    payload: Payload<'_>,
) -> Reaction<'a> {
    ctx.begin(None, payload);
    match consumer.receive(payload, ctx) {
        Ok(running) => Reaction::Run(id, running),
        Err(error) => Reaction::answered(id, Err(error.into())),
    }
}
