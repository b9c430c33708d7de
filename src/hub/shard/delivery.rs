//! From events and answers to the frames of a tick.

use super::Shard;
use crate::app::App;
use crate::hub::batching::Batching;
use crate::hub::publication::Publication;
use crate::hub::socket::Socket;
use crate::hub::tick::{FrameKind, QueuedFrame};
use crate::metrics::Drop as Dropped;
use bytes::Bytes;
use std::rc::Rc;
use std::sync::Arc;

/// Ephemeral publications that wait for the other shards. What is more is dropped: they are told at most once.
const OUTGOING_PUBLICATIONS: usize = 65_536;

impl<A: App> Shard<A> {
    /// To the members here now, to the other shards at the end of the tick. Ephemeral: at most once.
    pub fn publish(&self, publication: Publication<A>) {
        let publication = Arc::new(publication);
        self.deliver(&publication);
        if self.peers().len() > 1 {
            let mut outgoing = self.tick.outgoing.borrow_mut();
            if outgoing.len() < OUTGOING_PUBLICATIONS {
                outgoing.push(publication);
            } else {
                self.counts.dropped(Dropped::Ephemeral, 1);
                tracing::warn!("another shard does not keep up: an ephemeral signal is dropped");
            }
            drop(outgoing);
            self.tick.schedule();
        }
    }

    /// Notes a publication's frames for the members of its groups here. This is the fan-out: what it does per member is what the server costs.
    pub(super) fn deliver(&self, publication: &Publication<A>) {
        let groups = self.groups.borrow();
        let mut frames = self.tick.frames.borrow_mut();
        let mut sockets = self.tick.sockets.borrow_mut();
        let mut batch = self.batches.open.borrow_mut();
        let was_empty = batch.is_empty();
        let mut delivered = 0;
        for (position, group) in publication.groups.iter().enumerate() {
            for (format, members) in groups.members(group) {
                let frame = publication.frame(position, format, |event, group| {
                    self.formats[format as usize].render(publication.seq, event, group)
                });
                if let Some(plain) = frame {
                    let plain_at = frames.len();
                    let mut deflated_at = None;
                    let mut batched_at = None;
                    let length = plain.len();
                    let entity = self.formats[format as usize].entity(&publication.event, group);
                    let kind = FrameKind::Event(entity);
                    frames.push(QueuedFrame { frame: plain, kind });
                    for socket in members {
                        let carrier = socket.carrier();
                        if socket.is_closing() || carrier.is_closing() {
                            continue;
                        }
                        let at = if length < socket.wire.compression.get().deflate_from {
                            plain_at
                        } else {
                            *deflated_at.get_or_insert_with(|| {
                                let plain = &frames[plain_at].frame;
                                let frame = publication.deflated(position, format, plain);
                                frames.push(QueuedFrame { frame, kind });
                                frames.len() - 1
                            })
                        };
                        if socket.hold(publication.seq, group, &frames[at].frame)
                            || !socket.subscription.passes(publication.seq)
                        {
                            continue;
                        }
                        if let Some(how) = socket.batched.how() {
                            let position = batched_at.get_or_insert_with(|| {
                                let (seq, format) =
                                    (publication.seq, &self.formats[format as usize]);
                                let message = format.message(seq, &publication.event, group)?;
                                Some(batch.add(seq, message))
                            });
                            if let Some(position) = position {
                                batch.hears(format, socket, *position);
                            }
                            if how == Batching::Instead {
                                delivered += 1;
                                continue;
                            }
                        }
                        carrier.wire.pending.borrow_mut().push(at as u32);
                        delivered += 1;
                        if !carrier.wire.queued.replace(true) {
                            sockets.push(carrier.clone());
                        }
                    }
                }
                if publication.rechecks {
                    members.iter().for_each(|socket| socket.recheck());
                }
            }
        }
        self.counts.delivered.add(delivered);
        let (opens, is_full) = (was_empty && !batch.is_empty(), batch.is_full());
        drop((frames, sockets, batch, groups));
        self.tick.schedule();
        if opens {
            self.batches.opened.notify_one();
        }
        if is_full {
            self.close_batch();
        }
    }

    /// A frame for one socket, at the end of the tick.
    pub fn send(&self, socket: &Rc<Socket<A>>, frame: Bytes) {
        if !socket.is_closing() {
            self.send_suited(socket, socket.suited(frame));
        }
    }

    /// A frame that is compressed already if this socket's frames are.
    pub fn send_suited(&self, socket: &Rc<Socket<A>>, frame: Bytes) {
        let carrier = socket.carrier();
        if socket.is_closing() || carrier.is_closing() || socket.defers(&frame) {
            return;
        }
        let mut frames = self.tick.frames.borrow_mut();
        carrier.wire.pending.borrow_mut().push(frames.len() as u32);
        frames.push(QueuedFrame {
            frame,
            kind: FrameKind::Direct,
        });
        if !carrier.wire.queued.replace(true) {
            self.tick.sockets.borrow_mut().push(carrier.clone());
        }
        drop(frames);
        self.tick.schedule();
    }
}
