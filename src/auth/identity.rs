//! What a verified token says of its bearer.

use std::time::SystemTime;

/// Who is at the other end of a connection or a request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Identity<C> {
    /// What the verified token says; `None` for an anonymous client.
    pub claims: Option<C>,
    /// The token's `sub`.
    pub subject: Option<String>,
    /// When the token ends.
    pub expires_at: Option<SystemTime>,
}

impl<C> Identity<C> {
    /// Somebody without a token.
    pub const fn anonymous() -> Self {
        Identity {
            claims: None,
            subject: None,
            expires_at: None,
        }
    }

    /// Whether there was no token.
    pub const fn is_anonymous(&self) -> bool {
        self.claims.is_none()
    }
}
