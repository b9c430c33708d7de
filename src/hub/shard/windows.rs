//! The shard's window: opened by the first event, closed in time.

use super::Shard;
use crate::app::App;
use crate::hub::socket::Socket;
use crate::hub::window::{OPEN, Together};
use bytes::Bytes;
use rustc_hash::FxHashMap;
use std::rc::Rc;

impl<A: App> Shard<A> {
    /// Closes each window when its time is over, for as long as the shard lives.
    pub async fn close_windows(self: Rc<Self>) {
        loop {
            self.window_opened.notified().await;
            self.clock.sleep(OPEN).await;
            self.close_window();
        }
    }

    /// Tells everybody what they heard. Those that heard the same share the frame.
    pub(super) fn close_window(&self) {
        let mut window = self.window.take();
        let mut made: FxHashMap<_, Option<Together>> = FxHashMap::default();
        for (lane, socket) in window.hearers() {
            let (Some(how), heard) = (socket.gathers(), socket.take_heard()) else {
                continue;
            };
            if heard.is_empty() || socket.is_closing() {
                continue;
            }
            let together = made
                .entry((lane, heard))
                .or_insert_with_key(|(lane, heard)| {
                    window.together(&self.lanes[*lane as usize], how, heard)
                });
            if let Some(together) = together {
                self.send_suited(&socket, suited(together, &socket));
            }
        }
    }

    /// Tells one connection what it heard until now: before its groups change, because what comes then has other numbers.
    pub fn part(&self, lane: u16, socket: &Rc<Socket<A>>) {
        let Some(how) = socket.gathers() else {
            return;
        };
        let heard = socket.take_heard();
        let together = self
            .window
            .borrow()
            .together(&self.lanes[lane as usize], how, &heard);
        if let Some(mut together) = together {
            self.send_suited(socket, suited(&mut together, socket));
        }
    }
}

fn suited<A: App>(together: &mut Together, socket: &Socket<A>) -> Bytes {
    together.suited(socket.compression.get().deflate_from)
}
