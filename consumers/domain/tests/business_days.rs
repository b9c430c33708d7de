//! The business day, once as the server reckons it and once as a trigger does for whoever types SQL: two ways to the same day.

use super::House;
use crate::db::params;
use crate::domain::business_day;

/// Seven hours and a little: over years it comes to every hour of every season.
const STEP_MS: i64 = 7 * 3_600_000 + 1_234_567;
const START_MS: i64 = 1_767_225_600_000; // 2026-01-01

#[test]
fn the_server_and_a_shell_mean_the_same_day() {
    let house = House::small();
    house
        .run(|tx| {
            let zones: Vec<String> = tx.rows(
                "SELECT min(name) FROM timezones GROUP BY clock_id ORDER BY clock_id",
                params![],
                |row| row.get(0),
            )?;
            assert!(zones.len() > 50, "{}", zones.len());
            let mut at = START_MS;
            for (n, zone) in zones.iter().enumerate() {
                let id: i64 = tx.one(
                    "INSERT INTO restaurants(name, timezone, business_day_start_min) VALUES (?1, ?1, ?2) RETURNING id",
                    params![zone, i64::try_from(n).unwrap_or(0) * 20],
                    |row| row.get(0),
                )?;
                for _ in 0..60 {
                    at += STEP_MS;
                    let order: i64 = tx.one(
                        "INSERT INTO orders(restaurant_id, created_at, type) VALUES (?1, ?2, 'pickup') RETURNING id",
                        params![id, at],
                        |row| row.get(0),
                    )?;
                    let day: String = tx.one(
                        "SELECT day FROM order_codes WHERE id = ?1",
                        params![order],
                        |row| row.get(0),
                    )?;
                    let ours = business_day::at(tx, id, at)?;
                    assert_eq!(ours.date, day, "{zone} at {at}");
                    assert!((ours.from..ours.until).contains(&at), "{zone} at {at}: {ours:?}");
                    assert_eq!(business_day::on(tx, id, &day)?, ours, "{zone}");
                }
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_day_is_an_hour_shorter_when_summer_begins() {
    let house = House::small();
    house.sql("INSERT INTO restaurants(id, name, timezone, business_day_start_min) VALUES (50, 'Berlin', 'Europe/Berlin', 0)");
    let hours = |date: &str| {
        let day = house.run(|tx| business_day::on(tx, 50, date)).unwrap();
        (day.until - day.from) / 3_600_000
    };
    // The last Sundays of March and October.
    assert_eq!(
        [
            hours("2027-03-27"),
            hours("2027-03-28"),
            hours("2027-10-31")
        ],
        [24, 23, 25]
    );
    assert!(
        house
            .run(|tx| business_day::on(tx, 50, "2027-02-30"))
            .is_err()
    );
}
