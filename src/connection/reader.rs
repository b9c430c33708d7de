//! From a socket's bytes to whole messages: one read buffer for all connections of a thread.

use crate::app::App;
use crate::hub::socket::Socket;
use crate::limits::Limit;
use crate::limits::budget::Turn;
use crate::protocol::close::Ending;
use crate::protocol::websocket::{Incoming, MessageLimits, Parser, Violation};
use std::cell::{Cell, RefCell};
use std::io;

/// The read buffer of a thread, in bytes. A client's frames are usually far smaller.
const READ_BYTES: usize = 64 << 10;

thread_local! {
    /// All connections of a shard read into the same buffer; a connection keeps only what is incomplete.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; READ_BYTES]);
}

/// Reads messages from a socket, and keeps what is incomplete.
#[derive(Default)]
pub(crate) struct MessageReader {
    parser: Parser,
}

impl MessageReader {
    /// `early`: what came with the handshake and belongs to the WebSocket.
    pub fn new(early: &[u8]) -> Self {
        MessageReader {
            parser: Parser::holding(early),
        }
    }

    /// Hands the next message to `deliver`, in the thread's buffer. `None`: nothing complete has come, or the turn is over. In both cases the readiness of the
    /// socket says when to ask again.
    ///
    /// # Errors
    /// How the connection ends: the client broke the protocol or has gone, or a [last](crate::limits::budget::Budget::last) budget is used up.
    pub fn next<A: App, T>(
        &mut self,
        socket: &Socket<A>,
        now: u64,
        mut turn: Turn<'_>,
        deliver: impl FnOnce(Incoming<'_>) -> T,
    ) -> Result<Option<T>, Ending> {
        let limits = MessageLimits {
            max_message_bytes: socket.policy.max_message_bytes,
            max_fragments: socket.policy.max_message_fragments,
            inflates: socket.wire.compression.get().inflates,
        };
        let violated = |v: Violation| {
            match v {
                Violation::TooLarge { .. } => socket.limited(Limit::MessageBytes),
                Violation::TooManyFragments { .. } => socket.limited(Limit::MessageFragments),
                _ => {}
            }
            let mut ending = Ending::new(v.code(), "");
            ending.reason = v.reason();
            ending
        };
        let mut deliver = Some(deliver);
        // what is spent is the size after inflation, which is the work
        let length = Cell::new(0);
        let mut once = |incoming: Incoming<'_>| {
            length.set(incoming.len());
            (deliver.take().expect("delivers once"))(incoming)
        };
        if let Some(found) = self
            .parser
            .next(&mut [], &limits, &mut once)
            .map_err(violated)?
        {
            turn.spend(length.get());
            return Ok(Some(found));
        }
        // a dead socket may never become readable again: the end is told here
        if socket.is_dead() {
            return Err(Ending::gone());
        }
        let Some(stream) = socket.stream() else {
            return Ok(None);
        };
        BUFFER.with_borrow_mut(|buffer| {
            loop {
                if turn.is_last_over() {
                    return Err(Ending::gone());
                }
                if turn.is_over() {
                    return Ok(None);
                }
                let n = match stream.read(buffer, &mut turn) {
                    Ok(0) => return Err(Ending::half_closed()),
                    Ok(n) => n,
                    Err(e) if e.kind() == io::ErrorKind::WouldBlock => return Ok(None),
                    Err(_) => return Err(Ending::gone()),
                };
                socket.liveness.heard(now);
                if let Some(found) = self
                    .parser
                    .next(&mut buffer[..n], &limits, &mut once)
                    .map_err(violated)?
                {
                    turn.spend(length.get());
                    return Ok(Some(found));
                }
            }
        })
    }
}
