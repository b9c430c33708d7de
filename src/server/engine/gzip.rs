//! Compressed answers to polls (gzip, RFC 1952), for clients that accept them.
//!
//! An answer with the same frames as an earlier one is not compressed again: the clients of a group mostly poll the same events.

use crate::socketio;
use ::http::{HeaderMap, header};
use bytes::Bytes;
use flate2::{Compress, Compression, Crc, FlushCompress, Status};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

/// The largest body that is compressed, in bytes: compressing a megabyte blocks the thread for ten milliseconds.
const MOST_BYTES: usize = 1 << 20;
/// How many compressed answers a thread keeps: those of one tick, and of clients that poll a moment later.
const REMEMBERED: usize = 8;
/// The most that the kept answers may hold together, in bytes of their frames.
const REMEMBERED_BYTES: usize = 1 << 20;
/// The header of a gzip stream: deflate, no file name, no time, unknown system.
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

thread_local! {
    static DEFLATER: Cell<Option<Box<Compress>>> = const { Cell::new(None) };
    static MADE: RefCell<Made> = RefCell::default();
}

/// Whether `Accept-Encoding` (RFC 9110, section 12.5.3) accepts gzip, and prefers it to no compression or weighs them alike. Without that header nothing
/// is compressed: many clients that send none cannot decompress.
pub(super) fn is_accepted(headers: &HeaderMap) -> bool {
    let (mut gzip, mut any, mut identity) = (None, None, None);
    for value in headers.get_all(header::ACCEPT_ENCODING) {
        for coding in value.to_str().unwrap_or("").split(',') {
            let mut parts = coding.split(';').map(str::trim);
            let name = parts.next().unwrap_or("");
            let Some(weight) = weight(parts.next()) else {
                continue;
            };
            match () {
                () if name.eq_ignore_ascii_case("gzip") => gzip = Some(weight),
                () if name.eq_ignore_ascii_case("x-gzip") => gzip = gzip.or(Some(weight)),
                () if name.eq_ignore_ascii_case("identity") => identity = Some(weight),
                () if name == "*" => any = Some(weight),
                () => {}
            }
        }
    }
    let gzip = gzip.or(any).unwrap_or(0);
    gzip > 0 && gzip >= identity.unwrap_or(0)
}

/// The weight (`q=`) in thousandths; `None`: it is malformed, and the coding is ignored.
fn weight(parameter: Option<&str>) -> Option<u16> {
    let Some(parameter) = parameter else {
        return Some(1000);
    };
    let (name, value) = parameter.split_once('=')?;
    let (value, digits) = (value.trim_end(), value.trim_end().len());
    if !name.trim_end().eq_ignore_ascii_case("q") || !(1..=5).contains(&digits) {
        return None;
    }
    let (whole, part) = value.split_once('.').unwrap_or((value, ""));
    let is_number = part.bytes().all(|b| b.is_ascii_digit());
    let thousandths: u16 = format!("{part:0<3}").parse().ok().filter(|_| is_number)?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(1000),
        _ => None,
    }
}

/// The body that carries these frames, and whether it is compressed. It is if it has `from` bytes or more and becomes smaller.
pub(super) fn body(frames: Vec<Bytes>, from: usize) -> (Bytes, bool) {
    if let Some(made) = MADE.with_borrow(|made| made.find(&frames, from)) {
        return (made, true);
    }
    let text = socketio::body(frames.clone());
    if text.len() < from || text.len() > MOST_BYTES {
        return (text.into(), false);
    }
    match gzipped(text.as_bytes()) {
        Some(gzipped) => {
            MADE.with_borrow_mut(|made| made.note(frames, text.len(), gzipped.clone()));
            (gzipped, true)
        }
        None => (text.into(), false),
    }
}

/// The text compressed; `None`: it would not be smaller.
fn gzipped(text: &[u8]) -> Option<Bytes> {
    let mut deflater = DEFLATER.take().unwrap_or_else(|| {
        // the fastest level: the higher ones take three times as long for a tenth less
        Box::new(Compress::new(Compression::fast(), false))
    });
    deflater.reset();
    let mut out = Vec::from(HEAD);
    // Room for the worst case (a literal takes 9 bits at most), because a stream that is given up halfway could not be used again.
    out.reserve(text.len() + text.len() / 8 + 64);
    let done = deflater.compress_vec(text, &mut out, FlushCompress::Finish);
    if !matches!(done, Ok(Status::StreamEnd)) {
        return None;
    }
    DEFLATER.set(Some(deflater));
    let mut sum = Crc::new();
    sum.update(text);
    out.extend_from_slice(&sum.sum().to_le_bytes());
    out.extend_from_slice(&sum.amount().to_le_bytes());
    out.shrink_to_fit();
    (out.len() < text.len()).then(|| out.into())
}

/// The answers that are kept, the newest at the end.
#[derive(Default)]
struct Made {
    all: VecDeque<Answer>,
    bytes: usize,
}

struct Answer {
    frames: Vec<Bytes>,
    /// Length of the body before it was compressed, in bytes.
    text_bytes: usize,
    gzipped: Bytes,
}

