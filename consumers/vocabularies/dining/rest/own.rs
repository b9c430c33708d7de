//! What guests read of `/api/v1/orders`: what their own visit has ordered.

use super::shown::{Listed, Order};
use crate::access::{Action, Bearer};
use crate::domain::orders::{self as domain, Filter};
use crate::domain::{Key, Refusal, ids, items};
use crate::rest::{Answer, Call};
use maitred::{Error, Reader};
use std::collections::HashMap;

/// What a guest's own visit has ordered, with its lines. Of others' there is nothing to be found, not even that they are there.
pub fn own(call: &Call, bearer: &Bearer, db: &Reader<'_>) -> Result<Answer, Error> {
    let mut list = call.list(db, Action::ReadOwnOrders)?;
    let named = list.text("session_id").map(Key::from);
    list.nothing_else()?;
    let none = || Refusal::NotFound { entity: "session" };
    let session = bearer.session.ok_or_else(none)?;
    if let Some(named) = named
        && ids::session(db, &named)? != session
    {
        return Err(none().into());
    }
    let filter = Filter {
        restaurants: list.restaurants.clone(),
        session_id: Some(session),
        ..Filter::default()
    };
    let page = domain::list(db, &filter, list.before, list.limit)?;
    let lines = page.items.iter().map(|order| items::of_order(db, order.id));
    let lines: HashMap<i64, _> = page
        .items
        .iter()
        .map(|order| order.id)
        .zip(lines.collect::<Result<Vec<_>, _>>()?)
        .collect();
    let show = |order| Order::with_items(order, lines.get(&order.id).map_or(&[][..], |all| all));
    Answer::ok(&Listed::of(&page, show))
}
