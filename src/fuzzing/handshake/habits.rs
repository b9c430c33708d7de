//! Other programs' readings of HTTP/1, with habits that are known from the wild. What passes our own framing must be the same to all of them, or they could be
//! played off against each other.

/// What a program makes of what RFC 9112 does not allow.
#[derive(Debug, Clone, Copy)]
pub(super) struct Habits {
    /// What ends a line.
    ends: Ends,
    /// Of two lengths, the first counts; else the last.
    first_length: bool,
    /// A length beside `Transfer-Encoding` counts.
    length_counts: bool,
    /// A line that begins with a blank goes on with the one before; else it is a field of its own.
    folds: bool,
    /// Blanks before a colon belong to the name.
    blanks_count: bool,
}

#[derive(Debug, Clone, Copy)]
enum Ends {
    Crlf,
    Lf,
    CrOrLf,
}

impl Habits {
    pub fn all() -> impl Iterator<Item = Self> {
        let ends = [Ends::Crlf, Ends::Lf, Ends::CrOrLf];
        ends.into_iter().flat_map(|ends| {
            (0..16_u8).map(move |bits| Habits {
                ends,
                first_length: bits & 1 != 0,
                length_counts: bits & 2 != 0,
                folds: bits & 4 != 0,
                blanks_count: bits & 8 != 0,
            })
        })
    }
}

/// Where requests begin whose heads are complete.
pub(super) fn starts(stream: &[u8], habits: Habits) -> Vec<usize> {
    let mut reader = Reader {
        stream,
        at: 0,
        habits,
    };
    let mut starts = Vec::new();
    // the end of the stream
    let _ = reader.requests(&mut starts);
    starts
}

enum Body {
    Bytes(usize),
    Chunks,
}

struct Reader<'s> {
    stream: &'s [u8],
    at: usize,
    habits: Habits,
}

impl<'s> Reader<'s> {
    fn requests(&mut self, starts: &mut Vec<usize>) -> Option<()> {
        loop {
            while let Some(b'\r' | b'\n') = self.stream.get(self.at) {
                self.at += 1;
            }
            let start = self.at;
            self.line()?;
            let body = self.fields()?;
            starts.push(start);
            self.skip(body)?;
        }
    }

    fn line(&mut self) -> Option<&'s [u8]> {
        let rest = self.stream.get(self.at..)?;
        let lf = rest.iter().position(|b| *b == b'\n');
        let (end, next) = match self.habits.ends {
            Ends::Lf => {
                let lf = lf?;
                (lf - usize::from(rest[..lf].ends_with(b"\r")), lf + 1)
            }
            Ends::Crlf => {
                let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
                (end, end + 2)
            }
            Ends::CrOrLf => {
                let end = rest.iter().position(|b| matches!(b, b'\r' | b'\n'))?;
                (end, end + 1 + usize::from(rest[end..].starts_with(b"\r\n")))
            }
        };
        self.at += next;
        Some(&rest[..end])
    }

    fn fields(&mut self) -> Option<Body> {
        let mut fields: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        loop {
            let line = self.line()?;
            let Some(first) = line.first() else { break };
            match fields.last_mut() {
                Some((_, value)) if self.habits.folds && matches!(first, b' ' | b'\t') => {
                    value.extend(line);
                }
                _ => {
                    let colon = line.iter().position(|b| *b == b':').unwrap_or(line.len());
                    let value = line.get(colon + 1..).unwrap_or_default();
                    let name = match self.habits.blanks_count {
                        true => &line[..colon],
                        false => line[..colon].trim_ascii(),
                    };
                    fields.push((name.to_ascii_lowercase(), value.to_ascii_lowercase()));
                }
            }
        }
        let named = |name: &'static [u8]| fields.iter().filter(move |(n, _)| n == name);
        let mut lengths = named(b"content-length");
        let length = match self.habits.first_length {
            true => lengths.next(),
            false => lengths.next_back(),
        };
        let length = length.map(|(_, value)| number(value, 10));
        let chunked =
            named(b"transfer-encoding").any(|(_, v)| v.windows(7).any(|w| w == b"chunked"));
        Some(match length {
            Some(length) if !chunked || self.habits.length_counts => Body::Bytes(length),
            _ if chunked => Body::Chunks,
            _ => Body::Bytes(0),
        })
    }

    fn skip(&mut self, body: Body) -> Option<()> {
        match body {
            Body::Bytes(count) => self.pass(count),
            Body::Chunks => {
                loop {
                    match number(self.line()?, 16) {
                        0 => break,
                        count => self.pass(count)?,
                    }
                    self.line()?;
                }
                while !self.line()?.is_empty() {}
                Some(())
            }
        }
    }

    fn pass(&mut self, count: usize) -> Option<()> {
        self.at = self.at.saturating_add(count);
        (self.at <= self.stream.len()).then_some(())
    }
}

/// As many digits as there are.
fn number(text: &[u8], radix: u32) -> usize {
    let text = text.trim_ascii();
    let text = text.strip_prefix(b"+").unwrap_or(text);
    let digits = text.iter().map_while(|b| (*b as char).to_digit(radix));
    digits.fold(0, |sum: usize, digit| {
        sum.saturating_mul(radix as usize)
            .saturating_add(digit as usize)
    })
}
