//! What leaves the house.

use super::parties::{BASIL, CHEEKS, PAPAYA, PRAWNS, ago};
use super::tickets::{Line, State::*, Ticket, Whose, line};
use crate::domain::Status::*;

/// What leaves the house, or was called off.
pub const AWAY: &[Ticket] = &[
    Ticket {
        age_s: ago(7, 48),
        status: Preparing,
        whose: Whose::PickUp("Jo"),
        paid: "online",
        lines: &[
            Line {
                state: Preparing_,
                with: &["Thai hot"],
                ..line(2, "Green curry")
            },
            Line {
                state: Ready_,
                ..line(1, "Spring rolls")
            },
            Line {
                with: &["Tofu"],
                ..line(1, "Pad Thai")
            },
        ],
        ..Ticket::EMPTY
    },
    Ticket {
        age_s: ago(21, 0),
        status: Ready,
        whose: Whose::PickUp("Anna-Lena Obermüller"),
        paid: "online",
        lines: &[Line {
            state: Ready_,
            ..line(2, "Massaman curry")
        }],
        ..Ticket::EMPTY
    },
    Ticket {
        age_s: ago(16, 30),
        status: Ready,
        whose: Whose::PickUp("สมชาย"),
        lines: &[
            Line {
                state: Ready_,
                ..line(1, PRAWNS)
            },
            Line {
                state: Ready_,
                ..line(2, PAPAYA)
            },
        ],
        ..Ticket::EMPTY
    },
    Ticket {
        age_s: ago(2, 20),
        status: Confirmed,
        whose: Whose::PickUp("Max"),
        lines: &[
            line(3, "Chicken satay"),
            Line {
                with: &["Second egg"],
                ..line(1, BASIL)
            },
        ],
        ..Ticket::EMPTY
    },
    Ticket {
        age_s: ago(4, 0),
        status: Preparing,
        whose: Whose::Counter,
        paid: "cash",
        lines: &[
            Line {
                state: Preparing_,
                ..line(2, "Spring rolls")
            },
            Line {
                state: Ready_,
                ..line(1, "Lime soda")
            },
        ],
        ..Ticket::EMPTY
    },
    Ticket {
        age_s: ago(5, 10),
        status: Preparing,
        whose: Whose::Delivery(
            "Jo",
            "Soi 11, house 4. Behind the temple wall; the bell is broken, please call",
        ),
        lines: &[
            Line {
                state: Preparing_,
                with: &["Thai hot"],
                ..line(1, PRAWNS)
            },
            line(2, "Spring rolls"),
            Line {
                with: &["Mild"],
                ..line(1, "Green curry")
            },
        ],
        ..Ticket::EMPTY
    },
    Ticket {
        age_s: ago(24, 0),
        status: Ready,
        whose: Whose::Delivery("Ploy", "Thong Lo, near the old market"),
        lines: &[Line {
            state: Ready_,
            ..line(2, "Massaman curry")
        }],
        ..Ticket::EMPTY
    },
    Ticket {
        age_s: ago(33, 0),
        status: OutForDelivery,
        whose: Whose::Delivery("Chris", "Ekkamai 5, third floor"),
        driver: 902,
        paid: "online",
        lines: &[Line {
            state: Ready_,
            ..line(1, CHEEKS)
        }],
        ..Ticket::EMPTY
    },
    Ticket {
        age_s: ago(75, 0),
        status: Completed,
        whose: Whose::Counter,
        paid: "cash",
        lines: &[
            Line {
                state: Served,
                ..line(2, "Pad Thai")
            },
            Line {
                state: Served,
                ..line(2, "Still water")
            },
        ],
        ..Ticket::EMPTY
    },
    Ticket {
        age_s: ago(52, 0),
        status: Cancelled,
        whose: Whose::PickUp("Dana"),
        note: "called off by phone",
        lines: &[line(1, "Tom yum soup")],
        ..Ticket::EMPTY
    },
];
