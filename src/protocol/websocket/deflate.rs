//! Compressed messages (RFC 7692, section 7.2). Compressor and decompressor belong to the thread: no connection owns either, because every message is
//! compressed by itself.

use super::Violation;
use super::frame::{encode_deflated, frame_bytes, parts, pieces};
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
/// A message is inflated in pieces of so many bytes.
const PIECE_BYTES: usize = 16 << 10;
/// Blocks of one message that may say they are the last. An ordinary sender's has none or one, and starting anew after each costs a microsecond: a message of
/// the permitted size could have enough of them to occupy the thread for seconds.
const MOST_LAST_BLOCKS: usize = 1024;

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
    piece: Box<[u8]>,
    out: Vec<u8>,
}

/// The frame of a data message, compressed; as it is if that makes it no smaller.
pub(crate) fn deflated(frame: &Bytes) -> Bytes {
    if frame.len() > MOST_BYTES {
        return frame.clone();
    }
    if frame_bytes(frame).is_some_and(|first| first < frame.len()) {
        // a message and what is attached to it
        let all = pieces(frame.clone()).map(|piece| deflated(&piece));
        return all
            .fold(Vec::new(), |all, piece| [&all[..], &piece].concat())
            .into();
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
    // Room for whatever comes of it: a literal takes 9 bits at most. Never less, though what is larger than the message is thrown away: of a stream that was
    // given up halfway, zlib-rs keeps the open block and the position in its buffer, and `reset` does not forget them.
    out.reserve(payload.len() + payload.len() / 8 + 64);
    let done = stream.compress_vec(payload, out, FlushCompress::Sync);
    let read_all = stream.total_in() == payload.len() as u64;
    let whole = done.is_ok() && read_all && out.len() < out.capacity();
    let smaller = out.len() < payload.len() + TAIL.len();
    let shrunk = match out.strip_suffix(&TAIL) {
        Some(message) if whole && smaller => encode_deflated(opcode, message),
        _ => frame.clone(),
    };
    if whole {
        out.clear();
        out.shrink_to(KEPT_BYTES);
        DEFLATER.set(Some(deflater));
    }
    shrunk
}

/// Hands the inflated message to `take`. Never keeps more than `limit` bytes of it, however much is announced in however little.
pub(crate) fn inflate<T>(
    message: &[u8],
    limit: usize,
    take: impl FnOnce(&[u8]) -> Result<T, Violation>,
) -> Result<T, Violation> {
    if message.is_empty() {
        return take(message); // a careless sender's empty message: not even an empty block
    }
    let mut inflater = INFLATER.take().unwrap_or_default();
    inflater.stream.reset(false);
    let filled = inflater.fill(message, limit);
    let taken = filled.and_then(|()| take(&inflater.out));
    inflater.out.clear();
    inflater.out.shrink_to(KEPT_BYTES);
    INFLATER.set(Some(inflater));
    taken
}

impl Default for Inflater {
    fn default() -> Self {
        Inflater {
            stream: Decompress::new(false),
            piece: vec![0; PIECE_BYTES].into(),
            out: Vec::new(),
        }
    }
}

/// The room that an inflater of its own takes for a message, in bytes.
#[cfg(feature = "fuzzing")]
pub(crate) fn room_taken(message: &[u8], limit: usize) -> usize {
    let mut inflater = Inflater::default();
    // the verdict is judged elsewhere
    let _ = inflater.fill(message, limit);
    inflater.out.capacity()
}

impl Inflater {
    fn fill(&mut self, message: &[u8], limit: usize) -> Result<(), Violation> {
        let Inflater { stream, piece, out } = self;
        let mut last_blocks = 0;
        let mut ended = false;
        for (mut input, has_content) in [(message, true), (&TAIL, true), (&LAST_BLOCK, false)] {
            loop {
                if ended {
                    // blocks may follow one that said it was the last (section 7.2.3.5)
                    last_blocks += 1;
                    if last_blocks > MOST_LAST_BLOCKS {
                        return Err(Violation::Deflate);
                    }
                    stream.reset(false);
                }
                let before = (stream.total_in(), stream.total_out());
                let status = stream.decompress(input, piece, FlushDecompress::None);
                let read = (stream.total_in() - before.0) as usize;
                let made = (stream.total_out() - before.1) as usize;
                input = &input[read..];
                if made > 0 && !has_content {
                    return Err(Violation::Deflate); // cut off: what was to end the message was taken for a part of it
                }
                // first: whether what comes after the limit is sound is no matter
                if made > limit - out.len() {
                    return Err(Violation::TooLarge { limit });
                }
                out.extend_from_slice(&piece[..made]);
                ended = status.map_err(|_| Violation::Deflate)? == Status::StreamEnd;
                let said_all = ended || made < piece.len();
                let stuck = read == 0 && made == 0 && !ended;
                if (input.is_empty() && said_all) || stuck {
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
}

#[cfg(test)]
mod tests;