impl Made {
    fn find(&self, frames: &[Bytes], from: usize) -> Option<Bytes> {
        let mut newest = self.all.iter().rev();
        let found = newest.find(|made| made.text_bytes >= from && is_same(&made.frames, frames));
        found.map(|made| made.gzipped.clone())
    }

    fn note(&mut self, frames: Vec<Bytes>, text_bytes: usize, gzipped: Bytes) {
        self.bytes += size(&frames);
        self.all.push_back(Answer {
            frames,
            text_bytes,
            gzipped,
        });
        while (self.all.len() > REMEMBERED || self.bytes > REMEMBERED_BYTES)
            && let Some(oldest) = self.all.pop_front()
        {
            self.bytes -= size(&oldest.frames);
        }
    }
}

fn size(frames: &[Bytes]) -> usize {
    frames.iter().map(Bytes::len).sum()
}

/// Whether the frames are the same memory. The members of a group share the frame of an event, and as long as it is kept no other can be at its address.
fn is_same(one: &[Bytes], other: &[Bytes]) -> bool {
    let place = |frame: &Bytes| (frame.as_ptr(), frame.len());
    one.len() == other.len() && one.iter().map(place).eq(other.iter().map(place))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::websocket::{Opcode, encode};
    use ::http::HeaderValue;
    use flate2::read::GzDecoder;
    use std::io::Read;

    fn accepts(lines: &[&'static str]) -> bool {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::ACCEPT_ENCODING, HeaderValue::from_static(line));
        }
        is_accepted(&headers)
    }

    #[test]
    fn accept_encoding_is_judged_as_rfc_9110_has_it() {
        for lines in [
            &["gzip"][..],
            &["GZIP"],
            &["x-gzip"],
            &["gzip, deflate, br"],
            &["deflate", "gzip"],
            &["br;q=1.0, gzip;q=0.8, *;q=0.1"],
            &["*"],
            &["*;q=0.5"],
            &["gzip;q=0.001"],
            &["gzip ; q=1.000"],
            &["identity;q=0.5, gzip;q=0.5"],
            &["identity;q=0, *"],
        ] {
            assert!(accepts(lines), "{lines:?}");
        }
        for lines in [
            &[][..],
            &[""],
            &["deflate, br"],
            &["gzip;q=0"],
            &["gzip;q=0.000"],
            &["gzip;q=0, *"],
            &["*;q=0"],
            &["identity"],
            &["identity, gzip;q=0.5"],
            &["identity;q=1, *;q=0.5"],
            &["gzipped"],
            &["gzip;q=2"],
            &["gzip;q=-1"],
            &["gzip;q=0.0001"],
            &["gzip;q=+.5"],
            &["gzip;level=1"],
        ] {
            assert!(!accepts(lines), "{lines:?}");
        }
    }

    fn frame(text: &str) -> Bytes {
        encode(Opcode::Text, text.as_bytes())
    }

    fn plain(body: &Bytes) -> String {
        let mut text = String::new();
        let read = GzDecoder::new(&body[..]).read_to_string(&mut text);
        assert_eq!(read.expect("gzip"), text.len());
        text
    }

    #[test]
    fn the_same_frames_are_compressed_once() {
        let frames = vec![frame(&"4a".repeat(400)), frame("4b")];
        let (first, is_gzip) = body(frames.clone(), 800);
        assert!(is_gzip);
        assert_eq!(plain(&first), format!("{}\x1e4b", "4a".repeat(400)));
        let (again, _) = body(frames.clone(), 800);
        assert_eq!(again.as_ptr(), first.as_ptr());
        // the same text, and other frames
        let (other, _) = body(vec![frame(&"4a".repeat(400)), frame("4b")], 800);
        assert_ne!(other.as_ptr(), first.as_ptr());
        assert_eq!(other, first);
        let (less, _) = body(frames[..1].to_vec(), 800);
        assert_eq!(plain(&less), "4a".repeat(400));
    }

    #[test]
    fn what_is_small_or_does_not_shrink_or_is_very_large_goes_as_it_is() {
        let text = "4a".repeat(400);
        assert_eq!(body(vec![frame(&text)], 801), (text.into(), false));
        let short = "4abcdefghi";
        assert_eq!(body(vec![frame(short)], 0), (short.into(), false));
        let large = "4".repeat(MOST_BYTES + 1);
        let (sent, is_gzip) = body(vec![frame(&large)], 0);
        assert_eq!((sent.len(), is_gzip), (large.len(), false));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        for n in 0..20 {
            let _ = body(vec![frame(&format!("4{n}").repeat(100_000))], 0);
        }
        MADE.with_borrow(|made| {
            assert!(made.bytes <= REMEMBERED_BYTES, "{}", made.bytes);
            let all: usize = made.all.iter().map(|made| size(&made.frames)).sum();
            assert_eq!(all, made.bytes);
            assert!(!made.all.is_empty());
        });
        for n in 0..20 {
            let _ = body(vec![frame(&format!("4{n}").repeat(100))], 0);
        }
        MADE.with_borrow(|made| assert_eq!(made.all.len(), REMEMBERED));
    }
}
