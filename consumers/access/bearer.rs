//! Who somebody is, by the rows as they are now.

use super::Who::{
    self, Admin, Anonymous, Display, Driver, Guest, Handheld, Kitchen, Manager, Waiter,
};
use super::{Action, Claims, Scopes, rules, scopes};
use crate::domain::devices::DeviceKind;
use crate::domain::{Actor, Denial, Key, Refusal, Role, ids};
use crate::events::Group;
use maitred::{Error, Identity, Kind, Memo, Reader, Row, params};

/// Whoever asks, after a look at the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    pub who: Who,
    /// Their row in `users`, where there is one.
    pub account: Option<i64>,
    /// What they are called.
    pub name: Option<String>,
    /// Where they belong; `None`: everywhere.
    pub(super) restaurants: Option<Vec<i64>>,
    /// A guest's visit, as long as it lasts.
    pub session: Option<i64>,
    /// A guest's table.
    pub table: Option<i64>,
    /// The device that the token was given to.
    pub device: Option<i64>,
    /// What their token is limited to.
    pub(super) scopes: Option<Scopes>,
}

/// Asked for with each command.
static BEARERS: Memo<Bearer, Claims> = Memo::new("bearer of a token");

impl Bearer {
    /// Who an identity is, by the rows as they are now.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when the account is gone, inactive, or not what the token says; `SESSION_CLOSED` for a guest who has left.
    pub fn of(identity: &Identity<Claims>, db: &Reader<'_>) -> Result<Bearer, Error> {
        let Some(claims) = &identity.claims else {
            return Ok(Bearer {
                who: Anonymous,
                account: None,
                name: None,
                restaurants: None,
                session: None,
                table: None,
                device: None,
                scopes: None,
            });
        };
        // A guest's visit changes too often.
        match Who::from(claims.role) {
            Guest => Bearer::read(claims, db),
            _ => db.memo(&BEARERS, claims.clone(), |db| Bearer::read(claims, db)),
        }
    }

    fn read(claims: &Claims, db: &Reader<'_>) -> Result<Bearer, Error> {
        let device = Device::of(claims, db)?;
        let account = Account::of(claims, db)?;
        // What a device may that nobody signed in on is what it is now, whatever its token says.
        let who = match (&account, &device) {
            (None, Some(device)) => match device.kind {
                DeviceKind::Kitchen => Kitchen,
                DeviceKind::Board => Display,
                DeviceKind::Handheld | DeviceKind::Other => Handheld,
            },
            _ => claims.role.into(),
        };
        let mut bearer = Bearer {
            who,
            restaurants: restaurants(claims, account.as_ref(), db)?,
            account: account.as_ref().map(|account| account.id),
            device: device.as_ref().map(|device| device.id),
            name: account
                .map(|account| account.name)
                .or(device.map(|device| device.name)),
            session: None,
            table: None,
            scopes: claims.scope.clone(),
        };
        if let (Guest, Some(seat)) = (bearer.who, Seat::of(claims, db)?) {
            bearer.restaurants = Some(vec![seat.restaurant]);
            bearer.session = seat.session;
            bearer.table = Some(seat.table);
        }
        Ok(bearer)
    }

    /// Asks the table alone: may such people do such things at all?
    ///
    /// # Errors
    /// `UNAUTHENTICATED` without a token, else `FORBIDDEN`; both name those who may.
    pub fn may(&self, action: Action) -> Result<(), Error> {
        let allowed = rules::allowed(action);
        if allowed.contains(&self.who) {
            return scopes::allow(self.scopes.as_ref(), action);
        }
        let roles: Vec<String> = allowed
            .iter()
            .filter(|who| **who != Anonymous)
            .map(|who| format!("{who:?}").to_lowercase())
            .collect();
        let (kind, code) = match self.who {
            Anonymous => (Kind::Unauthenticated, "UNAUTHENTICATED"),
            _ => (Kind::Forbidden, "FORBIDDEN"),
        };
        let text = format!("this needs a token with the role {}", roles.join(" or "));
        Err(Error::client(kind, code, text))
    }

