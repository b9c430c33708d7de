//! RFC 6455 framing, as little of it as a load generator and the floor server need.

use base64::prelude::{BASE64_STANDARD, Engine};
use flate2::{Decompress, FlushDecompress};
use sha1::{Digest, Sha1};

pub const TEXT: u8 = 1;
pub const BINARY: u8 = 2;
pub const CLOSE: u8 = 8;
pub const PING: u8 = 9;
pub const PONG: u8 = 10;

pub struct Frame {
    pub opcode: u8,
    pub compressed: bool,
    pub mask: Option<[u8; 4]>,
    pub start: usize,
    pub end: usize,
}

/// The frame at the front of `b`, or None when it is not complete yet.
pub fn parse(b: &[u8]) -> Option<Frame> {
    if b.len() < 2 {
        return None;
    }
    let masked = b[1] & 0x80 != 0;
    let (len, mut head) = match b[1] & 0x7f {
        126 => {
            if b.len() < 4 {
                return None;
            }
            (u16::from_be_bytes([b[2], b[3]]) as usize, 4)
        }
        127 => {
            if b.len() < 10 {
                return None;
            }
            (
                u64::from_be_bytes(b[2..10].try_into().unwrap()) as usize,
                10,
            )
        }
        n => (n as usize, 2),
    };
    let mut mask = None;
    if masked {
        if b.len() < head + 4 {
            return None;
        }
        mask = Some([b[head], b[head + 1], b[head + 2], b[head + 3]]);
        head += 4;
    }
    if b.len() - head < len {
        return None;
    }
    Some(Frame {
        opcode: b[0] & 15,
        compressed: b[0] & 0x40 != 0,
        mask,
        start: head,
        end: head + len,
    })
}

fn header(opcode: u8, len: usize, mask_bit: u8, out: &mut Vec<u8>) {
    out.push(0x80 | opcode);
    if len < 126 {
        out.push(mask_bit | len as u8);
    } else if len < 65536 {
        out.push(mask_bit | 126);
        out.extend_from_slice(&(len as u16).to_be_bytes());
    } else {
        out.push(mask_bit | 127);
        out.extend_from_slice(&(len as u64).to_be_bytes());
    }
}

pub fn server(opcode: u8, payload: &[u8], out: &mut Vec<u8>) {
    header(opcode, payload.len(), 0, out);
    out.extend_from_slice(payload);
}

pub fn client(opcode: u8, payload: &[u8], key: [u8; 4], out: &mut Vec<u8>) {
    header(opcode, payload.len(), 0x80, out);
    out.extend_from_slice(&key);
    let at = out.len();
    out.extend_from_slice(payload);
    unmask(&mut out[at..], key);
}

pub fn unmask(b: &mut [u8], key: [u8; 4]) {
    let k8 = u64::from_ne_bytes([
        key[0], key[1], key[2], key[3], key[0], key[1], key[2], key[3],
    ]);
    let mut it = b.chunks_exact_mut(8);
    for c in &mut it {
        let v = u64::from_ne_bytes((&*c).try_into().unwrap()) ^ k8;
        c.copy_from_slice(&v.to_ne_bytes());
    }
    for (i, c) in it.into_remainder().iter_mut().enumerate() {
        *c ^= key[i & 3];
    }
}

/// `Sec-WebSocket-Accept` for a key.
pub fn accept_key(key: &str) -> String {
    let mut v = key.as_bytes().to_vec();
    v.extend_from_slice(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    BASE64_STANDARD.encode(Sha1::digest(v))
}

/// The payload of a compressed message, without context takeover.
#[derive(Default)]
pub struct Inflater {
    input: Vec<u8>,
    output: Vec<u8>,
}

impl Inflater {
    /// Many clients get the same bytes one after the other: those are inflated once.
    pub fn inflate(&mut self, payload: &[u8]) -> Result<&[u8], String> {
        if self.input != payload || self.output.is_empty() {
            self.input.clear();
            self.input.extend_from_slice(payload);
            let whole = [payload, &[0, 0, 0xff, 0xff]].concat();
            self.output.clear();
            self.output.reserve(1 << 16);
            let mut inflate = Decompress::new(false);
            inflate
                .decompress_vec(&whole, &mut self.output, FlushDecompress::Sync)
                .map_err(|e| format!("inflate: {e}"))?;
        }
        Ok(&self.output)
    }
}
