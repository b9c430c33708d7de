//! Answers that are owed to a client that has ended its side of the connection.
//!
//! Hyper takes the end of the stream for the end of the client; with its `half_close` it would not notice that a client that polls has gone. So the
//! [HTTP connection io](super::http_io) keeps the end of the stream from hyper as long as an answer is owed, and notifies requests that may wait long.

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll};
use tokio::sync::Notify;

/// The answers that a connection owes its client.
#[derive(Debug, Default)]
pub(super) struct Owed {
    /// Answers of which hyper has not taken all.
    answers: AtomicUsize,
    /// Some bytes of an answer may be in hyper or in TLS, and not yet in the kernel.
    unsent: AtomicBool,
    /// The client has ended its side while an answer was owed.
    ended: AtomicBool,
    /// Notified when `ended` is set.
    on_end: Notify,
}

impl Owed {
    pub fn is_owing(&self) -> bool {
        self.answers.load(Relaxed) > 0 || self.unsent.load(Relaxed)
    }

    /// Called when the kernel has all that hyper had. Returns whether nothing is owed any more.
    pub fn is_paid(&self) -> bool {
        let paid = self.answers.load(Relaxed) == 0;
        if paid {
            self.unsent.store(false, Relaxed);
        }
        paid
    }

    /// The client has ended its side.
    pub fn end(&self) {
        self.ended.store(true, Relaxed);
        self.on_end.notify_waiters();
    }

    /// Resolves when the client has ended its side. Cancel safe.
    pub async fn ended(&self) {
        loop {
            // before the test, so that an end between the two is not missed
            let notified = self.on_end.notified();
            if self.ended.load(Relaxed) {
                return;
            }
            notified.await;
        }
    }
}

/// A request is being answered, until the value is dropped.
pub(super) struct Answering(Arc<Owed>);

impl Answering {
    pub fn new(owed: &Arc<Owed>) -> Self {
        owed.answers.fetch_add(1, Relaxed);
        owed.unsent.store(true, Relaxed);
        Answering(owed.clone())
    }

    /// The body of the answer: the request counts as answered when hyper has taken all of it.
    pub fn with<B>(self, body: B) -> Answer<B> {
        Answer {
            body,
            _answering: self,
        }
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.answers.fetch_sub(1, Relaxed);
    }
}

/// The body of an answer that is owed.
pub(super) struct Answer<B> {
    body: B,
    _answering: Answering,
}

impl<B: Body<Data = Bytes> + Unpin> Body for Answer<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
