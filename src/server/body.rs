//! A request's body, bounded in bytes and time whatever the route does with it.

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::Sleep;

/// Why a body ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Excess {
    #[error("the body is over the limit")]
    Bytes,
    #[error("the body took too long")]
    Time,
}

/// Tells what became of a body, after its reader had it.
#[derive(Clone, Default)]
pub(super) struct Verdict(Option<Arc<AtomicU8>>);

impl Verdict {
    /// `Some`: the request is the client's failure, whatever its handler made of half a body.
    pub fn excess(&self) -> Option<Excess> {
        match self.0.as_ref()?.load(Relaxed) {
            1 => Some(Excess::Bytes),
            2 => Some(Excess::Time),
            _ => None,
        }
    }

    fn set(&self, excess: Excess) {
        if let Some(found) = &self.0 {
            let code = match excess {
                Excess::Bytes => 1,
                Excess::Time => 2,
            };
            found.store(code, Relaxed);
        }
    }
}

pub(super) struct Bounded {
    inner: Incoming,
    left: usize,
    patience: Duration,
    /// Made when the first byte has to be waited for.
    deadline: Option<Pin<Box<Sleep>>>,
    verdict: Verdict,
}

impl Bounded {
    /// At most so many bytes, within so much time from the first wait.
    pub fn new(inner: Incoming, most: usize, patience: Duration) -> Self {
        let verdict = match inner.is_end_stream() {
            true => Verdict(None),
            false => Verdict(Some(Arc::default())),
        };
        Bounded {
            inner,
            left: most,
            patience,
            deadline: None,
            verdict,
        }
    }

    pub fn verdict(&self) -> Verdict {
        self.verdict.clone()
    }

    /// Whether the request says that it has more than may come.
    pub fn announces_too_much(&self) -> bool {
        self.inner.size_hint().lower() > self.left as u64
    }
}

impl Body for Bounded {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(cx) else {
            let patience = self.patience;
            let deadline = self
                .deadline
                .get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
            ready!(deadline.as_mut().poll(cx));
            self.verdict.set(Excess::Time);
            return Poll::Ready(Some(Err(Excess::Time.into())));
        };
        let frame = match frame {
            Some(Ok(frame)) => frame,
            Some(Err(e)) => return Poll::Ready(Some(Err(e.into()))),
            None => return Poll::Ready(None),
        };
        let n = frame.data_ref().map_or(0, Bytes::len);
        match self.left.checked_sub(n) {
            Some(left) => self.left = left,
            None => {
                self.verdict.set(Excess::Bytes);
                return Poll::Ready(Some(Err(Excess::Bytes.into())));
            }
        }
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
