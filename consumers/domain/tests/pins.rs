//! What a wrong PIN costs, over days.

use crate::domain::pins::{self, By, OF_ACCOUNT, OF_DEVICE};
use crate::testing::House;

const MINUTE_MS: i64 = 60_000;

fn attempt(house: &House, device: i64, account: i64) -> String {
    let by = By::Device(device);
    match house.run(|tx| pins::attempt(tx, &by, account, 2)) {
        Ok(tried) => format!("left {}", tried.attempts_left),
        Err(crate::db::Error::Client(error)) => error.code.into_owned(),
        Err(other) => panic!("{other}"),
    }
}

fn right(house: &House, device: i64, account: i64) {
    attempt(house, device, account);
    let by = By::Device(device);
    house.run(|tx| pins::right(tx, &by, account)).unwrap();
}

#[test]
fn each_further_wrong_one_waits_twice_as_long_up_to_an_hour() {
    let house = House::small();
    for _ in 0..OF_ACCOUNT {
        attempt(&house, 1, 10);
    }
    for minutes in [1, 2, 4, 8, 16, 32, 60, 60] {
        house.wait_ms(minutes * MINUTE_MS - 1);
        assert_eq!(attempt(&house, 2, 10), "LOCKED", "{minutes} minutes");
        house.wait_ms(1);
        assert_eq!(attempt(&house, 2, 10), "left 0", "{minutes} minutes");
    }
    house.wait_ms(60 * MINUTE_MS);
    right(&house, 2, 10);
    assert_eq!(attempt(&house, 2, 10), "left 9", "from the beginning");
}

#[test]
fn people_who_mistype_lock_no_device_in_a_month() {
    let house = House::small();
    for day in 0..30 {
        for mistake in 0..6 {
            assert_eq!(attempt(&house, 1, 10), "left 9", "{day} {mistake}");
            right(&house, 1, 10);
            house.wait_ms(100 * MINUTE_MS);
        }
    }
}

#[test]
fn who_guesses_at_everybody_waits_although_one_pin_is_known() {
    let house = House::small();
    let mut looked = 0;
    for guess in 0..60 {
        if attempt(&house, 1, 1000 + guess % 20) == "LOCKED" {
            break;
        }
        looked += 1;
        if looked < OF_DEVICE {
            right(&house, 1, 10);
        }
    }
    assert_eq!(looked, OF_DEVICE);
    assert_eq!(attempt(&house, 2, 11), "left 9", "another device");
}

#[test]
fn a_clock_that_goes_back_locks_nobody_for_a_year() {
    let house = House::small();
    for _ in 0..OF_ACCOUNT {
        attempt(&house, 1, 10);
    }
    house.wait_ms(-365 * 24 * 60 * MINUTE_MS);
    assert_eq!(attempt(&house, 1, 10), "left 0", "looked at");
    assert_eq!(attempt(&house, 1, 10), "LOCKED", "for two minutes from now");
    house.wait_ms(2 * MINUTE_MS);
    assert_eq!(attempt(&house, 1, 10), "left 0");
}
