//! What a client hears: the answer to its handshake, frames, and who is told of them.

use super::{BUFFER, State, Worker};
use crate::frame;
use crate::load::fanout::WARM_BIT;
use crate::load::{Mode, NAMESPACE};
use crate::system;
use crate::template;

impl Worker {
    pub(super) fn receive(&mut self, i: usize) {
        let mut buffer = std::mem::take(&mut self.buffer);
        let c = &mut self.connections[i];
        let kept = c.carry.len();
        if kept + BUFFER / 2 > buffer.len() {
            buffer.resize(kept + BUFFER, 0);
        }
        buffer[..kept].copy_from_slice(&c.carry);
        match system::recv(c.fd, &mut buffer[kept..]) {
            Ok(None) => {}
            Ok(Some(0)) => self.fail(i, "closed by the server"),
            Err(e) => self.fail(i, &format!("recv: {e}")),
            Ok(Some(n)) => {
                self.tally.recvs += 1;
                self.tally.bytes += n as u64;
                if c.session.is_some() {
                    let plain = self.decrypt(i, &buffer[kept..kept + n]);
                    let mut carried = std::mem::take(&mut self.connections[i].carry);
                    if carried.is_empty() {
                        self.hear(i, &plain);
                    } else {
                        carried.extend_from_slice(&plain);
                        self.hear(i, &carried);
                    }
                    self.plain = plain;
                } else {
                    c.carry.clear();
                    self.hear(i, &buffer[..kept + n]);
                }
            }
        }
        self.buffer = buffer;
    }

    fn hear(&mut self, i: usize, bytes: &[u8]) {
        if self.connections[i].fd < 0 {
            return;
        }
        let used = self.consume(i, bytes);
        if used < bytes.len() && self.connections[i].fd >= 0 {
            let rest = &bytes[used..];
            self.connections[i].carry.extend_from_slice(rest);
        }
    }

    /// Says how many bytes it took.
    fn consume(&mut self, i: usize, bytes: &[u8]) -> usize {
        let mut at = 0;
        if self.connections[i].state == State::Http {
            let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else {
                return 0;
            };
            if !bytes.starts_with(b"HTTP/1.1 101") {
                let line = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
                self.fail(i, &format!("not upgraded: {line:?}"));
                return bytes.len();
            }
            at = end + 4;
            self.connections[i].state = State::Hello;
            if !matches!(self.plan.mode, Mode::Status { .. }) && !self.plan.socket_io {
                self.ready(i);
            }
        }
        let now = system::now_ns();
        while let Some(f) = frame::parse(&bytes[at..]) {
            self.tally.frames += 1;
            let payload = &bytes[at + f.start..at + f.end];
            at += f.end;
            match f.opcode {
                0..=2 if f.compressed => {
                    let mut inflater = std::mem::take(&mut self.inflater);
                    match inflater.inflate(payload) {
                        Ok(payload) => self.payload(i, payload, now),
                        Err(why) => self.fail(i, &why),
                    }
                    self.inflater = inflater;
                }
                0..=2 => self.payload(i, payload, now),
                frame::PING => self.write_frame(i, frame::PONG, payload),
                frame::CLOSE => {
                    let code = payload
                        .first_chunk()
                        .map_or(0, |code| u16::from_be_bytes(*code));
                    self.fail(i, &format!("close frame {code}"));
                }
                _ => {}
            }
            if self.connections[i].fd < 0 {
                return bytes.len();
            }
        }
        at
    }

    fn payload(&mut self, i: usize, payload: &[u8], now: u64) {
        if self.plan.socket_io && self.socket_io(i, payload) {
            return;
        }
        match self.plan.mode {
            Mode::Status { .. } => match seq(payload) {
                Some(seq) if self.connections[i].state == State::Hello => {
                    self.connections[i].seq = seq;
                    self.ready(i);
                }
                Some(seq) => self.told(i, seq, now),
                None => {
                    let text = String::from_utf8_lossy(payload);
                    self.sh.error(format!("unexpected: {text}"));
                }
            },
            Mode::Fanout { .. } => template::markers(payload, |id, at| self.said(i, id, at, now)),
            Mode::Groups { .. } => {
                template::markers(payload, |id, _| self.copied(i, id, now));
            }
            Mode::Connect { .. } | Mode::Replay { .. } => {}
        }
    }

    /// Whether it was one of the packets that only keep a Socket.IO connection going.
    fn socket_io(&mut self, i: usize, packet: &[u8]) -> bool {
        match packet {
            // Engine.IO is open: into the namespace.
            [b'0', ..] => {
                let group = self.connections[i].group;
                let connect = format!(r#"40{NAMESPACE},{{"group":"{group}"}}"#);
                self.write_frame(i, frame::TEXT, connect.as_bytes());
            }
            [b'2'] => self.write_frame(i, frame::TEXT, b"3"),
            [b'4', b'0', ..] => self.ready(i),
            [b'4', b'4', ..] => self.fail(i, &String::from_utf8_lossy(packet)),
            _ => return false,
        }
        true
    }

    fn said(&mut self, i: usize, id: u32, at: u64, now: u64) {
        self.pending += 1;
        if id & WARM_BIT != 0 {
            return;
        }
        let Some((n, last)) = self.tally.per_broadcast.get_mut(id as usize) else {
            return;
        };
        *n += 1;
        *last = now;
        self.tally.deliveries += 1;
        self.tally.last_ns = now;
        self.tally.latency.add(now.saturating_sub(at));
        let c = &mut self.connections[i];
        if id < c.seen {
            self.tally.out_of_order += 1;
        }
        c.seen = id + 1;
    }
}

/// The number of an event or a snapshot.
fn seq(payload: &[u8]) -> Option<u64> {
    let name = br#""seq":"#;
    let at = payload.windows(name.len()).position(|w| w == name)?;
    let digits = payload[at + name.len()..].iter();
    let digits = digits.take_while(|b| b.is_ascii_digit());
    Some(digits.fold(0, |n, b| n * 10 + u64::from(b - b'0')))
}
