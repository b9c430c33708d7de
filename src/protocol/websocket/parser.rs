//! From reads of any size to messages.

use super::deflate::inflate;
use super::frame::{Head, parse_close, unmask};
use super::{Incoming, MessageLimits, Opcode, Violation};
use crate::protocol::frame::Payload;

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
    /// One that has been given these bytes, and has not looked at them.
    pub(crate) fn holding(bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return Parser::Idle;
        }
        Parser::Busy(Box::new(Partial {
            carry: bytes.to_vec(),
            ..Partial::default()
        }))
    }

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
        limits: &MessageLimits,
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
            Err(_) | Ok(Some(Progress { last: true, .. })) => *self = Parser::Finished,
            Ok(_) if nothing_left => *self = Parser::Idle,
            Ok(_) if matches!(self, Parser::Idle) => *self = Parser::Busy(Box::new(unowned)),
            Ok(_) => {}
        }
        Ok(step?.map(|step| step.delivered))
    }

    /// The memory held.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn held_bytes(&self) -> usize {
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
    /// Bytes as they came, still masked: frames that were not looked at yet, or the start of a head or of a control frame.
    carry: Vec<u8>,
    /// How much of `carry` is done with. Cutting it off after each of many small frames would move the rest each time.
    done: usize,
    /// What has come of an unfinished message.
    message: Option<Unfinished>,
}

/// What one call has delivered.
struct Progress<T> {
    delivered: T,
    /// Whether this was a close frame.
    last: bool,
}

impl Partial {
    fn is_empty(&self) -> bool {
        self.carry.is_empty() && self.message.is_none()
    }

