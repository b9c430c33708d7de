//! Who may hear and do what: one table, for sockets and REST alike.
//!
//! Judged on the rows as they are now, never on what a token said when it was issued: the account must be active and still have that role, a guest's
//! visit must not be over, and everybody but an admin without a restaurant stays within their own restaurants.

use crate::domain::{Actor, Key, Refusal, Role, ids};
use crate::restaurant::{Claims, Group, Restaurant};
use maitred::{Context, Error, Identity, Kind, Reader, Row, params};

/// What somebody is in the eyes of [`RULES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// No token. The route's policy lets such clients in, in demo mode only; they belong to no restaurant and see what the document's examples show.
    Anonymous,
    /// Somebody who eats: their own visit, table and orders.
    Guest,
    Waiter,
    Kitchen,
    Display,
    /// The orders they deliver.
    Driver,
    Manager,
    Admin,
}

/// What can be heard or done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// An order's channels, and reading it.
    HearOrder,
    /// A table's channel, and reading it.
    HearTable,
    /// A visit's channel, and reading it.
    HearSession,
    /// One waiter's inbox and tasks.
    HearWaiter,
    /// A restaurant's notifications.
    HearFloor,
    /// A restaurant's status channel.
    HearRestaurant,
    /// The change feed.
    HearChanges,
    /// Orders, tables, visits, waiters, tasks, notifications of a restaurant, page by page.
    ReadLists,
    /// The menu.
    ReadMenu,
    /// Setting an order's status on its socket: "admin only" in the document.
    CommandOrder,
    /// Setting an order's status elsewhere; the workflow says which steps a role may take.
    MoveOrder,
    /// Setting a status against the workflow, with a reason.
    OverrideOrder,
    PlaceOrder,
    /// Adding to an order, changing and voiding its lines.
    EditItems,
    /// Its note, its table, its waiter, its time.
    EditOrder,
    DeleteOrder,
    TakePayment,
    Occupy,
    Release,
    /// Releasing a table or closing a visit that has not paid, with a reason.
    ForceRelease,
    SetGuests,
    CloseSession,
    Acknowledge,
    AssignTask,
    Alert,
    Broadcast,
}

use Who::{Admin, Anonymous, Display, Driver, Guest, Kitchen, Manager, Waiter};

/// The table. Whoever is not named may not.
const RULES: &[(Action, &[Who])] = &[
    (
        Action::HearOrder,
        &[Anonymous, Guest, Waiter, Kitchen, Driver, Manager, Admin],
    ),
    (
        Action::HearTable,
        &[Anonymous, Guest, Waiter, Manager, Admin],
    ),
    (
        Action::HearSession,
        &[Anonymous, Guest, Waiter, Manager, Admin],
    ),
    (Action::HearWaiter, &[Anonymous, Waiter, Manager, Admin]),
    (Action::HearFloor, &[Anonymous, Waiter, Manager, Admin]),
    (
        Action::HearRestaurant,
        &[Anonymous, Waiter, Kitchen, Display, Manager, Admin],
    ),
    (Action::HearChanges, &[Manager, Admin]),
    (Action::ReadLists, &[Waiter, Kitchen, Manager, Admin]),
    (
        Action::ReadMenu,
        &[Anonymous, Guest, Waiter, Kitchen, Display, Manager, Admin],
    ),
    (Action::CommandOrder, &[Manager, Admin]),
    (
        Action::MoveOrder,
        &[Guest, Waiter, Kitchen, Driver, Manager, Admin],
    ),
    (Action::OverrideOrder, &[Manager, Admin]),
    (Action::PlaceOrder, &[Guest, Waiter, Manager, Admin]),
    (Action::EditItems, &[Guest, Waiter, Kitchen, Manager, Admin]),
    (Action::EditOrder, &[Waiter, Manager, Admin]),
    (Action::DeleteOrder, &[Manager, Admin]),
    (Action::TakePayment, &[Waiter, Manager, Admin]),
    (Action::Occupy, &[Anonymous, Waiter, Manager, Admin]),
    (Action::Release, &[Anonymous, Waiter, Manager, Admin]),
    (Action::ForceRelease, &[Manager, Admin]),
    (Action::SetGuests, &[Anonymous, Waiter, Manager, Admin]),
    (Action::CloseSession, &[Anonymous, Waiter, Manager, Admin]),
    (Action::Acknowledge, &[Anonymous, Waiter, Manager, Admin]),
    (Action::AssignTask, &[Waiter, Manager, Admin]),
    (Action::Alert, &[Waiter, Kitchen, Manager, Admin]),
    (Action::Broadcast, &[Manager, Admin]),
];

