//! A stream inside the process: two bounded queues of bytes, one for each direction. What is true of a socket is true of it, and it needs no port.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::task::coop::poll_proceed;

/// One end of a stream inside the process; [`pair`] makes both.
///
/// The two ends may be used by the same task, by two tasks, or by two threads. Nothing here blocks and nothing needs a runtime: the `try_` methods say
/// [`WouldBlock`](io::ErrorKind::WouldBlock), the `poll_` methods and [`AsyncRead`], [`AsyncWrite`] wake whoever waits. For each direction an end has one place
/// for a waker, as a socket of tokio has for its `poll_` methods: of two tasks that wait for the same thing only the later one is woken.
///
/// An end that is dropped has ended both directions: the other end reads what was written before and then the end of the stream, and its writes fail with
/// [`BrokenPipe`](io::ErrorKind::BrokenPipe).
#[derive(Debug)]
pub(crate) struct Memory {
    incoming: Arc<Queue>,
    outgoing: Arc<Queue>,
}

/// Two connected ends. In each direction at most `capacity` bytes are on their way; a writer that has more is told that the stream is full.
///
/// # Panics
/// If `capacity` is 0, because nothing could ever be written.
pub(crate) fn pair(capacity: usize) -> (Memory, Memory) {
    assert!(capacity > 0, "a stream that holds nothing");
    let [there, back] = [(); 2].map(|()| Arc::new(Queue::new(capacity)));
    let server = Memory {
        incoming: there.clone(),
        outgoing: back.clone(),
    };
    let client = Memory {
        incoming: back,
        outgoing: there,
    };
    (server, client)
}

impl Memory {
    /// Takes bytes that have come. 0: the end of the stream, or `buffer` is empty.
    pub fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.incoming.read(buffer)
    }

    /// Writes as much as there is room for.
    pub fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.try_write_vectored(&[IoSlice::new(bytes)])
    }

    /// Writes as much of these, in order, as there is room for.
    pub fn try_write_vectored(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.outgoing.write(slices)
    }

    /// Ready when [`try_read`](Self::try_read) would not say `WouldBlock`.
    pub fn poll_read_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // a task whose stream always has something gives way from time to time, as with a socket
        let proceed = ready!(poll_proceed(cx));
        let mut state = self.incoming.state();
        if state.bytes.is_empty() && !state.ended {
            remember(&mut state.reader, cx);
            return Poll::Pending;
        }
        proceed.made_progress();
        Poll::Ready(Ok(()))
    }

    /// Ready when [`try_write`](Self::try_write) would not say `WouldBlock`.
    pub fn poll_write_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let proceed = ready!(poll_proceed(cx));
        let mut state = self.outgoing.state();
        if state.room() == 0 && !state.ended {
            remember(&mut state.writer, cx);
            return Poll::Pending;
        }
        proceed.made_progress();
        Poll::Ready(Ok(()))
    }

    /// Ends this side: the other end reads the end of the stream after what it was sent, and may still write.
    pub fn finish(&self) {
        self.outgoing.end();
    }

    /// Ends both sides, and wakes whoever waits at either end.
    pub fn abort(&self) {
        self.outgoing.end();
        self.incoming.end();
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.abort();
    }
}

impl AsyncRead for Memory {
    /// Cancel safe: what was read is in `buffer`, or is still to be read.
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.poll_read_ready(cx))?;
        // only this end reads, and it is borrowed: what made it ready is still there
        let n = self.try_read(buffer.initialize_unfilled())?;
        buffer.advance(n);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Memory {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_write_ready(cx))?;
        Poll::Ready(self.try_write(bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_write_ready(cx))?;
        Poll::Ready(self.try_write_vectored(slices))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    /// Nothing is kept back, so there is nothing to flush.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.finish();
        Poll::Ready(Ok(()))
    }
}

/// One direction.
#[derive(Debug)]
struct Queue {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    bytes: VecDeque<u8>,
    capacity: usize,
    /// Nothing is added any more: the writing end has finished, or one of the ends has given the stream up.
    ended: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

impl State {
    fn room(&self) -> usize {
        self.capacity - self.bytes.len()
    }
}

impl Queue {
    fn new(capacity: usize) -> Self {
        Queue {
            state: Mutex::new(State {
                bytes: VecDeque::new(),
                capacity,
                ended: false,
                reader: None,
                writer: None,
            }),
        }
    }

    /// Nothing is woken while this is held: a waker may run anything.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut state = self.state();
        let n = buffer.len().min(state.bytes.len());
        if n == 0 {
            return match state.ended || buffer.is_empty() {
                true => Ok(0),
                false => Err(io::ErrorKind::WouldBlock.into()),
            };
        }
        for (to, from) in buffer.iter_mut().zip(state.bytes.drain(..n)) {
            *to = from;
        }
        let writer = state.writer.take();
        drop(state);
        wake(writer);
        Ok(n)
    }

    fn write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let mut state = self.state();
        if state.ended {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let mut written = 0;
        for slice in slices {
            let taken = &slice[..slice.len().min(state.room())];
            state.bytes.extend(taken);
            written += taken.len();
        }
        if written == 0 {
            return match slices.iter().all(|slice| slice.is_empty()) {
                true => Ok(0),
                false => Err(io::ErrorKind::WouldBlock.into()),
            };
        }
        let reader = state.reader.take();
        drop(state);
        wake(reader);
        Ok(written)
    }

    fn end(&self) {
        let mut state = self.state();
        state.ended = true;
        let waiting = [state.reader.take(), state.writer.take()];
        drop(state);
        waiting.into_iter().for_each(wake);
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

/// The waker is noted under the lock under which the queue was looked at, so nothing can come between the two.
fn remember(place: &mut Option<Waker>, cx: &Context<'_>) {
    match place {
        Some(known) => known.clone_from(cx.waker()),
        None => *place = Some(cx.waker().clone()),
    }
}
