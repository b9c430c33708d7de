//! Where a payment stands.

use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum PaymentState {
    /// A terminal or a provider is asking for it: it counts as spent.
    Pending,
    Captured,
    Failed,
    Voided,
    Refunded,
}

impl PaymentState {
    /// As in `payments.status`.
    pub const fn name(self) -> &'static str {
        match self {
            PaymentState::Pending => "pending",
            PaymentState::Captured => "captured",
            PaymentState::Failed => "failed",
            PaymentState::Voided => "voided",
            PaymentState::Refunded => "refunded",
        }
    }
}

impl fmt::Display for PaymentState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
