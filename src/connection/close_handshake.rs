//! The close handshake (RFC 6455, section 7): why, the close frame, and a while in which the client may take it and answer.

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

/// So many bytes of what a closed client still sends are read and dropped, or one message of the largest size, within [`CLOSE_TIMEOUT`]. Without that its system
/// would answer what is not read with a reset, which would overtake our last frames. Who sends more is cut off.
const LAST_BYTES: usize = 1 << 20;

/// Tells the client why, closes in order, and waits a little for the client to take it. When this is done the stream has ended.
///
/// Dropped before, it leaves the stream as it is; whoever drops the last `socket` closes it.
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
        // answers to what it said last
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
        // nothing more comes of a client that has ended its side
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
