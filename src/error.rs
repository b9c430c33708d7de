//! Whose fault it was decides the type: a client's is told to the client, ours is logged and told as "internal error".

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// What kind of mistake a client made. Decides the HTTP status and, where staying open is unsafe, the WebSocket close code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// 400: the request cannot be understood.
    Invalid,
    /// 401: no token, or one that is expired or forged.
    Unauthenticated,
    /// 403: a valid token that may not do this.
    Forbidden,
    /// 404: no such entity.
    NotFound,
    /// 405: the path does not take this method.
    MethodNotAllowed,
    /// 409: understood and allowed, but not in the present state.
    Conflict,
    /// 410: it existed and is over (a closed table session).
    Gone,
    /// 413: larger than the limit.
    TooLarge,
    /// 422: understood, but a value breaks a rule.
    Unprocessable,
    /// 429: too many, too fast.
    RateLimited,
    /// 503: the database is held by somebody else, full or closed; the same request may succeed later.
    Busy,
    /// 500: our failure. The cause is in the log, not in the answer.
    Internal,
}

impl Kind {
    /// The HTTP status code (RFC 9110, section 15).
    pub const fn status(self) -> u16 {
        match self {
            Kind::Invalid => 400,
            Kind::Unauthenticated => 401,
            Kind::Forbidden => 403,
            Kind::NotFound => 404,
            Kind::MethodNotAllowed => 405,
            Kind::Conflict => 409,
            Kind::Gone => 410,
            Kind::TooLarge => 413,
            Kind::Unprocessable => 422,
            Kind::RateLimited => 429,
            Kind::Busy => 503,
            Kind::Internal => 500,
        }
    }
}

/// The longest text that a client is told whole, in bytes: a screen's width or two, and more than any text of ours without a quotation.
const TEXT_BYTES: usize = 512;

/// The client's fault, told to the client in its own vocabulary.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ClientError {
    /// What kind of mistake.
    pub kind: Kind,
    /// Stable and documented, for programs: `UNPAID_ORDERS`.
    pub code: Cow<'static, str>,
    /// For people.
    pub text: Cow<'static, str>,
    /// What a program needs to go on: the true balance, the allowed values. A JSON object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Box<RawValue>>,
}

impl ClientError {
    /// An error with a stable `code` and a `text` for people.
    pub fn new(
        kind: Kind,
        code: impl Into<Cow<'static, str>>,
        text: impl Into<Cow<'static, str>>,
    ) -> Self {
        ClientError {
            kind,
            code: code.into(),
            text: text.into(),
            details: None,
        }
    }

    /// This error with a text of at most 512 bytes. A text may quote what the client sent, which may be as large as a message; both ends are kept, since what would have been
    /// right stands at the end.
    pub(crate) fn in_short(&self) -> Cow<'_, Self> {
        if self.text.len() <= TEXT_BYTES {
            return Cow::Borrowed(self);
        }
        let (start, end) = (
            self.text.floor_char_boundary(TEXT_BYTES / 2),
            self.text
                .ceil_char_boundary(self.text.len() - TEXT_BYTES / 2),
        );
        Cow::Owned(ClientError {
            text: format!("{} … {}", &self.text[..start], &self.text[end..]).into(),
            ..self.clone()
        })
    }

    /// Adds a JSON object with what a program needs to go on. Data that cannot be written as JSON is left out.
    pub fn with_details(mut self, details: &impl Serialize) -> Self {
        self.details = serde_json::value::to_raw_value(details).ok();
        self
    }
}

/// A rule of the schema that values from outside can break. (That a column is left empty, or is given another type, is the statement's mistake and none of these.)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Constraint {
    /// `INVALID_REFERENCE`, 422: a foreign key names what is not there, or names what is to be removed.
    ForeignKey,
    /// `INVALID_VALUE`, 422: a `CHECK` does not hold.
    Check,
    /// `ALREADY_EXISTS`, 409: a `UNIQUE` or a primary key, of which there is one.
    Unique,
}

impl Constraint {
    fn told(self) -> ClientError {
        let (kind, code, text) = match self {
            Constraint::ForeignKey => (
                Kind::Unprocessable,
                "INVALID_REFERENCE",
                "it refers to something that is not there, or something refers to it",
            ),
            Constraint::Check => (
                Kind::Unprocessable,
                "INVALID_VALUE",
                "a value breaks a rule of the database",
            ),
            Constraint::Unique => (
                Kind::Conflict,
                "ALREADY_EXISTS",
                "there is such a one already",
            ),
        };
        ClientError::new(kind, code, text)
    }
}

