//! A client's byte stream: a TCP socket, one with TLS over it, or a queue inside the process. Nothing here waits: a caller that asks for more than the stream takes or
//! has gets `WouldBlock`.

mod memory;
#[cfg(test)]
mod tests;
mod tls;

pub(crate) use memory::{Memory, pair};
pub(crate) use tls::Tls;

use crate::limits::budget::Turn;
use bytes::Bytes;
use smallvec::SmallVec;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::net::Shutdown;
use std::os::fd::AsRawFd;
use std::task::{Context, Poll};
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio_rustls::rustls::ServerConnection;

/// Frames of one `writev`. Linux takes up to 1,024; a socket buffer is full long before.
const FRAMES_PER_WRITE: usize = 64;

/// The stream of one client. The set is ours: a new kind must break every `match` that forgot it.
pub(crate) enum Stream {
    Tcp(TcpStream),
    Tls(Box<Tls>),
    /// The stream of a client in this process.
    Memory(Memory),
}

/// A stream on its way to another thread.
pub(crate) enum Detached {
    Tcp(std::net::TcpStream),
    Tls(std::net::TcpStream, Box<ServerConnection>),
    Memory(Memory),
}

impl Detached {
    /// The stream in the hands of this thread's runtime.
    pub fn attach(self) -> io::Result<Stream> {
        Ok(match self {
            Detached::Tcp(tcp) => Stream::Tcp(TcpStream::from_std(tcp)?),
            Detached::Tls(tcp, session) => {
                Stream::Tls(Box::new(Tls::new(TcpStream::from_std(tcp)?, *session)))
            }
            Detached::Memory(memory) => Stream::Memory(memory),
        })
    }
}

/// How far a write came.
pub(crate) enum Written {
    /// Everything is with the kernel.
    All,
    /// The socket is full: so many bytes need not be written again. All of them, where what is left is in the cipher's hands: [`Stream::settle`] sends it.
    Part(usize),
    Failed,
}

impl Stream {
    /// Takes it out of this thread's runtime.
    pub fn detach(self) -> io::Result<Detached> {
        Ok(match self {
            Stream::Tcp(tcp) => Detached::Tcp(tcp.into_std()?),
            Stream::Tls(tls) => {
                let (tcp, session) = tls.into_parts();
                Detached::Tls(tcp.into_std()?, Box::new(session))
            }
            Stream::Memory(memory) => Detached::Memory(memory),
        })
    }

    pub fn write(&self, bytes: &[u8]) -> Written {
        let written = match self {
            Stream::Tcp(tcp) => tcp.try_write(bytes),
            Stream::Tls(tls) => return tls.write(bytes),
            Stream::Memory(memory) => memory.try_write(bytes),
        };
        match written {
            Ok(n) if n == bytes.len() => Written::All,
            Ok(n) => Written::Part(n),
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => Written::Part(0),
            Err(_) => Written::Failed,
        }
    }

    /// Writes the first of these frames. [`WouldBlock`](io::ErrorKind::WouldBlock): the socket is full.
    pub fn write_frames<'a>(&self, frames: impl Iterator<Item = &'a Bytes>) -> io::Result<usize> {
        let slices: SmallVec<[IoSlice<'_>; FRAMES_PER_WRITE]> = frames
            .take(FRAMES_PER_WRITE)
            .map(|f| IoSlice::new(f))
            .collect();
        match self {
            Stream::Tcp(tcp) => tcp.try_write_vectored(&slices),
            Stream::Tls(tls) => tls.write_vectored(&slices),
            Stream::Memory(memory) => memory.try_write_vectored(&slices),
        }
    }

    /// Sends what was written and is not with the kernel yet. `false`: the socket is full.
    pub fn settle(&self) -> io::Result<bool> {
        match self {
            Stream::Tcp(_) | Stream::Memory(_) => Ok(true),
            Stream::Tls(tls) => tls.settle(),
        }
    }

    /// Takes what has come, and says how many bytes that were. 0: the end. [`WouldBlock`](io::ErrorKind::WouldBlock): nothing is there, or the turn is over; [`poll_read_ready`](Self::poll_read_ready) says when to
    /// ask again. What came from the network is spent.
    pub fn read(&self, buffer: &mut [u8], turn: &mut Turn<'_>) -> io::Result<usize> {
        match self {
            Stream::Tcp(tcp) => {
                let n = tcp.try_read(buffer)?;
                turn.spend(n);
                if n < buffer.len() {
                    // a short read emptied the socket: tokio may know, which saves the read that would find out
                    let _ = tcp.try_io(Interest::READABLE, || {
                        Err::<(), _>(io::ErrorKind::WouldBlock.into())
                    });
                }
                Ok(n)
            }
            Stream::Tls(tls) => tls.read(buffer, turn),
            Stream::Memory(memory) => {
                let n = memory.try_read(buffer)?;
                turn.spend(n);
                Ok(n)
            }
        }
    }

    /// Ready when there is something to read, or the stream has ended. One task waits for it: of two the later one is woken.
    pub fn poll_read_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Stream::Tcp(tcp) => tcp.poll_read_ready(cx),
            Stream::Tls(tls) => tls.tcp.poll_read_ready(cx),
            Stream::Memory(memory) => memory.poll_read_ready(cx),
        }
    }

    /// Waits until the stream takes something, or has ended. One task waits for it. Cancel safe.
    pub async fn writable(&self) -> io::Result<()> {
        match self {
            Stream::Tcp(tcp) => tcp.writable().await,
            Stream::Tls(tls) => tls.tcp.writable().await,
            Stream::Memory(memory) => poll_fn(|cx| memory.poll_write_ready(cx)).await,
        }
    }

    /// Ends our side: the client reads an end of file after what it was sent.
    pub fn finish(&self) {
        let tcp = match self {
            Stream::Tcp(tcp) => tcp,
            Stream::Tls(tls) => {
                tls.say_goodbye();
                &tls.tcp
            }
            Stream::Memory(memory) => return memory.finish(),
        };
        let _ = socket2::SockRef::from(tcp).shutdown(Shutdown::Write);
    }

    /// Ends both sides. Who waits for something to read is woken with an end of file.
    pub fn abort(&self) {
        let tcp = match self {
            Stream::Tcp(tcp) => tcp,
            Stream::Tls(tls) => &tls.tcp,
            Stream::Memory(memory) => return memory.abort(),
        };
        // SAFETY: the descriptor is open for as long as `self` lives; shutdown(2) neither closes nor reuses it.
        unsafe { libc::shutdown(tcp.as_raw_fd(), libc::SHUT_RDWR) };
    }
}
