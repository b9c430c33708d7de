//! Where a line of an order stands.

use crate::db::Error;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum ItemStatus {
    /// A later course: the kitchen does not see it yet.
    Held,
    Queued,
    Preparing,
    Ready,
    Served,
    Voided,
}

impl ItemStatus {
    /// In the order of a line's life.
    pub const ALL: [ItemStatus; 6] = [
        ItemStatus::Held,
        ItemStatus::Queued,
        ItemStatus::Preparing,
        ItemStatus::Ready,
        ItemStatus::Served,
        ItemStatus::Voided,
    ];

    /// As in `order_items.status`.
    pub const fn name(self) -> &'static str {
        match self {
            ItemStatus::Held => "held",
            ItemStatus::Queued => "queued",
            ItemStatus::Preparing => "preparing",
            ItemStatus::Ready => "ready",
            ItemStatus::Served => "served",
            ItemStatus::Voided => "voided",
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|status| status.name() == text);
        found.ok_or_else(|| Error::Store(format!("line status {text:?}")))
    }

    /// Whether a line may go from here to there, whoever asks. Voiding is apart: it needs a reason.
    pub const fn leads_to(self, to: ItemStatus) -> bool {
        use ItemStatus::{Held, Preparing, Queued, Ready, Served};
        matches!(
            (self, to),
            (Held, Queued)
                | (Queued, Preparing | Ready)
                | (Preparing, Ready)
                | (Ready, Served | Preparing)
        )
    }
}

impl fmt::Display for ItemStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
