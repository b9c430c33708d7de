//! Why a connection ends, as a close code (RFC 6455, section 7.4) with advice for the client.
//!
//! | code | meaning | should the client come back? |
//! |---|---|---|
//! | 1000 | the client closed, and we answer | as it likes |
//! | 1001 | nothing was heard for the idle timeout | yes, at once |
//! | 1002 | the client broke RFC 6455 | not before it is mended |
//! | 1003 | a binary frame on a text endpoint | not with binary frames |
//! | 1007 | text that is not UTF-8 | not with such text |
//! | 1008 | the path's parameters make no sense | no |
//! | 1009 | a message over the route's limit | not with such a message |
//! | 1011 | a handler of ours failed | yes, after a while |
//! | 1012 | the server restarts, or its history has begun anew | yes, with its last `seq`, after a random wait |
//! | 1013 | another program holds the database | yes, after a while |
//! | 4010 | the client reads too slowly: its outbox was full | yes, at once, with its last `seq`: nothing is lost |
//! | 4401 | no token, or one that is expired or forged | with a new token |
//! | 4403 | the token does not allow this | no |
//! | 4404 | no such entity | no |
//! | 4408 | no token came in time | with a token |
//! | 4429 | too many connections or requests | yes, after a while |

use crate::error::{ClientError, Kind};
use std::borrow::Cow;

/// Stands for "closed without a code" (RFC 6455, section 7.4.1); never on the wire.
pub(crate) const NO_CODE: u16 = 1005;
/// Stands for "ended without a close frame" (the same section); never on the wire.
pub(crate) const NO_CLOSE: u16 = 1006;

/// The code of the error that closes with 4408.
pub(crate) const TOKEN_TIMEOUT: &str = "TOKEN_TIMEOUT";

/// Who ended a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EndedBy {
    /// The client said goodbye: a close frame, or the packet of Engine.IO or Socket.IO that stands for one.
    Client,
    /// This server did: for a mistake of the client, a limit, a restart, or because the consumer asked for it.
    Server,
    /// Nobody said so: the stream ended or broke without a goodbye.
    Network,
}

/// How a connection ends.
#[derive(Debug, Clone)]
pub(crate) struct Ending {
    /// 0: nothing can be said any more; the socket is just closed.
    pub code: u16,
    pub reason: Cow<'static, str>,
    /// Told as an error frame before the close frame.
    pub error: Option<ClientError>,
    by: EndedBy,
    /// What the consumer is told instead of `code` and `reason`, where those are not what was said. Boxed: it is rare.
    said: Option<Box<(u16, String)>>,
}

impl Ending {
    pub const fn new(code: u16, reason: &'static str) -> Self {
        Ending::by(EndedBy::Server, code, reason)
    }

    const fn by(by: EndedBy, code: u16, reason: &'static str) -> Self {
        Ending {
            code,
            reason: Cow::Borrowed(reason),
            error: None,
            by,
            said: None,
        }
    }

    /// The socket is gone, or must not be spoken to.
    pub const fn gone() -> Self {
        Ending::by(EndedBy::Network, 0, "")
    }

    /// The client has left a namespace: nothing is said to it any more.
    pub const fn left() -> Self {
        Ending::by(EndedBy::Client, 0, "")
    }

    /// The connection that a namespace was on has ended so: nothing is said to its client any more.
    pub fn following(connection: &Ending) -> Self {
        Ending {
            said: Some(Box::new(connection.said())),
            ..Ending::by(connection.by, 0, "")
        }
    }

    /// The client has ended its side of the stream without a close frame. RFC 6455 calls that an abnormal closure (section 7.1.5), after which nobody need say
    /// anything. What the client said before has been obeyed, so it is answered, as far as it still reads; no close frame follows, because none was sent.
    pub const fn half_closed() -> Self {
        Ending::by(EndedBy::Network, NO_CLOSE, "")
    }

    /// See [`half_closed`](Self::half_closed).
    pub fn is_half_closed(&self) -> bool {
        self.code == NO_CLOSE
    }

