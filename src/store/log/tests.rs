//! One suite for every log, and what SQLite's has besides.

use super::numbering::start;
use super::*;
use proptest::prelude::*;
use rusqlite::Connection;
use std::sync::Arc;
use std::time::Duration;

fn database() -> Connection {
    let c = Connection::open_in_memory().unwrap();
    c.execute_batch(TABLES).unwrap();
    c
}

fn add(log: &impl Log, seq: u64, groups: &[&str], at: i64) {
    log.append(&NewEvent {
        seq,
        event: &format!("{{\"n\":{seq}}}"),
        groups: &serde_json::to_string(groups).unwrap(),
        at,
        rechecks: false,
    })
    .unwrap();
}

fn retention(log: &impl Log, events: u64, age_ms: u64) -> Retention {
    Retention::new(log, events, Duration::from_millis(age_ms), Arc::default()).unwrap()
}

fn accepts(log: &impl Log, since: u64) -> bool {
    log.judge(since).unwrap().is_ok()
}

const FOREVER: u64 = u64::MAX;

/// Has each of these run with every log.
macro_rules! suite {
    ($($name:ident),* $(,)?) => {
        mod of_sqlite {
            $(#[test] fn $name() { super::$name(&super::ScratchLog::new().log()) })*
        }
        mod of_memory {
            $(#[test] fn $name() { super::$name(&super::MemoryLog::default()) })*
        }
    };
}

suite! {
    a_number_is_accepted_when_all_that_follows_is_here,
    an_empty_history_accepts_its_beginning_only,
    numbers_never_recur_when_the_clock_goes_back,
    a_silent_run_leaves_no_hole,
    retention_by_count_goes_in_steps_and_takes_the_groups_along,
    retention_by_age_removes_a_prefix_whatever_the_clock_did,
    the_newest_event_is_never_forgotten,
    a_new_history_accepts_no_number_of_the_old_one,
    events_are_read_in_order_until_it_is_enough,
    the_newest_of_a_group_are_those_that_are_left,
}

fn the_newest_of_a_group_are_those_that_are_left(log: &impl Log) {
    for seq in 1..=6 {
        let group = if seq % 2 == 0 { "menu:2" } else { "menu:1" };
        add(log, seq, &[group, "menu:3"], 1000 + seq as i64);
    }
    assert_eq!(log.last("menu:1", 9).unwrap(), [1, 3, 5]);
    assert_eq!(log.last("menu:3", 2).unwrap(), [5, 6]);
    assert_eq!(log.last("menu:3", 0).unwrap(), [0; 0]);
    assert_eq!(log.last("menu:4", 9).unwrap(), [0; 0]);
    let mut at = Vec::new();
    log.read(&[5, 6], |event| {
        at.push(event.at);
        Ok(true)
    })
    .unwrap();
    assert_eq!(at, [1005, 1006]);
}

fn a_number_is_accepted_when_all_that_follows_is_here(log: &impl Log) {
    // A first run: numbers from 100. A second: from 200. Then 1..=101 are forgotten.
    assert_eq!(start(log, 0, 100).unwrap(), 100);
    for seq in 100..105 {
        add(log, seq, &["menu:1"], 0);
    }
    let check = |cases: &[(u64, bool)]| {
        for (since, expected) in cases {
            assert_eq!(accepts(log, *since), *expected, "since={since}");
        }
    };
    check(&[
        (0, true),
        (1, false),
        (99, false),
        (100, true),
        (104, true),
        (105, false),
    ]);
    assert_eq!(start(log, 0, 200).unwrap(), 200);
    for seq in 200..203 {
        add(log, seq, &["menu:1"], 0);
    }
    check(&[
        (104, true),
        (105, false),
        (199, false),
        (200, true),
        (202, true),
        (203, false),
    ]);
    assert!(!retention(log, 6, FOREVER).step(log, 0).unwrap());
    assert_eq!(log.floor().unwrap(), 101);
    check(&[
        (0, false),
        (100, false),
        (101, true),
        (102, true),
        (150, false),
        (202, true),
        (u64::MAX, false),
    ]);
}

fn an_empty_history_accepts_its_beginning_only(log: &impl Log) {
    start(log, 0, 1000).unwrap();
    assert_eq!(log.head().unwrap(), 0);
    assert!(accepts(log, 0));
    assert!(!accepts(log, 1));
    assert!(!accepts(log, 1000));
}

fn numbers_never_recur_when_the_clock_goes_back(log: &impl Log) {
    assert_eq!(start(log, 0, 5000).unwrap(), 5000);
    add(log, 5000, &["menu:1"], 0);
    assert_eq!(start(log, 0, 10).unwrap(), 5001);
    assert_eq!(start(log, 0, 0).unwrap(), 5001); // before 2025
    add(log, 5001, &["menu:1"], 0);
    assert!(accepts(log, 5000) && accepts(log, 5001));
    // Nor what a history gave that this database does not have.
    assert_eq!(start(log, 7000, 10).unwrap(), 7001);
    assert!(!accepts(log, 5002) && !accepts(log, 7000));
}

/// A run whose clock ran ahead and that told nothing must not make the next run's numbers unacceptable.
fn a_silent_run_leaves_no_hole(log: &impl Log) {
    start(log, 0, 9000).unwrap();
    assert_eq!(start(log, 0, 100).unwrap(), 100);
    add(log, 100, &["menu:1"], 0);
    add(log, 101, &["menu:1"], 0);
    assert!(accepts(log, 100) && accepts(log, 101));
    assert!(!accepts(log, 50));
}

fn retention_by_count_goes_in_steps_and_takes_the_groups_along(log: &impl Log) {
    for seq in 1..=2200 {
        add(log, seq, &["menu:1", &format!("dish:{seq}")], 0);
    }
    let mut kept = retention(log, 100, FOREVER);
    assert!(kept.pressing());
    assert!(kept.step(log, 0).unwrap());
    assert_eq!((log.count().unwrap(), log.floor().unwrap()), (1200, 1000));
    assert!(kept.step(log, 0).unwrap());
    assert!(!kept.pressing());
    assert!(!kept.step(log, 0).unwrap());
    assert!(!kept.step(log, 0).unwrap());
    assert_eq!((log.count().unwrap(), log.floor().unwrap()), (100, 2100));
    assert_eq!(log.first("menu:1").unwrap(), Some(2101));
    assert_eq!(log.first("dish:2100").unwrap(), None);
    assert_eq!(log.first("dish:2200").unwrap(), Some(2200));
    kept.added(1);
    add(log, 2201, &["menu:1"], 0);
    assert!(!kept.step(log, 0).unwrap());
    assert_eq!(log.floor().unwrap(), 2101);
}

fn retention_by_age_removes_a_prefix_whatever_the_clock_did(log: &impl Log) {
    // The clock stood at 9000 for a while, then went back.
    for (seq, at) in [(1, 100), (2, 200), (3, 9000), (4, 300), (5, 400)] {
        add(log, seq, &["menu:1"], at);
    }
    retention(log, 100, 1000).step(log, 5000).unwrap();
    assert_eq!(log.floor().unwrap(), 2);
    assert_eq!(log.count().unwrap(), 3);
}

fn the_newest_event_is_never_forgotten(log: &impl Log) {
    for seq in 1..=3 {
        add(log, seq, &["menu:1"], 0);
    }
    let mut kept = retention(log, 0, 0);
    kept.step(log, i64::MAX).unwrap();
    kept.step(log, i64::MAX).unwrap();
    assert_eq!((log.head().unwrap(), log.floor().unwrap()), (3, 2));
    assert!(accepts(log, 3));
}

fn a_new_history_accepts_no_number_of_the_old_one(log: &impl Log) {
    assert_eq!(start(log, 0, 100).unwrap(), 100);
    for seq in 100..105 {
        add(log, seq, &["menu:1"], 0);
    }
    log.begin_anew(200).unwrap();
    assert_eq!((log.head().unwrap(), log.floor().unwrap()), (200, 200));
    assert_eq!(log.count().unwrap(), 0);
    for (since, expected) in [(0, false), (104, false), (199, false), (200, true)] {
        assert_eq!(accepts(log, since), expected, "since={since}");
    }
    add(log, 201, &["menu:1"], 0);
    assert_eq!(numbers(log, &["menu:1"], 200, 201), Ok(vec![201]));
    assert_eq!(
        numbers(log, &["menu:1"], 104, 201),
        Err(Unresumable::Pruned)
    );
}

fn numbers(
    log: &impl Log,
    groups: &[&str],
    since: u64,
    upto: u64,
) -> Result<Vec<u64>, Unresumable> {
    let groups = groups.iter().map(|name| (*name, since));
    let page = log.page(groups, since, upto).unwrap()?;
    Ok(page.numbers)
}

fn events_are_read_in_order_until_it_is_enough(log: &impl Log) {
    for seq in [3, 4, 9, 10, 30, 31] {
        add(log, seq, &["menu:1"], 0);
    }
    let read = |numbers: &[u64], at_most: usize| {
        let mut found = Vec::new();
        log.read(numbers, |stored| {
            assert_eq!(stored.event, format!("{{\"n\":{}}}", stored.seq));
            assert_eq!(stored.groups, "[\"menu:1\"]");
            found.push(stored.seq);
            Ok(found.len() < at_most)
        })
        .unwrap();
        found
    };
    assert_eq!(read(&[3, 10, 31], 9), [3, 10, 31]);
    assert_eq!(read(&[1, 4, 5, 30, 40], 9), [4, 30]);
    assert_eq!(read(&[3, 4, 9, 10], 2), [3, 4]);
    assert_eq!(read(&[], 9), [0; 0]);
    let refused = log.read(&[3, 4], |_| Err(crate::error::Error::Closed));
    assert!(refused.is_err());
}

/// One step of a log's life.
#[derive(Debug, Clone)]
enum Step {
    Append { gap: u64, groups: Vec<u8>, at: i64 },
    Start { ahead: u64 },
    Forget { events: u64, age_ms: u64 },
    BeginAnew { ahead: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    let append = (1_u64..4, prop::collection::vec(0_u8..5, 0..4), 0_i64..100);
    prop_oneof![
        12 => append.prop_map(|(gap, groups, at)| Step::Append { gap, groups, at }),
        2 => (0_u64..9).prop_map(|ahead| Step::Start { ahead }),
        2 => (1_u64..40, 0_u64..100).prop_map(|(events, age_ms)| Step::Forget { events, age_ms }),
        1 => (1_u64..9).prop_map(|ahead| Step::BeginAnew { ahead }),
    ]
}

fn live(log: &impl Log, steps: &[Step]) {
    for step in steps {
        let head = log.head().unwrap();
        match step {
            Step::Append { gap, groups, at } => {
                let mut names: Vec<String> = groups.iter().map(|g| format!("g:{g}")).collect();
                names.sort_unstable();
                names.dedup();
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                add(log, head + gap, &names, *at);
            }
            Step::Start { ahead } => {
                start(log, 0, head + ahead).unwrap();
            }
            Step::Forget { events, age_ms } => {
                retention(log, *events, *age_ms).step(log, 100).unwrap();
            }
            Step::BeginAnew { ahead } => log.begin_anew(head + ahead).unwrap(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 60,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Whatever became of it, SQLite's log says what the plain one says.
    #[test]
    fn every_log_says_the_same(steps in prop::collection::vec(step(), 0..90)) {
        let database = ScratchLog::new();
        let (sqlite, memory) = (database.log(), MemoryLog::default());
        live(&sqlite, &steps);
        live(&memory, &steps);
        prop_assert_eq!(sqlite.head().unwrap(), memory.head().unwrap());
        prop_assert_eq!(sqlite.floor().unwrap(), memory.floor().unwrap());
        prop_assert_eq!(sqlite.count().unwrap(), memory.count().unwrap());
        let head = sqlite.head().unwrap();
        for since in 0..head + 12 {
            prop_assert_eq!(sqlite.judge(since).unwrap(), memory.judge(since).unwrap(), "{}", since);
        }
        for group in ["g:0", "g:1", "g:4", "nobody"] {
            prop_assert_eq!(sqlite.first(group).unwrap(), memory.first(group).unwrap());
        }
        for since in (0..head + 5).step_by(7) {
            let heard = [("g:0", since), ("g:2", since + 3), ("g:4", since)];
            prop_assert_eq!(
                sqlite.page(heard.into_iter(), since, head).unwrap(),
                memory.page(heard.into_iter(), since, head).unwrap()
            );
        }
        for (excess, before_ms, at_most) in [(0, 50, 9), (7, 0, 4), (99, 0, 99)] {
            prop_assert_eq!(
                sqlite.doomed(excess, before_ms, at_most).unwrap(),
                memory.doomed(excess, before_ms, at_most).unwrap()
            );
        }
    }
}

/// What the writer keeps in memory is what the next start reads.
#[test]
fn the_index_is_what_the_rows_say_whatever_became_of_them() {
    let names =
        |groups: &[i64]| -> Vec<String> { groups.iter().map(|id| format!("menu:{id}")).collect() };
    let numbers = |index: &Index| -> Vec<Vec<u64>> {
        let of = |id: i64| {
            let mut found = Vec::new();
            index.after(&format!("menu:{id}"), 0, u64::MAX, usize::MAX, &mut found);
            found
        };
        (0..4).map(of).collect()
    };
    for seed in 1..=40_u64 {
        let mut dice = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut roll = |n: u64| {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            dice % n
        };
        let c = database();
        let log = SqliteLog::new(&c, None);
        let index = Arc::new(Index::read(&c).unwrap());
        let mut kept = Retention::new(&log, 30, Duration::MAX, index.clone()).unwrap();
        let mut seq = 0;
        for _ in 0..60 {
            let count = roll(8);
            let told: Vec<(u64, Vec<i64>)> = (0..count)
                .map(|n| (seq + 1 + n, (0..4).filter(|_| roll(2) == 0).collect()))
                .collect();
            for (seq, groups) in &told {
                index.add(&names(groups), *seq);
            }
            if roll(4) == 0 {
                // Rolled back: the next ones get their numbers.
                for (seq, groups) in told.iter().rev() {
                    names(groups)
                        .iter()
                        .for_each(|name| index.take_back(name, *seq));
                }
                continue;
            }
            for (seq, groups) in &told {
                let groups = names(groups);
                let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
                add(&log, *seq, &groups, 0);
            }
            seq += count;
            kept.added(count);
            if roll(3) == 0 {
                kept.step(&log, 0).unwrap();
            }
            assert_eq!(
                numbers(&index),
                numbers(&Index::read(&c).unwrap()),
                "seed {seed}"
            );
            assert_eq!(index.floor(), log.floor().unwrap());
        }
    }
}

/// The index forgets with the rows.
#[test]
fn retention_takes_the_index_along() {
    let c = database();
    let log = SqliteLog::new(&c, None);
    for seq in 1..=2200 {
        add(&log, seq, &["menu:1", &format!("dish:{seq}")], 0);
    }
    let index = Arc::new(Index::read(&c).unwrap());
    let mut kept = Retention::new(&log, 100, Duration::MAX, index.clone()).unwrap();
    while kept.step(&log, 0).unwrap() {}
    assert_eq!(Index::read(&c).unwrap().len(), 200);
    assert_eq!(index.len(), 200);
    assert_eq!(index.floor(), 2100);
}

/// A reader may still see what was forgotten meanwhile, but cannot find it any more.
#[test]
fn a_reader_of_an_older_state_is_told_what_was_forgotten_since() {
    let dir = tempfile::tempdir().unwrap();
    let open = || Connection::open(dir.path().join("history.db")).unwrap();
    let c = open();
    c.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))
        .unwrap();
    c.execute_batch(TABLES).unwrap();
    let log = SqliteLog::new(&c, None);
    for seq in 1..=30 {
        add(&log, seq, &["menu:1"], 0);
    }
    let index = Arc::new(Index::read(&c).unwrap());
    let connection = open();
    connection.execute_batch("BEGIN").unwrap();
    let older = SqliteLog::new(&connection, Some(&index));
    assert_eq!(older.head().unwrap(), 30);
    let mut kept = Retention::new(&log, 10, Duration::MAX, index.clone()).unwrap();
    kept.step(&log, 0).unwrap();
    let found = numbers(&older, &["menu:1"], 20, 30).unwrap();
    assert_eq!(found, (21..=30).collect::<Vec<_>>());
    let mut read = 0;
    older
        .read(&found, |_| {
            read += 1;
            Ok(true)
        })
        .unwrap();
    assert_eq!(read, 10);
    assert_eq!(
        numbers(&older, &["menu:1"], 19, 30),
        Err(Unresumable::Pruned)
    );
}
