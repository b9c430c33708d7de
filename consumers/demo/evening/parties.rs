//! Who sits in the house, and what they have ordered.

use super::tickets::{Line, State::*, Ticket, Whose, line};
use crate::domain::Status::*;

/// A party at a table: number, guests, waiter, minutes since they sat down, their orders.
pub struct Party {
    pub table: &'static str,
    pub guests: i64,
    pub waiter: i64,
    pub minutes: i64,
    pub tickets: &'static [Ticket],
}

/// Minutes and seconds, in seconds.
pub const fn ago(minutes: i64, seconds: i64) -> i64 {
    60 * minutes + seconds
}

const MIA: i64 = 10;
const NOAH: i64 = 11;
const LINA: i64 = 12;

pub const CHEEKS: &str = "Geschmortes Rinderbäckchen mit Massaman-Gewürzen und Kartoffeln";
pub const PRAWNS: &str = "ผัดไทยกุ้งสด";
pub const BASIL: &str = "ผัดกะเพราไก่ไข่ดาว";
pub const PAPAYA: &str = "ส้มตำ";

pub const PARTIES: &[Party] = &[
    Party {
        table: "12",
        guests: 8,
        waiter: MIA,
        minutes: 41,
        tickets: &[Ticket {
            age_s: ago(14, 20),
            status: Preparing,
            lines: &[
                Line {
                    state: Voided,
                    reason: "wrong dish",
                    with: &["Mild"],
                    ..line(1, "Green curry")
                },
                Line {
                    state: Preparing_,
                    with: &["Prawns", "Thai hot"],
                    seat: 1,
                    ..line(3, "Pad Thai")
                },
                Line {
                    state: Preparing_,
                    with: &["Tofu", "Mild", "No egg", "No onion"],
                    note: "child, cut small",
                    seat: 4,
                    ..line(1, "Pad Thai")
                },
                Line {
                    state: Ready_,
                    seat: 5,
                    ..line(2, "Spring rolls")
                },
                Line {
                    state: Served,
                    seat: 2,
                    ..line(2, "Tom yum soup")
                },
                Line {
                    state: Served,
                    ..line(6, "Singha beer")
                },
                Line {
                    state: Held,
                    course: 3,
                    ..line(4, "Coconut ice cream")
                },
            ],
            later: &[
                Line {
                    note: "sauce beside",
                    with: &["Jasmine rice"],
                    seat: 7,
                    ..line(1, CHEEKS)
                },
                line(1, "Mango sticky rice"),
            ],
            later_s: ago(5, 2),
            ..Ticket::EMPTY
        }],
    },
    Party {
        table: "3",
        guests: 2,
        waiter: NOAH,
        minutes: 22,
        tickets: &[Ticket {
            age_s: ago(7, 12),
            status: Preparing,
            lines: &[
                Line {
                    state: Preparing_,
                    with: &["Prawns"],
                    seat: 1,
                    ..line(1, "Pad Thai")
                },
                Line {
                    state: Preparing_,
                    with: &["Tofu", "Mild"],
                    seat: 2,
                    ..line(1, "Green curry")
                },
                Line {
                    state: Served,
                    ..line(2, "Lime soda")
                },
            ],
            later: &[Line {
                note: "with the mains",
                ..line(1, "Spring rolls")
            }],
            later_s: ago(3, 10),
            ..Ticket::EMPTY
        }],
    },
    Party {
        table: "9",
        guests: 3,
        waiter: NOAH,
        minutes: 48,
        tickets: &[Ticket {
            age_s: ago(6, 30),
            status: Preparing,
            allergy: "shellfish, seat 1",
            lines: &[
                Line {
                    state: Voided,
                    reason: "guest changed their mind",
                    seat: 1,
                    ..line(1, "Tom yum soup")
                },
                Line {
                    state: Preparing_,
                    with: &["Medium"],
                    seat: 2,
                    ..line(2, "Green curry")
                },
                Line {
                    with: &["Chicken", "No egg"],
                    seat: 3,
                    ..line(1, "Pad Thai")
                },
                Line {
                    state: Served,
                    ..line(1, "Still water")
                },
            ],
            ..Ticket::EMPTY
        }],
    },
    Party {
        table: "8",
        guests: 3,
        waiter: NOAH,
        minutes: 64,
        tickets: &[Ticket {
            age_s: ago(48, 0),
            status: Delivered,
            paid: "card",
            lines: &[
                Line {
                    state: Served,
                    seat: 1,
                    ..line(1, CHEEKS)
                },
                Line {
                    state: Served,
                    with: &["Thai hot"],
                    seat: 2,
                    ..line(1, "Massaman curry")
                },
                Line {
                    state: Served,
                    seat: 3,
                    ..line(1, BASIL)
                },
            ],
            ..Ticket::EMPTY
        }],
    },
    Party {
        table: "7",
        guests: 6,
        waiter: NOAH,
        minutes: 4,
        tickets: &[],
    },
    Party {
        table: "T1",
        guests: 4,
        waiter: LINA,
        minutes: 35,
        tickets: &[
            Ticket {
                age_s: ago(30, 0),
                status: Delivered,
                lines: &[
                    Line {
                        state: Served,
                        ..line(2, "Riesling, glass")
                    },
                    Line {
                        state: Served,
                        ..line(2, PAPAYA)
                    },
                ],
                ..Ticket::EMPTY
            },
            Ticket {
                age_s: ago(9, 5),
                status: Preparing,
                allergy: "peanuts",
                lines: &[
                    Line {
                        state: Preparing_,
                        with: &["Thai hot", "No peanuts"],
                        allergy: "peanuts",
                        seat: 2,
                        ..line(1, PRAWNS)
                    },
                    Line {
                        state: Ready_,
                        with: &["Medium"],
                        seat: 1,
                        ..line(2, BASIL)
                    },
                    Line {
                        state: Held,
                        course: 3,
                        ..line(4, "Banana roti")
                    },
                ],
                ..Ticket::EMPTY
            },
        ],
    },
    Party {
        table: "T3",
        guests: 2,
        waiter: LINA,
        minutes: 9,
        tickets: &[Ticket {
            age_s: ago(0, 15),
            status: New,
            whose: Whose::Guest,
            note: "without chilli, please",
            allergy: "peanuts",
            lines: &[
                Line {
                    with: &["Mild"],
                    ..line(1, "Green curry")
                },
                Line {
                    with: &["Tofu", "No peanuts"],
                    ..line(1, "Pad Thai")
                },
                line(2, "Mango sticky rice"),
            ],
            ..Ticket::EMPTY
        }],
    },
    Party {
        table: "B1",
        guests: 2,
        waiter: LINA,
        minutes: 12,
        tickets: &[Ticket {
            age_s: ago(1, 40),
            status: Confirmed,
            lines: &[
                line(2, "Riesling, glass"),
                Line {
                    with: &["Less sugar", "Lime"],
                    ..line(1, "Iced tea")
                },
                line(1, "Chicken satay"),
            ],
            ..Ticket::EMPTY
        }],
    },
    Party {
        table: "B2",
        guests: 1,
        waiter: LINA,
        minutes: 6,
        tickets: &[Ticket {
            age_s: ago(0, 40),
            status: Pending,
            lines: &[
                line(1, "Gebratener Reis mit Gemüse der Saison"),
                line(1, "Thai iced coffee"),
            ],
            ..Ticket::EMPTY
        }],
    },
];
