//! What the query of a request of Engine.IO asks for, and how it is refused.

use crate::consumer::rest::answer::{Response, json};
use crate::protocol::sid::Sid;
use crate::routing::pattern::query_pairs;
use ::http::StatusCode;

/// Why a request leads to no session, as clients of Engine.IO know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum EngineRefusal {
    Transport,
    Session,
    Method,
    Request,
    Origin,
    Version,
}

impl EngineRefusal {
    pub fn response(self) -> Response {
        let (code, message, status) = match self {
            EngineRefusal::Transport => (0, "Transport unknown", StatusCode::BAD_REQUEST),
            EngineRefusal::Session => (1, "Session ID unknown", StatusCode::BAD_REQUEST),
            EngineRefusal::Method => (2, "Bad handshake method", StatusCode::BAD_REQUEST),
            EngineRefusal::Request => (3, "Bad request", StatusCode::BAD_REQUEST),
            EngineRefusal::Origin => (4, FORBIDDEN, StatusCode::FORBIDDEN),
            EngineRefusal::Version => (5, "Unsupported protocol version", StatusCode::BAD_REQUEST),
        };
        #[derive(serde::Serialize)]
        struct Body {
            code: u8,
            message: &'static str,
        }
        json(status, &Body { code, message })
    }
}

/// The protocol's word, and what to do about it.
const FORBIDDEN: &str = "Forbidden: see `origins` in routing.toml";

/// What the query of a request says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Query {
    pub polls: bool,
    pub sid: Option<Sid>,
}

impl Query {
    pub fn of(query: &str) -> Result<Query, EngineRefusal> {
        let (mut polls, mut version, mut sid) = (None, None, None);
        for (name, value) in query_pairs(query) {
            match &*name {
                "transport" => polls = Some(value.into_owned()),
                "EIO" => version = Some(value.into_owned()),
                "sid" => sid = Some(value.into_owned()),
                _ => {}
            }
        }
        let polls = match polls.as_deref() {
            Some("polling") => true,
            Some("websocket") => false,
            _ => return Err(EngineRefusal::Transport),
        };
        if version.as_deref() != Some("4") {
            return Err(EngineRefusal::Version);
        }
        let sid = match sid {
            Some(sid) => Some(Sid::of(&sid).ok_or(EngineRefusal::Session)?),
            None => None,
        };
        Ok(Query { polls, sid })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_says_what_is_asked_for() {
        let refused = |query| Query::of(query).expect_err(query);
        assert_eq!(refused(""), EngineRefusal::Transport);
        assert_eq!(refused("EIO=4&transport=abc"), EngineRefusal::Transport);
        assert_eq!(refused("EIO=3&transport=polling"), EngineRefusal::Version);
        assert_eq!(refused("transport=polling"), EngineRefusal::Version);
        assert_eq!(
            refused("EIO=4&transport=polling&sid=a"),
            EngineRefusal::Session
        );
        let asked = Query::of("EIO=4&transport=websocket&t=1").expect("a query");
        assert_eq!((asked.polls, asked.sid), (false, None));
    }
}
