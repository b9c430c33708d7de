//! The bytes of an HTTP connection: plain or TLS below, hyper above, and [`RequestFraming`] reading along.

#[cfg(test)]
mod tests;

use super::answering::{Answering, Owed};
use super::request_framing::RequestFraming;
use crate::hub::stream::{Memory, Stream};
use crate::limits::budget::Budget;
use crate::limits::clock::{Clock, Sleep};
use crate::routing::Edge;
use bytes::Bytes;
use std::error::Error;
use std::fmt;
use std::io::{self, IoSlice};
use std::os::fd::AsRawFd;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// How long the client's bytes are read and dropped after our side has ended: closing at once would make its kernel discard our answer unread. Also how long the
/// client's own end is waited for, where it matters whether it has read its answer.
const LINGER: Duration = Duration::from_secs(2);
/// The most that is read and dropped, in bytes: what a client may have sent before it got the answer.
const LINGER_BYTES: usize = 1 << 20;

/// The request that hyper gets in place of one that is refused.
const STAND_IN: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

pub(super) struct HttpIo {
    pipe: Pipe,
    /// Bytes that were read from the socket, and that hyper has not asked for yet.
    read: Bytes,
    framing: RequestFraming,
    /// A request was refused as ambiguous: nothing after it is read.
    ended: bool,
    /// Hyper has got [`STAND_IN`] in its place.
    refusing: bool,
    /// How long the kernel may take nothing of what is written.
    write_timeout: Duration,
    /// Runs while the kernel takes nothing.
    stalled: Option<Sleep>,
    linger: Linger,
    clock: Clock,
    /// The client has ended its side, or our TLS has sent its close alert: what happens from now on says nothing about what was sent before.
    settled: bool,
    /// Wakes hyper to read the end of the stream, once no answer is owed any more.
    ends: Option<Waker>,
    report: Arc<Report>,
}

/// What is known of an [`HttpIo`] while hyper owns it, and after its end.
#[derive(Default)]
pub(super) struct Report {
    /// It matters whether the client has received the last answer. An answer to a poll that was not received is repeated, so a loss must be certain: otherwise
    /// the client would get it twice.
    matters: AtomicBool,
    /// Hyper has taken all of the last answer.
    handed: AtomicBool,
    /// The kernel has taken all of the last answer.
    sent: AtomicBool,
    /// The last answer did not reach the client whole.
    lost: AtomicBool,
    owed: Arc<Owed>,
    /// The number of the request that was replaced by [`STAND_IN`], and why.
    stand_in: OnceLock<(u64, &'static str)>,
}

impl Report {
    /// Sets whether it matters what becomes of the answer that is sent next.
    pub fn matters(&self, matters: bool) {
        self.handed.store(false, Relaxed);
        self.sent.store(!matters, Relaxed);
        self.matters.store(matters, Relaxed);
    }

    /// Counts a request that is being answered, until the returned value is dropped.
    pub fn answering(&self) -> Answering {
        Answering::new(&self.owed)
    }

    /// Resolves when the client has ended its side while it waits for an answer. Cancel safe.
    pub async fn half_closed(&self) {
        self.owed.ended().await;
    }

    /// Hyper has taken the last byte of the answer, and will flush.
    pub fn handed(&self) {
        self.handed.store(true, Relaxed);
    }

    /// Whether the client ended or reset the connection before its kernel had the last answer whole, or did not take it in time.
    pub fn is_lost(&self) -> bool {
        self.lost.load(Relaxed)
    }

    /// Why the request with this number is refused; requests of a connection are counted from 1.
    pub fn refused(&self, request: u64) -> Option<&'static str> {
        let stands_in = self.stand_in.get().filter(|(n, _)| *n == request);
        stands_in.map(|(_, why)| *why)
    }
}

/// The error of a connection whose client took nothing of its answer for too long.
#[derive(Debug)]
struct Stalled;

impl fmt::Display for Stalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the client does not read its answer")
    }
}

impl std::error::Error for Stalled {}

/// Whether a conversation ended because its client does not read.
pub(super) fn is_stalled(error: &hyper::Error) -> bool {
    let io = error.source().and_then(|e| e.downcast_ref::<io::Error>());
    io.and_then(io::Error::get_ref)
        .is_some_and(|e| e.is::<Stalled>())
}

/// How far our side is with ending the connection.
enum Linger {
    NotYet,
    /// Our side has ended; what the client still sends is read and dropped, within a budget and a time.
    Reading(Budget, Sleep),
    Done,
}

impl Linger {
    fn has_begun(&self) -> bool {
        !matches!(self, Linger::NotYet)
    }
}

enum Pipe {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    Memory(Memory),
}

