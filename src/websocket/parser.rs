//! From reads of any size to messages.

use super::frame::{Head, parse_close, unmask};
use super::{Incoming, Limits, Opcode, Violation};
use crate::frame::Payload;

const MASK_BYTES: usize = 4;

/// What one connection has sent and not yet been heard to say.
///
/// Between messages it is two words and owns nothing: most connections are idle, and there are many.
#[derive(Debug, Default)]
pub(crate) enum Parser {
    /// Between messages.
    #[default]
    Idle,
    /// In the middle of a frame or a message, or with whole frames still to be delivered.
    Busy(Box<Partial>),
    /// After a close frame or a violation nothing may be read any more (sections 1.4 and 7.1.7).
    Finished,
}

impl Parser {
    /// Takes in all of `fresh` and delivers at most one message; `Ok(None)` asks for more bytes.
    ///
    /// After a message, call again with an empty slice until there is none, and only then with the next read: what
    /// was read and not delivered is held in memory, and that order is its bound (one message, the rest of one read).
    ///
    /// A message that came whole in one frame and in one read is unmasked and delivered where it lies in `fresh`.
    /// After a violation or a close frame the parser swallows whatever comes. If `deliver` panics, the rest of `fresh`
    /// may be lost and the connection has to be given up.
    pub(crate) fn next<T>(
        &mut self,
        fresh: &mut [u8],
        limits: &Limits,
        deliver: impl FnOnce(Incoming<'_>) -> T,
    ) -> Result<Option<T>, Violation> {
        // An idle connection works on the stack, and owns a `Partial` only if something is left over.
        let mut unowned = Partial::default();
        let partial = match self {
            Parser::Idle => &mut unowned,
            Parser::Busy(partial) => partial,
            Parser::Finished => return Ok(None),
        };
        let step = partial.advance(fresh, limits, deliver);
        let nothing_left = partial.is_empty();
        match step {
            Err(_) | Ok(Some(Step { last: true, .. })) => *self = Parser::Finished,
            Ok(_) if nothing_left => *self = Parser::Idle,
            Ok(_) if matches!(self, Parser::Idle) => *self = Parser::Busy(Box::new(unowned)),
            Ok(_) => {}
        }
        Ok(step?.map(|step| step.delivered))
    }

    /// The memory held.
    #[cfg(test)]
    pub(super) fn held_bytes(&self) -> usize {
        match self {
            Parser::Idle | Parser::Finished => 0,
            Parser::Busy(partial) => {
                let message = partial.message.as_ref();
                partial.carry.capacity() + message.map_or(0, |message| message.bytes.capacity())
            }
        }
    }
}

/// What a busy parser holds.
#[derive(Debug, Default)]
pub(crate) struct Partial {
    /// Bytes as they came, still masked, that are not yet a delivered frame.
    carry: Vec<u8>,
    /// How much of `carry` is done with. Cutting it off after each of many small frames would move the rest each time.
    done: usize,
    /// The fragments so far of an unfinished message.
    message: Option<Fragments>,
}

/// What one call has delivered.
struct Step<T> {
    delivered: T,
    /// It was a close frame.
    last: bool,
}

impl Partial {
    fn is_empty(&self) -> bool {
        self.carry.is_empty() && self.message.is_none()
    }

