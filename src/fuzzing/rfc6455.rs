//! A second opinion on frames: RFC 6455 and RFC 7692 read line by line, over a stream that is there as a whole. Plain and slow on purpose, and it shares no code with
//! the parser it judges.

use super::rfc1951;
use crate::protocol::websocket::MessageLimits;

/// A message of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<(u16, String)>),
}

/// How a stream ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Nothing is wrong so far.
    Open,
    /// With a close frame; nothing counts that comes after it.
    Closed,
    /// With a violation that deserves this close code.
    Violated(u16),
}

/// Section 7.4: the codes that may stand in a close frame.
pub(super) fn is_close_code(code: u16) -> bool {
    match code {
        0..=999 => false,     // not used
        1004..=1006 => false, // reserved, and the two that are never sent
        1015 => false,        // never sent
        1000..=1014 => true,  // registered with IANA
        1016..=2999 => false, // for future versions and extensions of the protocol
        3000..=4999 => true,  // libraries, applications
        5000.. => false,
    }
}

/// Everything a client's stream says, and how it ends.
pub(super) fn hear(stream: &[u8], limits: &MessageLimits) -> (Vec<Said>, End) {
    let mut said = Vec::new();
    let end = hear_into(stream, limits, &mut said);
    (said, end)
}

/// A message that is being put together.
struct Started {
    is_text: bool,
    is_compressed: bool,
    bytes: Vec<u8>,
    frames: usize,
}

fn hear_into(mut stream: &[u8], limits: &MessageLimits, said: &mut Vec<Said>) -> End {
    let max_message = limits.max_message_bytes;
    let mut started: Option<Started> = None;
    loop {
        let [first, ..] = *stream else {
            return End::Open;
        };
        let (fin, rsv1, opcode) = (first & 0x80 != 0, first & 0x40 != 0, first & 0x0f);
        let control = opcode >= 8;
        if first & 0x30 != 0 || !matches!(opcode, 0 | 1 | 2 | 8 | 9 | 10) || (control && !fin) {
            return End::Violated(1002);
        }
        let [_, second, ..] = *stream else {
            return End::Open;
        };
        let short = second & 0x7f;
        if second & 0x80 == 0 || (control && short > 125) {
            return End::Violated(1002);
        }
        let extra = match short {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let Some(spelled) = stream.get(2..2 + extra) else {
            return End::Open;
        };
        let length = match extra {
            0 => u64::from(short),
            _ => spelled.iter().fold(0, |n, byte| n << 8 | u64::from(*byte)),
        };
        let may_be_compressed = limits.inflates && matches!(opcode, 1 | 2);
        if length >= 1 << 63 || (rsv1 && !may_be_compressed) {
            return End::Violated(1002);
        }
        if !control {
            match (opcode, &started) {
                (0, None) | (1 | 2, Some(_)) => return End::Violated(1002),
                _ => {}
            }
            let (before, frames, is_compressed) = match &started {
                Some(started) => (started.bytes.len(), started.frames, started.is_compressed),
                None => (0, 0, rsv1),
            };
            // what does not get smaller by compression gets a little larger
            let slack = match is_compressed {
                true => max_message / 8 + 64,
                false => 0,
            };
            if before as u128 + u128::from(length) > (max_message + slack) as u128 {
                return End::Violated(1009);
            }
            // the server's own rule: an empty last frame is free
            let counts = !fin || (opcode == 0 && length > 0);
            if counts && frames + 1 > limits.max_fragments {
                return End::Violated(1009);
            }
        }
        let Some((key, body)) = stream[2 + extra..].split_first_chunk::<4>() else {
            return End::Open;
        };
        let come = usize::try_from(length).map_or(body.len(), |length| length.min(body.len()));
        let is_whole = come as u64 == length;
        let payload: Vec<u8> = (0..come).map(|i| body[i] ^ key[i % 4]).collect();
        stream = &body[come..];

        if !control {
            let mut message = started.take().unwrap_or(Started {
                is_text: opcode == 1,
                is_compressed: rsv1,
                bytes: Vec::new(),
                frames: 0,
            });
            message.bytes.extend(payload);
            message.frames += 1;
            let is_complete = fin && is_whole;
            let is_plain_text = message.is_text && !message.is_compressed;
            if is_plain_text && !may_become_text(&message.bytes, is_complete) {
                return End::Violated(1007);
            }
            if is_complete {
                match complete(message, max_message) {
                    Ok(message) => said.push(message),
                    Err(code) => return End::Violated(code),
                }
            } else if is_whole {
                started = Some(message);
            } else {
                return End::Open;
            }
        } else if !is_whole {
            return End::Open;
        } else if opcode == 8 {
            match close(&payload) {
                Ok(told) => {
                    said.push(Said::Close(told));
                    return End::Closed;
                }
                Err(code) => return End::Violated(code),
            }
        } else if opcode == 9 {
            said.push(Said::Ping(payload));
        } else {
            said.push(Said::Pong(payload));
        }
    }
}

fn complete(message: Started, max_message: usize) -> Result<Said, u16> {
    let bytes = match message.is_compressed {
        true => rfc1951::inflate(&message.bytes, max_message)?,
        false => message.bytes,
    };
    match message.is_text {
        true => String::from_utf8(bytes).map(Said::Text).map_err(|_| 1007),
        false => Ok(Said::Binary(bytes)),
    }
}

/// Whether it is UTF-8, or, if more will come, the beginning of some.
fn may_become_text(bytes: &[u8], complete: bool) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => !complete && error.error_len().is_none(),
    }
}

