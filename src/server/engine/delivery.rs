//! The way of a poll's answer: what it carries, and what the session is to hear of it.

use super::gzip;
use super::requests::{found, typed};
use crate::app::App;
use crate::hub::shard::{Inbox, Shard, ToShard};
use crate::protocol::sid::Sid;
use crate::server::http_io::Report;
use crate::socketio::{Fate, body};
use ::http::{HeaderValue, header};
use bytes::Bytes;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use warp::Reply;
use warp::reply::Response;

/// Pieces of a body: the rest of one whose client goes away meanwhile was not sent.
const PIECE_BYTES: usize = 16 << 10;

/// How an answer goes.
pub(super) struct Delivery {
    /// Of the connection that it goes by.
    pub report: Arc<Report>,
    /// A body of so many bytes or more goes compressed; `None`: none does.
    pub gzip_from: Option<usize>,
}

impl Delivery {
    /// The answer that carries these frames.
    pub fn of<A: App>(self, frames: Vec<Bytes>, receipt: Receipt<A>) -> Response {
        let (content, is_gzip) = match self.gzip_from {
            None => (body(frames).into(), false),
            Some(from) => gzip::body(frames, from),
        };
        let length = HeaderValue::from(content.len());
        let pieces = Pieces {
            left: content,
            is_begun: false,
            receipt: Some(receipt.clone()),
            report: self.report,
        };
        let kind = HeaderValue::from_static("text/plain; charset=UTF-8");
        let mut response = typed(warp::reply::stream(pieces).into_response(), kind);
        let head = response.headers_mut();
        head.insert(header::CONTENT_LENGTH, length);
        if is_gzip {
            let coding = HeaderValue::from_static("gzip");
            head.insert(header::CONTENT_ENCODING, coding);
        }
        // whoever serves the connection gives it
        response.extensions_mut().insert(receipt);
        response
    }
}

/// A body on its way to hyper. Who drops it before it was taken whole has lost it.
struct Pieces<A: App> {
    left: Bytes,
    is_begun: bool,
    receipt: Option<Receipt<A>>,
    report: Arc<Report>,
}

impl<A: App> futures::Stream for Pieces<A> {
    type Item = Result<Bytes, std::convert::Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let length = self.left.len().min(PIECE_BYTES);
        let piece = self.left.split_to(length);
        self.is_begun = true;
        if self.left.is_empty() {
            // the length was told: nobody need ask for more
            self.receipt = None;
            self.report.handed();
        }
        Poll::Ready((length > 0).then_some(Ok(piece)))
    }
}

impl<A: App> Drop for Pieces<A> {
    fn drop(&mut self) {
        if let Some(receipt) = self.receipt.take() {
            receipt.give(match self.is_begun {
                true => Fate::Lost,
                false => Fate::Unsent,
            });
        }
    }
}

/// What a session is to hear of one of its answers.
pub(in crate::server) struct Receipt<A: App> {
    pub(super) home: Inbox<A>,
    pub(super) sid: Sid,
    pub(super) number: u64,
}

// `derive` would ask for `A: Clone`
impl<A: App> Clone for Receipt<A> {
    fn clone(&self) -> Self {
        Receipt {
            home: self.home.clone(),
            sid: self.sid.clone(),
            number: self.number,
        }
    }
}

impl<A: App> Receipt<A> {
    /// Says what became of it, as far as the connection knows that it went by.
    pub fn give(self, fate: Fate) {
        let Receipt { home, sid, number } = self;
        let call = move |shard: &Rc<Shard<A>>| {
            if let Some(session) = found(shard, &sid) {
                session.answered(number, fate);
            }
        };
        // a shard that does not keep up hears nothing of it: then the answer counts as read
        let _ = home.try_send(ToShard::Call(Box::new(call)));
    }
}