/// What an action is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Restaurant(i64),
    Order(i64),
    Table(i64),
    Session(i64),
    Waiter(i64),
    Notification(i64),
}

/// Whoever asks, after a look at the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    pub who: Who,
    /// Their row in `users`, where there is one.
    pub account: Option<i64>,
    /// What they are called.
    pub name: Option<String>,
    /// Where they belong; `None`: everywhere.
    restaurants: Option<Vec<i64>>,
    /// A guest's visit, as long as it lasts.
    pub session: Option<i64>,
    /// A guest's table.
    pub table: Option<i64>,
}

/// Lets pass who may do `action` to `target`, and says who it is.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `SESSION_CLOSED`. A guest cannot tell what is not there from what is not theirs.
pub fn may(
    identity: &Identity<Claims>,
    action: Action,
    target: Target,
    db: &Reader<'_>,
) -> Result<Bearer, Error> {
    let bearer = Bearer::of(identity, db)?;
    bearer.may(action)?;
    let place = Place::of(target, db)?;
    let near = place.is_some_and(|place| bearer.reaches(action, target, &place));
    match place {
        Some(_) if near => Ok(bearer),
        Some(_) if bearer.who != Who::Guest => Err(Error::client(
            Kind::Forbidden,
            "FORBIDDEN",
            "this belongs to somebody else",
        )),
        _ => Err(target.not_found()),
    }
}

