//! What was agreed about compression in the handshake.

use crate::protocol::websocket;
use crate::protocol::websocket::extension::DeflateParams;

/// What was agreed about compression in the handshake.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compression {
    /// The client may send compressed messages.
    pub inflates: bool,
    /// Frames of at least so many bytes are sent compressed; `usize::MAX`: none is.
    pub deflate_from: usize,
}

impl Compression {
    pub const NONE: Compression = Compression {
        inflates: false,
        deflate_from: usize::MAX,
    };

    /// From the answer to the client's offer; messages below `from_bytes` are not worth it.
    pub fn agreed(agreed: &DeflateParams, from_bytes: usize) -> Self {
        Compression {
            inflates: true,
            deflate_from: match agreed.full_window {
                true => from_bytes + websocket::head_bytes(from_bytes),
                false => usize::MAX,
            },
        }
    }
}
