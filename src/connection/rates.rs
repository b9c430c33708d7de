//! How fast a client may speak: each frame is counted, and refused where it is too much.

use super::frame::ConnectionFrame;
use crate::app::App;
use crate::error::ClientError;
use crate::hub::shard::Shard;
use crate::hub::socket::Socket;
use crate::limits::TooFast;
use crate::protocol::close::Ending;
use crate::protocol::dialect::Control;
use crate::protocol::websocket::Incoming;

/// Counts a frame of any kind. A close frame always passes.
///
/// # Errors
/// The frame is over the rate of frames or of bytes.
pub(crate) fn frame<A: App>(
    shard: &Shard<A>,
    socket: &Socket<A>,
    incoming: &Incoming<'_>,
    now_ms: u64,
) -> Result<(), TooFast> {
    let len = incoming.len();
    shard.counts.received_frames.add(1);
    shard.counts.received_bytes.add(len as u64);
    if matches!(incoming, Incoming::Close(_)) {
        return Ok(());
    }
    let policy = &socket.policy;
    socket
        .rates
        .frame(policy.frame_rate(), policy.byte_rate(), len, now_ms)
}

/// Counts a command by its name.
///
/// # Errors
/// The command is over the rate of its action.
pub(crate) fn action<A: App>(
    socket: &Socket<A>,
    action: Option<&str>,
    len: usize,
    now_ms: u64,
) -> Result<(), TooFast> {
    let rates = &socket.policy.action_rates;
    match action {
        Some(name) => socket.rates.action(rates, name, len, now_ms),
        None => Ok(()),
    }
}

/// Counts a request to the framework.
///
/// # Errors
/// The request is over the rate of its action.
pub(crate) fn control<A: App>(
    socket: &Socket<A>,
    control: &Control,
    len: usize,
    now_ms: u64,
) -> Result<(), TooFast> {
    let rates = &socket.policy.action_rates;
    socket.rates.framework(rates, control.name(), len, now_ms)
}

/// What becomes of a frame that came too fast: an error for the client; for one that goes on, the end of the connection.
pub(crate) fn refuse<A: App>(
    shard: &Shard<A>,
    id: Option<String>,
    too_fast: TooFast,
) -> ConnectionFrame {
    shard.counts.limited(too_fast.limited.limit);
    let error: ClientError = too_fast.limited.error();
    if too_fast.persists {
        tracing::info!(
            limit = too_fast.limited.limit.name(),
            "a client does not slow down: closed"
        );
        return ConnectionFrame::Close(Ending::refused(error));
    }
    ConnectionFrame::Refused(id, error)
}
