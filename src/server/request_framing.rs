//! Where one request ends and the next begins, as strictly as RFC 9112 allows: what two programs could read in two ways is refused, because a proxy in front
//! may be the other one (request smuggling). Bytes go in, a verdict comes out; no IO.
//!
//! Refused, beside what hyper refuses: lines that end in a bare LF or hold a bare CR (section 2.2), folded lines (5.2), a space before the colon (5.1),
//! two Hosts, or one that is no host (3.2), two lengths, a length that is not just digits, a length beside `Transfer-Encoding`, and any such coding but
//! `chunked` (6.1, 6.3). The RFC lets a server accept some of these; nobody who means well sends them.

/// Follows the requests of one connection.
pub(crate) struct RequestFraming {
    state: State,
    /// The line that is being read, without its end.
    line: Vec<u8>,
    head: Head,
    /// The most a line may be, in bytes.
    longest: usize,
    /// The position in the last read at which a head began.
    head_at: Option<usize>,
    /// Heads that came whole.
    heads: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before a request. Empty lines are passed over (section 2.2).
    Start,
    Fields,
    /// In a body, of which this many bytes are still to come.
    Body(u64),
    ChunkSize,
    Chunk(u64),
    /// The line end after a chunk.
    ChunkEnd,
    Trailers,
    /// A protocol change was asked for: what follows belongs to the other protocol, or to nobody.
    Tunnel,
}

/// Where a byte of a connection stands.
#[cfg(feature = "fuzzing")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Position {
    Between,
    RequestLine,
    Fields,
    Body,
    Chunking,
    Tunnel,
}

/// What the fields so far say about the request's framing.
#[derive(Default)]
struct Head {
    http_1_0: bool,
    host: bool,
    length: Option<u64>,
    chunked: bool,
    upgrade: bool,
}

/// A request that means two things. The byte with this index is where that became clear.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ambiguous {
    pub at: usize,
    /// What is wrong, for the author of the client.
    pub why: &'static str,
}

impl RequestFraming {
    /// `longest`: the most a line may be, in bytes.
    pub fn new(longest: usize) -> Self {
        RequestFraming {
            state: State::Start,
            line: Vec::new(),
            head: Head::default(),
            longest,
            head_at: None,
            heads: 0,
        }
    }

    /// Takes in what came, in pieces of any size.
    pub fn take(&mut self, bytes: &[u8]) -> Result<(), Ambiguous> {
        let mut at = 0;
        self.head_at = None;
        while at < bytes.len() {
            if self.is_between() {
                self.head_at = Some(at);
            }
            let left = (bytes.len() - at) as u64;
            match &mut self.state {
                State::Tunnel => return Ok(()),
                State::Body(n) | State::Chunk(n) => {
                    let step = left.min(*n);
                    *n -= step;
                    at += step as usize; // at most `bytes.len()`
                    match self.state {
                        State::Body(0) => self.begin(),
                        State::Chunk(0) => self.state = State::ChunkEnd,
                        _ => {}
                    }
                }
                // most lines come whole, and need not be copied
                _ if self.line.is_empty()
                    && let Some(line) = plain_line(&bytes[at..], self.longest) =>
                {
                    let end = at + line.len() + 1;
                    let next = self.line_ended(line);
                    self.state = next.map_err(|why| Ambiguous { at: end, why })?;
                    at = end + 1;
                }
                _ => {
                    self.byte(bytes[at]).map_err(|why| Ambiguous { at, why })?;
                    at += 1;
                }
            }
        }
        Ok(())
    }