    fn advance<T>(
        &mut self,
        fresh: &mut [u8],
        limits: &Limits,
        deliver: impl FnOnce(Incoming<'_>) -> T,
    ) -> Result<Option<Step<T>>, Violation> {
        if self.carry.is_empty() {
            let mut done = 0;
            let step = read(fresh, &mut done, &mut self.message, limits, deliver)?;
            self.carry.extend_from_slice(&fresh[done..]);
            return Ok(step);
        }

        // Half at a time, which makes the moving linear in what was read even for a caller that never drains.
        if self.done > self.carry.len() / 2 {
            self.let_go();
        }
        self.carry.extend_from_slice(fresh);
        let (bytes, done) = (&mut self.carry, &mut self.done);
        let step = read(bytes, done, &mut self.message, limits, deliver)?;
        if self.done == self.carry.len() {
            self.carry = Vec::new();
            self.done = 0;
        } else if step.is_none() && self.done > 0 {
            // What stays is the start of one frame, and may stay for long.
            self.let_go();
        }
        Ok(step)
    }

    /// Cuts off what is done with, and gives back the room it took.
    fn let_go(&mut self) {
        self.carry = self.carry.split_off(self.done);
        self.done = 0;
    }
}

/// Reads frames from `bytes[*done..]` until one of them completes a message.
fn read<T>(
    bytes: &mut [u8],
    done: &mut usize,
    message: &mut Option<Fragments>,
    limits: &Limits,
    deliver: impl FnOnce(Incoming<'_>) -> T,
) -> Result<Option<Step<T>>, Violation> {
    loop {
        let frame = &mut bytes[*done..];
        let Some(head) = Head::parse(frame)? else {
            return Ok(None);
        };
        admit(&head, message.as_ref(), limits)?;
        let Some(payload) = payload(frame, &head) else {
            return Ok(None);
        };
        *done += head.mask_at + MASK_BYTES + payload.len();

        let mut last = false;
        let delivered = match head.opcode {
            Opcode::Ping => deliver(Incoming::Ping(payload)),
            Opcode::Pong => deliver(Incoming::Pong(payload)),
            Opcode::Close => {
                last = true;
                deliver(Incoming::Close(parse_close(payload)?))
            }
            Opcode::Text if head.fin => deliver(text(payload)?),
            Opcode::Binary if head.fin => deliver(Incoming::Data(Payload::Binary(payload))),
            Opcode::Text | Opcode::Binary => {
                let started = message.insert(Fragments::new(head.opcode == Opcode::Text));
                started.push(payload, false)?;
                continue;
            }
            Opcode::Continuation => {
                let Some(mut whole) = message.take() else {
                    return Err(NOTHING_TO_CONTINUE);
                };
                whole.push(payload, head.fin)?;
                if !head.fin {
                    *message = Some(whole);
                    continue;
                }
                match whole.is_text {
                    true => deliver(text(&whole.bytes)?),
                    false => deliver(Incoming::Data(Payload::Binary(&whole.bytes))),
                }
            }
        };
        return Ok(Some(Step { delivered, last }));
    }
}

const NOTHING_TO_CONTINUE: Violation = Violation::Protocol("continuation of no message");

/// The rules that need to know what came before. They run on the head alone, before a byte of the payload is kept.
fn admit(head: &Head, message: Option<&Fragments>, limits: &Limits) -> Result<(), Violation> {
    // permessage-deflate will permit RSV1 here, on the first frame of a data message (RFC 7692, section 6.1). Without
    // an extension that gives it a meaning it must be zero (RFC 6455, section 5.2).
    if head.rsv1 {
        return Err(Violation::Protocol("reserved bit set"));
    }
    if head.opcode.is_control() {
        return Ok(());
    }
    let (bytes, fragments) = match (head.opcode, message) {
        (Opcode::Continuation, None) => return Err(NOTHING_TO_CONTINUE),
        (Opcode::Continuation, Some(message)) => (message.bytes.len(), message.count),
        (_, Some(_)) => return Err(Violation::Protocol("message within a message")),
        (_, None) => (0, 0),
    };
    if head.payload_bytes.saturating_add(bytes as u64) > limits.max_message_bytes as u64 {
        let limit = limits.max_message_bytes;
        return Err(Violation::TooLarge { limit });
    }
    let in_pieces = !head.fin || head.opcode == Opcode::Continuation;
    if in_pieces && fragments >= limits.max_fragments {
        let limit = limits.max_fragments;
        return Err(Violation::TooManyFragments { limit });
    }
    Ok(())
}

/// The payload, unmasked in place; `None` when `frame` does not hold all of it. A frame gets here whole only once.
fn payload<'a>(frame: &'a mut [u8], head: &Head) -> Option<&'a mut [u8]> {
    let (&mut key, rest) = frame[head.mask_at..].split_first_chunk_mut::<MASK_BYTES>()?;
    // A length beyond `usize` has not been admitted.
    let payload = rest.get_mut(..usize::try_from(head.payload_bytes).ok()?)?;
    unmask(payload, key);
    Some(payload)
}

fn text(payload: &[u8]) -> Result<Incoming<'_>, Violation> {
    let text = simdutf8::basic::from_utf8(payload).map_err(|_| Violation::Utf8)?;
    Ok(Incoming::Data(Payload::Text(text)))
}

/// The fragments of a message, put together.
#[derive(Debug)]
struct Fragments {
    is_text: bool,
    bytes: Vec<u8>,
    /// How much of a text is known to be UTF-8. What follows is the start of one character, at most 3 bytes.
    checked: usize,
    count: usize,
}

impl Fragments {
    fn new(is_text: bool) -> Self {
        Fragments {
            is_text,
            bytes: Vec::new(),
            checked: 0,
            count: 0,
        }
    }

    /// Adds a fragment. Fails as soon as no further fragment could make the text valid, rather than hold a message
    /// that is already lost (section 8.1). The last fragment is not checked here: the whole is, when it is delivered.
    fn push(&mut self, payload: &[u8], last: bool) -> Result<(), Violation> {
        self.bytes.extend_from_slice(payload);
        self.count += 1;
        if self.is_text && !last {
            // The slow flavour of errors, because it tells a broken character from one that is cut off.
            match simdutf8::compat::from_utf8(&self.bytes[self.checked..]) {
                Ok(_) => self.checked = self.bytes.len(),
                Err(error) if error.error_len().is_none() => self.checked += error.valid_up_to(),
                Err(_) => return Err(Violation::Utf8),
            }
        }
        Ok(())
    }
}
