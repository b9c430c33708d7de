//! `POST /api/auth/login`: a token for who knows a password.
//!
//! An answer takes as long, and says the same, whether or not there is such an account: so nobody can find out which accounts exist.

use super::limits::{LOGINS_OF_ACCOUNT, LOGINS_OF_ADDRESS};
use crate::domain::logins::{self, LoginFacts};
use crate::domain::{Refusal, Role, passwords};
use crate::rest::{Answer, Served, ServerCall, address, object};
use maitred::{ClientError, Error, Kind};
use serde::{Deserialize, Serialize};
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::Semaphore;
use utoipa::ToSchema;

/// A shift, and the hour before and after it.
const TOKEN_S: u64 = 12 * 3600;
/// Passwords that are looked at together: each takes 19 MiB and a core for a moment. Others wait.
static LOOKING: Semaphore = Semaphore::const_new(2);
/// What stands in for the password of an account that is not there.
static NOBODYS: LazyLock<String> =
    LazyLock::new(|| passwords::hash("nobody has this password").unwrap_or_default());
/// Accounts are counted by a keyed hash, so that nobody can choose two that collide.
static KEYED: LazyLock<RandomState> = LazyLock::new(RandomState::new);
/// The longest address, and the longest password, that are looked at, in bytes.
const LONGEST: usize = 256;

/// Who wants in.
#[derive(Deserialize, ToSchema)]
struct Credentials {
    #[serde(alias = "username")]
    #[schema(min_length = 1, max_length = 256)]
    email: String,
    #[schema(min_length = 1, max_length = 256)]
    password: String,
}

/// A token, where clients look for it: at the top, and in `data`.
#[derive(Serialize, ToSchema)]
struct LoggedIn<'a> {
    success: bool,
    token: &'a str,
    data: Login<'a>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = timing::Session)]
struct Login<'a> {
    token: &'a str,
    /// Seconds.
    expires_in: u64,
    user: User<'a>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = timing::User)]
struct User<'a> {
    id: i64,
    name: &'a str,
    email: &'a str,
    role: Role,
    restaurant_id: Option<i64>,
}

/// What the token says.
#[derive(Serialize)]
struct Claims {
    sub: String,
    role: Role,
    user_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    restaurant_id: Option<i64>,
    token_version: i64,
    iat: u64,
    exp: u64,
}

#[utoipa::path(post, path = "/auth/login", tag = "login", security(()), request_body(content = Credentials, example = json!({"email": "admin@example.com", "password": "admin12345"})), responses((status = 200, description = "A token for twelve hours", body = LoggedIn), (status = 401, description = "No such account, or another password", body = super::envelope::Mistake), (status = 429, description = "Too many attempts", body = super::envelope::Mistake)))]
pub fn login(call: ServerCall) -> Served {
    Box::pin(async move { enter(call).await })
}

async fn enter(call: ServerCall) -> Result<Answer, Error> {
    let wanted: Credentials = object(&call.body)?;
    for (field, text) in [("email", &wanted.email), ("password", &wanted.password)] {
        if text.len() > LONGEST {
            return Err(Refusal::value(field, format!("at most {LONGEST} bytes")).into());
        }
    }
    LOGINS_OF_ADDRESS.one_more(address(call.caller.peer))?;
    let email = wanted.email.trim().to_owned();
    let account = KEYED.hash_one(email.to_ascii_lowercase());
    LOGINS_OF_ACCOUNT.one_more(u128::from(account))?;
    let found = call.api.read(move |db| logins::by_email(db, &email));
    let found = found.await?;
    let hash = found.as_ref().and_then(|found| found.password_hash.clone());
    let password = wanted.password;
    let _place = LOOKING.acquire().await.map_err(|_| Error::Closed)?;
    // Argon2 keeps a core busy, which must not be the one that serves this shard's sockets.
    let looked = tokio::task::spawn_blocking(move || {
        let nobodys = &*NOBODYS;
        let knows = passwords::verify(&password, hash.as_deref().unwrap_or(nobodys));
        knows && hash.is_some()
    });
    let knows = looked.await.map_err(|e| Error::Panicked(e.to_string()))?;
    match found.filter(|_| knows) {
        Some(found) => welcome(&call, &found),
        None => {
            let text = "there is no such account, or the password is another one";
            Err(ClientError::new(Kind::Unauthenticated, "INVALID_CREDENTIALS", text).into())
        }
    }
}

fn welcome(call: &ServerCall, found: &LoginFacts) -> Result<Answer, Error> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let iat = now.map_or(0, |now| now.as_secs());
    let claims = Claims {
        sub: found.id.to_string(),
        role: found.role,
        user_id: found.id,
        restaurant_id: found.restaurant_id,
        token_version: found.token_version,
        iat,
        exp: iat + TOKEN_S,
    };
    let token = call.api.mint(&claims).map_err(|_| {
        let text = "tokens are made elsewhere: this server only knows how to check them";
        ClientError::new(Kind::Forbidden, "TOKENS_ELSEWHERE", text)
    })?;
    Answer::ok(&LoggedIn {
        success: true,
        token: &token,
        data: Login {
            token: &token,
            expires_in: TOKEN_S,
            user: User {
                id: found.id,
                name: &found.name,
                email: &found.email,
                role: found.role,
                restaurant_id: found.restaurant_id,
            },
        },
    })
}
