//! What is announced of one change: a fact for people, a record for programs.

use super::{Entity, Fact};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a change means to people, and what it was in the tables.
///
/// One change can make several events (a table's status and its details). Exactly one of them carries the change itself: the change feed tells
/// each change once. A change that means nothing to people makes an event without a fact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// What the vocabularies tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<Fact>,
    /// What the change feed tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<ChangeRecord>,
    /// Who did it, as the writer said: for an order's history, and where a vocabulary tells it. `None`: another program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// One change of one row, for integrators.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChangeRecord {
    /// What kind of row.
    pub entity: Entity,
    /// Its id.
    pub id: i64,
    /// Whose it is.
    pub restaurant_id: i64,
    /// Its version after the change; of a deleted row the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// What happened.
    pub op: Operation,
    /// Its status after the change, where such rows have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The columns that differ.
    pub changed: Vec<String>,
}

/// What happened to a row, as the change feed says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// It is new.
    Insert,
    /// It is different.
    Update,
    /// It is gone.
    Delete,
}

impl From<maitred::Op> for Operation {
    fn from(op: maitred::Op) -> Self {
        match op {
            maitred::Op::Insert => Operation::Insert,
            maitred::Op::Update => Operation::Update,
            maitred::Op::Delete => Operation::Delete,
        }
    }
}
