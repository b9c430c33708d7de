//! The part of the upgrade that is arithmetic (RFC 6455, section 4.2).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};

/// The GUID every server appends, so that no server answers a handshake by accident (section 1.3).
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// 16 bytes in base64.
const KEY_CHARS: usize = 24;

/// The value of `Sec-WebSocket-Accept` for a client's `Sec-WebSocket-Key` (section 4.2.2). It hashes the key as it is
/// spelled: whether the key is one is for [`valid_key`] to say.
pub(crate) fn accept_key(key: &str) -> String {
    let digest = Sha1::new().chain_update(key).chain_update(GUID).finalize();
    STANDARD.encode(digest)
}

/// Whether a `Sec-WebSocket-Key` is 16 bytes in base64, as section 4.2.1 demands.
pub(crate) fn valid_key(key: &str) -> bool {
    // The length first: the header may be as long as hyper lets it be. The decoder asks for the room that three times four characters more could take.
    let mut nonce = [0; 18];
    key.len() == KEY_CHARS && STANDARD.decode_slice(key, &mut nonce) == Ok(16)
}
