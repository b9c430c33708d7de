//! The tables that announce their changes.
//!
//! Stamps: whenever a status is set, also in a shell, its time is noted. The domain sets these times itself where it skips a state that a vocabulary
//! cannot name.

use maitred::{Stamp, Watched};

/// For `App::WATCHED`.
pub const WATCHED: &[Watched] = &[
    Watched::new("restaurants"),
    Watched::new("zones"),
    Watched::new("tables").hiding(&["qr_secret"]),
    Watched::new("table_sessions").hiding(&["token"]),
    Watched::new("users").hiding(&["pin_hash", "password_hash"]),
    Watched::new("devices").hiding(&["token_hash"]),
    Watched::new("drivers"),
    Watched::new("menu_items"),
    // Told with its order.
    Watched::new("order_codes"),
    Watched::new("orders").stamps(&[
        Stamp::new("status", "confirmed", "confirmed_at"),
        Stamp::new("status", "preparing", "preparing_at"),
        Stamp::new("status", "ready", "ready_at"),
        Stamp::new("status", "delivered", "delivered_at"),
        Stamp::new("status", "completed", "completed_at"),
        Stamp::new("status", "cancelled", "cancelled_at"),
    ]),
    Watched::new("order_items").stamps(&[
        Stamp::new("status", "queued", "fired_at"),
        Stamp::new("status", "preparing", "started_at"),
        Stamp::new("status", "ready", "ready_at"),
        Stamp::new("status", "served", "served_at"),
        Stamp::new("status", "voided", "voided_at"),
    ]),
    Watched::new("payments").stamps(&[Stamp::new("status", "captured", "captured_at")]),
    Watched::new("tasks").stamps(&[
        Stamp::new("status", "acknowledged", "acked_at"),
        Stamp::new("status", "done", "done_at"),
    ]),
    Watched::new("notifications"),
];

/// For `App::STEADY`: who somebody is, where dishes are made, and how work flows.
pub const STEADY: &[&str] = &[
    "customers",
    "devices",
    "menu_categories",
    "restaurants",
    "stations",
    "users",
    "workflow_states",
    "workflow_transitions",
];
