//! Looking at passwords and PINs, which takes long on purpose: never on the writer's thread, nor on one that serves sockets.
//!
//! An answer takes as long, and says the same, whether or not there is such an account: so nobody can find out which accounts exist.

use super::attempts::{Attempts, address};
use crate::domain::logins::{self, LoginFacts};
use crate::domain::{Denial, Refusal, passwords};
use crate::restaurant::Restaurant;
use maitred::{Api, Error};
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::Semaphore;

/// Logins from one address: a restaurant's devices share one, and are many in the morning.
static LOGINS_OF_ADDRESS: LazyLock<Attempts> = LazyLock::new(|| Attempts::new(30, 30));
/// Logins to one account: somebody who mistypes is through long before; who guesses needs years.
static LOGINS_OF_ACCOUNT: LazyLock<Attempts> = LazyLock::new(|| Attempts::new(10, 5));
/// Secrets that are looked at together: each takes 19 MiB and a core for a moment. Others wait.
static LOOKING: Semaphore = Semaphore::const_new(2);
/// What stands in for the secret of an account that is not there, or has none.
static NOBODYS: LazyLock<String> =
    LazyLock::new(|| passwords::hash("nobody has this password").unwrap_or_default());
/// Accounts are counted by a keyed hash, so that nobody can choose two that collide.
static KEYED: LazyLock<RandomState> = LazyLock::new(RandomState::new);
/// The longest address, and the longest password, that are looked at, in bytes.
const LONGEST: usize = 256;

/// Whether this is the secret of that hash. Of no hash it never is, and that takes as long.
///
/// # Errors
/// [`Error::Closed`], [`Error::Panicked`].
pub async fn knows(secret: String, hash: Option<String>) -> Result<bool, Error> {
    let _place = LOOKING.acquire().await.map_err(|_| Error::Closed)?;
    let looked = tokio::task::spawn_blocking(move || {
        let nobodys = &*NOBODYS;
        let knows = passwords::verify(&secret, hash.as_deref().unwrap_or(nobodys));
        knows && hash.is_some()
    });
    looked.await.map_err(|e| Error::Panicked(e.to_string()))
}

/// What is kept of a secret.
///
/// # Errors
/// As [`knows`], and [`Error::Store`] when it cannot be made.
pub async fn hashed(secret: String) -> Result<String, Error> {
    let _place = LOOKING.acquire().await.map_err(|_| Error::Closed)?;
    let made = tokio::task::spawn_blocking(move || passwords::hash(&secret));
    made.await.map_err(|e| Error::Panicked(e.to_string()))?
}

/// The account of who knows its password.
///
/// # Errors
/// [`Denial::Credentials`], `RATE_LIMITED`, [`Refusal::Value`].
pub async fn by_password(
    api: &Api<Restaurant>,
    peer: Option<SocketAddr>,
    email: String,
    password: String,
) -> Result<LoginFacts, Error> {
    for (field, text) in [("email", &email), ("password", &password)] {
        if text.len() > LONGEST {
            return Err(Refusal::value(field, format!("at most {LONGEST} bytes")).into());
        }
    }
    LOGINS_OF_ADDRESS.one_more(address(peer))?;
    let email = email.trim().to_owned();
    let account = KEYED.hash_one(email.to_ascii_lowercase());
    LOGINS_OF_ACCOUNT.one_more(u128::from(account))?;
    let found = api.read(move |db| logins::by_email(db, &email)).await?;
    let hash = found.as_ref().and_then(|found| found.password_hash.clone());
    let knows = knows(password, hash).await?;
    Ok(found.filter(|_| knows).ok_or(Denial::Credentials)?)
}

/// The time for a token's `iat`, in seconds since 1970-01-01 UTC.
pub fn seconds_now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| now.as_secs())
}
