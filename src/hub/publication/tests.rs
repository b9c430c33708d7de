use super::*;
use crate::hub::fixture::Numbers;

#[test]
fn no_group_is_told_in_the_words_for_another_however_many_there_are() {
    const GROUPS: u64 = 65_600;
    let publication = Publication::<Numbers>::new(1, 7, 0..GROUPS);
    let told = |group: usize| {
        let make = |_: &u64, group: &u64| Some(Bytes::from(format!("menu:{group}")));
        publication.frame(group, 0, make).expect("a frame")
    };
    // 65,536 apart
    for group in [0, 1, 65_535, 65_536, 65_537] {
        assert_eq!(told(group), format!("menu:{group}"));
    }
    let plain = told(65_537);
    publication.deflated(65_537, 0, &plain);
    assert_eq!(
        publication.deflated(1, 0, &told(1)),
        websocket::deflated(&told(1))
    );
}