impl Pipe {
    fn io(&mut self) -> Pin<&mut (dyn Both + 'static)> {
        match self {
            Pipe::Plain(tcp) => Pin::new(tcp),
            Pipe::Tls(tls) => Pin::new(&mut **tls),
            Pipe::Memory(memory) => Pin::new(memory),
        }
    }
}

impl HttpIo {
    /// `read`: bytes that have come already.
    pub fn memory(stream: Memory, read: Vec<u8>, edge: &Edge, clock: &Clock) -> Self {
        HttpIo::over(Pipe::Memory(stream), read, edge, clock)
    }

    /// `read`: bytes that have come already.
    pub fn plain(stream: TcpStream, read: Vec<u8>, edge: &Edge, clock: &Clock) -> Self {
        HttpIo::over(Pipe::Plain(stream), read, edge, clock)
    }

    pub fn tls(stream: TlsStream<TcpStream>, edge: &Edge, clock: &Clock) -> Self {
        HttpIo::over(Pipe::Tls(Box::new(stream)), Vec::new(), edge, clock)
    }

    fn over(pipe: Pipe, read: Vec<u8>, edge: &Edge, clock: &Clock) -> Self {
        HttpIo {
            pipe,
            read: read.into(),
            framing: RequestFraming::new(2 * edge.head_bytes),
            ended: false,
            refusing: false,
            write_timeout: edge.write_timeout,
            stalled: None,
            linger: Linger::NotYet,
            clock: clock.clone(),
            settled: false,
            ends: None,
            report: Arc::default(),
        }
    }

    /// What is known of this connection, also after hyper has taken it and after its end.
    pub fn report(&self) -> Arc<Report> {
        self.report.clone()
    }

    /// Judges by the result of a read whether the last answer was lost.
    fn judge(&mut self, read: &io::Result<()>, n: usize) {
        let ends = match read {
            Ok(()) => n == 0,
            // many clients end TLS without a close alert
            Err(e) => e.kind() == io::ErrorKind::UnexpectedEof,
        };
        // A client may reset the connection after it has read everything: proxies do, after they have passed an answer on. So a reset says nothing by itself; what
        // counts, after a reset as after an orderly end, is what the client's kernel had acknowledged. After a reset hyper writes nothing more.
        let is_lost = match ends {
            true => self.is_unacknowledged(),
            false => read.is_err() && self.is_untaken(),
        };
        if is_lost {
            self.lose();
        }
        self.settled |= ends;
    }

    /// Whether hyper or our kernel still has some of the last answer.
    fn is_untaken(&self) -> bool {
        !self.report.sent.load(Relaxed) || self.is_unacknowledged()
    }

    /// The last answer did not reach the client whole.
    fn lose(&self) {
        if !self.settled {
            self.report.lost.store(true, Relaxed);
        }
    }

    /// Whether the client's kernel has not acknowledged everything that was written.
    fn is_unacknowledged(&self) -> bool {
        let tcp = match &self.pipe {
            Pipe::Plain(tcp) => tcp,
            Pipe::Tls(tls) => tls.get_ref().0,
            // no system is between us and the client
            Pipe::Memory(_) => return false,
        };
        let mut bytes: libc::c_int = 0;
        // SAFETY: this request writes one `int` to the given address, and the descriptor is open for as long as `self` lives.
        let asked = unsafe { libc::ioctl(tcp.as_raw_fd(), libc::TIOCOUTQ, &mut bytes) };
        // the end of our side (FIN) counts as a byte
        asked == 0 && bytes > libc::c_int::from(self.linger.has_begun())
    }

