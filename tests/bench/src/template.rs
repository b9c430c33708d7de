//! URL, header and message templates.
//!
//! `%g` group, `%i` client index, `%t` token, `%K` the delivery marker,
//! `%P` padding up to `--size`, `%%` a percent sign; a number zero-pads (`%5i`).
//! `\r`, `\n`, `\\` and `\xNN` are escapes.

pub const MARKER_LEN: usize = 26;

#[derive(Clone, Debug)]
enum Part {
    Lit(Vec<u8>),
    Group(usize),
    Index(usize),
    Token,
    Marker,
    Pad,
}

#[derive(Clone, Debug, Default)]
pub struct Template {
    parts: Vec<Part>,
    size: usize,
}

#[derive(Clone, Copy, Default)]
pub struct Context<'a> {
    pub group: u32,
    pub index: u32,
    pub token: &'a str,
    pub marker: Option<&'a [u8; MARKER_LEN]>,
}

impl Template {
    pub fn parse(text: &str, size: usize) -> Result<Template, String> {
        let b = text.as_bytes();
        let mut parts = Vec::new();
        let mut lit = Vec::new();
        let mut i = 0;
        while i < b.len() {
            match b[i] {
                b'\\' => {
                    i += 1;
                    match b.get(i) {
                        Some(b'r') => lit.push(b'\r'),
                        Some(b'n') => lit.push(b'\n'),
                        Some(b'\\') => lit.push(b'\\'),
                        Some(b'"') => lit.extend_from_slice(b"\\\""),
                        Some(b'x') => {
                            let h = text.get(i + 1..i + 3).ok_or("short \\x escape")?;
                            lit.push(u8::from_str_radix(h, 16).map_err(|e| e.to_string())?);
                            i += 2;
                        }
                        _ => return Err(format!("bad escape in {text:?}")),
                    }
                    i += 1;
                }
                b'%' => {
                    i += 1;
                    let mut width = 0;
                    while let Some(d) = b.get(i).filter(|c| c.is_ascii_digit()) {
                        width = width * 10 + (d - b'0') as usize;
                        i += 1;
                    }
                    let part = match b.get(i) {
                        Some(b'g') => Part::Group(width),
                        Some(b'i') => Part::Index(width),
                        Some(b't') => Part::Token,
                        Some(b'K') => Part::Marker,
                        Some(b'P') => Part::Pad,
                        Some(b'%') => Part::Lit(vec![b'%']),
                        _ => return Err(format!("bad % placeholder in {text:?}")),
                    };
                    if !lit.is_empty() {
                        parts.push(Part::Lit(std::mem::take(&mut lit)));
                    }
                    parts.push(part);
                    i += 1;
                }
                c => {
                    lit.push(c);
                    i += 1;
                }
            }
        }
        if !lit.is_empty() {
            parts.push(Part::Lit(lit));
        }
        Ok(Template { parts, size })
    }

    pub fn render(&self, context: &Context<'_>, out: &mut Vec<u8>) {
        let start = out.len();
        let mut pad_at = None;
        for p in &self.parts {
            match p {
                Part::Lit(l) => out.extend_from_slice(l),
                Part::Group(w) => number(context.group, *w, out),
                Part::Index(w) => number(context.index, *w, out),
                Part::Token => out.extend_from_slice(context.token.as_bytes()),
                Part::Marker => {
                    if let Some(m) = context.marker {
                        out.extend_from_slice(m)
                    }
                }
                Part::Pad => pad_at = Some(out.len()),
            }
        }
        if let Some(at) = pad_at {
            let len = out.len() - start;
            if len < self.size {
                let need = self.size - len;
                let tail = out.split_off(at);
                out.resize(at + need, b'x');
                out.extend_from_slice(&tail);
            }
        }
    }
}

fn number(n: u32, width: usize, out: &mut Vec<u8>) {
    use std::io::Write;
    let _ = write!(out, "{n:0width$}");
}

const HEX: &[u8; 16] = b"0123456789abcdef";

/// `~W` + id (8 hex digits) + nanoseconds (16 hex digits).
pub fn marker(id: u32, ns: u64) -> [u8; MARKER_LEN] {
    let mut m = [0u8; MARKER_LEN];
    m[0] = b'~';
    m[1] = b'W';
    for i in 0..8 {
        m[2 + i] = HEX[(id >> (28 - 4 * i) & 15) as usize];
    }
    for i in 0..16 {
        m[10 + i] = HEX[(ns >> (60 - 4 * i) & 15) as usize];
    }
    m
}

fn hex(b: &[u8]) -> Option<u64> {
    let mut v = 0u64;
    for &c in b {
        let d = match c {
            b'0'..=b'9' => c - b'0',
            b'a'..=b'f' => c - b'a' + 10,
            _ => return None,
        };
        v = v << 4 | d as u64;
    }
    Some(v)
}

/// The id and the time of each marker in a payload.
pub fn markers(payload: &[u8], mut each: impl FnMut(u32, u64)) {
    let mut rest = payload;
    while let Some(at) = rest.iter().position(|b| *b == b'~') {
        rest = &rest[at..];
        if rest.len() >= MARKER_LEN
            && rest[1] == b'W'
            && let (Some(id), Some(ns)) = (hex(&rest[2..10]), hex(&rest[10..26]))
        {
            each(id as u32, ns);
            rest = &rest[MARKER_LEN..];
        } else {
            rest = &rest[1..];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pads_to_size_and_finds_its_marker() {
        let t = Template::parse(r#"{"g":%g,"i":"%5i","k":"%K","p":"%P"}"#, 300).unwrap();
        let m = marker(0xdeadbeef, 0x0123456789abcdef);
        let mut out = Vec::new();
        t.render(
            &Context {
                group: 7,
                index: 42,
                marker: Some(&m),
                ..Default::default()
            },
            &mut out,
        );
        assert_eq!(out.len(), 300);
        assert!(out.starts_with(br#"{"g":7,"i":"00042","k":"~W"#));
        let mut found = Vec::new();
        markers(&out, |id, ns| found.push((id, ns)));
        assert_eq!(found, [(0xdeadbeef, 0x0123456789abcdef)]);
    }

    #[test]
    fn escapes() {
        let t = Template::parse(r"SUB g%g 1\r\n\x00\xff%%", 0).unwrap();
        let mut out = Vec::new();
        t.render(
            &Context {
                group: 3,
                ..Default::default()
            },
            &mut out,
        );
        assert_eq!(out, b"SUB g3 1\r\n\x00\xff%");
    }
}
