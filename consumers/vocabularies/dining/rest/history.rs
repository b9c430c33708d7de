//! `/api/v1/orders/{id}/history`: what became of an order, and who did it.

use super::shown::Listed;
use crate::access::{Action, Target};
use crate::domain::{Key, ids};
use crate::events::history::{self, Entry};
use crate::rest::{Answer, Call};
use crate::vocabularies::dining::messages::Time;
use maitred::{Error, Reader};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Something that became of an order.
#[derive(Serialize, ToSchema)]
#[schema(as = OrderHistoryEntry)]
struct Shown<'a> {
    /// From 1, the oldest: what the next page's `before` names.
    id: i64,
    at: Time,
    /// `waiter:10`; `null`: another program, or the house itself.
    actor: Option<&'a str>,
    actor_name: Option<&'a str>,
    device: Option<Device<'a>>,
    /// What is different: `placed`, `status`, `table`, `line_added`, `payment`, ...; or what was written down: `void`, `refund`, `override`, ...
    what: &'a str,
    /// Text, a number, an object or `null`.
    before: &'a Value,
    after: &'a Value,
    reason: Option<&'a str>,
    /// Who allowed it by PIN.
    approved_by: Option<&'a str>,
}

/// The screen that it was done on.
#[derive(Serialize, ToSchema)]
#[schema(as = OrderHistoryDevice)]
struct Device<'a> {
    id: i64,
    name: &'a str,
}

/// `GET /orders/{id}/history`
#[utoipa::path(get, path = "/orders/{id}/history", tag = "orders", params(("id" = Key, Path, description = "Number, uuid or public id", example = "1"), ("limit" = Option<u32>, Query, description = "At most 200; 50, where it is not said"), ("before" = Option<i64>, Query, description = "What the page before called `next`")), responses((status = 200, description = "Newest first", body = Listed<Shown>)))]
pub fn of_order(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let find = |db: &Reader<'_>, key: &Key| ids::order(db, key, None);
    let (order, _) = call.target(0, find, Target::Order, Action::ReadHistory, db)?;
    let list = call.list(db, Action::ReadHistory)?;
    list.nothing_else()?;
    let mut all: Vec<(i64, Entry)> = (1..).zip(history::of_order(db, order)?).collect();
    all.reverse();
    let page = list.cut(all, |(id, _)| *id);
    Answer::ok(&Listed::of(&page, |(id, entry)| Shown {
        id: *id,
        at: Time(Some(entry.at)),
        actor: entry.actor.as_deref(),
        actor_name: entry.actor_name.as_deref(),
        device: entry
            .device
            .as_ref()
            .map(|(id, name)| Device { id: *id, name }),
        what: &entry.what,
        before: &entry.before,
        after: &entry.after,
        reason: entry.reason.as_deref(),
        approved_by: entry.approved_by.as_deref(),
    }))
}
