//! Passwords and PINs: only what is needed to recognize them is kept.

use crate::db::Error;
use argon2::Argon2;
use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};

/// Argon2id with the crate's parameters (OWASP's), as a PHC string: how it was made is written in it, so it can be made better later.
///
/// # Errors
/// [`Error::Store`] when it cannot be made.
pub fn hash(password: &str) -> Result<String, Error> {
    let salt = SaltString::generate(&mut OsRng);
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    hash.map(|hash| hash.to_string())
        .map_err(|e| Error::Store(format!("a password cannot be hashed: {e}")))
}

/// Whether this is the password. Takes some 20 ms on purpose: not for the writer's thread.
pub fn verify(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}