    /// Who it is for the domain.
    pub fn actor(&self) -> Actor {
        let role = match self.who {
            // A demo's visitor plays a waiter.
            Anonymous | Waiter => Role::Waiter,
            Guest => Role::Customer,
            Kitchen => Role::Kitchen,
            Display | Handheld => Role::Display,
            Driver => Role::Driver,
            Manager => Role::Manager,
            Admin => Role::Admin,
        };
        Actor {
            role,
            user_id: self.account,
            session_id: self.session,
            name: self.name.clone(),
            device: self.device,
            approved_by: None,
            anonymous: self.who == Anonymous,
        }
    }

    /// The number after which they may hear what they hear: a guest's is the one before the event that told of their visit.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn admitted_at(&self, db: &Reader<'_>) -> Result<u64, Error> {
        match (self.who, self.session) {
            (Guest, Some(session)) => {
                // Of a visit whose beginning is forgotten, everything that is kept came later.
                let first = db.first_told(&Group::Visit(session))?;
                Ok(first.map_or(0, |seq| seq - 1))
            }
            // Nobody sits at their table: what was before is others'.
            (Guest, None) if self.table.is_some() => db.head(),
            _ => Ok(0),
        }
    }

    /// Where a connection of theirs is found when it must be judged again, because its account or its device is another one now.
    pub fn own_groups(&self) -> impl Iterator<Item = Group> + use<> {
        let account = self.account.map(Group::User);
        account.into_iter().chain(self.device.map(Group::Device))
    }

    /// Whether they run the place.
    pub fn manages(&self) -> bool {
        matches!(self.who, Manager | Admin)
    }

    /// The restaurants they belong to; `None`: all.
    pub fn restaurants(&self) -> Option<&[i64]> {
        self.restaurants.as_deref()
    }
}

impl From<Role> for Who {
    fn from(role: Role) -> Self {
        match role {
            Role::Customer => Guest,
            Role::Waiter => Waiter,
            Role::Kitchen => Kitchen,
            Role::Driver => Driver,
            Role::Manager => Manager,
            // No token says that somebody is the house itself.
            Role::Admin | Role::System => Admin,
            Role::Display => Display,
        }
    }
}

/// The row in `users` behind a token.
struct Account {
    id: i64,
    name: String,
    restaurant: Option<i64>,
}

impl Account {
    fn of(claims: &Claims, db: &Reader<'_>) -> Result<Option<Account>, Error> {
        let Some(named) = claims.account() else {
            return Ok(None);
        };
        let refused = |text| {
            Err(Error::client(
                Kind::Unauthenticated,
                "UNAUTHENTICATED",
                text,
            ))
        };
        let Some(id) = found(ids::user(db, named))? else {
            // Without it, what is left of a token that was given to a device would be the device's.
            return match claims.waiter_id.is_some()
                || claims.device_id.is_some() && claims.user_id.is_some()
            {
                true => refused("this account is gone"),
                false => Ok(None),
            };
        };
        let (account, role, active, token_version) = db.one(
            "SELECT name, restaurant_id, role, is_active, token_version FROM users WHERE id = ?1",
            params![id],
            |row| {
                let account = Account {
                    id,
                    name: row.get(0)?,
                    restaurant: row.get(1)?,
                };
                let (role, active): (String, bool) = (row.get(2)?, row.get(3)?);
                Ok((account, role, active, row.get::<i64>(4)?))
            },
        )?;
        if !active {
            return refused("this account is not active");
        }
        if claims.token_version.is_some_and(|v| v < token_version) {
            return refused("this token was withdrawn: log in again");
        }
        // A foreign issuer's `sub` may be a number that means nobody here: only an id that says it is ours binds the token to the account's role.
        let ours = claims.sub.as_ref() != Some(named) || matches!(named, Key::Text(_));
        match role.as_str() == claims.role.name() {
            true => Ok(Some(account)),
            false if ours => refused("this account has another role now: log in again"),
            false => Ok(None),
        }
    }
}

