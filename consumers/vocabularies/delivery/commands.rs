//! What members do, over sockets and HTTP alike.

use super::member::{Member, Part};
use crate::access::Action;
use crate::domain::deliveries::{self, Accepted};
use crate::domain::drivers::{self, Availability, DriverFacts};
use crate::domain::handovers::{self, Collected};
use crate::domain::money::Decimal;
use crate::domain::orders::{self, Filter, Move, OrderFacts};
use crate::domain::page::PAGE_MAX;
use crate::domain::{DELIVERY, Key, Refusal, Status, ids, workflow};
use maitred::{Error, Reader, Transaction};

/// What was asked for, and whether anything changed.
pub struct Done {
    pub order: OrderFacts,
    pub changed: bool,
}

impl Part {
    /// The statuses that the document lets them set; a customer may call off, over HTTP.
    fn statuses(&self) -> &'static [Status] {
        match self {
            Part::User(_) => &[Status::Cancelled],
            Part::Restaurant(_) => &[
                Status::Confirmed,
                Status::Preparing,
                Status::Ready,
                Status::Cancelled,
            ],
            Part::Driver(..) => &[Status::OutForDelivery, Status::Delivered],
        }
    }

    const fn name(&self) -> &'static str {
        match self {
            Part::User(_) => "user",
            Part::Restaurant(_) => "restaurant",
            Part::Driver(..) => "driver",
        }
    }
}

/// The order that a key names. What another workflow has is none.
pub fn named(db: &Reader<'_>, key: &Key) -> Result<i64, Error> {
    let id = ids::order(db, key, None)?;
    match orders::get(db, id)?.workflow_id {
        workflow::RESTAURANT => Ok(id),
        _ => Err(Refusal::NotFound { entity: "order" }.into()),
    }
}

/// A status that is asked for, and what is said with it.
#[derive(Debug, Default)]
pub struct Wish {
    /// The document's words, `picked_up`, or `failed`.
    pub status: String,
    pub reason: Option<String>,
    /// With `delivered`: the cash that the driver got.
    pub collected: Option<Decimal>,
    /// With `collected`: what there was beyond it.
    pub tip: Option<Decimal>,
    /// With `out_for_delivery`: it was not delivered after all.
    pub undo: bool,
}

/// What a driver may say that is no status of an order.
const PICKED_UP: &str = "picked_up";
const FAILED: &str = "failed";

/// Sets an order's status, if their role may set it and the present one leads there.
pub fn update_status(
    tx: &Transaction<'_>,
    member: &Member,
    key: &Key,
    wish: Wish,
) -> Result<Done, Error> {
    let id = named(tx, key)?;
    // Whose it is comes first: what a stranger may not set, they do not learn.
    member.may(Action::MoveOrder, id, tx)?;
    let actor = member.bearer.actor();
    let drives = matches!(member.part, Part::Driver(..));
    let before = orders::get(tx, id)?;
    let version = before.version;
    let word = match &*wish.status {
        FAILED if drives => {
            let order = handovers::fail(tx, &actor, id, wish.reason.as_deref())?;
            return whole(tx, order, version);
        }
        PICKED_UP if drives => DELIVERY.word(Status::OutForDelivery),
        word => word,
    };
    let mut wanted = Move::word(&DELIVERY, word)?;
    wanted.reason = wish
        .reason
        .or_else(|| (wanted.to == Status::Cancelled).then(|| "cancelled via delivery".to_owned()));
    let own = member.part.statuses();
    if !own.contains(&wanted.to) {
        let own: Vec<_> = own.iter().map(|status| DELIVERY.word(*status)).collect();
        let text = format!("a {} may set {}", member.part.name(), own.join(", "));
        return Err(Refusal::Forbidden(text.into()).into());
    }
    let collected = wish.collected.map(|amount| Collected {
        amount,
        tip: wish.tip,
    });
    let order = match wanted.to {
        Status::OutForDelivery if wish.undo => handovers::take_back(tx, &actor, id)?,
        Status::OutForDelivery => {
            let order = deliveries::leave_with(tx, &actor, id, &wanted)?;
            match wish.status == PICKED_UP && order.picked_up_at.is_none() {
                // it was given to them, and taken with these words
                true => deliveries::leave_with(tx, &actor, id, &wanted)?,
                false => order,
            }
        }
        Status::Delivered => handovers::deliver(tx, &actor, id, &wanted, collected.as_ref())?,
        _ => orders::change_status(tx, &actor, id, &wanted)?.order,
    };
    whole(tx, order, version)
}

