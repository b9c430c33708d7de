//! `POST /api/auth/login`: a token for who knows a password.

use crate::domain::Role;
use crate::domain::logins::LoginFacts;
use crate::rest::{Answer, Served, ServerCall, by_password, object, seconds_now};
use maitred::{ClientError, Error, Kind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A shift, and the hour before and after it.
const TOKEN_S: u64 = 12 * 3600;

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
    let peer = call.caller.peer;
    let found = by_password(&call.api, peer, wanted.email, wanted.password).await?;
    welcome(&call, &found)
}

fn welcome(call: &ServerCall, found: &LoginFacts) -> Result<Answer, Error> {
    let iat = seconds_now();
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
