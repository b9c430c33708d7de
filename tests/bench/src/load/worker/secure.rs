//! A connection over TLS: the same bytes, through a session.

use super::{State, Worker};
use crate::tls;
use std::io::{ErrorKind, Read, Write};
use std::sync::PoisonError;
use std::sync::atomic::Ordering::AcqRel;

impl Worker {
    /// The socket is there: agrees on keys.
    pub(super) fn agree(&mut self, i: usize) {
        let Some(config) = &self.plan.tls else { return };
        match tls::client(config) {
            Ok(session) => {
                self.connections[i].session = Some(session);
                self.connections[i].state = State::Agreeing;
                self.send_records(i);
            }
            Err(why) => self.fail(i, &why),
        }
    }

    /// Takes in what came, and says what it means: nothing, while keys are agreed on.
    pub(super) fn decrypt(&mut self, i: usize, mut came: &[u8]) -> Vec<u8> {
        let mut plain = std::mem::take(&mut self.plain);
        plain.clear();
        while !came.is_empty() {
            let Some(session) = &mut self.connections[i].session else {
                break;
            };
            let taken = session.read_tls(&mut came).map_err(|e| e.to_string());
            let found =
                taken.and_then(|_| session.process_new_packets().map_err(|e| e.to_string()));
            let read = found.and_then(|_| match session.reader().read_to_end(&mut plain) {
                Err(e) if e.kind() != ErrorKind::WouldBlock => Err(e.to_string()),
                _ => Ok(()),
            });
            if let Err(why) = read {
                self.fail(i, &format!("TLS: {why}"));
                break;
            }
        }
        self.send_records(i);
        let agreed = |session: &rustls::ClientConnection| !session.is_handshaking();
        let c = &self.connections[i];
        if c.state == State::Agreeing && c.session.as_deref().is_some_and(agreed) {
            self.upgrade(i);
        }
        plain
    }

    /// Encrypts bytes and sends them.
    pub(super) fn encrypt(&mut self, i: usize, bytes: &[u8]) {
        if let Some(session) = &mut self.connections[i].session
            && let Err(e) = session.writer().write_all(bytes)
        {
            return self.fail(i, &format!("TLS: {e}"));
        }
        self.send_records(i);
    }

    fn send_records(&mut self, i: usize) {
        let mut records = std::mem::take(&mut self.records);
        records.clear();
        if let Some(session) = &mut self.connections[i].session {
            while session.wants_write() {
                if session.write_tls(&mut records).is_err() {
                    break; // a vector takes everything
                }
            }
        }
        if !records.is_empty() {
            self.write_bytes(i, &records);
        }
        self.records = records;
    }

    /// What the main thread wants said through client 0, whose session is this worker's.
    pub(super) fn say_for_publisher(&mut self) {
        if self.sh.spoken.swap(0, AcqRel) == 0 {
            return;
        }
        let held = self.sh.publishing.lock();
        let said = std::mem::take(&mut *held.unwrap_or_else(PoisonError::into_inner));
        let first = self.connections.iter().position(|c| c.index == 0);
        if let Some(first) = first {
            self.encrypt(first, &said);
        }
    }
}