/// Opens a connection to those who may: they are judged now, with each command, and whenever their account or what let them in changes.
///
/// # Errors
/// As [`may`].
pub async fn enter(
    ctx: &mut Context<Restaurant>,
    action: Action,
    target: Target,
) -> Result<(), Error> {
    if ctx.identity().claims.is_some() {
        let identity = ctx.identity().clone();
        let bearer = ctx.read(move |db| Bearer::of(&identity, db)).await?;
        // Joined before they are judged: no change of the account may pass between.
        if let Some(account) = bearer.account {
            ctx.join(Group::User(account));
        }
    }
    ctx.guard(move |identity, db| may(identity, action, target, db).map(drop))
        .await
}

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
            });
        };
        let account = Account::of(claims, db)?;
        let mut bearer = Bearer {
            who: claims.role.into(),
            restaurants: restaurants(claims, account.as_ref(), db)?,
            account: account.as_ref().map(|account| account.id),
            name: account.map(|account| account.name),
            session: None,
            table: None,
        };
        if let (Guest, Some(visit)) = (bearer.who, Visit::of(claims, db)?) {
            bearer.restaurants = Some(vec![visit.restaurant]);
            bearer.session = visit.session;
            bearer.table = Some(visit.table);
        }
        Ok(bearer)
    }

    /// Asks the table alone: may such people do such things at all?
    ///
    /// # Errors
    /// `UNAUTHENTICATED` without a token, else `FORBIDDEN`; both name those who may.
    pub fn may(&self, action: Action) -> Result<(), Error> {
        let allowed = RULES.iter().find(|(a, _)| *a == action);
        let allowed = allowed.map_or(&[][..], |(_, who)| who);
        if allowed.contains(&self.who) {
            return Ok(());
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
            Display => Role::Display,
            Driver => Role::Driver,
            Manager => Role::Manager,
            Admin => Role::Admin,
        };
        Actor {
            role,
            user_id: self.account,
            session_id: self.session,
            name: self.name.clone(),
            anonymous: self.who == Anonymous,
        }
    }

    /// The restaurants they belong to; `None`: all.
    pub fn restaurants(&self) -> Option<&[i64]> {
        self.restaurants.as_deref()
    }

    fn reaches(&self, action: Action, target: Target, place: &Place) -> bool {
        let account = |id: Option<i64>| id.is_some() && id == self.account;
        let in_restaurant = match &self.restaurants {
            Some(own) => own.contains(&place.restaurant),
            None => true,
        };
        match self.who {
            Anonymous => true,
            // Ordering and reading the menu happen at the own table, in its restaurant.
            Guest => match target {
                Target::Table(id) => self.table == Some(id),
                Target::Restaurant(_) => in_restaurant,
                _ => {
                    (place.session.is_some() && place.session == self.session)
                        || account(place.customer)
                }
            },
            Driver => account(place.driver),
            // An inbox is personal; everything else on the floor is everybody's.
            Waiter => match (action, target) {
                (Action::HearWaiter, Target::Waiter(id)) => in_restaurant && account(Some(id)),
                _ => in_restaurant,
            },
            Kitchen | Display | Manager | Admin => in_restaurant,
        }
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
            return match claims.waiter_id {
                Some(_) => refused("this account is gone"),
                None => Ok(None),
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
struct Visit {
    restaurant: i64,
    table: i64,
    session: Option<i64>,
}

impl Visit {
    /// A token for a visit ends with it; a token for a table (a code on the table) means whatever visit is going on there.
    fn of(claims: &Claims, db: &Reader<'_>) -> Result<Option<Visit>, Error> {
        if let Some(key) = &claims.session_id {
            let open = match found(ids::session(db, key))? {
                Some(id) => db.row(
                    "SELECT t.restaurant_id, t.id, s.id FROM table_sessions s JOIN tables t ON t.id = s.table_id
                     WHERE s.id = ?1 AND s.closed_at IS NULL",
                    params![id],
                    Visit::read,
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
                Visit::read,
            ),
            None => Ok(None),
        }
    }

    fn read(row: &Row<'_>) -> Result<Visit, Error> {
        Ok(Visit {
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

/// What decides whose a thing is.
#[derive(Debug, Clone, Copy)]
struct Place {
    restaurant: i64,
    session: Option<i64>,
    driver: Option<i64>,
    customer: Option<i64>,
}

impl Place {
    fn of(target: Target, db: &Reader<'_>) -> Result<Option<Place>, Error> {
        let (sql, id) = match target {
            Target::Restaurant(id) => (
                "SELECT id, NULL, NULL, NULL FROM restaurants WHERE id = ?1",
                id,
            ),
            Target::Order(id) => (
                "SELECT o.restaurant_id, o.session_id, o.driver_id, c.user_id
                 FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE o.id = ?1",
                id,
            ),
            Target::Table(id) => (
                "SELECT restaurant_id, NULL, NULL, NULL FROM tables WHERE id = ?1",
                id,
            ),
            Target::Session(id) => (
                "SELECT t.restaurant_id, s.id, NULL, NULL FROM table_sessions s JOIN tables t ON t.id = s.table_id WHERE s.id = ?1",
                id,
            ),
            Target::Waiter(id) => (
                "SELECT restaurant_id, NULL, NULL, NULL FROM users WHERE id = ?1 AND role IN ('waiter', 'manager') AND restaurant_id IS NOT NULL",
                id,
            ),
            Target::Notification(id) => (
                "SELECT restaurant_id, NULL, NULL, NULL FROM notifications WHERE id = ?1",
                id,
            ),
        };
        db.row(sql, params![id], |row| {
            Ok(Place {
                restaurant: row.get(0)?,
                session: row.get(1)?,
                driver: row.get(2)?,
                customer: row.get(3)?,
            })
        })
    }
}

impl Target {
    fn not_found(self) -> Error {
        let entity = match self {
            Target::Restaurant(_) => "restaurant",
            Target::Order(_) => "order",
            Target::Table(_) => "table",
            Target::Session(_) => "session",
            Target::Waiter(_) => "waiter",
            Target::Notification(_) => "notification",
        };
        Refusal::NotFound { entity }.into()
    }
}
