//! Compressed messages (RFC 7692, section 7.2). Compressor and decompressor belong to the thread: no connection owns either, because every message is
//! compressed by itself.

use super::Violation;
use super::frame::{encode_deflated, parts};
use bytes::Bytes;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use std::cell::Cell;

/// What a compressed message ends with, and what is not sent of it (section 7.2.1).
const TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];
/// An empty block that says it is the last one. Only where the message before it is complete is it understood as that.
const LAST_BLOCK: [u8; 5] = [0x01, 0x00, 0x00, 0xff, 0xff];
/// A larger frame is sent as it is: compressing a megabyte takes ten milliseconds, in which nobody else of this thread is served.
const MOST_BYTES: usize = 1 << 20;
/// What a thread keeps of its scratch memory between messages.
const KEPT_BYTES: usize = 128 << 10;
/// The first piece of room for an inflated message.
const FIRST_BYTES: usize = 4 << 10;

thread_local! {
    // taken while in use: whoever needs it meanwhile makes its own
    static DEFLATER: Cell<Option<Box<Deflater>>> = const { Cell::new(None) };
    static INFLATER: Cell<Option<Box<Inflater>>> = const { Cell::new(None) };
}

struct Deflater {
    stream: Compress,
    out: Vec<u8>,
}

struct Inflater {
    stream: Decompress,
    out: Vec<u8>,
}

/// The frame of a data message, compressed; as it is if that makes it no smaller.
pub(crate) fn deflated(frame: &Bytes) -> Bytes {
    if frame.len() > MOST_BYTES {
        return frame.clone();
    }
    let (opcode, payload) = parts(frame);
    let mut deflater = DEFLATER.take().unwrap_or_else(|| {
        // the fastest level: the higher ones take three times as long for a tenth less
        let stream = Compress::new(Compression::fast(), false);
        let out = Vec::new();
        Box::new(Deflater { stream, out })
    });
    let Deflater { stream, out } = &mut *deflater;
    stream.reset();
    out.clear();
    // no more room than the plain payload has: if it does not fit, nothing would be gained
    out.reserve(payload.len());
    let room = out.capacity();
    let done = stream.compress_vec(payload, out, FlushCompress::Sync);
    let whole = done.is_ok() && stream.total_in() == payload.len() as u64 && out.len() < room;
    let smaller = out.len() < payload.len() + TAIL.len();
    let shrunk = match out.strip_suffix(&TAIL) {
        Some(message) if whole && smaller => encode_deflated(opcode, message),
        _ => frame.clone(),
    };
    out.clear();
    out.shrink_to(KEPT_BYTES);
    DEFLATER.set(Some(deflater));
    shrunk
}

/// Hands the inflated message to `take`. Never makes more than `limit` bytes and one of it, however much is announced in however little.
pub(crate) fn inflate<T>(
    message: &[u8],
    limit: usize,
    take: impl FnOnce(&[u8]) -> Result<T, Violation>,
) -> Result<T, Violation> {
    if message.is_empty() {
        return take(message); // a careless sender's empty message: not even an empty block
    }
    let mut inflater = INFLATER.take().unwrap_or_else(|| {
        let stream = Decompress::new(false);
        let out = Vec::new();
        Box::new(Inflater { stream, out })
    });
    let Inflater { stream, out } = &mut *inflater;
    stream.reset(false);
    out.clear();
    let taken = fill(stream, message, limit, out).and_then(|()| take(out));
    out.clear();
    out.shrink_to(KEPT_BYTES);
    INFLATER.set(Some(inflater));
    taken
}

/// What an inflater of its own makes of a message, in room that the caller can look at.
#[cfg(feature = "fuzzing")]
pub(crate) fn fill_for(message: &[u8], limit: usize, out: &mut Vec<u8>) -> Result<(), Violation> {
    fill(&mut Decompress::new(false), message, limit, out)
}

fn fill(
    stream: &mut Decompress,
    message: &[u8],
    limit: usize,
    out: &mut Vec<u8>,
) -> Result<(), Violation> {
    // what an earlier message of another connection left there is no room for this one: the verdict would depend on it
    out.shrink_to(limit + 1);
    let mut ended = false;
    for mut input in [message, &TAIL, &LAST_BLOCK] {
        loop {
            if ended {
                // blocks may follow one that said it was the last (section 7.2.3.5)
                stream.reset(false);
            }
            if out.len() == out.capacity() {
                let more = out.len().max(FIRST_BYTES);
                out.reserve_exact(more.min(limit + 1 - out.len()));
            }
            let before = (stream.total_in(), out.len());
            let status = stream.decompress_vec(input, out, FlushDecompress::None);
            // first, because what comes after the limit may be broken or not
            if out.len() > limit {
                return Err(Violation::TooLarge { limit });
            }
            ended = status.map_err(|_| Violation::Deflate)? == Status::StreamEnd;
            input = &input[(stream.total_in() - before.0) as usize..];
            let stuck = stream.total_in() == before.0 && out.len() == before.1;
            let said_all = ended || out.len() < out.capacity();
            if (input.is_empty() && said_all) || (stuck && !ended) {
                break;
            }
        }
        if !input.is_empty() {
            return Err(Violation::Deflate);
        }
    }
    match ended {
        true => Ok(()),
        false => Err(Violation::Deflate), // cut off within a block
    }
}

#[cfg(test)]
mod tests;
