//! A client that has ended its side, and waits for its answer.
//!
//! Hyper takes the end of the stream for the end of the client: with `half_close` it would not notice any more that somebody who polls has gone. So the
//! [HTTP connection io](super::http_io) keeps that end to itself as long as an answer is owed, and whoever would wait for long is told of it.

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll};
use tokio::sync::Notify;

/// What a connection owes its client.
#[derive(Debug, Default)]
pub(super) struct Owed {
    /// Answers that were not handed to hyper whole.
    answers: AtomicUsize,
    /// Something of them may be with hyper, or in the cipher, that is not with the system yet.
    unsent: AtomicBool,
    /// The client has ended its side meanwhile.
    ended: AtomicBool,
    told: Notify,
}

impl Owed {
    pub fn is_owing(&self) -> bool {
        self.answers.load(Relaxed) > 0 || self.unsent.load(Relaxed)
    }

    /// What hyper had is with the system: whether that was all.
    pub fn is_paid(&self) -> bool {
        let paid = self.answers.load(Relaxed) == 0;
        if paid {
            self.unsent.store(false, Relaxed);
        }
        paid
    }

    /// The client says nothing any more.
    pub fn end(&self) {
        self.ended.store(true, Relaxed);
        self.told.notify_waiters();
    }

    /// Resolves when the client has ended its side. Cancel safe.
    pub async fn ended(&self) {
        loop {
            // before the test: what is told from here on is heard
            let told = self.told.notified();
            if self.ended.load(Relaxed) {
                return;
            }
            told.await;
        }
    }
}

/// A request is being answered, until this is dropped.
pub(super) struct Answering(Arc<Owed>);

impl Answering {
    pub fn new(owed: &Arc<Owed>) -> Self {
        owed.answers.fetch_add(1, Relaxed);
        owed.unsent.store(true, Relaxed);
        Answering(owed.clone())
    }

    /// Until hyper has had all of this body.
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

/// The body of an answer.
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