/// Whether a driver takes orders.
pub fn availability(db: &Reader<'_>, member: &Member) -> Result<Availability, Error> {
    member.bearer.may(Action::TakeOffer)?;
    match member.part {
        Part::Driver(driver, _) => drivers::availability(db, driver),
        _ => Err(Refusal::Forbidden("only a driver takes orders".into()).into()),
    }
}

/// A driver takes orders from now on, or takes none; and whether that is new.
pub fn set_available(
    tx: &Transaction<'_>,
    member: &Member,
    available: bool,
) -> Result<(Availability, bool), Error> {
    let before = availability(tx, member)?;
    let after = drivers::set_available(tx, &member.bearer.actor(), available)?;
    Ok((after, before.available != after.available))
}

/// Takes an order, for whoever is first.
pub fn accept(tx: &Transaction<'_>, member: &Member, key: &Key) -> Result<Accepted, Error> {
    member.bearer.may(Action::TakeOffer)?;
    let id = named(tx, key)?;
    if !member.drives_for(orders::get(tx, id)?.restaurant_id) {
        return Err(Refusal::Forbidden("this restaurant has other drivers".into()).into());
    }
    let accepted = deliveries::accept(tx, &member.bearer.actor(), id)?;
    Ok(Accepted {
        order: orders::with_lines(tx, accepted.order)?,
        ..accepted
    })
}

/// Gives an order to a driver, or back to all of them.
pub fn assign(
    tx: &Transaction<'_>,
    member: &Member,
    id: i64,
    driver: Option<&Key>,
) -> Result<Done, Error> {
    member.may(Action::AssignDriver, id, tx)?;
    let before = orders::get(tx, id)?.version;
    let order = deliveries::assign(tx, &member.bearer.actor(), id, driver)?;
    whole(tx, order, before)
}

fn whole(db: &Reader<'_>, order: OrderFacts, before: i64) -> Result<Done, Error> {
    let changed = order.version != before;
    let order = orders::with_lines(db, order)?;
    Ok(Done { order, changed })
}

/// What a driver can take.
pub fn available(db: &Reader<'_>, member: &Member) -> Result<Vec<OrderFacts>, Error> {
    member.bearer.may(Action::TakeOffer)?;
    match &member.part {
        Part::Driver(driver, restaurants) => {
            deliveries::open_to(db, *driver, restaurants.as_deref())
        }
        _ => Ok(Vec::new()),
    }
}

/// A restaurant's orders, newest first, at most [`PAGE_MAX`].
pub fn of_restaurant(db: &Reader<'_>, member: &Member) -> Result<Vec<OrderFacts>, Error> {
    member.bearer.may(Action::ReadDeliveries)?;
    own(db, member, None, PAGE_MAX)
}

/// Who may drive for a member's restaurants, or for one of them.
pub fn drivers(
    db: &Reader<'_>,
    member: &Member,
    restaurant: Option<i64>,
) -> Result<Vec<DriverFacts>, Error> {
    member.bearer.may(Action::ReadDeliveries)?;
    let own = match &member.part {
        Part::Restaurant(own) => own.as_deref(),
        Part::User(_) | Part::Driver(..) => Some(&[][..]),
    };
    match restaurant {
        Some(wanted) if own.is_some_and(|own| !own.contains(&wanted)) => {
            Err(Refusal::Forbidden("this restaurant is somebody else's".into()).into())
        }
        Some(wanted) => drivers::list(db, Some(&[wanted])),
        None => drivers::list(db, own),
    }
}

/// Those that concern a member, newest first.
pub fn own(
    db: &Reader<'_>,
    member: &Member,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<OrderFacts>, Error> {
    let filter = match &member.part {
        Part::User(account) => Filter {
            customer_user_id: Some(*account),
            ..Filter::default()
        },
        Part::Restaurant(restaurants) => Filter {
            restaurants: restaurants.clone(),
            ..Filter::default()
        },
        Part::Driver(account, _) => Filter {
            driver_id: Some(*account),
            ..Filter::default()
        },
    };
    let page = orders::list(db, &filter, before, limit)?;
    let all = page.items.into_iter();
    all.map(|order| orders::with_lines(db, order)).collect()
}
