//! A consumer's handler while it runs.

use crate::error::Error;
use crate::protocol::message::Reply;
use futures::future::LocalBoxFuture;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

/// A command, or an elapsed timer, that is being handled. It resolves to the command's id and the answer; `Err`: the handler panicked.
pub(super) struct Handling<'a> {
    pub id: Option<String>,
    pub running: LocalBoxFuture<'a, Result<Reply, Error>>,
}

impl Future for Handling<'_> {
    type Output = (Option<String>, std::thread::Result<Result<Reply, Error>>);

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let running = self.running.as_mut();
        match catch_unwind(AssertUnwindSafe(|| running.poll(cx))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(answer)) => Poll::Ready((self.id.take(), Ok(answer))),
            Err(panic) => Poll::Ready((self.id.take(), Err(panic))),
        }
    }
}
