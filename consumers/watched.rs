//! The tables that announce their changes.
//!
//! Stamps: whoever sets a status, also in a shell, the time of it is noted. The domain sets these times itself where it skips a state that a vocabulary
//! cannot name.

use maitred::{Stamp, Watched};

const fn on(column: &'static str, value: &'static str, at: &'static str) -> Stamp {
    Stamp { column, value, at }
}

const fn plain(table: &'static str) -> Watched {
    Watched {
        table,
        stamps: &[],
        secret: &[],
    }
}

/// For `App::WATCHED`.
pub const WATCHED: &[Watched] = &[
    plain("restaurants"),
    plain("zones"),
    Watched {
        table: "tables",
        stamps: &[],
        secret: &["qr_secret"],
    },
    Watched {
        table: "table_sessions",
        stamps: &[],
        secret: &["token"],
    },
    Watched {
        table: "users",
        stamps: &[],
        secret: &["pin_hash", "password_hash"],
    },
    plain("menu_items"),
    Watched {
        table: "orders",
        stamps: &[
            on("status", "confirmed", "confirmed_at"),
            on("status", "preparing", "preparing_at"),
            on("status", "ready", "ready_at"),
            on("status", "delivered", "delivered_at"),
            on("status", "completed", "completed_at"),
            on("status", "cancelled", "cancelled_at"),
        ],
        secret: &[],
    },
    Watched {
        table: "order_items",
        stamps: &[
            on("status", "queued", "fired_at"),
            on("status", "preparing", "started_at"),
            on("status", "ready", "ready_at"),
            on("status", "served", "served_at"),
            on("status", "voided", "voided_at"),
        ],
        secret: &[],
    },
    Watched {
        table: "payments",
        stamps: &[on("status", "captured", "captured_at")],
        secret: &[],
    },
    Watched {
        table: "tasks",
        stamps: &[
            on("status", "acknowledged", "acked_at"),
            on("status", "done", "done_at"),
        ],
        secret: &[],
    },
    plain("notifications"),
];

/// For `App::STEADY`: who somebody is, and how work flows.
pub const STEADY: &[&str] = &[
    "customers",
    "restaurants",
    "users",
    "workflow_states",
    "workflow_transitions",
];
