//! An order's nine statuses.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use utoipa::ToSchema;

/// Where an order stands. `delivered` is not `completed`: served but unpaid is the commonest state in a dining room.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
    JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waits for a waiter's approval.
    New,
    /// Placed.
    Pending,
    /// Accepted: on the kitchen's list.
    Confirmed,
    /// Being cooked.
    Preparing,
    /// To be served, picked up or driven.
    Ready,
    /// With the driver.
    OutForDelivery,
    /// Served or handed over.
    Delivered,
    /// Closed.
    Completed,
    /// Called off.
    Cancelled,
}

impl Status {
    /// In the order of an order's life.
    pub const ALL: [Status; 9] = [
        Status::New,
        Status::Pending,
        Status::Confirmed,
        Status::Preparing,
        Status::Ready,
        Status::OutForDelivery,
        Status::Delivered,
        Status::Completed,
        Status::Cancelled,
    ];

    /// As in `orders.status`.
    pub const fn name(self) -> &'static str {
        match self {
            Status::New => "new",
            Status::Pending => "pending",
            Status::Confirmed => "confirmed",
            Status::Preparing => "preparing",
            Status::Ready => "ready",
            Status::OutForDelivery => "out_for_delivery",
            Status::Delivered => "delivered",
            Status::Completed => "completed",
            Status::Cancelled => "cancelled",
        }
    }

    /// For people.
    pub const fn label(self) -> &'static str {
        match self {
            Status::New => "New",
            Status::Pending => "Pending",
            Status::Confirmed => "Confirmed",
            Status::Preparing => "Preparing",
            Status::Ready => "Ready",
            Status::OutForDelivery => "Out for delivery",
            Status::Delivered => "Delivered",
            Status::Completed => "Completed",
            Status::Cancelled => "Cancelled",
        }
    }

    /// Nothing leads on from here.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Status::Completed | Status::Cancelled)
    }

    /// Somebody still has to do something before it is handed over.
    pub const fn is_active(self) -> bool {
        matches!(
            self,
            Status::New
                | Status::Pending
                | Status::Confirmed
                | Status::Preparing
                | Status::Ready
                | Status::OutForDelivery
        )
    }

    /// The status a generic phase (`workflow_states.phase`) comes closest to: how an order of another workflow is counted among ours.
    pub fn of_phase(phase: &str) -> Status {
        match phase {
            "queued" => Status::Pending,
            "active" => Status::Preparing,
            "ready" => Status::Ready,
            "in_transit" => Status::OutForDelivery,
            "cancelled" => Status::Cancelled,
            _ => Status::Completed,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAStatus;

impl FromStr for Status {
    type Err = NotAStatus;
    fn from_str(text: &str) -> Result<Self, NotAStatus> {
        let found = Status::ALL.into_iter().find(|status| status.name() == text);
        found.ok_or(NotAStatus)
    }
}
