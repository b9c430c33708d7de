//! `/api/v1`: what those who serve must know and do.

use super::shown::{Listed, Waiter};
use crate::access::{Action, Bearer, Target};
use crate::domain::alerts::{self, NewAlert};
use crate::domain::broadcasts::{self, NewBroadcast};
use crate::domain::notifications::{self as told, Filter, NotificationKind};
use crate::domain::tasks::{self as domain, NewTask};
use crate::domain::{Key, ids, waiters as people};
use crate::rest::{Answer, Call};
use crate::vocabularies::dining::messages::{NotificationData, TaskData};
use maitred::{Error, Reader, Transaction};
use serde::Serialize;
use std::time::{SystemTime, UNIX_EPOCH};
use utoipa::ToSchema;

/// `GET /waiters`
#[utoipa::path(get, path = "/waiters", tag = "staff", params(("restaurant_id" = Option<i64>, Query, description = "Which restaurant, for those who run several", example = 2), ("limit" = Option<u32>, Query, description = "At most 200; 50, where it is not said"), ("before" = Option<i64>, Query, description = "What the page before called `next`")), responses((status = 200, description = "Who serves", body = Listed<Waiter>)))]
pub fn waiters(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let list = call.list(db, Action::ReadLists)?;
    let restaurant = list.one_restaurant()?;
    list.nothing_else()?;
    let page = list.cut(people::list(db, restaurant)?, |waiter| waiter.id);
    Answer::ok(&Listed::of(&page, Waiter::of))
}

/// `GET /waiters/{id}/tasks`
#[utoipa::path(get, path = "/waiters/{id}/tasks", tag = "staff", params(("id" = Key, Path, description = "Number in the database, or uuid", example = "10"), ("limit" = Option<u32>, Query, description = "At most 200; 50, where it is not said"), ("before" = Option<i64>, Query, description = "What the page before called `next`")), responses((status = 200, description = "What they have to do", body = Listed<TaskData>)))]
pub fn tasks_of(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let (waiter, _) = call.target(0, ids::user, Target::Waiter, Action::HearWaiter, db)?;
    let list = call.list(db, Action::HearWaiter)?;
    list.nothing_else()?;
    let page = list.cut(domain::of_waiter(db, waiter)?, |task| task.id);
    Answer::ok(&Listed::of(&page, TaskData::of))
}

/// `POST /waiters/{id}/tasks`
#[utoipa::path(post, path = "/waiters/{id}/tasks", tag = "staff", params(("id" = Key, Path, description = "Number in the database, or uuid", example = "10")), request_body(content = NewTask, example = json!({"title": "Clean table 4"})), responses((status = 201, description = "It is theirs", body = TaskData)))]
pub fn assign(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let new: NewTask = call.body()?;
    let (waiter, bearer) = call.target(0, ids::user, Target::Waiter, Action::AssignTask, tx)?;
    let restaurant = people::get(tx, waiter)?.restaurant_id;
    let to = Some(waiter.into());
    let task = domain::create(tx, &bearer.actor(), restaurant, to.as_ref(), &new)?;
    Answer::created(&TaskData::of(&task))
}

/// `GET /tasks?live=true`
#[utoipa::path(get, path = "/tasks", tag = "staff", params(("live" = Option<bool>, Query, description = "`true`: only those that are not done"), ("restaurant_id" = Option<i64>, Query, description = "Which restaurant, for those who run several", example = 2), ("limit" = Option<u32>, Query, description = "At most 200; 50, where it is not said"), ("before" = Option<i64>, Query, description = "What the page before called `next`")), responses((status = 200, description = "Newest first", body = Listed<TaskData>)))]
pub fn tasks(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let mut list = call.list(db, Action::ReadLists)?;
    let live = list.text("live") == Some("true");
    let restaurant = list.one_restaurant()?;
    list.nothing_else()?;
    let page = domain::list(db, restaurant, live, list.before, list.limit)?;
    Answer::ok(&Listed::of(&page, TaskData::of))
}

/// `GET /notifications?open=true&waiter_id=10`
#[utoipa::path(get, path = "/notifications", tag = "staff", params(("open" = Option<bool>, Query, description = "`true`: only those that nobody took care of"), ("waiter_id" = Option<i64>, Query), ("restaurant_id" = Option<i64>, Query, description = "Which restaurant, for those who run several", example = 2), ("limit" = Option<u32>, Query, description = "At most 200; 50, where it is not said"), ("before" = Option<i64>, Query, description = "What the page before called `next`")), responses((status = 200, description = "Newest first", body = Listed<NotificationData>)))]
pub fn notifications(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let mut list = call.list(db, Action::ReadLists)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.ok().and_then(|now| i64::try_from(now.as_millis()).ok());
    let filter = Filter {
        waiter_id: list.number("waiter_id")?,
        open_at: now.filter(|_| list.text("open") == Some("true")),
        restaurant_id: list.one_restaurant()?,
        managers: call.bearer(db)?.manages(),
    };
    list.nothing_else()?;
    let page = told::list(db, &filter, list.before, list.limit)?;
    Answer::ok(&Listed::of(&page, NotificationData::of))
}