    /// One byte of a line.
    ///
    /// # Errors
    /// The byte is not allowed there.
    fn byte(&mut self, byte: u8) -> Result<(), &'static str> {
        let after_cr = self.line.last() == Some(&b'\r');
        match byte {
            b'\n' if after_cr => {
                self.line.pop();
                let line = std::mem::take(&mut self.line);
                let next = self.line_ended(&line);
                // its memory is used again
                self.line = line;
                self.line.clear();
                self.state = next?;
                return Ok(());
            }
            b'\n' => return Err("a line ends in a bare LF"),
            _ if after_cr => return Err("a bare CR"),
            b' ' | b'\t' if self.line.is_empty() => return Err("a line begins with a blank"),
            _ => {}
        }
        if self.line.len() > self.longest {
            return Err("a line is too long");
        }
        self.line.push(byte);
        Ok(())
    }

    /// Whether a request has begun and not ended.
    pub fn is_within_request(&self) -> bool {
        !self.is_between()
    }

    fn is_between(&self) -> bool {
        self.state == State::Start && self.line.is_empty()
    }

    /// Of the head that is being read, where in what came last it begins; `None`: before that, or none is being read.
    pub fn open_head(&self) -> Option<usize> {
        let is_head = matches!(self.state, State::Start | State::Fields);
        self.head_at.filter(|_| is_head)
    }

    /// How many heads came whole.
    pub fn heads(&self) -> u64 {
        self.heads
    }

    /// Whether what follows belongs to another protocol, or to nobody.
    pub fn is_tunnel(&self) -> bool {
        self.state == State::Tunnel
    }

    /// Whether the request says whose it is.
    pub fn names_host(&self) -> bool {
        self.head.host
    }

    /// What the next byte belongs to.
    #[cfg(feature = "fuzzing")]
    pub fn position(&self) -> Position {
        match self.state {
            State::Start if self.line.is_empty() => Position::Between,
            State::Start => Position::RequestLine,
            State::Fields => Position::Fields,
            State::Body(_) | State::Chunk(_) => Position::Body,
            State::ChunkSize | State::ChunkEnd | State::Trailers => Position::Chunking,
            State::Tunnel => Position::Tunnel,
        }
    }

    fn begin(&mut self) {
        self.state = State::Start;
        self.head = Head::default();
    }

    fn line_ended(&mut self, line: &[u8]) -> Result<State, &'static str> {
        Ok(match self.state {
            State::Start if line.is_empty() => State::Start,
            State::Start => {
                self.head = Head {
                    http_1_0: line.ends_with(b" HTTP/1.0"),
                    ..Head::default()
                };
                State::Fields
            }
            State::Fields if line.is_empty() => {
                self.heads += 1;
                self.head.ended()
            }
            State::Fields => {
                self.head.field(line)?;
                State::Fields
            }
            State::ChunkSize => match chunk_size(line).ok_or("a chunk's size is no number")? {
                0 => State::Trailers,
                n => State::Chunk(n),
            },
            State::ChunkEnd if line.is_empty() => State::ChunkSize,
            State::Trailers if line.is_empty() => {
                self.head = Head::default();
                State::Start
            }
            State::Trailers => State::Trailers,
            State::ChunkEnd | State::Body(_) | State::Chunk(_) | State::Tunnel => {
                return Err("a chunk is longer than it says");
            }
        })
    }
}

impl Head {
    fn field(&mut self, line: &[u8]) -> Result<(), &'static str> {
        let colon = memchr::memchr(b':', line).ok_or("a header without a colon")?;
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.last().is_none_or(u8::is_ascii_whitespace) {
            return Err("a header without a name, or with a blank before its colon");
        }
        let is = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
        if is("host") {
            let twice = std::mem::replace(&mut self.host, true);
            let odd = |b: &u8| b.is_ascii_whitespace() || b"/@?#,\\".contains(b);
            if twice || value.is_empty() || value.iter().any(odd) {
                return Err("two Hosts, or one that is no host");
            }
        } else if is("content-length") {
            let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
            let length = std::str::from_utf8(value).ok().and_then(|n| n.parse().ok());
            if !digits || length.is_none() || self.length.is_some() || self.chunked {
                return Err("a Content-Length that is no number, or is not alone");
            }
            self.length = length;
        } else if is("transfer-encoding") {
            let plain = value.eq_ignore_ascii_case(b"chunked");
            if !plain || self.chunked || self.length.is_some() || self.http_1_0 {
                return Err("a Transfer-Encoding that is not chunked, or is not alone");
            }
            self.chunked = true;
        } else if is("upgrade") {
            self.upgrade = true;
        }
        Ok(())
    }

    fn ended(&self) -> State {
        match self.length {
            _ if self.chunked => State::ChunkSize,
            Some(n) if n > 0 => State::Body(n),
            _ if self.upgrade => State::Tunnel,
            _ => State::Start,
        }
    }
}