fn close(payload: &[u8]) -> Result<Option<(u16, String)>, u16> {
    match payload {
        [] => Ok(None),
        [_] => Err(1002),
        [high, low, reason @ ..] => {
            let code = u16::from(*high) << 8 | u16::from(*low);
            if !is_close_code(code) {
                return Err(1002);
            }
            match std::str::from_utf8(reason) {
                Ok(reason) => Ok(Some((code, reason.to_owned()))),
                Err(_) => Err(1007),
            }
        }
    }
}

/// One frame of a client.
pub(super) fn client_frame(fin: bool, opcode: u8, payload: &[u8], key: [u8; 4]) -> Vec<u8> {
    let mut frame = vec![if fin { 0x80 } else { 0 } | opcode];
    match payload.len() {
        length @ 0..=125 => frame.push(0x80 | length as u8),
        length @ 126..=0xffff => {
            frame.push(0x80 | 126);
            frame.extend((length as u16).to_be_bytes());
        }
        length => {
            frame.push(0x80 | 127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend(key);
    frame.extend((0..payload.len()).map(|i| payload[i] ^ key[i % 4]));
    frame
}

/// Reads a server's frame, which is whole and nothing else: first byte and payload. `None`: a client would give up on it.
pub(super) fn server_frame(frame: &[u8]) -> Option<(u8, &[u8])> {
    let [first, second, rest @ ..] = frame else {
        return None;
    };
    let (length, payload) = match second {
        0..=125 => (u64::from(*second), rest),
        126 => {
            let (spelled, payload) = rest.split_first_chunk::<2>()?;
            (u16::from_be_bytes(*spelled).into(), payload)
        }
        127 => {
            let (spelled, payload) = rest.split_first_chunk::<8>()?;
            (u64::from_be_bytes(*spelled), payload)
        }
        // masked
        _ => return None,
    };
    // section 5.2: "the minimal number of bytes MUST be used to encode the length"
    let least = match length {
        0..=125 => 0,
        126..=0xffff => 126,
        _ => 127,
    };
    let minimal = if least == 0 {
        *second <= 125
    } else {
        *second == least
    };
    (minimal && payload.len() as u64 == length).then_some((*first, payload))
}
