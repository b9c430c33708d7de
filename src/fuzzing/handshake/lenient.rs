//! Another program's reading of HTTP/1: it takes a line feed for a line's end, joins folded lines, forgives blanks before a colon, and of two lengths believes
//! the last. What passes our own framing must be the same to it, or the two could be played off against each other.

/// Where requests begin whose heads are complete.
pub(super) fn starts(stream: &[u8]) -> Vec<usize> {
    let (mut at, mut starts) = (0, Vec::new());
    loop {
        while let Some(b'\r' | b'\n') = stream.get(at) {
            at += 1;
        }
        let start = at;
        if line(stream, &mut at).is_none() {
            return starts;
        }
        let Some(body) = body_of(stream, &mut at) else {
            return starts;
        };
        starts.push(start);
        if skip(stream, &mut at, body).is_none() {
            return starts;
        }
    }
}

enum Body {
    Bytes(usize),
    Chunks,
}

/// Up to the line feed.
fn line<'s>(stream: &'s [u8], at: &mut usize) -> Option<&'s [u8]> {
    let rest = stream.get(*at..)?;
    let end = rest.iter().position(|b| *b == b'\n')?;
    *at += end + 1;
    Some(rest[..end].trim_ascii_end())
}

/// Reads the fields of a head.
fn body_of(stream: &[u8], at: &mut usize) -> Option<Body> {
    let mut fields: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    loop {
        let line = line(stream, at)?;
        if line.is_empty() {
            break;
        }
        match (line[0], fields.last_mut()) {
            (b' ' | b'\t', Some((_, value))) => value.extend(line),
            _ => {
                let colon = line.iter().position(|b| *b == b':').unwrap_or(line.len());
                let value = line.get(colon + 1..).unwrap_or_default();
                let name = line[..colon].trim_ascii().to_ascii_lowercase();
                fields.push((name, value.trim_ascii().to_ascii_lowercase()));
            }
        }
    }
    let named = |name: &'static [u8]| fields.iter().rev().filter(move |(n, _)| n == name);
    if named(b"transfer-encoding").any(|(_, v)| v.windows(7).any(|w| w == b"chunked")) {
        return Some(Body::Chunks);
    }
    let length = named(b"content-length").next();
    Some(Body::Bytes(
        length.map_or(0, |(_, value)| number(value, 10)),
    ))
}

/// As many digits as there are.
fn number(text: &[u8], radix: u32) -> usize {
    let text = text.strip_prefix(b"+").unwrap_or(text);
    let digits = text.iter().map_while(|b| (*b as char).to_digit(radix));
    digits.fold(0, |sum: usize, digit| {
        sum.saturating_mul(radix as usize)
            .saturating_add(digit as usize)
    })
}

fn skip(stream: &[u8], at: &mut usize, body: Body) -> Option<()> {
    let pass = |count: usize, at: &mut usize| {
        *at = at.saturating_add(count);
        (*at <= stream.len()).then_some(())
    };
    match body {
        Body::Bytes(count) => pass(count, at),
        Body::Chunks => {
            loop {
                match number(line(stream, at)?, 16) {
                    0 => break,
                    count => pass(count, at)?,
                }
                line(stream, at)?;
            }
            while !line(stream, at)?.is_empty() {}
            Some(())
        }
    }
}
