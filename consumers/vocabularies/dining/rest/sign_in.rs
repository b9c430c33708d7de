//! `/api/v1/sign-in` and what belongs to it: who can, who does, who is signed in.

use super::house::Name;
use super::token::{Claims, SHIFT_S};
use crate::access::{Action, Bearer, Target, Who};
use crate::domain::pins::{self, By};
use crate::domain::staff::{self, Name as StaffName};
use crate::domain::{Denial, Key, Refusal, Role, devices, ids, restaurants, sessions, waiters};
use crate::rest::before;
use crate::rest::{Answer, Call, Served, ServerCall, address, by_password, object};
use crate::vocabularies::dining::messages::{SessionData, Time};
use maitred::{Error, Kind, Reader, Transaction};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Those who can sign in.
#[derive(Serialize, ToSchema)]
struct Names {
    items: Vec<StaffName>,
}

/// `GET /staff/names`
#[utoipa::path(get, path = "/staff/names", tag = "sign-in", params(("restaurant_id" = Option<i64>, Query, description = "Which restaurant, for those who run several", example = 2)), responses((status = 200, description = "By name", body = Names)))]
pub fn names(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let named = call.query("restaurant_id").map(Key::from);
    let bearer = call.bearer(db)?;
    let restaurant = match (named, bearer.who) {
        (Some(key), _) => ids::restaurant(db, &key)?,
        // A demo's visitor is at the first one.
        (None, Who::Anonymous) => restaurants::first(db)?,
        (None, _) => call.restaurant(None, Action::ReadNames, db)?.0,
    };
    call.may(Action::ReadNames, Target::Restaurant(restaurant), db)?;
    let items = staff::names(db, restaurant)?;
    Answer::ok(&Names { items })
}

/// Who wants in: by PIN, on a device of the house, or by password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignIn {
    user_id: Option<Key>,
    #[schema(min_length = 4, max_length = 6)]
    pin: Option<String>,
    #[schema(max_length = 256)]
    email: Option<String>,
    #[schema(max_length = 256)]
    password: Option<String>,
}

/// A token for a shift.
#[derive(Serialize, ToSchema)]
struct SignedIn<'a> {
    token: &'a str,
    expires_at: Time,
    /// Seconds.
    expires_in: u64,
    user: User<'a>,
    restaurant: Option<Name<'a>>,
}

/// Whoever is signed in.
#[derive(Serialize, ToSchema)]
#[schema(as = SignedInUser)]
struct User<'a> {
    id: i64,
    uuid: &'a str,
    name: &'a str,
    role: Role,
    restaurant_id: Option<i64>,
    /// Their section.
    tables: Vec<i64>,
}

/// `POST /sign-in`
#[utoipa::path(post, path = "/sign-in", tag = "sign-in", security((), ("bearer" = [])), request_body(content = SignIn, example = json!({"email": "admin@example.com", "password": "admin12345"})), responses((status = 200, description = "A token for twelve hours", body = SignedIn), (status = 401, description = "`WRONG_PIN`, `INVALID_CREDENTIALS`; `DEVICE_UNPAIRED`, `DEVICE_REVOKED`, `DEVICE_UNKNOWN`", body = crate::rest::Refused), (status = 429, description = "`LOCKED`: too many wrong PINs, also when this one is right; `RATE_LIMITED`", body = crate::rest::Refused)))]
pub fn sign_in(call: ServerCall) -> Served {
    Box::pin(async move { enter(call).await })
}

/// Somebody who was let in, and on what.
struct Entered {
    id: i64,
    uuid: String,
    name: String,
    role: Role,
    restaurant_id: Option<i64>,
    token_version: i64,
    device: Option<devices::DeviceFacts>,
}

async fn enter(call: ServerCall) -> Result<Answer, Error> {
    let wanted: SignIn = object(&call.body)?;
    let entered = match wanted {
        SignIn {
            user_id: Some(user_id),
            pin: Some(pin),
            email: None,
            password: None,
        } => by_pin(&call, user_id, pin).await?,
        SignIn {
            user_id: None,
            pin: None,
            email: Some(email),
            password: Some(password),
        } => {
            let found = by_password(&call.api, call.caller.peer, email, password).await?;
            let id = found.id;
            let uuid = call.api.read(move |db| {
                let sql = "SELECT uuid FROM users WHERE id = ?1";
                db.one(sql, maitred::params![id], |row| row.get(0))
            });
            Entered {
                id,
                uuid: uuid.await?,
                name: found.name,
                role: found.role,
                restaurant_id: found.restaurant_id,
                token_version: found.token_version,
                device: None,
            }
        }
        _ => {
            let rule = "user_id and pin, or email and password";
            return Err(Refusal::value("body", rule).into());
        }
    };
    let mut claims = Claims::staff(
        entered.id,
        entered.role,
        entered.restaurant_id,
        entered.token_version,
    );
    if let Some(device) = &entered.device {
        claims = claims.on(device);
    }
    let (token, expires_at) = claims.mint(&call.api, SHIFT_S)?;
    let (id, at) = (entered.id, entered.restaurant_id);
    let (tables, house) = call
        .api
        .read(move |db| {
            let house = at.map(|at| restaurants::get(db, at)).transpose()?;
            Ok((waiters::section(db, id)?, house))
        })
        .await?;
    Answer::ok(&SignedIn {
        token: &token,
        expires_at,
        expires_in: SHIFT_S,
        user: User {
            id,
            uuid: &entered.uuid,
            name: &entered.name,
            role: entered.role,
            restaurant_id: entered.restaurant_id,
            tables,
        },
        restaurant: house.as_ref().map(Name::of),
    })
}

