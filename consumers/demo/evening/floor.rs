//! More tables, and how this house wants it.

use crate::db::{Error, Transaction, params};
use crate::demo::names::HOUSE;

/// Zone, number, seats.
const TABLES: &[(&str, &str, i64)] = &[
    ("B", "9", 4),
    ("B", "10", 2),
    ("B", "11", 4),
    ("B", "12", 10),
    ("Terrace", "T3", 4),
    ("Terrace", "T4", 6),
    ("Terrace", "T5", 2),
    ("Bar", "B1", 2),
    ("Bar", "B2", 2),
    ("Bar", "B3", 2),
    ("Bar", "B4", 2),
];

/// Who serves where, besides.
const SECTIONS: &[(i64, &[&str])] = &[
    (10, &["12", "3"]),
    (11, &["8", "9", "10", "11"]),
    (12, &["T3", "T4", "T5", "B1", "B2", "B3", "B4"]),
];

pub(super) fn seed(tx: &Transaction<'_>) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO zones(restaurant_id, name, sort) SELECT ?1, 'Bar', 1 + max(sort) FROM zones WHERE restaurant_id = ?1",
        params![HOUSE],
    )?;
    for (zone, number, capacity) in TABLES {
        tx.execute(
            "INSERT INTO tables(restaurant_id, zone_id, number, capacity) SELECT ?1, id, ?3, ?4 FROM zones WHERE restaurant_id = ?1 AND name = ?2",
            params![HOUSE, *zone, *number, capacity],
        )?;
    }
    for (waiter, numbers) in SECTIONS {
        for number in *numbers {
            tx.execute(
                "INSERT INTO waiter_tables(user_id, table_id) SELECT ?1, id FROM tables WHERE restaurant_id = ?2 AND number = ?3",
                params![waiter, HOUSE, *number],
            )?;
        }
    }
    // a table's first order by phone is shown to a waiter; a drink that takes four minutes is late
    tx.execute(
        "UPDATE restaurants SET settings_json = json_set(settings_json, '$.approval', 'first') WHERE id = ?1",
        params![HOUSE],
    )?;
    tx.execute(
        "UPDATE stations SET amber_s = 120, red_s = 240 WHERE restaurant_id = ?1 AND code = 'bar'",
        params![HOUSE],
    )?;
    Ok(())
}
