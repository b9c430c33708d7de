//! The close handshake (RFC 6455, section 7): the reason, the close frame, and the wait for the client's answer.

use super::control::error_message;
use super::reader::MessageReader;
use crate::app::App;
use crate::hub::shard::Shard;
use crate::hub::socket::{CLOSE_TIMEOUT, Socket};
use crate::limits::budget::Budget;
use crate::protocol::close::{Ending, NO_CODE};
use crate::protocol::websocket::{self, Incoming, Opcode};
use std::future::poll_fn;
use std::rc::Rc;

/// What is read and dropped after our close frame, in bytes; at least one message of the largest size. If nothing were read, our system would answer what the
/// client still sends with a reset, which can overtake our last frames. A client that sends more is cut off.
const LAST_BYTES: usize = 1 << 20;

/// Tells the client the reason, sends the close frame, and waits up to [`CLOSE_TIMEOUT`] for the client's. Then the stream ends.
///
/// When the future is dropped before its end, the stream is closed by whoever drops the last `socket`.
pub(crate) async fn close<A: App>(
    shard: &Rc<Shard<A>>,
    socket: &Rc<Socket<A>>,
    format: u16,
    ending: Ending,
    mut reader: MessageReader,
) {
    shard.stats.closed(ending.counted());
    if ending.code == 0 {
        socket.abort();
        return;
    }
    if ending.is_half_closed() {
        // answers to its last commands are written before our side ends
        shard.flush_for(socket);
        socket.set_closing();
    } else if !socket.is_closing() {
        if let Some(error) = &ending.error {
            let format = &shard.formats[format as usize];
            tracing::info!(code = %error.code, close = ending.code, "a client is refused");
            // the number by which this connection is found in the log
            let told = error_message(format.renderer.render_error, error, None)
                .beside("connection", &socket.id);
            shard.send(socket, format.frame(&told, Default::default()));
        }
        let close = match ending.code {
            NO_CODE => websocket::encode(Opcode::Close, &[]),
            code => websocket::encode_close(code, &ending.reason),
        };
        shard.send(socket, close);
        shard.flush();
        socket.set_closing();
    }
    let mut budget = Budget::last(LAST_BYTES.max(socket.policy.max_message_bytes));
    let taken = async {
        socket.emptied().await;
        let Some(stream) = socket.stream() else {
            return;
        };
        stream.finish();
        // a client that has ended its side sends no close frame
        while !ending.is_half_closed() && !socket.is_dead() {
            let turn = budget.turn().await;
            match reader.next(socket, shard.now_ms(), turn, |incoming| {
                matches!(incoming, Incoming::Close(_))
            }) {
                Ok(Some(true)) | Err(_) => break,
                Ok(Some(false)) => {}
                Ok(None) => {
                    if poll_fn(|cx| stream.poll_read_ready(cx)).await.is_err() {
                        break;
                    }
                }
            }
        }
    };
    let _ = shard.clock.timeout(CLOSE_TIMEOUT, taken).await;
    socket.abort();
}
