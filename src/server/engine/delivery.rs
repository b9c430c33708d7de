//! The answer to a poll: its frames, its encoding, and the receipt that the session gets.

use super::gzip;
use super::receipt::Receipt;
use crate::app::App;
use crate::consumer::rest::answer::Response;
use crate::consumer::rest::body::ResponseBody;
use crate::server::http_io::Report;
use crate::socketio::{Fate, body};
use ::http::{HeaderValue, header};
use bytes::Bytes;
use http_body::{Body, Frame};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// Bytes that hyper gets at once: if the client goes away meanwhile the rest counts as not sent.
const PIECE_BYTES: usize = 16 << 10;

/// An answer to a request of Engine.IO.
pub(in crate::server) struct Answer<A: App> {
    pub response: Response,
    /// For the session: given by the task that serves the connection, when it knows what became of the answer.
    pub receipt: Option<Receipt<A>>,
}

impl<A: App> From<Response> for Answer<A> {
    fn from(response: Response) -> Self {
        Answer {
            response,
            receipt: None,
        }
    }
}

/// How an answer is sent.
pub(super) struct Delivery {
    /// The report of the connection that it is sent on.
    pub report: Arc<Report>,
    /// The fewest bytes of a body that is compressed; `None`: none is.
    pub gzip_from: Option<usize>,
}

impl Delivery {
    /// Makes the answer that carries these frames.
    pub fn of<A: App>(self, frames: Vec<Bytes>, receipt: Receipt<A>) -> Answer<A> {
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
        let mut response = Response::new(ResponseBody::pieces(pieces));
        let head = response.headers_mut();
        head.insert(header::CONTENT_TYPE, kind);
        head.insert(header::CONTENT_LENGTH, length);
        if is_gzip {
            let coding = HeaderValue::from_static("gzip");
            head.insert(header::CONTENT_ENCODING, coding);
        }
        Answer {
            response,
            receipt: Some(receipt),
        }
    }
}

/// The body of a poll's answer on its way to hyper. Dropped before hyper has taken all of it, it was lost or never sent.
struct Pieces<A: App> {
    left: Bytes,
    is_begun: bool,
    receipt: Option<Receipt<A>>,
    report: Arc<Report>,
}

impl<A: App> Body for Pieces<A> {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let length = self.left.len().min(PIECE_BYTES);
        let piece = self.left.split_to(length);
        self.is_begun = true;
        if self.left.is_empty() {
            // hyper knows the length, and may not ask again
            self.receipt = None;
            self.report.handed();
        }
        Poll::Ready((length > 0).then(|| Ok(Frame::data(piece))))
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
