//! Frames on the wire (RFC 6455, section 5.2): server frames are written, the heads of client frames are read.

use super::{Opcode, Violation};
use bytes::Bytes;

const FIN: u8 = 0x80;
const RSV1: u8 = 0x40;
const RSV2_AND_3: u8 = 0x30;
const MASKED: u8 = 0x80;

/// The length field's own value means that the length is in the next 2 or 8 bytes.
const LENGTH_IN_2: u8 = 126;
const LENGTH_IN_8: u8 = 127;

/// The longest payload of a control frame (section 5.5), so also the longest length that needs no extra bytes.
const MAX_CONTROL_BYTES: usize = 125;

/// A close frame starts with its code (section 5.5.1); the rest may be a reason.
const CLOSE_CODE_BYTES: usize = 2;

/// A whole message as one frame. The server never masks (section 5.1), so the same bytes serve every receiver.
pub(crate) fn encode(opcode: Opcode, payload: &[u8]) -> Bytes {
    whole(opcode, false, payload)
}

/// A whole message as one frame whose payload is compressed (RFC 7692, section 6), for clients that agreed to it.
pub(super) fn encode_deflated(opcode: Opcode, payload: &[u8]) -> Bytes {
    whole(opcode, true, payload)
}

fn whole(opcode: Opcode, rsv1: bool, payload: &[u8]) -> Bytes {
    debug_assert!(!opcode.is_control() || (payload.len() <= MAX_CONTROL_BYTES && !rsv1));
    // Exact, because `Bytes` takes over a full `Vec` as it is and reallocates one with room to spare.
    let mut out = Vec::with_capacity(head_bytes(payload.len()) + payload.len());
    out.push(FIN | if rsv1 { RSV1 } else { 0 } | opcode as u8);
    // The shortest form that fits is mandatory.
    if payload.len() <= MAX_CONTROL_BYTES {
        out.push(payload.len() as u8);
    } else if let Ok(length) = u16::try_from(payload.len()) {
        out.push(LENGTH_IN_2);
        out.extend_from_slice(&length.to_be_bytes());
    } else {
        out.push(LENGTH_IN_8);
        out.extend_from_slice(&(payload.len() as u64).to_be_bytes());
    }
    out.extend_from_slice(payload);
    out.into()
}

/// A message and the binary ones that belong to it, in one piece: nothing may come between them.
pub(crate) fn encode_all(opcode: Opcode, payload: &[u8], attachments: &[Bytes]) -> Bytes {
    let mut all = Vec::from(whole(opcode, false, payload));
    for attachment in attachments {
        all.extend_from_slice(&whole(Opcode::Binary, false, attachment));
    }
    all.into()
}

/// The frames of what [`encode`] or [`encode_all`] made.
pub(crate) fn pieces(mut frames: Bytes) -> impl Iterator<Item = Bytes> {
    std::iter::from_fn(move || {
        let length = frame_bytes(&frames)?;
        Some(frames.split_to(length.min(frames.len())))
    })
}

/// How long the first frame is; `None`: there is none.
pub(super) fn frame_bytes(frames: &[u8]) -> Option<usize> {
    Some(match *frames.get(1)? {
        LENGTH_IN_2 => 4 + usize::from(u16::from_be_bytes(*frames[2..].first_chunk()?)),
        LENGTH_IN_8 => 10 + u64::from_be_bytes(*frames[2..].first_chunk()?) as usize,
        length => 2 + usize::from(length),
    })
}

/// The opcode and the payload of a frame that [`encode`] made.
pub(crate) fn parts(frame: &[u8]) -> (Opcode, &[u8]) {
    let opcode = Opcode::of(frame[0]).unwrap_or(Opcode::Binary);
    let head = match frame[1] {
        LENGTH_IN_2 => 4,
        LENGTH_IN_8 => 10,
        _ => 2,
    };
    (opcode, &frame[head..])
}

/// A close frame. A reason that does not fit is cut at a character's end. To answer a close without a code, send
/// `encode(Opcode::Close, &[])`: 1005 and its like must never be sent (section 7.4.1).
pub(crate) fn encode_close(code: u16, reason: &str) -> Bytes {
    debug_assert!(may_be_sent(code));
    let fits = reason.floor_char_boundary(MAX_CONTROL_BYTES - CLOSE_CODE_BYTES);
    let mut payload = Vec::with_capacity(CLOSE_CODE_BYTES + fits);
    payload.extend_from_slice(&code.to_be_bytes());
    payload.extend_from_slice(&reason.as_bytes()[..fits]);
    encode(Opcode::Close, &payload)
}