/// Everything that can go wrong behind a consumer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The client's fault; told to it with its code.
    #[error("{}: {}", .0.code, .0.text)]
    Client(ClientError),
    /// Another program holds the database's write lock. Told as `BUSY`; the same command may be sent again.
    #[error("the database is held by another program")]
    Busy,
    /// The commit failed midway: the outcome is unknown. Told as `UNKNOWN_OUTCOME`: retry with the same command id.
    #[error("the outcome is unknown, retry with the same id: {0}")]
    UnknownOutcome(String),
    /// The disk is full: nothing of it happened. Told as `DISK_FULL`; the same command may be sent again when there is room.
    #[error("the disk is full")]
    Full,
    /// The database cannot be used for now, and this is why; the log says what to do. Told as `UNAVAILABLE`.
    #[error("the database cannot be used: {0}")]
    Unavailable(String),
    /// The server is stopping, or the connection is gone.
    #[error("closed")]
    Closed,
    /// A handler or a closure panicked.
    #[error("panicked: {0}")]
    Panicked(String),
    /// A rule of the schema refused what a client asked for, because nothing before it did. Told as the rule's code, see [`Constraint`]; the database's own words
    /// are in the log, as a warning: the application could have said it better.
    #[error("{rule:?}: {cause}")]
    Constraint {
        /// Which kind of rule.
        rule: Constraint,
        /// The database's message.
        cause: String,
    },
    /// The database refused a statement, or its content is not what the code expects.
    #[error("store: {0}")]
    Store(String),
    /// Stored or announced data is not what the code expects.
    #[error("json: {0}")]
    Json(#[from] serde_json::Error),
    /// The operating system refused.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The configuration cannot be used: every mistake, each on a line of its own with file, line and advice.
    #[error("{0}")]
    Config(String),
}

impl Error {
    /// The client's fault.
    pub fn client(
        kind: Kind,
        code: impl Into<Cow<'static, str>>,
        text: impl Into<Cow<'static, str>>,
    ) -> Self {
        Error::Client(ClientError::new(kind, code, text))
    }
}

impl Error {
    /// What the client hears: its own mistake, or a stable code that says whether trying again helps. Logs what is ours; call it once, where the error ends.
    pub fn into_client(self) -> ClientError {
        match self {
            Error::Client(e) => e,
            Error::Busy => ClientError::new(
                Kind::Busy,
                "BUSY",
                "the database is held by another program: send it again",
            ),
            Error::UnknownOutcome(_) => {
                tracing::error!(error = %self, "a commit failed");
                ClientError::new(
                    Kind::Busy,
                    "UNKNOWN_OUTCOME",
                    "nobody knows whether it happened: send it again with the same id",
                )
            }
            Error::Full => ClientError::new(
                Kind::Busy,
                "DISK_FULL",
                "the server's disk is full: nothing of it happened, send it again later",
            ),
            Error::Unavailable(reason) => ClientError::new(
                Kind::Busy,
                "UNAVAILABLE",
                format!("the database cannot be used: {reason}"),
            ),
            Error::Constraint { rule, ref cause } => {
                tracing::warn!(?rule, %cause, "only the schema refused this");
                rule.told()
            }
            Error::Closed => ClientError::new(Kind::Busy, "CLOSING", "the server stops: come back"),
            other => {
                tracing::error!(error = %other, "a handler failed");
                ClientError::new(Kind::Internal, "INTERNAL", "internal error")
            }
        }
    }
}

impl From<ClientError> for Error {
    fn from(e: ClientError) -> Self {
        Error::Client(e)
    }
}

/// The known word that `wrong` is probably a misspelling of, for messages that say "did you mean". `None` where more than a third of its letters are wrong.
pub(crate) fn nearest<'k>(wrong: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    known
        .map(|word| (distance(wrong, word), word))
        .filter(|(distance, word)| *distance <= (word.chars().count() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// Counts the letters that must be added, removed, replaced or swapped with their neighbour: the Damerau-Levenshtein distance, in its optimal string alignment.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let best = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                if swapped {
                    best.min(rows[i - 2][j - 2] + 1)
                } else {
                    best
                }
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_words() {
        let known = ["auth", "auth_timeout", "dining.order", "dining.order_items"];
        for (wrong, near) in [
            ("aut", Some("auth")),
            ("atuh", Some("auth")),
            ("auth_time_out", Some("auth_timeout")),
            ("dining.ordr", Some("dining.order")),
            ("Dining.Order", Some("dining.order")),
            ("dining.orderitems", Some("dining.order_items")),
            ("", None),
            ("kitchen", None),
        ] {
            assert_eq!(nearest(wrong, known.into_iter()), near, "{wrong}");
        }
    }
}