/// A line that is there to its end, without that, if nothing about its ends and blanks needs a closer look.
fn plain_line(bytes: &[u8], longest: usize) -> Option<&[u8]> {
    let end = memchr::memchr(b'\n', bytes)?;
    let line = bytes[..end].strip_suffix(b"\r")?;
    let odd = matches!(line.first(), Some(b' ' | b'\t')) || memchr::memchr(b'\r', line).is_some();
    (!odd && line.len() < longest).then_some(line)
}

/// Hexadecimal digits, perhaps with an extension, which nobody uses.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let digits = line.split(|b| *b == b';').next()?;
    let text = std::str::from_utf8(digits).ok()?;
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit());
    u64::from_str_radix(text, 16).ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    fn take(text: &str) -> Result<(), Ambiguous> {
        RequestFraming::new(1024).take(text.as_bytes())
    }

    #[test]
    fn what_is_plain_passes() {
        for text in [
            GET,
            "\r\n\r\nGET / HTTP/1.1\r\nhost:a\r\n\r\n",
            "GET / HTTP/1.0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a:80\r\nContent-Length: 4\r\n\r\n\n\n\n\nGET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n4;x=y\r\n\n\n\n\n\r\n00\r\nA: b\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n\n\0 what a frame may hold",
        ] {
            assert_eq!(take(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_means_two_things_does_not() {
        for (text, wrong) in [
            ("GET / HTTP/1.1\n", "\n"),
            ("GET / HTTP/1.1\r\nHost: a\n", "\n"),
            ("GET / HTTP/1.1\r\nHost: a\rb", "b"),
            ("GET / HTTP/1.1\r\n\tHost: a\r\n", "\tHost: a\r\n"),
            ("GET / HTTP/1.1\r\nHost: a\r\n b\r\n", " b\r\n"),
            ("GET / HTTP/1.1\r\nHost : a\r\n", "\n"),
            ("GET / HTTP/1.1\r\nHost a\r\n", "\n"),
            ("GET / HTTP/1.1\r\nHost:\r\n", "\n"),
            ("GET / HTTP/1.1\r\nHost: a/b\r\n", "\n"),
            ("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n", "\n"),
            ("POST / HTTP/1.1\r\nContent-Length: +1\r\n", "\n"),
            ("POST / HTTP/1.1\r\nContent-Length: 1, 1\r\n", "\n"),
            (
                "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n",
                "\n",
            ),
            (
                "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n",
                "\n",
            ),
            (
                "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n",
                "\n",
            ),
            (
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n",
                "\n",
            ),
            (
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                "\n",
            ),
            (
                "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n",
                "\n",
            ),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n", "\n"),
            ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n", "\n"),
            (
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\n",
                "\n",
            ),
            (
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\n",
                "\n",
            ),
            (
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
                "\n",
            ),
        ] {
            let at = text.len() - wrong.len();
            assert_eq!(take(text).map_err(|a| a.at), Err(at), "{text:?}");
        }
        let long = format!("GET /{} HTTP/1.1\r\n", "a".repeat(2000));
        assert!(take(&long).is_err(), "a line without an end is not kept");
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(text in "(GET|\r|\n| |:|Host: a\r\n|HTTP/1.1\r\n|Content-Length: 3\r\n|Transfer-Encoding: chunked\r\n|3\r\n|abc|0\r\n|\r\n){0,24}", cut in 1usize..9) {
            let whole = take(&text).is_ok();
            let mut framing = RequestFraming::new(1024);
            let pieces = text.as_bytes().chunks(cut).try_for_each(|piece| framing.take(piece));
            prop_assert_eq!(whole, pieces.is_ok());
        }
    }
}
