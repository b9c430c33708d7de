//! Who may hear and do what: one table, for sockets and REST alike.
//!
//! Judged on the rows as they are now, never on what a token said when it was issued: the account must be active and still have that role, a guest's
//! visit must not be over, and everybody but an admin without a restaurant stays within their own restaurants.

mod bearer;
mod scopes;

pub use bearer::Bearer;

use crate::domain::{Key, Refusal, ids, orders};
use crate::restaurant::{Claims, Group, Restaurant};
use maitred::{Context, Error, Identity, Kind, Reader, params};

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
    /// A kitchen's screens: its orders, its stations, its alerts.
    HearKitchen,
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
    /// Closing all orders of a table.
    CompleteTable,
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
    /// The dashboard: hearing of every order, listing them, setting any status, the server's numbers.
    RunDashboard,
    /// Ordering from home, or at the counter's screen.
    OrderOnline,
    /// Reading how far an order is, by whoever has its link.
    TrackOrder,
    /// The delivery platform: those who order, those who cook, those who drive.
    JoinPlatform,
    /// Ordering to be driven.
    OrderDelivery,
    /// Seeing what drivers can take, and taking it.
    TakeOffer,
    /// Giving an order to a driver, or back to all of them.
    AssignDriver,
    /// All orders of a restaurant, on the delivery platform.
    ReadDeliveries,
    /// What a print shop tells everybody.
    HearWorkshop,
    /// A print shop's orders.
    ReadJobs,
    EditJobs,
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
    (
        Action::HearKitchen,
        &[Waiter, Kitchen, Display, Manager, Admin],
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
    (Action::CompleteTable, &[Waiter, Kitchen, Manager, Admin]),
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
    (Action::RunDashboard, &[Manager, Admin]),
    (
        Action::OrderOnline,
        &[Anonymous, Guest, Waiter, Manager, Admin],
    ),
    (
        Action::TrackOrder,
        &[Anonymous, Guest, Waiter, Kitchen, Driver, Manager, Admin],
    ),
    (Action::JoinPlatform, &[Guest, Driver, Manager, Admin]),
    (Action::OrderDelivery, &[Guest, Manager, Admin]),
    (Action::TakeOffer, &[Driver]),
    (Action::AssignDriver, &[Driver, Manager, Admin]),
    (Action::ReadDeliveries, &[Manager, Admin]),
    (
        Action::HearWorkshop,
        &[
            Anonymous, Guest, Waiter, Kitchen, Display, Driver, Manager, Admin,
        ],
    ),
    (Action::ReadJobs, &[Waiter, Kitchen, Manager, Admin]),
    (Action::EditJobs, &[Waiter, Kitchen, Manager, Admin]),
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

/// Opens a connection to those who may, and joins it to `group`: they are judged now, with each command, and whenever their account or what let them in
/// changes. A guest hears nothing of what was before their visit, whatever number they come back with.
///
/// # Errors
/// As [`may`].
pub async fn enter(
    ctx: &mut Context<Restaurant>,
    action: Action,
    target: Target,
    group: Group,
) -> Result<(), Error> {
    let mut admitted_at = 0;
    if ctx.identity().claims.is_some() {
        let identity = ctx.identity().clone();
        let (bearer, from) = ctx
            .read(move |db| {
                let bearer = Bearer::of(&identity, db)?;
                let from = bearer.admitted_at(db)?;
                Ok((bearer, from))
            })
            .await?;
        admitted_at = from;
        // Joined before they are judged: no change of the account may pass between.
        if let Some(account) = bearer.account {
            ctx.join(Group::User(account));
        }
    }
    ctx.guard(move |identity, db| may(identity, action, target, db).map(drop))
        .await?;
    ctx.join_after(group, admitted_at);
    Ok(())
}

/// Opens a connection to those who may do this in whole restaurants: in all that they belong to (`None`: in all that there are and will be), or in `wanted` alone.
/// They are judged now, with each command, and whenever their account changes. Which groups they join is the caller's.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`.
pub async fn enter_restaurants(
    ctx: &mut Context<Restaurant>,
    action: Action,
    wanted: Option<Key>,
) -> Result<Option<Vec<i64>>, Error> {
    let identity = ctx.identity().clone();
    let (account, own) = ctx
        .read(move |db| {
            let bearer = Bearer::of(&identity, db)?;
            bearer.may(action)?;
            let own = match (&bearer.restaurants, &wanted) {
                (own, Some(wanted)) => {
                    let wanted = ids::restaurant(db, wanted)?;
                    if own.as_ref().is_some_and(|own| !own.contains(&wanted)) {
                        return Err(elsewhere());
                    }
                    Some(vec![wanted])
                }
                (own, None) => own.clone(),
            };
            Ok((bearer.account, own))
        })
        .await?;
    // Joined before they are judged: no change of the account may pass between.
    if let Some(account) = account {
        ctx.join(Group::User(account));
    }
    let heard = own.clone();
    // Whoever lost one of the restaurants comes again, for what is left.
    ctx.guard(move |identity, db| {
        let bearer = Bearer::of(identity, db)?;
        bearer.may(action)?;
        let still = match (&bearer.restaurants, &heard) {
            (None, _) => true,
            (Some(own), Some(heard)) => heard.iter().all(|restaurant| own.contains(restaurant)),
            (Some(_), None) => false,
        };
        match still {
            true => Ok(()),
            false => Err(elsewhere()),
        }
    })
    .await?;
    Ok(own)
}

fn elsewhere() -> Error {
    Refusal::Forbidden("this restaurant is somebody else's".into()).into()
}

impl Bearer {
    /// Asks the table alone: may such people do such things at all?
    ///
    /// # Errors
    /// `UNAUTHENTICATED` without a token, else `FORBIDDEN`; both name those who may.
    pub fn may(&self, action: Action) -> Result<(), Error> {
        let allowed = RULES.iter().find(|(a, _)| *a == action);
        let allowed = allowed.map_or(&[][..], |(_, who)| who);
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
        // A command that is about an order reads all of it anyway.
        if let Target::Order(id) = target
            && db.keeps_memos()
        {
            let place = |order: &orders::OrderFacts| Place {
                restaurant: order.restaurant_id,
                session: order.session_id,
                driver: order.driver_id,
                customer: order.customer_user_id(),
            };
            return orders::look(db, id, place);
        }
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
