//! What a request over HTTP was answered.

use super::end::{End, deadline};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::de::DeserializeOwned;
use std::io;

/// Fields of an answer's head.
const FIELDS: usize = 64;

/// An answer over HTTP.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Answer {
    /// `200`, `404`.
    pub status: u16,
    /// The head's fields.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body, read from JSON.
    ///
    /// # Panics
    /// When it is no `T`.
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("{e}: {} {:?}", self.status, self.text()))
    }

    /// The body as text. What is no UTF-8 is shown as U+FFFD.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A field of the head that is there and text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Reads a head. Beside it what came after it.
///
/// # Panics
/// When none comes, or something else.
#[track_caller]
pub(super) fn head(end: &End) -> (Answer, Vec<u8>) {
    let mut bytes = Vec::new();
    loop {
        let mut fields = [httparse::EMPTY_HEADER; FIELDS];
        let mut response = httparse::Response::new(&mut fields);
        if let httparse::Status::Complete(length) =
            response.parse(&bytes).expect("an answer over HTTP")
        {
            let headers = response.headers.iter().map(|field| {
                let name = HeaderName::from_bytes(field.name.as_bytes());
                let value = HeaderValue::from_bytes(field.value);
                (name.expect("a name"), value.expect("a value"))
            });
            let answer = Answer {
                status: response.code.expect("a whole head has one"),
                headers: headers.collect(),
                body: Vec::new(),
            };
            return (answer, bytes.split_off(length));
        }
        let came = more(end, &mut bytes).expect("an answer over HTTP");
        assert!(came, "the stream ended before an answer came");
    }
}

/// An answer with its body, which is the last of its stream and begins with `early`.
///
/// # Panics
/// When it does not end.
#[track_caller]
pub(super) fn rest(end: &End, mut answer: Answer, early: Vec<u8>) -> Answer {
    let mut body = early;
    while more(end, &mut body).expect("the whole answer") {}
    answer.body = match answer.header("transfer-encoding") {
        Some(_) => whole(&body).expect("chunks"),
        None => body,
    };
    answer
}

/// `false`: the stream has ended.
fn more(end: &End, bytes: &mut Vec<u8>) -> io::Result<bool> {
    let mut buffer = [0; 4096];
    let n = end.read(&mut buffer, deadline())?;
    bytes.extend_from_slice(&buffer[..n]);
    Ok(n > 0)
}

/// What came in chunks; `None`: they are none, or not all there.
fn whole(mut chunks: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let Ok(httparse::Status::Complete((head, size))) = httparse::parse_chunk_size(chunks)
        else {
            return None;
        };
        let size = usize::try_from(size).ok()?;
        let chunk = chunks.get(head..head + size)?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(chunk);
        chunks = chunks.get(head + size + "\r\n".len()..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_put_together() {
        let chunks = b"3\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n";
        assert_eq!(whole(chunks).as_deref(), Some(&b"abc0123456789abcdef"[..]));
        assert_eq!(whole(&chunks[..9]), None, "not all there");
        assert_eq!(whole(b"nothing"), None);
    }
}
