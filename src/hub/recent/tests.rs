use super::*;
use crate::error::Error;
use crate::hub::fixture::Numbers;
use crate::hub::replay::{Size, page};
use crate::store::log::{MemoryLog, NewEvent};
use std::cell::Cell;

#[test]
fn what_is_forgotten_is_read_again_and_what_is_known_is_not() -> Result<(), Error> {
    let log = MemoryLog::default();
    for seq in 1..=500 {
        log.append(&NewEvent {
            seq,
            event: "7",
            groups: r#"["1"]"#,
            at: 0,
            rechecks: false,
        })?;
    }
    let clock = Clock::held();
    let recent = Recent::<Numbers>::new(clock.clone());
    let heard = Audience::new([(1, 0)]);
    let made = Cell::new(0);
    let render = |seq: u64, _: &u64, _: &u64| {
        made.set(made.get() + 1);
        Some(Bytes::from(format!("the frame of {seq}")))
    };
    let rendering = Rendering {
        format: 0,
        deflate_from: usize::MAX,
        render: &render,
    };
    let whole = Size::of_outbox(usize::MAX, usize::MAX);
    let replay = |since| {
        let page = page(&log, &recent, &heard, (since, 500), whole, &rendering)?;
        Ok::<_, Error>(page.expect("nothing was pruned").frames)
    };
    let first = replay(0)?;
    assert_eq!((first.len(), made.take()), (500, 500));
    assert_eq!(
        (replay(0)?, replay(400)?.len(), made.get()),
        (first.clone(), 100, 0)
    );

    let counted = |kept: &RecentEvents<Numbers>| {
        let bytes: usize = kept.events.values().map(|event| event.bytes).sum();
        assert_eq!((kept.bytes, kept.order.len()), (bytes, kept.events.len()));
        kept.order.len()
    };
    assert_eq!(counted(&recent.kept()), 500);
    recent.kept().cut(50_000);
    let left = counted(&recent.kept());
    assert!(
        recent.kept().bytes <= 50_000 && (50..450).contains(&left),
        "{left}"
    );
    recent.forget_stale();
    assert_eq!(counted(&recent.kept()), left, "somebody asked just now");
    assert_eq!(replay(0)?, first);
    assert_eq!((made.take(), counted(&recent.kept())), (500 - left, 500));
    clock.advance(KEPT_FOR);
    assert!(recent.is_stale());
    recent.forget_stale();
    assert_eq!(counted(&recent.kept()), 0);
    assert!(!recent.is_stale(), "nothing is kept");
    Ok(())
}