    /// The client has closed, with this code.
    pub const fn by_client(code: u16) -> Self {
        Ending::by(EndedBy::Client, code, "")
    }

    /// The client has closed, with this code and this text. The text is for the consumer: our close frame repeats the code alone.
    pub fn by_client_saying(code: u16, text: &str) -> Self {
        Ending {
            said: (!text.is_empty()).then(|| Box::new((code, text.to_owned()))),
            ..Ending::by_client(code)
        }
    }

    /// Whether it is the client that has closed.
    pub fn is_the_clients(&self) -> bool {
        self.by == EndedBy::Client
    }

    /// Who ended the connection.
    pub fn ended_by(&self) -> EndedBy {
        self.by
    }

    /// The code and the text that one side closed with. 0, [`NO_CODE`] or 1006: there was none.
    pub fn said(&self) -> (u16, String) {
        match &self.said {
            Some(said) => (**said).clone(),
            None => (self.code, self.reason.clone().into_owned()),
        }
    }

    /// The code that this is counted under. 0: there was no close frame. A client may choose any of 2,000 codes from 3000 on, which would be as many
    /// counters for as long as the server runs: they are counted together as 3000 and as 4000, so that those of [ours](self) are ours alone.
    pub fn counted(&self) -> u16 {
        match self.code {
            NO_CLOSE => 0,
            code @ 3000.. if self.is_the_clients() => code / 1000 * 1000,
            code => code,
        }
    }

    /// Whether the client is to come back as it is: it was no mistake of its own.
    pub const fn invites_back(&self) -> bool {
        matches!(self.code, 0 | 1001 | 1011..=1013 | 4010 | 4429)
    }

    /// Our failure.
    pub const fn internal() -> Self {
        Ending::new(1011, "internal error")
    }

    /// The outbox is full.
    pub const fn slow() -> Self {
        Ending::new(4010, "too slow: come back with your seq")
    }

    /// The server stops.
    pub const fn restart() -> Self {
        Ending::new(1012, "restarting: come back with your seq")
    }

    /// The history has begun anew, so the client must read its state again. It waits a random time first, because all clients must.
    pub const fn begun_anew() -> Self {
        Ending::new(1012, "the history has begun anew: come back with your seq")
    }

    /// The client has come by another connection, and this one is not to come back.
    pub const fn taken_over() -> Self {
        Ending::new(1000, "another connection of yours has taken over")
    }

    /// The route is served no more: `routing.toml` was read again.
    pub fn unserved() -> Self {
        Ending::refused(ClientError::new(
            Kind::NotFound,
            "NOT_FOUND",
            "this path is served no more",
        ))
    }

    /// The client's mistake is such that staying is unsafe.
    pub fn refused(error: ClientError) -> Self {
        let code = if error.code == TOKEN_TIMEOUT {
            4408
        } else {
            code_of(error.kind)
        };
        Ending {
            code,
            reason: error.code.clone(),
            error: Some(error),
            by: EndedBy::Server,
            said: None,
        }
    }
}

/// The close code of a mistake.
pub(crate) const fn code_of(kind: Kind) -> u16 {
    match kind {
        Kind::Unauthenticated => 4401,
        Kind::Forbidden => 4403,
        Kind::NotFound | Kind::Gone => 4404,
        Kind::RateLimited => 4429,
        Kind::TooLarge => 1009,
        Kind::Busy => 1013,
        Kind::Internal => 1011,
        Kind::Invalid | Kind::MethodNotAllowed | Kind::Conflict | Kind::Unprocessable => 1008,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_clients_choose_are_counted_together() {
        let chosen = (1000..=4999).map(|code| Ending::by_client(code).counted());
        let counted: std::collections::BTreeSet<u16> =
            chosen.filter(|code| *code >= 3000).collect();
        assert_eq!(Vec::from_iter(counted), [3000, 4000]);
        assert_eq!(Ending::by_client(1001).counted(), 1001);
        assert_eq!(Ending::slow().counted(), 4010, "ours are told apart");
        assert_eq!(Ending::half_closed().counted(), 0);
    }
}