/// The row in `devices` behind a token.
struct Device {
    id: i64,
    name: String,
    kind: DeviceKind,
}

impl Device {
    fn of(claims: &Claims, db: &Reader<'_>) -> Result<Option<Device>, Error> {
        let Some(id) = claims.device_id else {
            return Ok(None);
        };
        let found = db.row(
            "SELECT name, kind, revoked_at IS NOT NULL FROM devices WHERE id = ?1 AND print IS ?2",
            params![id, &claims.device_print],
            |row| {
                let device = Device {
                    id,
                    name: row.get(0)?,
                    kind: DeviceKind::of(&row.text(1)?),
                };
                Ok((device, row.get::<bool>(2)?))
            },
        )?;
        match found {
            Some((device, false)) => Ok(Some(device)),
            Some((_, true)) => Err(Denial::DeviceRevoked.into()),
            None => Err(Denial::DeviceUnknown.into()),
        }
    }
}

/// Where the bearer belongs; `None`: everywhere.
fn restaurants(
    claims: &Claims,
    account: Option<&Account>,
    db: &Reader<'_>,
) -> Result<Option<Vec<i64>>, Error> {
    let mut named = Vec::new();
    for key in claims.all_restaurants() {
        // A key that is no restaurant's opens none.
        named.extend(found(ids::restaurant(db, key))?);
    }
    let home = account.and_then(|account| account.restaurant);
    match home {
        Some(home) if !claims.names_restaurant() => Ok(Some(vec![home])),
        Some(home) if !named.contains(&home) => Err(Error::client(
            Kind::Unauthenticated,
            "UNAUTHENTICATED",
            "this account belongs to another restaurant now: log in again",
        )),
        // An admin who is bound to no restaurant runs all of them; anybody else belongs to none.
        None if claims.role == Role::Admin && !claims.names_restaurant() => Ok(None),
        _ => Ok(Some(named)),
    }
}

/// Where a guest sits.
struct Seat {
    restaurant: i64,
    table: i64,
    session: Option<i64>,
}

impl Seat {
    /// A token for a visit ends with it; a token for a table (a code on the table) means whatever visit is going on there.
    fn of(claims: &Claims, db: &Reader<'_>) -> Result<Option<Seat>, Error> {
        if let Some(key) = &claims.session_id {
            let open = match found(ids::session(db, key))? {
                // Guests whose visit was merged into another one are that one's.
                Some(id) => db.row(
                    "WITH RECURSIVE visit(id) AS (SELECT id FROM table_sessions WHERE id = ?1 AND (?2 IS NULL OR token_version <= ?2)
                       UNION SELECT s.merged_into_id FROM visit JOIN table_sessions s USING (id) WHERE s.merged_into_id IS NOT NULL)
                     SELECT t.restaurant_id, t.id, s.id FROM visit JOIN table_sessions s USING (id) JOIN tables t ON t.id = s.table_id
                     WHERE s.closed_at IS NULL",
                    params![id, claims.token_version],
                    Seat::read,
                )?,
                None => None,
            };
            return open.map(Some).ok_or_else(|| Refusal::SessionClosed.into());
        }
        let Some(key) = &claims.table_id else {
            return Ok(None);
        };
        match found(ids::table(db, key))? {
            Some(id) => db.row(
                "SELECT t.restaurant_id, t.id, s.id FROM tables t LEFT JOIN table_sessions s ON s.table_id = t.id AND s.closed_at IS NULL
                 WHERE t.id = ?1",
                params![id],
                Seat::read,
            ),
            None => Ok(None),
        }
    }

    fn read(row: &Row<'_>) -> Result<Seat, Error> {
        Ok(Seat {
            restaurant: row.get(0)?,
            table: row.get(1)?,
            session: row.get(2)?,
        })
    }
}

/// What is not there is no mistake here: a token may name what is gone.
fn found(id: Result<i64, Error>) -> Result<Option<i64>, Error> {
    match id {
        Ok(id) => Ok(Some(id)),
        Err(Error::Client(refusal)) if refusal.kind == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