/// A notification that somebody takes care of.
#[derive(Serialize, ToSchema)]
#[schema(as = NotificationTaken)]
struct Taken<'a> {
    #[serde(flatten)]
    notification: NotificationData<'a>,
    /// Somebody was faster.
    already: bool,
    by: String,
}

/// `POST /notifications/{id}/acknowledge`
#[utoipa::path(post, path = "/notifications/{id}/acknowledge", tag = "staff", params(("id" = Key, Path, description = "Number in the database, or uuid", example = "1")), responses((status = 200, description = "Somebody takes care of it", body = Taken)))]
pub fn acknowledge(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let target = Target::Notification;
    let (id, bearer) = call.target(0, ids::notification, target, Action::Acknowledge, tx)?;
    let done = told::acknowledge(tx, &bearer.actor(), id)?;
    Answer::ok(&Taken {
        notification: NotificationData::of(&done.notification),
        already: done.already,
        by: done.by,
    })
}

/// `POST /restaurants/{id}/alerts`
#[utoipa::path(post, path = "/restaurants/{id}/alerts", tag = "staff", params(("id" = Key, Path, description = "Number in the database, or uuid", example = "2")), request_body(content = NewAlert, example = json!({"message": "Fryer 2 is down"})), responses((status = 201, description = "It was raised", body = NotificationData)))]
pub fn alert(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let new: NewAlert = call.body()?;
    let (restaurant, bearer) = restaurant(call, Action::Alert, tx)?;
    let alert = alerts::raise(tx, &bearer.actor(), restaurant, &new)?;
    Answer::created(&NotificationData::of(&alert))
}

/// `POST /restaurants/{id}/broadcast`
#[utoipa::path(post, path = "/restaurants/{id}/broadcast", tag = "staff", params(("id" = Key, Path, description = "Number in the database, or uuid", example = "2")), request_body(content = NewBroadcast, example = json!({"message": "Kitchen closes in 30 minutes"})), responses((status = 201, description = "It was told", body = NotificationData)))]
pub fn broadcast(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let new: NewBroadcast = call.body()?;
    let (restaurant, bearer) = restaurant(call, Action::Broadcast, tx)?;
    let broadcast = broadcasts::send(tx, &bearer.actor(), restaurant, &new)?;
    Answer::created(&NotificationData::of(&broadcast))
}

fn restaurant(call: &Call, action: Action, db: &Reader<'_>) -> Result<(i64, Bearer), Error> {
    call.target(0, ids::restaurant, Target::Restaurant, action, db)
}

/// `GET /restaurants/{id}/alerts?live=true`
#[utoipa::path(get, path = "/restaurants/{id}/alerts", tag = "staff", params(("id" = Key, Path, description = "Number in the database, or uuid", example = "2"), ("live" = Option<bool>, Query, description = "`true`: only those that nobody took care of"), ("limit" = Option<u32>, Query, description = "At most 200; 50, where it is not said"), ("before" = Option<i64>, Query, description = "What the page before called `next`")), responses((status = 200, description = "Newest first", body = Listed<NotificationData>)))]
pub fn alerts_of(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    said(call, Action::ReadLists, NotificationKind::Alert, db)
}

/// `GET /restaurants/{id}/broadcast?live=true`
#[utoipa::path(get, path = "/restaurants/{id}/broadcast", tag = "staff", params(("id" = Key, Path, description = "Number in the database, or uuid", example = "2"), ("live" = Option<bool>, Query, description = "`true`: only those that are shown"), ("limit" = Option<u32>, Query, description = "At most 200; 50, where it is not said"), ("before" = Option<i64>, Query, description = "What the page before called `next`")), responses((status = 200, description = "Newest first", body = Listed<NotificationData>)))]
pub fn broadcasts_of(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    said(
        call,
        Action::HearRestaurant,
        NotificationKind::Broadcast,
        db,
    )
}

fn said(
    call: &Call,
    action: Action,
    kind: NotificationKind,
    db: &Reader<'_>,
) -> Result<Answer, Error> {
    let (house, _) = restaurant(call, action, db)?;
    let mut list = call.list(db, action)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.ok().and_then(|now| i64::try_from(now.as_millis()).ok());
    let open_at = now.filter(|_| list.text("live") == Some("true"));
    list.nothing_else()?;
    let page = told::said(db, house, kind, open_at, list.before, list.limit)?;
    Answer::ok(&Listed::of(&page, NotificationData::of))
}

/// `DELETE /restaurants/{id}/broadcast/{notification}`: it is not shown any more.
#[utoipa::path(delete, path = "/restaurants/{id}/broadcast/{notification}", tag = "staff", params(("id" = Key, Path, description = "Number in the database, or uuid", example = "2"), ("notification" = i64, Path, description = "Number in the database", example = 999)), responses((status = 200, description = "It is not shown any more", body = NotificationData)))]
pub fn end_broadcast(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let (house, bearer) = restaurant(call, Action::Broadcast, tx)?;
    let id = ids::notification(tx, call.key(1))?;
    let ended = broadcasts::end(tx, &bearer.actor(), house, id)?;
    Answer::ok(&NotificationData::of(&ended))
}
