//! What a visit's guests wait for.

use super::data::Time;
use crate::domain::requests::{RequestFacts, RequestKind, RequestStatus};
use schemars::JsonSchema;
use serde::Serialize;
use utoipa::ToSchema;

/// A waiter who was called, a bill that was asked for.
#[derive(Serialize, ToSchema, JsonSchema)]
#[schema(as = Request)]
pub(in crate::vocabularies::dining) struct RequestData<'a> {
    id: i64,
    kind: RequestKind,
    status: RequestStatus,
    assignee: Option<Assignee<'a>>,
    created_at: Time,
    acked_at: Time,
    version: i64,
}

/// Who comes.
#[derive(Serialize, ToSchema, JsonSchema)]
#[schema(as = Assignee)]
struct Assignee<'a> {
    id: i64,
    /// The first name.
    name: Option<&'a str>,
}

impl<'a> RequestData<'a> {
    pub(in crate::vocabularies::dining) fn of(request: &'a RequestFacts) -> Self {
        RequestData {
            id: request.id,
            kind: request.kind,
            status: request.status,
            assignee: request.assignee_id.map(|id| Assignee {
                id,
                name: request.assignee_name.as_deref(),
            }),
            created_at: Time(Some(request.created_at)),
            acked_at: Time(request.acked_at),
            version: request.version,
        }
    }
}