    /// Passes on the result of a write, or fails when the kernel takes nothing for too long.
    fn in_time<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if let Poll::Ready(written) = written {
            self.stalled = None;
            if written.is_err() {
                self.lose();
            }
            return Poll::Ready(written);
        }
        let (clock, timeout) = (&self.clock, self.write_timeout);
        let stalled = self.stalled.get_or_insert_with(|| clock.sleep(timeout));
        ready!(Pin::new(stalled).poll(cx));
        self.lose();
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, Stalled)))
    }

    /// Whether the end of the client's side is kept from hyper, because an answer to a complete request is owed.
    fn keeps_end(&mut self, cx: &Context<'_>, read: &io::Result<()>, n: usize) -> bool {
        let ends = match read {
            Ok(()) => n == 0,
            Err(e) => e.kind() == io::ErrorKind::UnexpectedEof,
        };
        let is_whole = !self.framing.is_within_request() || self.framing.is_tunnel();
        let keeps = ends && is_whole && self.report.owed.is_owing();
        if keeps {
            self.ends = Some(cx.waker().clone());
            self.report.owed.end();
        }
        keeps
    }

    /// Takes the bytes that hyper has not asked for.
    pub fn take_unread(&mut self) -> Bytes {
        std::mem::take(&mut self.read)
    }

    /// The bare stream, after hyper has written its last byte.
    pub async fn into_stream(self) -> io::Result<Stream> {
        Ok(match self.pipe {
            Pipe::Plain(tcp) => Stream::Tcp(tcp),
            Pipe::Memory(memory) => Stream::Memory(memory),
            Pipe::Tls(mut tls) => {
                // what TLS still holds of the answer
                tls.flush().await?;
                Stream::Tls(Box::new((*tls).into()))
            }
        })
    }

    /// Reads and drops what the client still sends, until it ends its side too.
    fn poll_linger(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut scrap = [0; 4096];
        let this = &mut *self;
        while let Linger::Reading(budget, until) = &mut this.linger {
            let mut scrap = ReadBuf::new(&mut scrap);
            let mut turn = ready!(pin!(budget.turn()).poll(cx));
            if turn.is_last_over() || Pin::new(until).poll(cx).is_ready() {
                this.linger = Linger::Done;
                break;
            }
            let read = ready!(this.pipe.io().poll_read(cx, &mut scrap));
            let n = scrap.filled().len();
            turn.spend(n);
            if read.is_err() || n == 0 {
                this.linger = Linger::Done;
            }
            this.judge(&read, n);
        }
        Poll::Ready(())
    }
}

trait Both: AsyncRead + AsyncWrite + Unpin {}
impl<T: AsyncRead + AsyncWrite + Unpin> Both for T {}

impl AsyncRead for HttpIo {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.ended && self.read.is_empty() {
            return match self.refusing {
                // at an end hyper would give up before it has answered; after the answer it closes
                true => Poll::Pending,
                false => Poll::Ready(Ok(())),
            };
        }
        let before = buf.filled().len();
        if self.read.is_empty() {
            let read = ready!(self.pipe.io().poll_read(cx, buf));
            // judged here, because hyper takes a reset between two requests for an end
            let n = buf.filled().len() - before;
            self.judge(&read, n);
            if self.keeps_end(cx, &read, n) {
                return Poll::Pending;
            }
            read?;
        } else {
            let n = self.read.len().min(buf.remaining());
            buf.put_slice(&self.read.split_to(n));
        }
        if let Err(ambiguous) = self.framing.take(&buf.filled()[before..]) {
            let head = self.framing.open_head().map(|at| before + at);
            if let Some(head) = head.filter(|head| buf.capacity() - head >= STAND_IN.len()) {
                // hyper has nothing of this head yet: it gets one that is answered with the reason
                buf.set_filled(head);
                buf.put_slice(STAND_IN);
                let request = self.framing.heads() + 1;
                let _ = self.report.stand_in.set((request, ambiguous.why));
                self.refusing = true;
            } else {
                // hyper has a part of it: a NUL, which no head may hold, makes it answer 400 itself, after the answers to the requests before
                let at = before + ambiguous.at;
                buf.filled_mut()[at] = 0;
                buf.set_filled(at + 1);
            }
            self.read = Bytes::new();
            self.ended = true;
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for HttpIo {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = self.pipe.io().poll_write(cx, bytes);
        self.in_time(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = self.pipe.io().poll_write_vectored(cx, slices);
        self.in_time(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = self.pipe.io().poll_flush(cx);
        if matches!(flushed, Poll::Ready(Ok(()))) {
            // hyper flushes when it has written all that it has
            if self.report.owed.is_paid()
                && let Some(reader) = self.ends.take()
            {
                reader.wake();
            }
            if self.report.handed.load(Relaxed) {
                self.report.sent.store(true, Relaxed);
            }
        }
        self.in_time(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Linger::NotYet = self.linger {
            self.settled |= matches!(self.pipe, Pipe::Tls(_));
            match self.pipe.io().poll_shutdown(cx) {
                // it was reset before: what was acknowledged until then was received
                Poll::Ready(Err(e)) => {
                    if self.is_untaken() {
                        self.lose();
                    }
                    return Poll::Ready(Err(e));
                }
                shut => ready!(self.in_time(cx, shut))?,
            }
            let waits = self.ended || self.framing.is_within_request();
            let asks = self.report.matters.load(Relaxed) && !self.settled;
            self.linger = match waits || asks {
                true => Linger::Reading(Budget::last(LINGER_BYTES), self.clock.sleep(LINGER)),
                false => Linger::Done,
            };
        }
        ready!(self.poll_linger(cx));
        Poll::Ready(Ok(()))
    }
}
