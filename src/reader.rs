//! From a socket's bytes to whole messages: one read buffer for all connections of a thread.

use crate::App;
use crate::close::Ending;
use crate::limits::Limit;
use crate::socket::Socket;
use crate::websocket::{Incoming, Limits, Parser, Violation};
use std::cell::RefCell;
use std::io;

/// One read of a thread: a client's frames are usually far smaller.
const READ_BYTES: usize = 64 << 10;

/// Frames of one message: a message of the largest permitted size in pieces of a byte each has as many as nobody needs.
const MAX_FRAGMENTS: usize = 65_536;

thread_local! {
    /// All connections of a shard read into the same buffer; a connection keeps only what is incomplete.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; READ_BYTES]);
}

/// Reads messages from a socket.
#[derive(Default)]
pub(crate) struct MessageReader {
    parser: Parser,
    /// What came with the handshake and belongs to the WebSocket.
    early: Vec<u8>,
}

impl MessageReader {
    pub fn new(early: Vec<u8>) -> Self {
        MessageReader {
            early,
            ..MessageReader::default()
        }
    }

    /// Hands the next message to `deliver`, in the thread's buffer. `None`: nothing complete has come.
    pub fn next<A: App, T>(
        &mut self,
        socket: &Socket<A>,
        now: u64,
        deliver: impl FnOnce(Incoming<'_>) -> T,
    ) -> Result<Option<T>, Ending> {
        let limits = Limits {
            max_message_bytes: socket.policy.max_message_bytes,
            max_fragments: MAX_FRAGMENTS,
            inflates: socket.compression.get().inflates,
        };
        let violated = |v: Violation| {
            if v.code() == 1009 {
                socket.limited(Limit::MessageBytes);
            }
            Ending {
                code: v.code(),
                reason: v.reason(),
                error: None,
            }
        };
        if !self.early.is_empty() {
            let mut early = std::mem::take(&mut self.early);
            return self
                .parser
                .next(&mut early, &limits, deliver)
                .map_err(violated);
        }
        let mut deliver = Some(deliver);
        let mut once = |incoming: Incoming<'_>| (deliver.take().expect("delivers once"))(incoming);
        if let Some(found) = self
            .parser
            .next(&mut [], &limits, &mut once)
            .map_err(violated)?
        {
            return Ok(Some(found));
        }
        let Some(stream) = socket.stream() else {
            return match socket.is_dead() {
                true => Err(Ending::gone()),
                false => Ok(None),
            };
        };
        BUFFER.with_borrow_mut(|buffer| {
            loop {
                let n = match stream.read(buffer) {
                    Ok(0) => return Err(Ending::gone()),
                    Ok(n) => n,
                    Err(e) if e.kind() == io::ErrorKind::WouldBlock => return Ok(None),
                    Err(_) => return Err(Ending::gone()),
                };
                socket.heard_at.set(now);
                if let Some(found) = self
                    .parser
                    .next(&mut buffer[..n], &limits, &mut once)
                    .map_err(violated)?
                {
                    return Ok(Some(found));
                }
            }
        })
    }
}
