//! `/api/v1/sessions/{id}/requests` and `/api/v1/tasks/{id}`: what guests ask for, and who sees to it.

use crate::access::{Action, Target};
use crate::domain::requests::{self as domain, RequestKind, TaskPatch};
use crate::domain::{Key, ids};
use crate::rest::{Answer, Call};
use crate::vocabularies::dining::messages::{RequestData, TaskData};
use maitred::{Error, Transaction};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is asked for.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewRequest)]
#[serde(deny_unknown_fields)]
struct New {
    kind: RequestKind,
    #[serde(default)]
    #[schema(max_length = 200)]
    note: Option<String>,
}

/// `POST /sessions/{id}/requests`
#[utoipa::path(post, path = "/sessions/{id}/requests", tag = "tables", params(("id" = Key, Path, description = "Number or uuid", example = "1")), request_body(content = New, example = json!({"kind": "call_waiter"})), responses((status = 201, description = "It was asked for", body = RequestData), (status = 200, description = "It waits already", body = RequestData)))]
pub fn ask(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let new: New = call.body()?;
    let (session, bearer) = call.target(0, ids::session, Target::Session, Action::Request, tx)?;
    let asked = domain::ask(tx, &bearer.actor(), session, new.kind, new.note.as_deref())?;
    let request = RequestData::of(&asked.request);
    match asked.already {
        true => Answer::ok(&request),
        false => Answer::created(&request),
    }
}

/// Nobody needs to come any more.
#[derive(Serialize, ToSchema)]
#[schema(as = RequestCancelled)]
struct Cancelled {
    kind: RequestKind,
    /// Whether anything waited.
    cancelled: bool,
}

/// `DELETE /sessions/{id}/requests/{kind}`
#[utoipa::path(delete, path = "/sessions/{id}/requests/{kind}", tag = "tables", params(("id" = Key, Path, description = "Number or uuid", example = "1"), ("kind" = RequestKind, Path, description = "What was asked for", example = "call_waiter")), responses((status = 200, description = "Nobody needs to come", body = Cancelled)))]
pub fn cancel(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let (session, _) = call.target(0, ids::session, Target::Session, Action::Request, tx)?;
    let kind = RequestKind::named(&call.key(1).to_string())?;
    let cancelled = domain::cancel(tx, session, kind)?;
    Answer::ok(&Cancelled { kind, cancelled })
}

/// `PATCH /tasks/{id}`
#[utoipa::path(patch, path = "/tasks/{id}", tag = "staff", params(("id" = Key, Path, description = "Number or uuid", example = "1")), request_body(content = TaskPatch, example = json!({"status": "done"})), responses((status = 200, description = "As it is now", body = TaskData)))]
pub fn change_task(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let patch: TaskPatch = call.body()?;
    let (id, bearer) = call.target(0, ids::task, Target::Task, Action::DoTask, tx)?;
    let task = domain::change_task(tx, &bearer.actor(), id, &patch)?;
    Answer::ok(&TaskData::of(&task))
}
