use super::*;
use crate::domain::orders::{Move, change_status};
use crate::domain::progress::RECALL_MS;
use crate::domain::{DINING, KITCHEN, Status, TIMING};

#[test]
fn roles_move_an_order_along() {
    let house = House::small();
    let id = placed(&house, SUPPER).id;
    let step =
        |actor: &Actor, status| house.refused(|tx| change_status(tx, actor, id, &Move::to(status)));
    assert_eq!(step(&mia(), Status::Ready), "INVALID_TRANSITION");
    assert_eq!(step(&mia(), Status::Confirmed), "nothing");
    assert_eq!(step(&mia(), Status::Preparing), "FORBIDDEN");
    assert_eq!(step(&cook(), Status::Preparing), "nothing");
    assert_eq!(step(&mia(), Status::Cancelled), "FORBIDDEN");
    let visitor = Actor {
        anonymous: true,
        ..boss()
    };
    assert_eq!(step(&visitor, Status::Ready), "FORBIDDEN");
    assert_eq!(step(&Actor::guest(1), Status::Cancelled), "NOT_FOUND");
    assert_eq!(step(&cook(), Status::Ready), "nothing");
    assert_eq!(step(&mia(), Status::OutForDelivery), "FORBIDDEN");
    assert_eq!(step(&boss(), Status::OutForDelivery), "INVALID_TRANSITION");
    assert_eq!(step(&cook(), Status::Ready), "nothing");
    assert_eq!(
        house.text("SELECT group_concat(DISTINCT status) FROM order_items"),
        "ready"
    );
    assert_eq!(step(&mia(), Status::Delivered), "nothing");
    assert_eq!(
        house.text("SELECT group_concat(DISTINCT status) FROM order_items"),
        "served"
    );
    assert_eq!(step(&boss(), Status::Cancelled), "INVALID_TRANSITION");
    assert_eq!(step(&mia(), Status::Completed), "nothing");
    assert_eq!(step(&mia(), Status::Completed), "nothing");
}

#[test]
fn a_guest_cancels_until_the_kitchen_begins() {
    let house = House::small();
    house.sql("INSERT INTO table_sessions(id, table_id) VALUES (1, 5), (2, 6)");
    let id = placed(&house, SUPPER).id;
    let cancel = |actor: &Actor| {
        house.refused(|tx| change_status(tx, actor, id, &Move::to(Status::Cancelled)))
    };
    assert_eq!(cancel(&Actor::guest(2)), "NOT_FOUND");
    house.sql("UPDATE orders SET status = 'preparing'");
    assert_eq!(cancel(&Actor::guest(1)), "INVALID_TRANSITION");
    house.sql("UPDATE orders SET status = 'confirmed'");
    assert_eq!(cancel(&Actor::guest(1)), "nothing");
    assert_eq!(cancel(&Actor::guest(1)), "nothing");
}

#[test]
fn a_vocabulary_passes_states_that_it_cannot_name_and_no_others() {
    let house = House::small();
    let id = placed(&house, SUPPER).id;
    let say = |actor: &Actor, words, word| {
        let wanted = Move::word(words, word).unwrap();
        house.run(|tx| change_status(tx, actor, id, &wanted))
    };
    assert!(
        say(&boss(), &DINING, "ready").is_err(),
        "it can say confirmed"
    );
    assert!(say(&boss(), &DINING, "confirmed").unwrap().changed);
    house.wait_ms(1000);
    let moved = say(&boss(), &DINING, "ready").unwrap();
    assert_eq!(
        (moved.previous, moved.order.status),
        (Status::Confirmed, Status::Ready)
    );
    assert_eq!(moved.order.preparing_at, moved.order.ready_at);
    assert!(moved.order.preparing_at > moved.order.confirmed_at);
    house.sql("UPDATE orders SET status = 'preparing'");
    let same = say(&boss(), &DINING, "confirmed").unwrap();
    assert_eq!(
        (same.changed, same.order.status),
        (false, Status::Preparing)
    );
    house.sql("UPDATE orders SET status = 'confirmed'");
    assert!(
        say(&boss(), &TIMING, "completed").is_err(),
        "it can say preparing"
    );
    house.sql("UPDATE orders SET status = 'ready'");
    assert_eq!(
        say(&boss(), &TIMING, "completed").unwrap().order.status,
        Status::Completed
    );
    house.sql("UPDATE orders SET status = 'ready', type = 'delivery'");
    let driven = say(&boss(), &TIMING, "completed").unwrap().order;
    assert_eq!((driven.status, driven.driver_id), (Status::Completed, None));
    house.sql("UPDATE orders SET status = 'delivered'");
    assert_eq!(
        say(&mia(), &KITCHEN, "completed").unwrap().order.status,
        Status::Completed
    );
}

#[test]
fn an_override_says_why_and_is_written_down() {
    let house = House::small();
    let id = placed(&house, SUPPER).id;
    let force = |actor: &Actor, status, reason: Option<&str>| {
        let wanted = Move {
            force: true,
            reason: reason.map(str::to_owned),
            ..Move::to(status)
        };
        house.refused(|tx| change_status(tx, actor, id, &wanted))
    };
    assert_eq!(
        force(&mia(), Status::Delivered, Some("now")),
        "INVALID_TRANSITION"
    );
    assert_eq!(
        force(&boss(), Status::Delivered, Some(" ")),
        "REASON_REQUIRED"
    );
    assert_eq!(
        force(&boss(), Status::Delivered, Some("served by hand")),
        "nothing"
    );
    assert_eq!(
        force(&boss(), Status::Preparing, Some("wrong dish")),
        "nothing"
    );
    assert_eq!(house.text("SELECT delivered_at FROM orders"), "NULL");
    assert_eq!(
        house.text("SELECT group_concat(reason || ':' || actor) FROM audit"),
        "served by hand:manager:30,wrong dish:manager:30"
    );
    assert_eq!(force(&boss(), Status::Cancelled, Some("gone")), "nothing");
    assert_eq!(
        force(&boss(), Status::Pending, Some("back")),
        "INVALID_TRANSITION"
    );
}

#[test]
fn a_recall_is_asked_for_and_has_half_an_hour() {
    let house = House::small();
    let id = placed(&house, SUPPER).id;
    let boss = boss();
    for status in [Status::Confirmed, Status::Preparing, Status::Ready] {
        to(&house, &boss, id, status);
    }
    let back = Move {
        back: true,
        ..Move::to(Status::Preparing)
    };
    let plain = Move::to(Status::Preparing);
    assert_eq!(
        house.refused(|tx| change_status(tx, &cook(), id, &plain)),
        "INVALID_TRANSITION"
    );
    house.wait_ms(RECALL_MS + 1);
    assert_eq!(
        house.refused(|tx| change_status(tx, &cook(), id, &back)),
        "RECALL_EXPIRED"
    );
    house.wait_ms(-1);
    let order = house
        .run(|tx| change_status(tx, &cook(), id, &back))
        .unwrap()
        .order;
    assert_eq!((order.status, order.ready_at), (Status::Preparing, None));
    assert_eq!(
        house.text("SELECT group_concat(DISTINCT status) FROM order_items"),
        "preparing"
    );
    assert_eq!(
        house.text("SELECT count(*) FROM order_items WHERE fired_at IS NULL"),
        "0"
    );
}