/// How long the head of a server's frame is.
pub(crate) fn head_bytes(payload_bytes: usize) -> usize {
    match payload_bytes {
        0..=MAX_CONTROL_BYTES => 2,
        126..=0xFFFF => 4,
        _ => 10,
    }
}

/// Whether a close frame may carry this code: the registered ones that are not reserved for reports within an
/// endpoint (1004, 1005, 1006, 1015), and the ranges for libraries and applications (section 7.4.2).
fn may_be_sent(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

/// The head of a client's frame up to its masking key, with every rule checked that needs no other frame.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) fin: bool,
    /// Whether an extension may make sense of this bit is for the connection to know.
    pub(super) rsv1: bool,
    pub(super) opcode: Opcode,
    /// The length that the head announces. It is not compared with any limit yet, so nothing may be allocated for it.
    pub(super) payload_bytes: u64,
    /// Where the masking key starts, counted from the frame's first byte.
    pub(super) mask_at: usize,
}

impl Head {
    /// `None` when `bytes` ends before the masking key. A violation is found at the first byte that proves it, so
    /// the verdict on a stream does not depend on how it was cut into reads.
    pub(super) fn parse(bytes: &[u8]) -> Result<Option<Self>, Violation> {
        let Some(&first) = bytes.first() else {
            return Ok(None);
        };
        let fin = first & FIN != 0;
        if first & RSV2_AND_3 != 0 {
            return Err(Violation::Protocol("reserved bit set"));
        }
        let Some(opcode) = Opcode::of(first) else {
            return Err(Violation::Protocol("reserved opcode"));
        };
        if opcode.is_control() && !fin {
            return Err(Violation::Protocol("fragmented control frame"));
        }

        let Some(&second) = bytes.get(1) else {
            return Ok(None);
        };
        if second & MASKED == 0 {
            return Err(Violation::Protocol("frame not masked"));
        }
        let length = second & !MASKED;
        if opcode.is_control() && usize::from(length) > MAX_CONTROL_BYTES {
            return Err(Violation::Protocol("control frame over 125 bytes"));
        }

        let (payload_bytes, mask_at) = match length {
            LENGTH_IN_2 => match bytes[2..].first_chunk() {
                Some(&length) => (u16::from_be_bytes(length).into(), 4),
                None => return Ok(None),
            },
            LENGTH_IN_8 => match bytes[2..].first_chunk() {
                Some(&length) => (u64::from_be_bytes(length), 10),
                None => return Ok(None),
            },
            length => (length.into(), 2),
        };
        if payload_bytes >> 63 != 0 {
            return Err(Violation::Protocol("length over 63 bits"));
        }
        Ok(Some(Head {
            fin,
            rsv1: first & RSV1 != 0,
            opcode,
            payload_bytes,
            mask_at,
        }))
    }
}

/// The code and the reason in the payload of a client's close frame (section 5.5.1).
pub(super) fn parse_close(payload: &[u8]) -> Result<Option<(u16, &str)>, Violation> {
    match payload.split_first_chunk() {
        None if payload.is_empty() => Ok(None),
        None => Err(Violation::Protocol("close payload of one byte")),
        Some((&code, reason)) => {
            let code = u16::from_be_bytes(code);
            if !may_be_sent(code) {
                return Err(Violation::Protocol("invalid close code"));
            }
            let reason = simdutf8::basic::from_utf8(reason).map_err(|_| Violation::Utf8)?;
            Ok(Some((code, reason)))
        }
    }
}

/// Removes the mask (section 5.3), eight bytes at a time.
pub(super) fn unmask(payload: &mut [u8], key: [u8; 4]) {
    let [a, b, c, d] = key;
    let twice = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (words, rest) = payload.as_chunks_mut::<8>();
    for word in words {
        *word = (u64::from_ne_bytes(*word) ^ twice).to_ne_bytes();
    }
    // A whole number of keys fits into the words before, so the key starts over here.
    for (byte, key) in rest.iter_mut().zip(key.iter().cycle()) {
        *byte ^= key;
    }
}
