//! The shard's open batch: opened by the first event, closed in time.

use super::Shard;
use crate::app::App;
use crate::hub::batch::{Batch, BatchFrame};
use crate::hub::socket::Socket;
use bytes::Bytes;
use rustc_hash::FxHashMap;
use std::rc::Rc;
use std::time::Duration;

/// How long a batch is open.
const OPEN: Duration = Duration::from_millis(100);

impl<A: App> Shard<A> {
    /// Closes each batch when its time is over, for as long as the shard lives.
    pub async fn close_batches(self: Rc<Self>) {
        loop {
            self.batches.opened.notified().await;
            self.clock.sleep(OPEN).await;
            self.close_batch();
        }
    }

    /// Tells each connection what it heard of the batch. Connections that heard the same share the frame.
    pub(super) fn close_batch(&self) {
        let mut batch: Batch<A> = self.batches.open.take();
        let mut made: FxHashMap<_, Option<BatchFrame>> = FxHashMap::default();
        for (format, socket) in batch.take_listeners() {
            let (Some(how), heard) = (socket.batched.how(), socket.batched.take()) else {
                continue;
            };
            if heard.is_empty() || socket.is_closing() {
                continue;
            }
            let frame = made
                .entry((format, heard))
                .or_insert_with_key(|(format, heard)| {
                    batch.frame(&self.formats[*format as usize], how, heard)
                });
            if let Some(frame) = frame {
                self.send_suited(&socket, suited(frame, &socket));
            }
        }
    }

    /// Tells one connection what it heard of the batch until now: before its groups change, because what comes then has other numbers.
    pub fn flush_batch(&self, format: u16, socket: &Rc<Socket<A>>) {
        let Some(how) = socket.batched.how() else {
            return;
        };
        let heard = socket.batched.take();
        let batch = self.batches.open.borrow();
        let frame = batch.frame(&self.formats[format as usize], how, &heard);
        drop(batch);
        if let Some(mut frame) = frame {
            self.send_suited(socket, suited(&mut frame, socket));
        }
    }
}

fn suited<A: App>(frame: &mut BatchFrame, socket: &Socket<A>) -> Bytes {
    frame.suited(socket.wire.compression.get().deflate_from)
}
