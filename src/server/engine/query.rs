//! What the query of a request of Engine.IO asks for, and how it is refused.

use crate::protocol::sid::Sid;
use crate::routing::pattern::query_pairs;
use ::http::StatusCode;
use warp::Reply;
use warp::reply::Response;

/// Why a request leads to no session, as clients of Engine.IO know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Refused {
    Transport,
    Session,
    Method,
    Request,
    Origin,
    Version,
}

impl Refused {
    pub fn response(self) -> Response {
        let (code, message, status) = match self {
            Refused::Transport => (0, "Transport unknown", StatusCode::BAD_REQUEST),
            Refused::Session => (1, "Session ID unknown", StatusCode::BAD_REQUEST),
            Refused::Method => (2, "Bad handshake method", StatusCode::BAD_REQUEST),
            Refused::Request => (3, "Bad request", StatusCode::BAD_REQUEST),
            Refused::Origin => (4, FORBIDDEN, StatusCode::FORBIDDEN),
            Refused::Version => (5, "Unsupported protocol version", StatusCode::BAD_REQUEST),
        };
        #[derive(serde::Serialize)]
        struct Body {
            code: u8,
            message: &'static str,
        }
        let body = warp::reply::json(&Body { code, message });
        warp::reply::with_status(body, status).into_response()
    }
}

/// The protocol's word, and what to do about it.
const FORBIDDEN: &str = "Forbidden: see `origins` in routing.toml";

/// What the query of a request says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wish {
    pub polls: bool,
    pub sid: Option<Sid>,
}

impl Wish {
    pub fn of(query: &str) -> Result<Wish, Refused> {
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
            _ => return Err(Refused::Transport),
        };
        if version.as_deref() != Some("4") {
            return Err(Refused::Version);
        }
        let sid = match sid {
            Some(sid) => Some(Sid::of(&sid).ok_or(Refused::Session)?),
            None => None,
        };
        Ok(Wish { polls, sid })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_says_what_is_wished() {
        let refused = |query| Wish::of(query).expect_err(query);
        assert_eq!(refused(""), Refused::Transport);
        assert_eq!(refused("EIO=4&transport=abc"), Refused::Transport);
        assert_eq!(refused("EIO=3&transport=polling"), Refused::Version);
        assert_eq!(refused("transport=polling"), Refused::Version);
        assert_eq!(refused("EIO=4&transport=polling&sid=a"), Refused::Session);
        let wish = Wish::of("EIO=4&transport=websocket&t=1").expect("a wish");
        assert_eq!((wish.polls, wish.sid), (false, None));
    }
}
