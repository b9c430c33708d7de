//! A connection's bytes on their way to hyper: plain or out of TLS, and followed by [`RequestFraming`].

#[cfg(test)]
mod tests;

use super::answering::{Answering, Owed};
use super::request_framing::RequestFraming;
use crate::hub::stream::Stream;
use crate::routing::Edge;
use bytes::Bytes;
use std::error::Error;
use std::fmt;
use std::io::{self, IoSlice};
use std::os::fd::AsRawFd;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;
use tokio_rustls::server::TlsStream;

/// After a refusal, how long what the client still sends is read and dropped: closing at once would have its system throw our answer away, unread. And how long
/// it is waited for a client's own end, where it matters whether it has read its answer.
const LINGER: Duration = Duration::from_secs(2);
/// The most that is read so, in bytes: what a hasty client has on its way.
const LINGER_BYTES: usize = 1 << 20;

/// Stands for a request that cannot be read.
const STAND_IN: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

pub(super) struct HttpIo {
    pipe: Pipe,
    /// What was read before hyper asked.
    read: Bytes,
    framing: RequestFraming,
    /// A request was ambiguous: nothing after it is read.
    ended: bool,
    /// Hyper has got another in its place.
    refusing: bool,
    /// How long the client may take nothing of what is written.
    write_timeout: Duration,
    /// Since it takes nothing.
    stalled: Option<Pin<Box<Sleep>>>,
    farewell: Farewell,
    /// The client has ended its side, or TLS has said goodbye, which nobody need read: what happens from now on says nothing of what was sent before.
    settled: bool,
    /// Who is to read the end of the stream, once nothing is owed any more.
    ends: Option<Waker>,
    report: Arc<Report>,
}

/// What is to be known of a carrier that hyper has.
#[derive(Default)]
pub(super) struct Report {
    /// Somebody wants to know whether the client has read what it was sent last. An answer to a poll that was not read comes again, so what says that it was not
    /// must be certain: who has read it would get it twice.
    matters: AtomicBool,
    /// Hyper has all of it.
    handed: AtomicBool,
    /// The system has all of it.
    sent: AtomicBool,
    lost: AtomicBool,
    owed: Arc<Owed>,
    /// Which request stands for one that cannot be read, and what is wrong with that.
    stand_in: OnceLock<(u64, &'static str)>,
}

impl Report {
    /// From now on it does matter what becomes of what is sent, or it does not.
    pub fn matters(&self, matters: bool) {
        self.handed.store(false, Relaxed);
        self.sent.store(!matters, Relaxed);
        self.matters.store(matters, Relaxed);
    }

    /// A request is being answered, until what is returned is dropped.
    pub fn answering(&self) -> Answering {
        Answering::new(&self.owed)
    }

    /// Resolves when the client has ended its side while it waits for an answer. Cancel safe.
    pub async fn half_closed(&self) {
        self.owed.ended().await;
    }

    /// Hyper has taken the last byte of it, and will flush.
    pub fn handed(&self) {
        self.handed.store(true, Relaxed);
    }

    /// The client has ended or reset the connection before its system had everything, or did not take it in time.
    pub fn is_lost(&self) -> bool {
        self.lost.load(Relaxed)
    }

    /// Why this request is refused, counted from 1: what is wrong with the one that it stands for.
    pub fn refused(&self, request: u64) -> Option<&'static str> {
        let stands_in = self.stand_in.get().filter(|(n, _)| *n == request);
        stands_in.map(|(_, why)| *why)
    }
}

/// The client took nothing of its answer for too long.
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

/// How far the end of a connection is.
enum Farewell {
    None,
    /// Our side has ended; so many bytes and so much time are left to the client.
    Lingering(usize, Pin<Box<Sleep>>),
    Done,
}

impl Farewell {
    fn has_begun(&self) -> bool {
        !matches!(self, Farewell::None)
    }
}

enum Pipe {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl HttpIo {
    /// `read`: what has come already.
    pub fn plain(stream: TcpStream, read: Vec<u8>, edge: &Edge) -> Self {
        HttpIo::over(Pipe::Plain(stream), read, edge)
    }

    pub fn tls(stream: TlsStream<TcpStream>, edge: &Edge) -> Self {
        HttpIo::over(Pipe::Tls(Box::new(stream)), Vec::new(), edge)
    }

    fn over(pipe: Pipe, read: Vec<u8>, edge: &Edge) -> Self {
        HttpIo {
            pipe,
            read: read.into(),
            framing: RequestFraming::new(2 * edge.head_bytes),
            ended: false,
            refusing: false,
            write_timeout: edge.write_timeout,
            stalled: None,
            farewell: Farewell::None,
            settled: false,
            ends: None,
            report: Arc::default(),
        }
    }

    /// Says, also after its end, what became of what was sent.
    pub fn report(&self) -> Arc<Report> {
        self.report.clone()
    }

