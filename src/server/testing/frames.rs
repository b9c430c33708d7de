//! WebSocket frames as a client writes and reads them (RFC 6455, section 5). Only what this server sends is understood: whole messages, not compressed.

use crate::protocol::websocket::Opcode;

/// A frame of a client. Masked, as it has to be, with a key of zeros, which leaves the payload as it is.
pub(super) fn encode(opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    const MASKED: u8 = 0x80;
    let mut frame = vec![0x80 | opcode as u8];
    match payload.len() {
        len @ 0..=125 => frame.push(MASKED | len as u8),
        len @ 126..=0xFFFF => {
            frame.push(MASKED | 126);
            frame.extend_from_slice(&(len as u16).to_be_bytes());
        }
        len => {
            frame.push(MASKED | 127);
            frame.extend_from_slice(&(len as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(payload);
    frame
}

/// Takes a frame of the server from the beginning of `bytes`: its opcode and its payload. `None`: it is not there whole.
///
/// # Panics
/// When it is no frame that this server sends.
pub(super) fn take(bytes: &mut Vec<u8>) -> Option<(u8, Vec<u8>)> {
    let (&[first, second], rest) = bytes.split_first_chunk()?;
    assert!(first & 0xF0 == 0x80, "a frame that is no whole message");
    assert!(second & 0x80 == 0, "a masked frame of a server");
    let (len, head) = match second {
        126 => (usize::from(u16::from_be_bytes(*rest.first_chunk()?)), 4),
        127 => {
            let len = u64::from_be_bytes(*rest.first_chunk()?);
            (usize::try_from(len).expect("it is in memory"), 10)
        }
        len => (usize::from(len), 2),
    };
    if bytes.len() < head + len {
        return None;
    }
    let payload = bytes[head..head + len].to_vec();
    bytes.drain(..head + len);
    Some((first & 0x0F, payload))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::websocket;

    #[test]
    fn what_the_server_encodes_is_taken_whole() {
        for len in [0, 125, 126, 0xFFFF, 0x10000] {
            let payload = vec![b'a'; len];
            let mut bytes = websocket::encode(Opcode::Text, &payload).to_vec();
            let whole = bytes.clone();
            bytes.extend_from_slice(b"\x89\x00");
            assert_eq!(take(&mut bytes), Some((Opcode::Text as u8, payload)));
            assert_eq!(bytes, b"\x89\x00", "{len}");
            let mut part = whole[..whole.len() - 1].to_vec();
            assert_eq!(take(&mut part), None, "{len}");
        }
    }
}
