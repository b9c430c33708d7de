//! What a client asks of the connection itself, rather than of its consumer.

use crate::error::ClientError;
use crate::protocol::close::{Ending, NO_CODE};
use crate::protocol::dialect::Control;
use crate::protocol::websocket::Incoming;

/// A frame that the connection handles itself. It borrows nothing, because the read buffer belongs to the thread.
pub(crate) enum ConnectionFrame {
    /// A request that every endpoint understands, and the id that it is answered under.
    Control(Option<String>, Control),
    /// A mistake, told under the id of the command that made it.
    Refused(Option<String>, ClientError),
    /// To be answered with a pong that carries the same payload.
    Ping(Vec<u8>),
    Pong,
    /// How the connection ends.
    Close(Ending),
}

impl ConnectionFrame {
    /// A frame without data: a ping, a pong, or the client's close.
    pub fn without_data(incoming: Incoming<'_>) -> Self {
        match incoming {
            Incoming::Ping(payload) => ConnectionFrame::Ping(payload.to_vec()),
            Incoming::Close(close) => {
                let (code, text) = close.unwrap_or((NO_CODE, ""));
                ConnectionFrame::Close(Ending::by_client_saying(code, text))
            }
            Incoming::Pong(_) | Incoming::Data(_) => ConnectionFrame::Pong,
        }
    }
}