    /// Looks what a read says about what was sent before.
    fn judge(&mut self, read: &io::Result<()>, n: usize) {
        let ends = match read {
            Ok(()) => n == 0,
            // many a client says no goodbye in TLS
            Err(e) => e.kind() == io::ErrorKind::UnexpectedEof,
        };
        // Who has read everything may reset the connection all the same: proxies do, after they have passed an answer on. So a reset says nothing by itself;
        // what counts, after it as after an end in order, is what the client's system had acknowledged. After a reset hyper writes nothing more.
        let is_lost = match ends {
            true => self.is_unacknowledged(),
            false => read.is_err() && self.is_untaken(),
        };
        if is_lost {
            self.lose();
        }
        self.settled |= ends;
    }

    /// Whether some of what was sent last is not with the client's system: hyper has it still, or ours has.
    fn is_untaken(&self) -> bool {
        !self.report.sent.load(Relaxed) || self.is_unacknowledged()
    }

    /// What was sent last did not reach the client whole.
    fn lose(&self) {
        if !self.settled {
            self.report.lost.store(true, Relaxed);
        }
    }

    /// Whether the client's system has not acknowledged everything that was written.
    fn is_unacknowledged(&self) -> bool {
        let tcp = match &self.pipe {
            Pipe::Plain(tcp) => tcp,
            Pipe::Tls(tls) => tls.get_ref().0,
        };
        let mut bytes: libc::c_int = 0;
        // SAFETY: this request writes one `int` to where it is told, and the descriptor is open for as long as `self` lives.
        let asked = unsafe { libc::ioctl(tcp.as_raw_fd(), libc::TIOCOUTQ, &mut bytes) };
        // the end of our side counts as a byte
        asked == 0 && bytes > libc::c_int::from(self.farewell.has_begun())
    }

    /// What became of a write, unless nothing does for too long.
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
        let timeout = self.write_timeout;
        let stalled = self
            .stalled
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(timeout)));
        ready!(stalled.as_mut().poll(cx));
        self.lose();
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, Stalled)))
    }

    /// Whether a read that says that the client has ended its side is kept from hyper, because an answer is owed: to a request that came whole.
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

    /// What came and hyper has not asked for.
    pub fn take_unread(&mut self) -> Bytes {
        std::mem::take(&mut self.read)
    }

    /// The bare stream, after hyper has written its last byte to it.
    pub async fn into_stream(self) -> io::Result<Stream> {
        Ok(match self.pipe {
            Pipe::Plain(tcp) => Stream::Plain(tcp),
            Pipe::Tls(mut tls) => {
                // what the cipher still holds of the answer
                tls.flush().await?;
                Stream::Tls(Box::new((*tls).into()))
            }
        })
    }

    /// Reads what is of no interest any more, until the client ends its side too.
    fn poll_linger(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut scrap = [0; 4096];
        while let Farewell::Lingering(left, until) = &mut self.farewell {
            let mut scrap = ReadBuf::new(&mut scrap);
            if *left == 0 || until.as_mut().poll(cx).is_ready() {
                self.farewell = Farewell::Done;
                break;
            }
            let read = ready!(self.as_mut().pipe().poll_read(cx, &mut scrap));
            let n = scrap.filled().len();
            self.judge(&read, n);
            match &mut self.farewell {
                Farewell::Lingering(left, _) if read.is_ok() && n > 0 => {
                    *left = left.saturating_sub(n);
                }
                farewell => *farewell = Farewell::Done,
            }
        }
        Poll::Ready(())
    }

    fn pipe(self: Pin<&mut Self>) -> Pin<&mut (dyn Both + 'static)> {
        match &mut self.get_mut().pipe {
            Pipe::Plain(tcp) => Pin::new(tcp),
            Pipe::Tls(tls) => Pin::new(&mut **tls),
        }
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
                // an end would have hyper give up before it has answered; when it has, it closes
                true => Poll::Pending,
                false => Poll::Ready(Ok(())),
            };
        }
        let before = buf.filled().len();
        if self.read.is_empty() {
            let read = ready!(self.as_mut().pipe().poll_read(cx, buf));
            // here, because hyper takes a reset between two requests for an end
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
                // hyper has got nothing of this head yet: it gets one that will be answered with what is wrong
                buf.set_filled(head);
                buf.put_slice(STAND_IN);
                let request = self.framing.heads() + 1;
                let _ = self.report.stand_in.set((request, ambiguous.why));
                self.refusing = true;
            } else {
                // it has not got the end of it, and no head may hold this byte: so hyper itself answers 400, after whatever was asked before it
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
        let written = self.as_mut().pipe().poll_write(cx, bytes);
        self.in_time(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = self.as_mut().pipe().poll_write_vectored(cx, slices);
        self.in_time(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = self.as_mut().pipe().poll_flush(cx);
        if matches!(flushed, Poll::Ready(Ok(()))) {
            // hyper asks for this when it has written all that it has
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
        if let Farewell::None = self.farewell {
            self.settled |= matches!(self.pipe, Pipe::Tls(_));
            match self.as_mut().pipe().poll_shutdown(cx) {
                // it was reset before: nothing that was accepted is undone by that
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
            self.farewell = match waits || asks {
                true => Farewell::Lingering(LINGER_BYTES, Box::pin(tokio::time::sleep(LINGER))),
                false => Farewell::Done,
            };
        }
        ready!(self.poll_linger(cx));
        Poll::Ready(Ok(()))
    }
}
