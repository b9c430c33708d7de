//! Who may log in with a password.

use super::Role;
use crate::db::{Error, Reader, params};

/// An account as far as logging in is concerned.
#[derive(Debug, Clone)]
pub struct LoginFacts {
    /// Its row in `users`.
    pub id: i64,
    /// What they are called.
    pub name: String,
    /// What they log in with, as it is stored.
    pub email: String,
    /// What they are.
    pub role: Role,
    /// Where they belong; `None`: everywhere, or nowhere in particular.
    pub restaurant_id: Option<i64>,
    /// See [`passwords`](super::passwords). `None`: they have no password.
    pub password_hash: Option<String>,
    /// Raised to end all older tokens.
    pub token_version: i64,
}

/// The active account with this address, whatever its capitals are.
///
/// # Errors
/// [`Error::Store`].
pub fn by_email(db: &Reader<'_>, email: &str) -> Result<Option<LoginFacts>, Error> {
    db.row(
        "SELECT id, name, email, role, restaurant_id, password_hash, token_version FROM users WHERE email = ?1 AND is_active",
        params![email],
        |row| {
            let role = row.text(3)?;
            Ok(LoginFacts {
                id: row.get(0)?,
                name: row.get(1)?,
                email: row.get(2)?,
                role: role.parse::<Role>().map_err(|_| Error::Store(format!("role {role:?}")))?,
                restaurant_id: row.get(4)?,
                password_hash: row.get(5)?,
                token_version: row.get(6)?,
            })
        },
    )
}
