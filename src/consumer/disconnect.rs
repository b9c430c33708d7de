//! Why a connection is over, for its consumer.

use crate::protocol::close::{EndedBy, Ending, NO_CLOSE, NO_CODE};

/// Why a connection is over: what [`Consumer::disconnect`](crate::Consumer::disconnect) is told.
///
/// Over Socket.IO this is the end of a namespace: by the client's own DISCONNECT packet (without a code), by the server, or with the connection that it was on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Disconnect {
    /// Who ended it.
    pub by: EndedBy,
    /// The close code (RFC 6455, section 7.4) that this side said. Ours are listed in the README; a client chooses its own, from 1000 to 4999. `None`: it ended
    /// without a code.
    pub code: Option<u16>,
    /// The text beside the code, at most 123 bytes, often none. A client's is a stranger's: for the log, not for decisions.
    pub text: String,
}

impl Disconnect {
    pub(crate) fn of(ending: &Ending) -> Self {
        let (code, text) = ending.said();
        Disconnect {
            by: ending.ended_by(),
            code: (!matches!(code, 0 | NO_CODE | NO_CLOSE)).then_some(code),
            text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_ended_it_and_with_which_words() {
        let told = |ending: &Ending| {
            let Disconnect { by, code, text } = Disconnect::of(ending);
            (by, code, text)
        };
        let client = Ending::by_client_saying(4000, "bye");
        let slow = Ending::slow();
        let text = |text: &str| text.to_owned();
        assert_eq!(told(&client), (EndedBy::Client, Some(4000), text("bye")));
        assert_eq!(
            told(&Ending::by_client(NO_CODE)),
            (EndedBy::Client, None, text(""))
        );
        assert_eq!(told(&Ending::left()), (EndedBy::Client, None, text("")));
        assert_eq!(
            told(&slow),
            (
                EndedBy::Server,
                Some(4010),
                slow.reason.clone().into_owned()
            )
        );
        assert_eq!(
            told(&Ending::half_closed()),
            (EndedBy::Network, None, text(""))
        );
        // a namespace ends with its connection, for the same reason
        assert_eq!(told(&Ending::following(&client)), told(&client));
        assert_eq!(told(&Ending::following(&slow)), told(&slow));
        assert_eq!(Ending::following(&slow).code, 0, "and says nothing");
    }

    #[test]
    fn a_clients_text_is_not_sent_back() {
        let closes = Ending::by_client_saying(4000, "bye");
        assert_eq!((closes.code, &*closes.reason), (4000, ""));
    }
}
