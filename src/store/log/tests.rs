use super::page::Page;
use super::*;
use crate::consumer::announcer::fixture::{Cafe, Event, Group};
use crate::store::Reader;
use bytes::Bytes;
use proptest::prelude::*;
use std::sync::Arc;
use std::time::Duration;

/// A client that takes a whole page.
const ALL: Size = Size::of_outbox(usize::MAX, usize::MAX);

fn database() -> Connection {
    let c = Connection::open_in_memory().unwrap();
    c.execute_batch(TABLES).unwrap();
    c
}

fn add(c: &Connection, seq: u64, groups: &[Group], name: &str, at: i64) {
    let names: Vec<String> = groups.iter().map(ToString::to_string).collect();
    let event = Event {
        op: "new".into(),
        name: name.into(),
        by: None,
    };
    let event = serde_json::to_string(&event).unwrap();
    let groups = serde_json::to_string(&names).unwrap();
    c.prepare_cached("INSERT INTO event_log VALUES(?1, ?2, ?3, ?4, 0)")
        .unwrap()
        .execute(params![seq, event, groups, at])
        .unwrap();
}

fn count(c: &Connection, table: &str) -> u64 {
    c.query_row(&format!("SELECT count(*) FROM {table}"), [], |r| r.get(0))
        .unwrap()
}

fn retention(c: &Connection, events: u64, age_ms: u64) -> Retention {
    let index = Arc::new(Index::read(c).unwrap());
    Retention::new(c, events, Duration::from_millis(age_ms), index).unwrap()
}

/// What a lane of number 0 is told of, by a history that nobody has asked before.
fn replayed(
    db: &Reader<'_>,
    groups: &[(Group, u64)],
    span: (u64, u64),
    render: &dyn Fn(u64, &Event, &Group) -> Option<Bytes>,
) -> Result<Page, Unresumable> {
    let heard = Audience::new(groups.iter().cloned());
    let manner = Manner {
        lane: 0,
        deflate_from: usize::MAX,
        render,
    };
    page(db, &Recent::<Cafe>::default(), &heard, span, ALL, &manner).unwrap()
}

fn accepts(c: &Connection, since: u64) -> bool {
    judge(c, since).unwrap().is_ok()
}

const FOREVER: u64 = u64::MAX;

