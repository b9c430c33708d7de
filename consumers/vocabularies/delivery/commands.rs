//! What members do, over sockets and HTTP alike.

use super::member::{Member, Part};
use crate::access::Action;
use crate::domain::deliveries::{self, Accepted};
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

/// Sets an order's status, if their role may set it and the present one leads there.
pub fn update_status(
    tx: &Transaction<'_>,
    member: &Member,
    key: &Key,
    word: &str,
    reason: Option<String>,
) -> Result<Done, Error> {
    let id = named(tx, key)?;
    // Whose it is comes first: what a stranger may not set, they do not learn.
    member.may(Action::MoveOrder, id, tx)?;
    let mut wanted = Move::word(&DELIVERY, word)?;
    wanted.reason = reason
        .or_else(|| (wanted.to == Status::Cancelled).then(|| "cancelled via delivery".to_owned()));
    let own = member.part.statuses();
    if !own.contains(&wanted.to) {
        let own: Vec<_> = own.iter().map(|status| DELIVERY.word(*status)).collect();
        let text = format!("a {} may set {}", member.part.name(), own.join(", "));
        return Err(Refusal::Forbidden(text.into()).into());
    }
    let actor = member.bearer.actor();
    let before = orders::get(tx, id)?.version;
    let order = match wanted.to {
        Status::OutForDelivery => deliveries::leave_with(tx, &actor, id, &wanted)?,
        _ => orders::change_status(tx, &actor, id, &wanted)?.order,
    };
    whole(tx, order, before)
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
