use super::super::recent::{Recent, Rendering};
use super::*;
use crate::hub::fixture::Numbers;
use crate::limits::clock::Clock;
use crate::store::log::{NewEvent, ScratchLog};
use bytes::Bytes;
use proptest::prelude::*;

/// A client that takes a whole page.
const ALL: Size = Size::of_outbox(usize::MAX, usize::MAX);

fn add(log: &impl Log, seq: u64, groups: &[u64]) {
    let names: Vec<String> = groups.iter().map(ToString::to_string).collect();
    log.append(&NewEvent {
        seq,
        event: "7",
        groups: &serde_json::to_string(&names).unwrap(),
        at: 0,
        rechecks: false,
    })
    .unwrap();
}

fn recent() -> Recent<Numbers> {
    Recent::new(Clock::held())
}

/// What a format of number 0 is told of, by a history that nobody has asked before.
fn replayed(
    log: &impl Log,
    groups: &[(u64, u64)],
    span: (u64, u64),
    render: &dyn Fn(u64, &u64, &u64) -> Option<Bytes>,
) -> Result<Page, Unresumable> {
    let heard = Audience::new(groups.iter().copied());
    let rendering = Rendering {
        format: 0,
        deflate_from: usize::MAX,
        render,
    };
    page(log, &recent(), &heard, span, ALL, &rendering).unwrap()
}

#[test]
fn a_replay_that_is_overtaken_by_forgetting_says_so() {
    let log = ScratchLog::new();
    for seq in 1..=30 {
        add(&log.log(), seq, &[1]);
    }
    log.log().forget(20).unwrap();
    let replay = |since| {
        replayed(&log.log(), &[(1, 0)], (since, 30), &|seq, _, _| {
            Some(seq.to_string().into())
        })
    };
    assert_eq!(replay(20).unwrap().frames.len(), 10);
    assert_eq!(replay(19).unwrap_err(), Unresumable::Pruned);
}

#[test]
fn a_page_that_is_exactly_full_is_not_the_last_for_all_it_knows() {
    let log = ScratchLog::new();
    for seq in 1..=1000 {
        add(&log.log(), seq, &[1]);
    }
    let none =
        |groups: &[(u64, u64)], span| replayed(&log.log(), groups, span, &|_, _, _| None).unwrap();
    let p = none(&[(1, 0)], (0, 1000));
    assert_eq!((p.frames.len(), p.upto, p.more), (0, 1000, false));
    let p = none(&[(1, 0)], (0, 1500));
    assert_eq!((p.upto, p.more), (1000, true));
    let p = none(&[(2, 0)], (0, 1500));
    assert_eq!((p.upto, p.more), (1500, false));
    let p = none(&[], (7, 7));
    assert_eq!((p.upto, p.more), (7, false));
}

/// What a format says of an event to a group: some are not told, some are long.
fn shown(seq: u64, event: &u64, group: &u64) -> Option<Bytes> {
    if (seq + group).is_multiple_of(3) {
        return None;
    }
    let padding = "p".repeat((seq as usize * 37) % 700);
    Some(format!("{seq} {group} {event} {padding}").into())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn pages_are_the_history_of_the_groups(
        told in prop::collection::vec((1_u64..4, prop::collection::vec(0_u64..70, 1..4)), 0..2600),
        mine in prop::collection::hash_map(0_u64..70, prop_oneof![Just(0), 0_u64..8_000], 0..64),
        from in 0.0_f64..1.0, to in 0.0_f64..1.0,
    ) {
        let kept = ScratchLog::new();
        let log = kept.log();
        let (mut seq, mut events) = (0, Vec::new());
        for (gap, mut groups) in told {
            seq += gap;
            groups.sort_unstable();
            groups.dedup();
            groups.sort_by_key(|g| (g * 31) % 17); // some other order
                        add(&log, seq, &groups);
            events.push((seq, groups));
        }
        let (since, upto) = ((from * seq as f64) as u64, (to * seq as f64) as u64);
        let mine: Vec<_> = mine.into_iter().collect();
        let expected: Vec<Bytes> = events
            .iter()
            .filter(|(seq, _)| *seq > since && *seq <= upto)
            .filter_map(|(seq, groups)| {
                let heard = |g: &&u64| mine.iter().any(|(m, from)| m == *g && seq > from);
                groups.iter().filter(heard).find_map(|g| shown(*seq, &7, g))
            })
            .collect();

        // Others were replayed before, of another format too, and some of it is known.
        let recent = recent();
        let heard = Audience::new(mine.iter().copied());
        let upside_down = |seq: u64, _: &u64, _: &u64| Some(Bytes::from(format!("{seq} upside down")));
        let other = Rendering { format: 1, deflate_from: usize::MAX, render: &upside_down };
        page(&log, &recent, &heard, (since / 2, upto), ALL, &other).unwrap().unwrap();
        let rendering = Rendering { format: 0, deflate_from: usize::MAX, render: &shown };
        page(&log, &recent, &heard, (since + (upto.saturating_sub(since)) / 3, upto), ALL, &rendering).unwrap().unwrap();

        let (mut at, mut frames, mut pages) = (since, Vec::new(), 0);
        loop {
            let p = page(&log, &recent, &heard, (at, upto), ALL, &rendering).unwrap().unwrap();
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
