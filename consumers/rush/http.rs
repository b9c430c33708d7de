//! As much of HTTP as a client needs that asks for JSON.

use serde_json::Value;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest answer that is read, in bytes.
const LONGEST: u64 = 4 << 20;

/// A request.
pub struct Request<'a> {
    /// `POST /api/v1/orders`
    pub line: &'a str,
    pub token: Option<&'a str>,
    pub key: Option<&'a str>,
    pub body: Option<&'a Value>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Answer {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Sends a request on a connection of its own. `None`: no answer that makes sense came in time.
pub async fn send(address: &str, request: &Request<'_>) -> Option<Answer> {
    timeout(PATIENCE, exchange(address, request)).await.ok()?
}

async fn exchange(address: &str, request: &Request<'_>) -> Option<Answer> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    let body = request.body.map(Value::to_string).unwrap_or_default();
    let mut text = format!(
        "{} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n",
        request.line,
        body.len()
    );
    if let Some(token) = request.token {
        text += &format!("Authorization: Bearer {token}\r\n");
    }
    if let Some(key) = request.key {
        text += &format!("Idempotency-Key: {key}\r\n");
    }
    text += "\r\n";
    text += &body;
    stream.write_all(text.as_bytes()).await.ok()?;
    let mut bytes = Vec::new();
    stream.take(LONGEST).read_to_end(&mut bytes).await.ok()?;
    parse(&bytes)
}

/// The server knows the length of all its answers in JSON, so none comes in chunks.
fn parse(bytes: &[u8]) -> Option<Answer> {
    let split = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..split]).ok()?;
    let status = head.get(9..12)?.parse().ok()?;
    let body = serde_json::from_slice(&bytes[split + 4..]).ok()?;
    Some(Answer { status, body })
}

/// A number in an answer: of a number, or of text that is one.
pub fn id(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_its_status_and_its_json() {
        let answer = parse(b"HTTP/1.1 201 Created\r\nx: y\r\n\r\n{\"id\":7}").expect("an answer");
        assert_eq!((answer.status, &answer.body["id"]), (201, &Value::from(7)));
        assert!(answer.is_success());
        for half in [
            &b"HTTP/1.1 200 OK\r\n"[..],
            b"HTTP/1.1 200 OK\r\n\r\n{",
            b"",
        ] {
            assert!(parse(half).is_none());
        }
    }
}
