//! `/api/v1/devices`: the screens and handhelds of the house.

use super::house::Name;
use super::shown::Listed;
use super::token::{Claims, DEVICE_S};
use crate::access::{Action, Bearer, Target};
use crate::domain::devices::{self as domain, DeviceFacts, DeviceKind, DevicePatch, Sign, Station};
use crate::domain::pairing::{self, NewDevice, Standing};
use crate::domain::{Key, restaurants};
use crate::rest::{Answer, Attempts, Call, Served, ServerCall, address, object};
use crate::vocabularies::dining::messages::Time;
use maitred::{Command, Error, Reader, Transaction};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};
use utoipa::ToSchema;

/// New codes for one address: a house unpacks its tablets behind one router.
static PAIRINGS_OF_ADDRESS: LazyLock<Attempts> = LazyLock::new(|| Attempts::new(20, 10));
/// The longest secret that is looked at, in bytes.
const SECRET_MAX: usize = 128;

/// A device of the house.
#[derive(Serialize, ToSchema)]
#[schema(as = Device)]
pub struct Device<'a> {
    id: i64,
    restaurant_id: i64,
    kind: DeviceKind,
    name: &'a str,
    station: Option<&'a Station>,
    paired_at: Time,
    last_seen_at: Time,
    /// It has said so within the last minute or so.
    online: bool,
    /// Of the page that it shows.
    build: Option<&'a str>,
    /// Commands that wait there.
    outbox: i64,
    /// Who is signed in there.
    user: Option<SignedIn<'a>>,
    version: i64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = UserOfDevice)]
struct SignedIn<'a> {
    id: i64,
    name: &'a str,
}

impl<'a> Device<'a> {
    pub fn of(device: &'a DeviceFacts) -> Self {
        let user = device.user.as_ref();
        let seen = device.last_seen_at;
        Device {
            id: device.id,
            restaurant_id: device.restaurant_id,
            kind: device.kind,
            name: &device.name,
            station: device.station.as_ref(),
            paired_at: Time(device.paired_at),
            last_seen_at: Time(seen),
            online: seen.is_some_and(|seen| now_ms() - seen < domain::ONLINE_MS),
            build: device.build.as_deref(),
            outbox: device.outbox,
            user: user.map(|(id, name)| SignedIn { id: *id, name }),
            version: device.version,
        }
    }
}

fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| i64::try_from(now.as_millis()).unwrap_or(i64::MAX))
}

/// A screen that wants to be one of the house.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Wish {
    /// Of the page that it shows.
    #[serde(default)]
    #[schema(max_length = 100)]
    build: Option<String>,
}

/// The code that it is to show.
#[derive(Serialize, ToSchema)]
struct Shown {
    /// For people.
    code: String,
    /// The screen's key, for good. It is told this once.
    secret: String,
    expires_at: Time,
}

/// `POST /devices/pair`
#[utoipa::path(post, path = "/devices/pair", tag = "devices", security(()), request_body(content = Option<Wish>, example = json!({"build": "1"})), responses((status = 201, description = "A code to show for ten minutes", body = Shown), (status = 429, description = "Too many", body = crate::rest::Refused)))]
pub fn pair(call: ServerCall) -> Served {
    Box::pin(async move {
        let wish: Wish = object(&call.body)?;
        PAIRINGS_OF_ADDRESS.one_more(address(call.caller.peer))?;
        let secret = pairing::secret()?;
        let key = secret.clone();
        let made = call.api.write(Command::new(), move |tx| {
            pairing::begin(tx, &key, wish.build.as_deref())
        });
        let (code, expires_at) = made.await?;
        Answer::created(&Shown {
            code,
            secret,
            expires_at: Time(Some(expires_at)),
        })
    })
}

/// A screen's key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Held {
    #[schema(max_length = 128)]
    secret: String,
}

/// What a screen's key is good for.
#[derive(Serialize, ToSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
enum Exchanged<'a> {
    /// No manager has said anything yet.
    Waiting {
        /// What it shows.
        code: &'a str,
        expires_at: Time,
    },
    /// It is a device of the house.
    Paired {
        token: &'a str,
        expires_at: Time,
        device: Box<Device<'a>>,
        restaurant: Name<'a>,
    },
}

