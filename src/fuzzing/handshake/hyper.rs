//! What hyper reads, which is who acts on it.

use ::http::request::Parts;
use ::http::{HeaderValue, Request, Response, header};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use std::cell::RefCell;
use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::runtime::{Builder, Runtime};

thread_local! {
    static RUNTIME: Runtime = Builder::new_current_thread().build().expect("a runtime");
}

/// A request that the server's own code would get.
pub(super) struct Seen {
    pub head: Parts,
    /// `None`: it did not end in order.
    pub body: Option<Vec<u8>>,
}

/// In reads of so many bytes.
pub(super) fn requests(stream: &[u8], piece: usize, head_bytes: usize) -> Vec<Seen> {
    let seen = RefCell::new(Vec::new());
    let service = ::hyper::service::service_fn(|request: Request<Incoming>| {
        let seen = &seen;
        async move {
            let (head, body) = request.into_parts();
            let mut response = Response::new(Nothing);
            // as the server does: what follows may be frames
            if head.headers.contains_key(header::UPGRADE) {
                let close = HeaderValue::from_static("close");
                response.headers_mut().insert(header::CONNECTION, close);
            }
            let at = seen.borrow().len();
            seen.borrow_mut().push(Seen { head, body: None });
            let body = whole(body).await;
            seen.borrow_mut()[at].body = body;
            Ok::<_, Infallible>(response)
        }
    });
    let reads = Reads {
        rest: stream.to_vec(),
        piece,
    };
    let carrier = tokio::io::join(reads, tokio::io::sink());
    let conversation = ::hyper::server::conn::http1::Builder::new()
        .header_read_timeout(None)
        .max_header_size(head_bytes)
        .serve_connection(TokioIo::new(carrier), service);
    // an error is hyper's way to say that no further request is seen
    let _ = RUNTIME.with(|runtime| runtime.block_on(conversation));
    seen.into_inner()
}

async fn whole(mut body: Incoming) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(frame) = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        bytes.extend(frame.ok()?.into_data().unwrap_or_default());
    }
    Some(bytes)
}

struct Reads {
    rest: Vec<u8>,
    piece: usize,
}

impl AsyncRead for Reads {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let come = self.piece.min(self.rest.len()).min(buf.remaining());
        let later = self.rest.split_off(come);
        buf.put_slice(&self.rest);
        self.rest = later;
        Poll::Ready(Ok(()))
    }
}

struct Nothing;

impl Body for Nothing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        true
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(0)
    }
}