    fn advance<T>(
        &mut self,
        fresh: &mut [u8],
        limits: &MessageLimits,
        deliver: impl FnOnce(Incoming<'_>) -> T,
    ) -> Result<Option<Progress<T>>, Violation> {
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
            // What stays is the start of one head or control frame, and may stay for long.
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
    message: &mut Option<Unfinished>,
    limits: &MessageLimits,
    deliver: impl FnOnce(Incoming<'_>) -> T,
) -> Result<Option<Progress<T>>, Violation> {
    loop {
        if let Some(unfinished) = message
            && let Some(open) = unfinished.open.take()
        {
            let rest = &mut bytes[*done..];
            let come = rest.len().min(open.left);
            *done += come;
            unfinished.push_part(&mut rest[..come], open)?;
        } else {
            let frame = &mut bytes[*done..];
            let Some(head) = Head::parse(frame)? else {
                return Ok(None);
            };
            admit(&head, message.as_ref(), limits)?;
            let Some((key, payload)) = payload(frame, &head) else {
                return Ok(None);
            };
            *done += head.mask_at + MASK_BYTES + payload.len();
            let is_whole = payload.len() as u64 == head.payload_bytes;
            if is_whole && (head.opcode.is_control() || is_message(&head)) {
                unmask(payload, key);
                let last = head.opcode == Opcode::Close;
                let delivered = match head.opcode {
                    Opcode::Ping => deliver(Incoming::Ping(payload)),
                    Opcode::Pong => deliver(Incoming::Pong(payload)),
                    Opcode::Close => deliver(Incoming::Close(parse_close(payload)?)),
                    _ => data(&DataKind::from(&head), payload, limits, deliver)?,
                };
                return Ok(Some(Progress { delivered, last }));
            }
            let unfinished = message.get_or_insert_with(|| Unfinished::new(&head));
            unfinished.count += 1;
            let left = usize::try_from(head.payload_bytes).unwrap_or(usize::MAX);
            let open = OpenFrame {
                left,
                key,
                fin: head.fin,
            };
            unfinished.push_part(payload, open)?;
        }
        match message.take_if(|unfinished| unfinished.is_complete) {
            Some(whole) => {
                let delivered = data(&whole.kind, &whole.bytes, limits, deliver)?;
                let last = false;
                return Ok(Some(Progress { delivered, last }));
            }
            None if *done == bytes.len() => return Ok(None),
            None => {}
        }
    }
}

/// A data message in a single frame.
fn is_message(head: &Head) -> bool {
    head.fin && head.opcode != Opcode::Continuation
}

const NOTHING_TO_CONTINUE: Violation = Violation::Protocol("continuation of no message");

/// The rules that need to know what came before. They run on the head alone, before a byte of the payload is kept.
fn admit(
    head: &Head,
    message: Option<&Unfinished>,
    limits: &MessageLimits,
) -> Result<(), Violation> {
    // Compression is said on the first frame of a data message, and only there (RFC 7692, section 6.1). Without an
    // extension that gives it a meaning the bit must be zero (RFC 6455, section 5.2).
    let may_be_compressed = matches!(head.opcode, Opcode::Text | Opcode::Binary);
    if head.rsv1 && !(limits.inflates && may_be_compressed) {
        return Err(Violation::Protocol("reserved bit set"));
    }
    if head.opcode.is_control() {
        return Ok(());
    }
    let (bytes, fragments, compressed) = match (head.opcode, message) {
        (Opcode::Continuation, None) => return Err(NOTHING_TO_CONTINUE),
        (Opcode::Continuation, Some(m)) => (m.bytes.len(), m.count, m.kind.compressed),
        (_, Some(_)) => return Err(Violation::Protocol("message within a message")),
        (_, None) => (0, 0, head.rsv1),
    };
    let limit = limits.max_message_bytes;
    // What cannot be compressed becomes a little longer by it. What it is inflated to has the limit proper.
    let most = if compressed {
        limit + limit / 8 + 64
    } else {
        limit
    };
    if head.payload_bytes.saturating_add(bytes as u64) > most as u64 {
        return Err(Violation::TooLarge { limit });
    }
    // An empty last one is not counted: it carries nothing, and those who cut a message into pieces often end with it.
    let says_only_the_end = head.fin && head.payload_bytes == 0;
    if !is_message(head) && !says_only_the_end && fragments >= limits.max_fragments {
        let limit = limits.max_fragments;
        return Err(Violation::TooManyFragments { limit });
    }
    Ok(())
}

/// The masking key, and what has come of the payload, still masked: all of a control frame, something of a data frame. `None` when there is too little to
/// begin with.
fn payload<'a>(frame: &'a mut [u8], head: &Head) -> Option<([u8; 4], &'a mut [u8])> {
    let (&mut key, rest) = frame[head.mask_at..].split_first_chunk_mut::<MASK_BYTES>()?;
    // A length beyond `usize` has not been admitted.
    let length = usize::try_from(head.payload_bytes).ok()?;
    if rest.len() < length && head.opcode.is_control() {
        return None;
    }
    let come = rest.len().min(length);
    Some((key, &mut rest[..come]))
}

/// A whole message's payload, inflated if need be.
fn data<T>(
    kind: &DataKind,
    payload: &[u8],
    limits: &MessageLimits,
    deliver: impl FnOnce(Incoming<'_>) -> T,
) -> Result<T, Violation> {
    let deliver = |payload: &[u8]| {
        Ok(deliver(Incoming::Data(match kind.is_text {
            true => {
                Payload::Text(simdutf8::basic::from_utf8(payload).map_err(|_| Violation::Utf8)?)
            }
            false => Payload::Binary(payload),
        })))
    };
    match kind.compressed {
        true => inflate(payload, limits.max_message_bytes, deliver),
        false => deliver(payload),
    }
}

/// What the first frame of a data message says about all of it.
#[derive(Debug, Clone, Copy)]
struct DataKind {
    is_text: bool,
    compressed: bool,
}

impl From<&Head> for DataKind {
    fn from(head: &Head) -> Self {
        DataKind {
            is_text: head.opcode == Opcode::Text,
            compressed: head.rsv1,
        }
    }
}

/// A message of which not all has come: a part of a frame, or not every fragment.
#[derive(Debug)]
struct Unfinished {
    kind: DataKind,
    /// Unmasked; still compressed, if it is. Inflated only when it is whole, so that a slow sender occupies no decompressor.
    bytes: Vec<u8>,
    /// How much of a text is known to be UTF-8. What follows is the start of one character, at most 3 bytes.
    checked: usize,
    /// How many frames of the message have begun.
    count: usize,
    open: Option<OpenFrame>,
    is_complete: bool,
}

/// A frame of which not all has come.
#[derive(Debug)]
struct OpenFrame {
    /// Payload that has not come.
    left: usize,
    /// The masking key, turned so that it begins with the next byte.
    key: [u8; MASK_BYTES],
    /// Whether this is the last frame of its message.
    fin: bool,
}

impl Unfinished {
    fn new(first: &Head) -> Self {
        Unfinished {
            kind: first.into(),
            bytes: Vec::new(),
            checked: 0,
            count: 0,
            open: None,
            is_complete: false,
        }
    }

    /// Adds what came of a frame. Fails as soon as nothing that follows could make the text valid, rather than hold a message that is already lost
    /// (section 8.1). The end is not checked here: the whole is, when it is delivered.
    fn push_part(&mut self, payload: &mut [u8], mut open: OpenFrame) -> Result<(), Violation> {
        unmask(payload, open.key);
        self.bytes.extend_from_slice(payload);
        open.left -= payload.len();
        open.key.rotate_left(payload.len() % MASK_BYTES);
        self.is_complete = open.fin && open.left == 0;
        if open.left > 0 {
            self.open = Some(open);
        }
        if self.kind.is_text && !self.kind.compressed && !self.is_complete {
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
