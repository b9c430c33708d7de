//! Bodies of HTTP: a request's, bounded in bytes and time whatever is done with it, and an answer's.

use crate::limits::budget::Budget;
use crate::limits::clock::{Clock, Sleep};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// What an error of a body is, whoever made it.
pub(crate) type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// Why a body ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Excess {
    #[error("the body is over the limit")]
    Bytes,
    #[error("the body took too long")]
    Time,
}

/// Tells what became of a body, after its reader had it.
#[derive(Clone, Default)]
pub(crate) struct Verdict(Option<Arc<AtomicU8>>);

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

/// The body of a request to a REST interface, as it comes in.
///
/// It has at most `max_message_bytes` of its listener, and ends within `body_timeout` of the first wait for it. A body that does not is an error here, and the
/// server answers 413 or 408 itself, whatever the interface answers. A client that goes away before its end is an error too.
///
/// [`bytes`](Self::bytes) reads all of it; as a [`Body`] it is read in pieces.
pub struct RequestBody {
    inner: Incoming,
    /// Bytes that may still come.
    left: usize,
    patience: Duration,
    clock: Clock,
    /// Made when the first byte has to be waited for.
    deadline: Option<Sleep>,
    budget: Budget,
    verdict: Verdict,
}

impl RequestBody {
    /// At most `most` bytes, within `patience` from the first wait.
    pub(crate) fn new(
        inner: Incoming,
        most: usize,
        patience: Duration,
        clock: &Clock,
        budget: Budget,
    ) -> Self {
        let verdict = match inner.is_end_stream() {
            true => Verdict(None),
            false => Verdict(Some(Arc::default())),
        };
        RequestBody {
            inner,
            left: most,
            patience,
            clock: clock.clone(),
            deadline: None,
            budget,
            verdict,
        }
    }

    /// The whole body.
    ///
    /// # Errors
    /// The body is too long, too slow, or was cut off.
    ///
    /// # Cancel safety
    /// Not cancel safe: what was read so far is lost, and the connection ends after the answer.
    pub async fn bytes(self) -> Result<Bytes, Box<dyn std::error::Error + Send + Sync>> {
        let mut body = pin!(self);
        let mut all = Vec::new();
        while let Some(frame) = poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
            if let Ok(data) = frame?.into_data() {
                all.extend_from_slice(&data);
            }
        }
        Ok(all.into())
    }

    pub(crate) fn verdict(&self) -> Verdict {
        self.verdict.clone()
    }

    /// Whether the request says that it has more than may come.
    pub(crate) fn announces_too_much(&self) -> bool {
        self.inner.size_hint().lower() > self.left as u64
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = &mut *self;
        let mut turn = ready!(pin!(this.budget.turn()).poll(cx));
        let Poll::Ready(frame) = Pin::new(&mut this.inner).poll_frame(cx) else {
            let (clock, patience) = (&this.clock, this.patience);
            let deadline = this.deadline.get_or_insert_with(|| clock.sleep(patience));
            ready!(Pin::new(deadline).poll(cx));
            this.verdict.set(Excess::Time);
            return Poll::Ready(Some(Err(Excess::Time.into())));
        };
        let frame = match frame {
            Some(Ok(frame)) => frame,
            Some(Err(e)) => return Poll::Ready(Some(Err(e.into()))),
            None => return Poll::Ready(None),
        };
        let n = frame.data_ref().map_or(0, Bytes::len);
        turn.spend(n);
        match this.left.checked_sub(n) {
            Some(left) => this.left = left,
            None => {
                this.verdict.set(Excess::Bytes);
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

/// The body of an answer, whoever made it. Frames of an interface are passed on as they come.
pub(crate) enum ResponseBody {
    /// All of it; nothing, where it is empty.
    Whole(Bytes),
    Pieces(Pin<Box<dyn Body<Data = Bytes, Error = BodyError>>>),
    #[cfg(feature = "warp")]
    Warp(super::warp_body::WarpBody),
}

impl ResponseBody {
    /// For a body that comes in pieces.
    pub fn pieces<B>(body: B) -> Self
    where
        B: Body<Data = Bytes> + 'static,
        B::Error: Into<BodyError>,
    {
        ResponseBody::Pieces(Box::pin(IntoBodyError { body }))
    }
}

impl Default for ResponseBody {
    fn default() -> Self {
        ResponseBody::Whole(Bytes::new())
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match self.get_mut() {
            ResponseBody::Whole(bytes) => {
                let all = std::mem::take(bytes);
                Poll::Ready((!all.is_empty()).then(|| Ok(Frame::data(all))))
            }
            ResponseBody::Pieces(body) => body.as_mut().poll_frame(cx),
            #[cfg(feature = "warp")]
            ResponseBody::Warp(body) => {
                let frame = ready!(Pin::new(body).poll_frame(cx));
                Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            ResponseBody::Whole(bytes) => bytes.is_empty(),
            ResponseBody::Pieces(body) => body.is_end_stream(),
            #[cfg(feature = "warp")]
            ResponseBody::Warp(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            ResponseBody::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            ResponseBody::Pieces(body) => body.size_hint(),
            #[cfg(feature = "warp")]
            ResponseBody::Warp(body) => body.size_hint(),
        }
    }
}

pin_project_lite::pin_project! {
    /// A body whose errors are of one type.
    struct IntoBodyError<B> {
        #[pin]
        body: B,
    }
}

impl<B> Body for IntoBodyError<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BodyError>,
{
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let frame = ready!(self.project().body.poll_frame(cx));
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
