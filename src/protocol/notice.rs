//! What the framework itself says to a client, whatever its consumer: the data of these messages.

use serde::Serialize;

/// `pong`: the answer to a `ping`.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Pong {
    /// Milliseconds since 1970-01-01 UTC, of the server's clock.
    pub server_time: i64,
    /// Every event of this connection up to this number was sent before. Not there: it still catches up.
    #[serde(rename = "as_of", skip_serializing_if = "Option::is_none")]
    pub as_of: Option<u64>,
}

/// `resumed`: what was missed follows.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Resumed {
    /// The number that the client came back with.
    pub since: u64,
}

/// `reset`: what was missed cannot be told any more, or the number is none of this history's.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Reset {
    /// For people.
    pub reason: &'static str,
}

/// `resync`: a Socket.IO client that came back did not find all that it left.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Resync {
    /// The stream does not go on where it was: the client is to read its state again.
    // published contracts keep their words
    #[cfg_attr(
        feature = "schemars",
        schemars(
            description = "It does not go on where it was: what it knows is to be read again."
        )
    )]
    pub reset: bool,
    /// For people; only with a reset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// Groups that it hears no more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<String>,
}

/// `auth:expiring` and `authenticated`: how long the token is good.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Expiry {
    /// Milliseconds since 1970-01-01 UTC. Not there: for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at_ms: Option<i64>,
    /// Whole seconds until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds_left: Option<i64>,
}

/// `dropped`: what a slow client was not told, because its route says so. What it missed is in the history.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Dropped {
    /// How many messages.
    pub count: u32,
    /// The route's `delivery`: `latest` or `volatile`.
    pub delivery: &'static str,
}

/// `ack`: a command that came with an `id` was done. The outcome's members stand beside these.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Acknowledged<'a> {
    /// The id that the client chose.
    #[cfg_attr(
        feature = "schemars",
        schemars(description = "As the client chose it.")
    )]
    pub id: &'a str,
    /// Always `true`: what was not done is told as an error.
    pub ok: bool,
    /// Of a command that has written: the number of the newest event when that was done. None that it has caused has a higher one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<u64>,
}
