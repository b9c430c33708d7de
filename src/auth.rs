//! Tokens: who is at the other end.

use std::time::SystemTime;

/// Who is at the other end of a connection or a request.
#[derive(Debug, Clone)]
pub struct Identity<C> {
    /// What the verified token says; `None` for an anonymous client.
    pub claims: Option<C>,
    /// The token's `sub`.
    pub subject: Option<String>,
    /// When the token ends.
    pub expires_at: Option<SystemTime>,
}
