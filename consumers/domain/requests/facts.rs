//! A request as it is known: what a visit shows of it. It names nothing of the visit, which shows it.

use crate::db::Error;
use crate::domain::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestKind {
    /// Somebody is to come.
    CallWaiter,
    /// Somebody is to bring the bill.
    Bill,
}

impl RequestKind {
    /// As in `tasks.kind`.
    pub const fn name(self) -> &'static str {
        match self {
            RequestKind::CallWaiter => "call_waiter",
            RequestKind::Bill => "bill",
        }
    }

    /// The kind that a path names.
    ///
    /// # Errors
    /// [`Refusal::Value`].
    pub fn named(text: &str) -> Result<Self, Refusal> {
        match text {
            "call_waiter" => Ok(RequestKind::CallWaiter),
            "bill" => Ok(RequestKind::Bill),
            _ => Err(Refusal::value("kind", "call_waiter or bill")),
        }
    }
}

/// Where a request stands that is not over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestStatus {
    /// Nobody has seen it yet.
    Open,
    /// The assignee comes.
    Acknowledged,
}

/// A request that waits, or that somebody takes care of. It is a task; this is what guests see of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct RequestFacts {
    pub id: i64,
    pub kind: RequestKind,
    pub status: RequestStatus,
    pub assignee_id: Option<i64>,
    /// The first name of who comes.
    pub assignee_name: Option<String>,
    pub created_at: i64,
    pub acked_at: Option<i64>,
    pub version: i64,
}

/// What a visit waits for, as one column: a list of arrays, in the order in which it was asked.
pub(in crate::domain) const COLUMN: &str = "(SELECT json_group_array(json_array(k.id, k.kind, k.status, k.assignee_id, u.name, k.created_at, k.acked_at, k.version))
    FROM (SELECT * FROM tasks WHERE session_id = s.id AND kind IN ('call_waiter', 'bill') AND status IN ('open', 'acknowledged') ORDER BY id) k
    LEFT JOIN users u ON u.id = k.assignee_id)";

/// Reads that column.
pub(in crate::domain) fn parse(column: &str) -> Result<Vec<RequestFacts>, Error> {
    type Written = (
        i64,
        RequestKind,
        RequestStatus,
        Option<i64>,
        Option<String>,
        i64,
        Option<i64>,
        i64,
    );
    let all: Vec<Written> = serde_json::from_str(column)?;
    let facts = all.into_iter().map(
        |(id, kind, status, assignee_id, name, created_at, acked_at, version)| RequestFacts {
            id,
            kind,
            status,
            assignee_id,
            assignee_name: name.as_deref().and_then(first_name),
            created_at,
            acked_at,
            version,
        },
    );
    Ok(facts.collect())
}

/// What strangers are told of a name.
fn first_name(name: &str) -> Option<String> {
    name.split_whitespace().next().map(str::to_owned)
}
