//! Random walks: whatever is asked for, in whatever words, an order only goes where the workflow leads.

use super::*;
use crate::domain::orders::{Move, change_status};
use crate::domain::workflow::{self, Kind};
use crate::domain::{CANONICAL, DELIVERY, DINING, KITCHEN, Status, TIMING, Vocabulary};
use proptest::prelude::*;

const VOCABULARIES: [&Vocabulary; 5] = [&CANONICAL, &DELIVERY, &DINING, &KITCHEN, &TIMING];

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
                    prop_assert_eq!(moved.previous, now);
                    prop_assert_eq!(moved.changed, moved.order.status != now);
                    if moved.changed {
                        prop_assert!(now != Status::Cancelled, "out of cancelled");
                        prop_assert!(now != Status::Completed || (back && actor.role == Role::Admin), "out of completed");
                        let direct = steps.iter().find(|s| s.from == now.name() && s.to == moved.order.status.name());
                        match direct {
                            Some(step) => prop_assert!(step.allows(actor.role) && (back || matches!(step.kind, Kind::Forward | Kind::Cancel))),
                            None => {
                                // every state on the way has no word
                                let way = workflow::way(&steps, now.name(), moved.order.status.name(), |code| {
                                    code.parse::<Status>().is_ok_and(|s| !words.can_name(s))
                                }, |step| step.allows(actor.role));
                                prop_assert!(way.is_some(), "{now} to {} in {}", moved.order.status, words.name);
                            }
                        }
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