#[test]
fn a_number_is_accepted_when_all_that_follows_is_here() {
    let c = database();
    // A first run: numbers from 100. A second: from 200. Then 1..=101 are forgotten.
    assert_eq!(start(&c, 0, 100).unwrap(), 100);
    for seq in 100..105 {
        add(&c, seq, &[Group::Menu(1)], "x", 0);
    }
    let check = |cases: &[(u64, bool)]| {
        for (since, expected) in cases {
            assert_eq!(accepts(&c, *since), *expected, "since={since}");
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
    assert_eq!(start(&c, 0, 200).unwrap(), 200);
    for seq in 200..203 {
        add(&c, seq, &[Group::Menu(1)], "x", 0);
    }
    check(&[
        (104, true),
        (105, false),
        (199, false),
        (200, true),
        (202, true),
        (203, false),
    ]);
    assert!(!retention(&c, 6, FOREVER).step(&c, 0).unwrap());
    assert_eq!(floor(&c).unwrap(), 101);
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

#[test]
fn an_empty_history_accepts_its_beginning_only() {
    let c = database();
    start(&c, 0, 1000).unwrap();
    assert_eq!(head(&c).unwrap(), 0);
    assert!(accepts(&c, 0));
    assert!(!accepts(&c, 1));
    assert!(!accepts(&c, 1000));
}

#[test]
fn numbers_never_recur_when_the_clock_goes_back() {
    let c = database();
    assert_eq!(start(&c, 0, 5000).unwrap(), 5000);
    add(&c, 5000, &[Group::Menu(1)], "x", 0);
    assert_eq!(start(&c, 0, 10).unwrap(), 5001);
    assert_eq!(start(&c, 0, 0).unwrap(), 5001); // before 2025
    add(&c, 5001, &[Group::Menu(1)], "x", 0);
    assert!(accepts(&c, 5000) && accepts(&c, 5001));
    // Nor what a history gave that this database does not have.
    assert_eq!(start(&c, 7000, 10).unwrap(), 7001);
    assert!(!accepts(&c, 5002) && !accepts(&c, 7000));
}

/// A run whose clock ran ahead and that told nothing must not make the next run's numbers unacceptable.
#[test]
fn a_silent_run_leaves_no_hole() {
    let c = database();
    start(&c, 0, 9000).unwrap();
    assert_eq!(start(&c, 0, 100).unwrap(), 100);
    add(&c, 100, &[Group::Menu(1)], "x", 0);
    add(&c, 101, &[Group::Menu(1)], "x", 0);
    assert!(accepts(&c, 100) && accepts(&c, 101));
    assert!(!accepts(&c, 50));
}

#[test]
fn retention_by_count_goes_in_steps_and_takes_the_groups_along() {
    let c = database();
    for seq in 1..=2200 {
        add(&c, seq, &[Group::Menu(1), Group::Dish(seq as i64)], "x", 0);
    }
    let index = Arc::new(Index::read(&c).unwrap());
    let mut kept = Retention::new(&c, 100, Duration::MAX, index.clone()).unwrap();
    assert!(kept.pressing());
    assert!(kept.step(&c, 0).unwrap());
    assert_eq!((count(&c, "event_log"), floor(&c).unwrap()), (1200, 1000));
    assert!(kept.step(&c, 0).unwrap());
    assert!(!kept.pressing());
    assert!(!kept.step(&c, 0).unwrap());
    assert!(!kept.step(&c, 0).unwrap());
    assert_eq!((count(&c, "event_log"), floor(&c).unwrap()), (100, 2100));
    assert_eq!(Index::read(&c).unwrap().len(), 200);
    assert_eq!(index.len(), 200);
    assert_eq!(index.floor(), 2100);
    kept.added(1);
    add(&c, 2201, &[Group::Menu(1)], "x", 0);
    assert!(!kept.step(&c, 0).unwrap());
    assert_eq!(floor(&c).unwrap(), 2101);
}

#[test]
fn retention_by_age_removes_a_prefix_whatever_the_clock_did() {
    let c = database();
    // The clock stood at 9000 for a while, then went back.
    for (seq, at) in [(1, 100), (2, 200), (3, 9000), (4, 300), (5, 400)] {
        add(&c, seq, &[Group::Menu(1)], "x", at);
    }
    retention(&c, 100, 1000).step(&c, 5000).unwrap();
    assert_eq!(floor(&c).unwrap(), 2);
    assert_eq!(count(&c, "event_log"), 3);
}

#[test]
fn the_newest_event_is_never_forgotten() {
    let c = database();
    for seq in 1..=3 {
        add(&c, seq, &[Group::Menu(1)], "x", 0);
    }
    let mut kept = retention(&c, 0, 0);
    kept.step(&c, i64::MAX).unwrap();
    kept.step(&c, i64::MAX).unwrap();
    assert_eq!((head(&c).unwrap(), floor(&c).unwrap()), (3, 2));
    assert!(accepts(&c, 3));
}

#[test]
fn a_replay_that_is_overtaken_by_forgetting_says_so() {
    let c = database();
    for seq in 1..=30 {
        add(&c, seq, &[Group::Menu(1)], "x", 0);
    }
    retention(&c, 10, FOREVER).step(&c, 0).unwrap();
    let replay = |since| {
        replayed(
            &Reader::new(&c),
            &[(Group::Menu(1), 0)],
            (since, 30),
            &|seq, _, _| Some(seq.to_string().into()),
        )
    };
    assert_eq!(replay(20).unwrap().frames.len(), 10);
    assert_eq!(replay(19).unwrap_err(), Unresumable::Pruned);
}

#[test]
fn a_page_that_is_exactly_full_is_not_the_last_for_all_it_knows() {
    let c = database();
    for seq in 1..=1000 {
        add(&c, seq, &[Group::Menu(1)], "x", 0);
    }
    let none = |groups: &[(Group, u64)], span| {
        replayed(&Reader::new(&c), groups, span, &|_, _, _| None).unwrap()
    };
    let p = none(&[(Group::Menu(1), 0)], (0, 1000));
    assert_eq!((p.frames.len(), p.upto, p.more), (0, 1000, false));
    let p = none(&[(Group::Menu(1), 0)], (0, 1500));
    assert_eq!((p.upto, p.more), (1000, true));
    let p = none(&[(Group::Menu(2), 0)], (0, 1500));
    assert_eq!((p.upto, p.more), (1500, false));
    let p = none(&[], (7, 7));
    assert_eq!((p.upto, p.more), (7, false));
}

/// What a lane says of an event to a group: some are not told, some are long.
fn shown(seq: u64, event: &Event, group: &Group) -> Option<Bytes> {
    let Group::Menu(id) = group else { return None };
    if (seq + *id as u64).is_multiple_of(3) {
        return None;
    }
    let padding = "p".repeat((seq as usize * 37) % 700);
    Some(format!("{seq} {group} {} {padding}", event.name).into())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn pages_are_the_history_of_the_groups(
        told in prop::collection::vec((1_u64..4, prop::collection::vec(0_i64..70, 1..4)), 0..2600),
        mine in prop::collection::hash_map(0_i64..70, prop_oneof![Just(0), 0_u64..8_000], 0..64),
        from in 0.0_f64..1.0, to in 0.0_f64..1.0,
    ) {
        let c = database();
        let tx = c.unchecked_transaction().unwrap();
        let (mut seq, mut events) = (0, Vec::new());
        for (gap, mut groups) in told {
            seq += gap;
            groups.sort_unstable();
            groups.dedup();
            groups.sort_by_key(|g| (g * 31) % 17); // some other order
            let groups: Vec<_> = groups.into_iter().map(Group::Menu).collect();
            add(&tx, seq, &groups, "x", 0);
            events.push((seq, groups));
        }
        tx.commit().unwrap();
        let (since, upto) = ((from * seq as f64) as u64, (to * seq as f64) as u64);
        let mine: Vec<_> = mine.into_iter().map(|(g, from)| (Group::Menu(g), from)).collect();
        let event = Event { op: "new".into(), name: "x".into(), by: None };
        let expected: Vec<Bytes> = events
            .iter()
            .filter(|(seq, _)| *seq > since && *seq <= upto)
            .filter_map(|(seq, groups)| {
                let heard = |g: &&Group| mine.iter().any(|(m, from)| m == *g && seq > from);
                groups.iter().filter(heard).find_map(|g| shown(*seq, &event, g))
            })
            .collect();

        // Others were replayed before, of another lane too, and some of it is known.
        let recent = Recent::<Cafe>::default();
        let heard = Audience::new(mine.iter().cloned());
        let upside_down = |seq: u64, _: &Event, _: &Group| Some(Bytes::from(format!("{seq} upside down")));
        let other = Manner { lane: 1, deflate_from: usize::MAX, render: &upside_down };
        page(&Reader::new(&c), &recent, &heard, (since / 2, upto), ALL, &other).unwrap().unwrap();
        let manner = Manner { lane: 0, deflate_from: usize::MAX, render: &shown };
        page(&Reader::new(&c), &recent, &heard, (since + (upto.saturating_sub(since)) / 3, upto), ALL, &manner).unwrap().unwrap();

        let (mut at, mut frames, mut pages) = (since, Vec::new(), 0);
        loop {
            let p = page(&Reader::new(&c), &recent, &heard, (at, upto), ALL, &manner).unwrap().unwrap();
            prop_assert!(p.frames.len() <= 1000);
            let bytes: usize = p.frames.iter().map(Bytes::len).sum();
            prop_assert!(bytes < (256 << 10) + 1024);
            prop_assert!(p.upto > at || !p.more, "a page goes on");
            prop_assert_eq!(p.bytes, bytes);
            frames.extend(p.frames);
            at = p.upto;
            pages += 1;
            if !p.more { break }
        }
        prop_assert!(pages <= 40);
        prop_assert_eq!(at, upto.max(since));
        prop_assert_eq!(frames, expected);
    }
}

/// What the writer keeps in memory is what the next start reads.
#[test]
fn the_index_is_what_the_rows_say_whatever_became_of_them() {
    let names = |groups: &[i64]| -> Vec<String> {
        groups
            .iter()
            .map(|id| Group::Menu(*id).to_string())
            .collect()
    };
    let numbers = |index: &Index| -> Vec<Vec<u64>> {
        let of = |id: i64| {
            let mut found = Vec::new();
            index.after(
                &Group::Menu(id).to_string(),
                0,
                u64::MAX,
                usize::MAX,
                &mut found,
            );
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
        let index = Arc::new(Index::read(&c).unwrap());
        let mut kept = Retention::new(&c, 30, Duration::MAX, index.clone()).unwrap();
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
                let groups: Vec<Group> = groups.iter().map(|id| Group::Menu(*id)).collect();
                add(&c, *seq, &groups, "x", 0);
            }
            seq += count;
            kept.added(count);
            if roll(3) == 0 {
                kept.step(&c, 0).unwrap();
            }
            assert_eq!(
                numbers(&index),
                numbers(&Index::read(&c).unwrap()),
                "seed {seed}"
            );
            assert_eq!(index.floor(), floor(&c).unwrap());
        }
    }
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
    for seq in 1..=30 {
        add(&c, seq, &[Group::Menu(1)], "x", 0);
    }
    let index = Arc::new(Index::read(&c).unwrap());
    let older = open();
    older.execute_batch("BEGIN").unwrap();
    assert_eq!(head(&older).unwrap(), 30);
    let mut kept = Retention::new(&c, 10, Duration::MAX, index.clone()).unwrap();
    kept.step(&c, 0).unwrap();
    let replay = |since| {
        let db = Reader::with(&older, Some(&index));
        replayed(&db, &[(Group::Menu(1), 0)], (since, 30), &|seq, _, _| {
            Some(seq.to_string().into())
        })
    };
    assert_eq!(replay(20).unwrap().frames.len(), 10);
    assert_eq!(replay(19).unwrap_err(), Unresumable::Pruned);
}
