//! What a client says: at once, or when its socket takes it.

use super::Worker;
use crate::{frame, system};
use libc::{EPOLLIN, EPOLLOUT};
use std::sync::PoisonError;

impl Worker {
    pub(super) fn write(&mut self, i: usize, bytes: &[u8]) {
        match self.connections[i].session {
            Some(_) => self.encrypt(i, bytes),
            None => self.write_bytes(i, bytes),
        }
    }

    pub(super) fn write_bytes(&mut self, i: usize, bytes: &[u8]) {
        let c = &mut self.connections[i];
        if c.fd < 0 {
            return;
        }
        if !c.out.is_empty() {
            c.out.extend_from_slice(bytes);
            return;
        }
        match system::send(c.fd, bytes) {
            Ok(n) if n == bytes.len() => {}
            Ok(n) => {
                c.out.extend_from_slice(&bytes[n..]);
                let _ = self.epoll.modify(c.fd, EPOLLIN | EPOLLOUT, i as u64);
            }
            Err(e) => self.fail(i, &format!("send: {e}")),
        }
    }

    pub fn write_frame(&mut self, i: usize, opcode: u8, payload: &[u8]) {
        let mask = (self.random() as u32).to_ne_bytes();
        let mut bytes = std::mem::take(&mut self.frame);
        bytes.clear();
        frame::client(opcode, payload, mask, &mut bytes);
        if self.connections[i].index == 0 {
            let sh = self.sh.clone();
            let _held = sh.publishing.lock().unwrap_or_else(PoisonError::into_inner);
            self.write(i, &bytes);
        } else {
            self.write(i, &bytes);
        }
        self.frame = bytes;
    }
}