/// PINs are short: they are tried on devices of the house only, which a manager can take away.
async fn by_pin(call: &ServerCall, user_id: Key, pin: String) -> Result<Entered, Error> {
    pins::check(&pin)?;
    let identity = match call.api.identify(&call.caller) {
        Err(refused) if &*refused.code == "TOKEN_MISSING" => {
            return Err(Denial::DeviceUnpaired.into());
        }
        identity => identity?,
    };
    let stranger = format!("{:x}", address(call.caller.peer));
    let (by, restaurant, device, account) = call
        .api
        .read(move |db| {
            let bearer = Bearer::of(&identity, db)?;
            bearer.may(Action::ReadNames)?;
            // An account that is not there takes as long, and counts against who asks.
            let account = match ids::user(db, &user_id) {
                Ok(id) => id,
                Err(Error::Client(refused)) if refused.kind == Kind::NotFound => 0,
                Err(error) => return Err(error),
            };
            Ok(match (bearer.device, bearer.who) {
                (Some(id), _) => {
                    let device = devices::get(db, id)?;
                    (By::Device(id), device.restaurant_id, Some(device), account)
                }
                (None, Who::Anonymous) => (
                    By::Address(stranger),
                    restaurants::first(db)?,
                    None,
                    account,
                ),
                _ => return Err(Denial::DeviceUnpaired.into()),
            })
        })
        .await?;
    let holder = before::enter(&call.api, by, account, restaurant, pin).await?;
    Ok(Entered {
        id: holder.id,
        uuid: holder.uuid,
        name: holder.name,
        role: holder.role,
        restaurant_id: holder.restaurant_id,
        token_version: holder.token_version,
        device,
    })
}

/// It is over.
#[derive(Serialize, ToSchema)]
struct SignedOut {
    signed_out: bool,
}

/// `POST /sign-out`
#[utoipa::path(post, path = "/sign-out", tag = "sign-in", responses((status = 200, description = "Every token that this account has got until now is worthless", body = SignedOut)))]
pub fn sign_out(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let bearer = call.bearer(tx)?;
    let Some(account) = bearer.account else {
        return Err(Refusal::Forbidden("nobody is signed in with this token".into()).into());
    };
    staff::sign_out(tx, account)?;
    Answer::ok(&SignedOut { signed_out: true })
}

/// Who a token means.
#[derive(Serialize, ToSchema)]
#[schema(as = Me)]
struct Me<'a> {
    role: String,
    user: Option<User<'a>>,
    device: Option<super::devices::Device<'a>>,
    restaurant: Option<Name<'a>>,
    /// A guest's visit.
    session: Option<SessionData<'a>>,
    expires_at: Time,
}

/// `GET /me`
#[utoipa::path(get, path = "/me", tag = "sign-in", responses((status = 200, description = "Who this token means, by the rows as they are now", body = Me)))]
pub fn me(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let bearer = call.bearer(db)?;
    let device = bearer.device.map(|id| devices::get(db, id)).transpose()?;
    let house = match bearer.restaurants() {
        Some([only]) => restaurants::facts(db, *only)?,
        _ => None,
    };
    let session = bearer.session.map(|id| sessions::get(db, id)).transpose()?;
    let user: Option<(i64, String, String, String, Option<i64>)> = match bearer.account {
        Some(id) => db.row(
            "SELECT id, uuid, name, role, restaurant_id FROM users WHERE id = ?1",
            maitred::params![id],
            |row| {
                Ok((
                    row.get(0)?,
                    row.get(1)?,
                    row.get(2)?,
                    row.get(3)?,
                    row.get(4)?,
                ))
            },
        )?,
        None => None,
    };
    let user = match &user {
        Some((id, uuid, name, role, restaurant_id)) => Some(User {
            id: *id,
            uuid,
            name,
            role: role
                .parse()
                .map_err(|_| Error::Store(format!("role {role:?}")))?,
            restaurant_id: *restaurant_id,
            tables: waiters::section(db, *id)?,
        }),
        None => None,
    };
    let expires_at = call.identity().expires_at;
    let expires_at = expires_at.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    let expires_at = expires_at.and_then(|at| i64::try_from(at.as_millis()).ok());
    Answer::ok(&Me {
        role: format!("{:?}", bearer.who).to_lowercase(),
        user,
        device: device.as_ref().map(super::devices::Device::of),
        restaurant: house.as_ref().map(Name::of),
        session: session.as_ref().map(SessionData::of),
        expires_at: Time(expires_at),
    })
}
