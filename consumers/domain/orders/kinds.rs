//! What kinds of orders there are: how they reach whoever eats, and where they come from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How it reaches whoever eats it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum OrderType {
    #[default]
    #[serde(alias = "dine-in")]
    DineIn,
    Pickup,
    Delivery,
    Counter,
}

/// Where it came from.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Source {
    Waiter,
    Qr,
    Web,
    #[default]
    Api,
    Marketplace,
}

impl OrderType {
    /// What `orders.type` means.
    pub(super) fn of(text: &str) -> Self {
        match text {
            "pickup" => OrderType::Pickup,
            "delivery" => OrderType::Delivery,
            "counter" => OrderType::Counter,
            _ => OrderType::DineIn,
        }
    }

    /// As in `orders.type`.
    pub const fn name(self) -> &'static str {
        match self {
            OrderType::DineIn => "dine_in",
            OrderType::Pickup => "pickup",
            OrderType::Delivery => "delivery",
            OrderType::Counter => "counter",
        }
    }
}

impl Source {
    /// What `orders.source` means.
    pub(super) fn of(text: &str) -> Self {
        match text {
            "waiter" => Source::Waiter,
            "qr" => Source::Qr,
            "web" => Source::Web,
            "marketplace" => Source::Marketplace,
            _ => Source::Api,
        }
    }

    /// As in `orders.source`.
    pub const fn name(self) -> &'static str {
        match self {
            Source::Waiter => "waiter",
            Source::Qr => "qr",
            Source::Web => "web",
            Source::Api => "api",
            Source::Marketplace => "marketplace",
        }
    }
}
