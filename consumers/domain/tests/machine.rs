//! Random walks: whatever is asked for, in whatever words, an order only goes where the workflow leads.

use super::*;
use crate::domain::orders::{Move, OrderFacts, OrderType, change_status};
use crate::domain::workflow::{self, Guard, Kind, Step};
use crate::domain::{CANONICAL, DELIVERY, DINING, KITCHEN, Status, StatusWords, TIMING};
use proptest::prelude::*;

const VOCABULARIES: [&StatusWords; 5] = [&CANONICAL, &DELIVERY, &DINING, &KITCHEN, &TIMING];

fn asker() -> impl Strategy<Value = Actor> {
    prop_oneof![
        Just(mia()),
        Just(cook()),
        Just(boss()),
        Just(Actor::user(Role::Admin, 30)),
        Just(Actor::user(Role::Driver, 901)),
        Just(Actor::guest(1)),
        Just(Actor::nobody(Role::Display)),
    ]
}

fn wish() -> impl Strategy<Value = (Actor, usize, usize, bool)> {
    (asker(), 0..5usize, 0..9usize, any::<bool>())
}

/// Whether the asker may take this step of an order that was as it was.
fn may_take(step: &Step, before: &OrderFacts, actor: &Actor) -> bool {
    let delivery = before.order_type == OrderType::Delivery;
    let theirs = actor.role != Role::Driver || actor.user_id == before.driver_id;
    step.allows(actor.role)
        && match step.guard {
            Guard::Always => true,
            Guard::NotDelivery => !delivery,
            Guard::Delivery => delivery && theirs,
            Guard::Assigned | Guard::BeforePickUp => theirs,
        }
}

/// Whether the workflow leads there: in one step, or in forward steps through states that have no word.
fn leads(
    steps: &[Step],
    before: &OrderFacts,
    to: Status,
    words: &StatusWords,
    back: bool,
    actor: &Actor,
) -> bool {
    let from = before.status.name();
    let in_one = steps.iter().any(|step| {
        (step.from == from && step.to == to.name())
            && (back || matches!(step.kind, Kind::Forward | Kind::Cancel))
            && may_take(step, before, actor)
    });
    let unsaid = |code: &str| code.parse::<Status>().is_ok_and(|s| !words.can_name(s));
    let taken = |step: &Step| may_take(step, before, actor);
    in_one || workflow::way(steps, from, to.name(), unsaid, taken).is_some()
}

/// The dining room has no word for being on the way: its driver says `delivered`, and the order passes through. The step that leads straight there is
/// for orders that nobody drives, and for other roles.
#[test]
fn a_driver_hands_over_what_was_ready_in_the_dining_rooms_words() {
    let house = House::small();
    house.sql("INSERT INTO table_sessions(id, table_id) VALUES (1, 5)");
    let id = placed(&house, SUPPER).id;
    house.sql("UPDATE orders SET type = 'delivery', driver_id = 901");
    let say = |actor: Actor, words: &'static StatusWords, word: &str| {
        let wanted = Move::word(words, word).unwrap();
        house.run(|tx| change_status(tx, &actor, id, &wanted))
    };
    let driver = || Actor::user(Role::Driver, 901);
    say(mia(), &CANONICAL, "confirmed").unwrap();
    say(cook(), &DINING, "ready").unwrap();
    for (actor, words) in [
        (driver(), &CANONICAL),
        (mia(), &DINING),
        (Actor::user(Role::Driver, 902), &DINING),
    ] {
        say(actor, words, "delivered").unwrap_err();
    }
    let moved = say(driver(), &DINING, "delivered").unwrap();
    assert_eq!(
        (moved.previous, moved.order.status),
        (Status::Ready, Status::Delivered)
    );
    assert_eq!(moved.order.driver_id, Some(901), "theirs all the way");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn walks_stay_on_the_table(delivery in any::<bool>(), wishes in prop::collection::vec(wish(), 1..30)) {
        let house = House::small();
        house.sql("INSERT INTO table_sessions(id, table_id) VALUES (1, 5)");
        let id = placed(&house, SUPPER).id;
        if delivery {
            house.sql("UPDATE orders SET type = 'delivery', driver_id = 901");
        }
        let steps = house.run(|tx| workflow::steps(tx, workflow::RESTAURANT)).unwrap();
        let mut now = Status::Pending;
        for (actor, words, wanted, back) in wishes {
            let words = VOCABULARIES[words];
            let Ok(mut wanted) = Move::word(words, words.word(Status::ALL[wanted])) else { continue };
            wanted.back = back;
            house.wait_ms(1);
            let before = house.run(|tx| orders::get(tx, id)).unwrap();
            prop_assert_eq!(before.status, now);
            match house.run(|tx| change_status(tx, &actor, id, &wanted)) {
                Ok(moved) => {
                    prop_assert_eq!(&moved.order, &house.run(|tx| orders::get(tx, id)).unwrap(), "what is said of it is what is there");
                    prop_assert_eq!(moved.previous, now);
                    prop_assert_eq!(moved.changed, moved.order.status != now);
                    if moved.changed {
                        let to = moved.order.status;
                        prop_assert!(now != Status::Cancelled, "out of cancelled");
                        prop_assert!(now != Status::Completed || (back && actor.role == Role::Admin), "out of completed");
                        prop_assert!(leads(&steps, &before, to, words, back, &actor), "{} takes it from {now} to {to} in {}", actor.role, words.name);
                    }
                    now = moved.order.status;
                }
                Err(crate::db::Error::Client(_)) => {
                    prop_assert_eq!(&house.run(|tx| orders::get(tx, id)).unwrap(), &before, "a refusal changes nothing");
                }
                Err(other) => prop_assert!(false, "{other}"),
            }
        }
    }
}
