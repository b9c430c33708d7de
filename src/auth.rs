//! stub
use crate::ClientError;
use std::time::SystemTime;
/// x
#[derive(Debug, Clone)]
pub struct Identity<C> {
    /// What the verified token says; `None` for an anonymous client.
    pub claims: Option<C>,
    /// The token's `sub`.
    pub subject: Option<String>,
    /// When the token ends.
    pub expires_at: Option<SystemTime>,
}
impl<C> Identity<C> { /// x
 pub fn anonymous() -> Self { Identity { claims: None, subject: None, expires_at: None } } }
/// x
pub struct Keys;
impl Keys { /// x
 pub fn verify<C>(&self, _: &str) -> Result<Identity<C>, ClientError> { todo!() } }
pub(crate) struct Found { pub token: Option<String>, pub protocol: Option<String> }
pub(crate) fn token_of(_: Option<&str>, _: Option<&str>, _: &str) -> Found { todo!() }
pub(crate) fn expired() -> ClientError { todo!() }