/// `POST /devices/token`
#[utoipa::path(post, path = "/devices/token", tag = "devices", security(()), request_body(content = Held, example = json!({"secret": "nobody has this one"})), responses((status = 200, description = "A token for thirty days", body = Exchanged), (status = 202, description = "No manager has said anything yet: ask again", body = Exchanged), (status = 401, description = "`DEVICE_REVOKED`, `DEVICE_UNKNOWN`: pair anew", body = crate::rest::Refused), (status = 410, description = "`PAIRING_EXPIRED`: get a new code", body = crate::rest::Refused)))]
pub fn token(call: ServerCall) -> Served {
    Box::pin(async move {
        let Held { mut secret } = object(&call.body)?;
        // What is longer was never given to anybody.
        secret.truncate(SECRET_MAX.min(secret.floor_char_boundary(SECRET_MAX)));
        let now = now_ms();
        let standing = call.api.read(move |db| {
            let standing = pairing::standing(db, &secret, now)?;
            let house = match &standing {
                Standing::Paired(device) => Some(restaurants::get(db, device.restaurant_id)?),
                Standing::Waiting { .. } => None,
            };
            Ok((standing, house))
        });
        match standing.await? {
            (Standing::Paired(device), Some(house)) => {
                let (token, expires_at) = Claims::device(&device).mint(&call.api, DEVICE_S)?;
                Answer::ok(&Exchanged::Paired {
                    token: &token,
                    expires_at,
                    device: Box::new(Device::of(&device)),
                    restaurant: Name::of(&house),
                })
            }
            (Standing::Waiting { code, expires_at }, _) => Answer::later(&Exchanged::Waiting {
                code: &code,
                expires_at: Time(Some(expires_at)),
            }),
            (Standing::Paired(_), None) => Err(Error::Closed),
        }
    })
}

/// `POST /devices`
#[utoipa::path(post, path = "/devices", tag = "devices", request_body(content = NewDevice, example = json!({"code": "NO SUCH", "kind": "kitchen", "name": "Pass", "restaurant_id": 2})), responses((status = 201, description = "It is a device of the house", body = Device)))]
pub fn confirm(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let new: NewDevice = call.body()?;
    let named = new.restaurant_id.as_ref();
    let (restaurant, bearer) = call.restaurant(named, Action::ManageDevices, tx)?;
    let device = pairing::confirm(tx, &bearer.actor(), restaurant, &new)?;
    Answer::created(&Device::of(&device))
}

/// `GET /devices`
#[utoipa::path(get, path = "/devices", tag = "devices", params(("restaurant_id" = Option<i64>, Query, description = "Which restaurant, for those who run several", example = 2), ("limit" = Option<u32>, Query, description = "At most 200; 50, where it is not said"), ("before" = Option<i64>, Query, description = "What the page before called `next`")), responses((status = 200, description = "In the order in which they came", body = Listed<Device>)))]
pub fn list(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let list = call.list(db, Action::ManageDevices)?;
    let restaurant = list.one_restaurant()?;
    list.nothing_else()?;
    let page = list.cut(domain::list(db, restaurant)?, |device| device.id);
    Answer::ok(&Listed::of(&page, Device::of))
}

/// The device that the path names. Whoever manages none does not learn which there are.
fn named(call: &Call, db: &Reader<'_>) -> Result<(i64, Bearer), Error> {
    call.bearer(db)?.may(Action::ManageDevices)?;
    call.target(0, domain::find, Target::Device, Action::ManageDevices, db)
}

/// `PATCH /devices/{id}`
#[utoipa::path(patch, path = "/devices/{id}", tag = "devices", params(("id" = Key, Path, description = "Number in the database", example = "1")), request_body(content = DevicePatch, example = json!({"name": "Bar"})), responses((status = 200, description = "As it is now", body = Device)))]
pub fn change(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let patch: DevicePatch = call.body()?;
    let (id, _) = named(call, tx)?;
    Answer::ok(&Device::of(&domain::patch(tx, id, &patch)?))
}

/// It is taken away.
#[derive(Serialize, ToSchema)]
struct Revoked {
    id: i64,
    revoked: bool,
}

/// `DELETE /devices/{id}`
#[utoipa::path(delete, path = "/devices/{id}", tag = "devices", params(("id" = Key, Path, description = "Number in the database", example = "1")), responses((status = 200, description = "Its tokens, and those of whoever signed in on it, are worthless", body = Revoked)))]
pub fn revoke(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let (id, bearer) = named(call, tx)?;
    domain::revoke(tx, &bearer.actor(), id)?;
    Answer::ok(&Revoked { id, revoked: true })
}

/// It is there.
#[derive(Serialize, ToSchema)]
struct Seen<'a> {
    device: Device<'a>,
    /// To the millisecond.
    server_time: String,
}

/// `POST /devices/me`
#[utoipa::path(post, path = "/devices/me", tag = "devices", request_body(content = Sign, example = json!({"build": "1", "outbox": 0})), responses((status = 200, description = "It was seen", body = Seen)))]
pub fn seen(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let sign: Sign = call.body()?;
    let bearer = call.bearer(tx)?;
    bearer.may(Action::ReportDevice)?;
    let device = domain::seen(tx, &bearer.actor(), &sign)?;
    Answer::ok(&Seen {
        device: Device::of(&device),
        server_time: crate::domain::time::iso(tx.now_ms()),
    })
}
