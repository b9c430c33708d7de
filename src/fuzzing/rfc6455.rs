//! A second opinion on frames: RFC 6455 read line by line, over a stream that is there as a whole. Plain and slow on purpose, and it shares no code with
//! the parser it judges.

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
pub(super) fn hear(stream: &[u8], max_message: usize, max_fragments: usize) -> (Vec<Said>, End) {
    let mut said = Vec::new();
    let end = hear_into(stream, max_message, max_fragments, &mut said);
    (said, end)
}

fn hear_into(
    mut stream: &[u8],
    max_message: usize,
    max_fragments: usize,
    said: &mut Vec<Said>,
) -> End {
    // the message that is being put together: its opcode, its bytes, its frames
    let mut started: Option<(u8, Vec<u8>, usize)> = None;
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
        if length >= 1 << 63 || rsv1 {
            return End::Violated(1002);
        }
        if !control {
            match (opcode, &started) {
                (0, None) | (1 | 2, Some(_)) => return End::Violated(1002),
                _ => {}
            }
            let (before, frames) = started.as_ref().map_or((0, 0), |s| (s.1.len(), s.2));
            if before as u128 + u128::from(length) > max_message as u128 {
                return End::Violated(1009);
            }
            if (opcode == 0 || !fin) && frames + 1 > max_fragments {
                return End::Violated(1009);
            }
        }
        let body = &stream[2 + extra..];
        let whole = body.len() >= 4 && (body.len() - 4) as u64 >= length;
        if !whole {
            return End::Open;
        }
        let (key, body) = body.split_at(4);
        let (masked, rest) = body.split_at(length as usize);
        stream = rest;
        let payload: Vec<u8> = (0..masked.len()).map(|i| masked[i] ^ key[i % 4]).collect();

        match opcode {
            8 => match close(&payload) {
                Ok(told) => {
                    said.push(Said::Close(told));
                    return End::Closed;
                }
                Err(code) => return End::Violated(code),
            },
            9 => said.push(Said::Ping(payload)),
            10 => said.push(Said::Pong(payload)),
            _ => {
                let (kind, mut bytes, frames) = started.take().unwrap_or((opcode, Vec::new(), 0));
                bytes.extend(payload);
                if kind == 1 && !may_become_text(&bytes, fin) {
                    return End::Violated(1007);
                }
                if !fin {
                    started = Some((kind, bytes, frames + 1));
                } else if kind == 1 {
                    said.push(Said::Text(String::from_utf8_lossy(&bytes).into_owned()));
                } else {
                    said.push(Said::Binary(bytes));
                }
            }
        }
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
