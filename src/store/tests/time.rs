use super::*;
use crate::limits::clock::Clock;

#[tokio::test]
async fn an_outcome_counts_as_long_as_the_clock_says_that_the_store_was_handed() {
    let clock = Clock::held();
    let mut served = Served::new();
    served.reopen_by(clock.clone());
    let store = served.store();
    let insert = async || {
        let lifetime = Duration::from_secs(600);
        let id = IdempotencyKey::new("mia", "k", b"x").for_at_most(lifetime);
        let command = Command::new().with_id(id);
        store.write(command, insertion("soup")).await.unwrap()
    };
    assert_eq!(insert().await, 1);
    clock.advance(Duration::from_secs(599));
    assert_eq!(insert().await, 1, "a repetition");
    clock.advance(Duration::from_secs(2));
    assert_eq!(insert().await, 2, "the id is new again");
}
