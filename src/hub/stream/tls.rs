//! TLS over a socket that is written to from wherever an event comes: rustls makes records, the same non-blocking calls as without it carry them.

use super::Written;
use crate::limits::budget::Turn;
use std::cell::RefCell;
use std::io::{self, IoSlice, Read, Write};
use tokio::net::TcpStream;
use tokio_rustls::rustls::ServerConnection;
use tokio_rustls::server::TlsStream;

/// Plain bytes that may be encrypted and wait for a full socket, beside the outbox: four records. Nothing more is encrypted before they are gone, so that what
/// is dropped when an outbox overflows is whole frames.
const CIPHER_BYTES: usize = 64 << 10;

pub(crate) struct Tls {
    pub(super) tcp: TcpStream,
    /// Borrowed within a call, never across an await.
    session: RefCell<ServerConnection>,
}

impl From<TlsStream<TcpStream>> for Tls {
    fn from(stream: TlsStream<TcpStream>) -> Self {
        let (tcp, mut session) = stream.into_inner();
        session.set_buffer_limit(Some(CIPHER_BYTES));
        Tls {
            tcp,
            session: RefCell::new(session),
        }
    }
}

impl Tls {
    pub(super) fn new(tcp: TcpStream, session: ServerConnection) -> Self {
        let session = RefCell::new(session);
        Tls { tcp, session }
    }

    pub(super) fn into_parts(self) -> (TcpStream, ServerConnection) {
        (self.tcp, self.session.into_inner())
    }

    pub fn write(&self, bytes: &[u8]) -> Written {
        let mut session = self.session.borrow_mut();
        let mut taken = 0;
        loop {
            match send(&mut session, &self.tcp) {
                Ok(true) if taken == bytes.len() => return Written::All,
                Ok(true) => {}
                Ok(false) => return Written::Part(taken),
                Err(_) => return Written::Failed,
            }
            match session.writer().write(&bytes[taken..]) {
                Ok(n) if n > 0 => taken += n,
                _ => return Written::Failed,
            }
        }
    }

    pub fn write_vectored(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let mut session = self.session.borrow_mut();
        if !send(&mut session, &self.tcp)? {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let taken = session.writer().write_vectored(slices)?;
        send(&mut session, &self.tcp)?;
        Ok(taken)
    }

    pub fn settle(&self) -> io::Result<bool> {
        send(&mut self.session.borrow_mut(), &self.tcp)
    }

    /// Encrypted bytes are what is spent: a peer may send records that hold nothing for us (empty ones, changes of keys), and must not keep the shard.
    pub fn read(&self, buffer: &mut [u8], turn: &mut Turn<'_>) -> io::Result<usize> {
        let mut session = self.session.borrow_mut();
        loop {
            match session.reader().read(buffer) {
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
                // cut off without a goodbye: frames say where they end, so nothing can be truncated unseen
                Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(0),
                read => return read,
            }
            if turn.is_over() {
                // the socket may have more: its readiness stands, so the caller is back soon, after others
                return Err(io::ErrorKind::WouldBlock.into());
            }
            let n = session.read_tls(&mut Socket(&self.tcp))?;
            turn.spend(n.max(1)); // an end of file too: nothing goes on for nothing
            let found = session.process_new_packets();
            // an alert, an answer to a change of keys: if the socket is full the next write takes it along
            let sent = send(&mut session, &self.tcp);
            found.map_err(io::Error::other)?;
            sent?;
        }
    }

    /// Says that nothing follows, if the socket takes it.
    pub fn say_goodbye(&self) {
        let mut session = self.session.borrow_mut();
        session.send_close_notify();
        let _ = send(&mut session, &self.tcp);
    }
}

/// `false`: the socket is full.
fn send(session: &mut ServerConnection, tcp: &TcpStream) -> io::Result<bool> {
    while session.wants_write() {
        match session.write_tls(&mut Socket(tcp)) {
            Ok(_) => {}
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => return Ok(false),
            Err(e) => return Err(e),
        }
    }
    Ok(true)
}

/// The socket as rustls wants it. Never waits.
struct Socket<'a>(&'a TcpStream);

impl Read for Socket<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.try_read(buffer)
    }
}

impl Write for Socket<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.try_write(bytes)
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.0.try_write_vectored(slices)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
