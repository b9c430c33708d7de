use super::*;
use crate::domain::sessions::{self, Closing};
use crate::domain::{Key, restaurants, tables, tasks, waiters};

#[test]
fn the_second_waiter_joins() {
    let house = House::small();
    let first = house
        .run(|tx| tables::occupy(tx, &mia(), 5, Some(4)))
        .unwrap();
    let second = house
        .run(|tx| tables::occupy(tx, &noah(), 5, Some(2)))
        .unwrap();
    assert_eq!((first.joined, second.joined), (false, true));
    assert_eq!(first.table, second.table);
    let visit = second.table.session.unwrap();
    assert_eq!((visit.guests_count, visit.waiter_id), (4, Some(10)));
    assert_eq!(visit.session_code.len(), 6);
    for (table, guests, code) in [
        (6, 0, "INVALID_VALUE"),
        (6, 501, "INVALID_VALUE"),
        (7, 1, "TABLE_INACTIVE"),
        (77, 1, "NOT_FOUND"),
    ] {
        assert_eq!(
            house.refused(|tx| tables::occupy(tx, &mia(), table, Some(guests))),
            code
        );
    }
    assert_eq!(
        house.refused(|tx| tables::occupy(tx, &cook(), 6, None)),
        "FORBIDDEN"
    );
}

#[test]
fn a_table_that_owes_is_not_released() {
    let house = House::small();
    let visit = house
        .run(|tx| tables::occupy(tx, &mia(), 5, None))
        .unwrap()
        .table
        .session
        .unwrap();
    let order = placed(&house, SUPPER);
    let plain = Closing::default();
    assert_eq!(
        house.refused(|tx| tables::release(tx, &mia(), 5, &plain)),
        "UNPAID_ORDERS"
    );
    let error = house
        .run(|tx| sessions::close(tx, &mia(), visit.id, &plain))
        .unwrap_err();
    let crate::db::Error::Client(error) = error else {
        panic!()
    };
    let details = error.details.unwrap();
    assert!(
        details.get().contains(r#""total_unpaid":"195.50""#),
        "{details}"
    );
    assert!(
        details
            .get()
            .contains(&format!(r#""id":{},"public_id""#, order.id)),
        "{details}"
    );
    let force = Closing {
        force: true,
        reason: Some("left without paying".into()),
    };
    let silent = Closing {
        force: true,
        reason: None,
    };
    assert_eq!(
        house.refused(|tx| tables::release(tx, &mia(), 5, &force)),
        "FORBIDDEN"
    );
    assert_eq!(
        house.refused(|tx| tables::release(tx, &boss(), 5, &silent)),
        "REASON_REQUIRED"
    );
    let released = house
        .run(|tx| tables::release(tx, &boss(), 5, &force))
        .unwrap();
    assert!(!released.table.is_occupied());
    assert_eq!(released.closed.unwrap().unpaid.len(), 1);
    assert_eq!(
        house.text("SELECT action || reason FROM audit"),
        "force_releaseleft without paying"
    );
    assert!(
        house
            .run(|tx| sessions::close(tx, &mia(), visit.id, &plain))
            .unwrap()
            .already
    );
    assert!(
        house
            .run(|tx| tables::release(tx, &mia(), 5, &plain))
            .unwrap()
            .closed
            .is_none()
    );
    assert_eq!(
        house.refused(|tx| sessions::set_guests(tx, &mia(), visit.id, 3)),
        "SESSION_CLOSED"
    );
    let next = house.run(|tx| tables::occupy(tx, &mia(), 5, None)).unwrap();
    let token = |id| house.run(|tx| sessions::token(tx, id)).unwrap();
    assert_ne!(token(visit.id), token(next.table.session.unwrap().id));
    assert_eq!(
        house.refused(|tx| sessions::by_token(tx, &token(visit.id))),
        "SESSION_CLOSED"
    );
}

#[test]
fn a_house_may_only_warn() {
    let house = House::small();
    house.sql(r#"UPDATE restaurants SET settings_json = '{"release_policy":"warn"}'"#);
    // Placed while nobody sat there: it belongs to the table.
    placed(&house, SUPPER);
    house.run(|tx| tables::occupy(tx, &mia(), 5, None)).unwrap();
    let released = house
        .run(|tx| tables::release(tx, &mia(), 5, &Closing::default()))
        .unwrap();
    assert_eq!(released.closed.unwrap().unpaid[0].balance, "195.50");
}

#[test]
fn the_first_has_it_and_the_second_is_told_who() {
    use crate::domain::notifications::{self, Filter};
    let house = House::small();
    let task = tasks::NewTask {
        title: "Water".into(),
        table_id: Some(Key::Id(5)),
        ..Default::default()
    };
    let made = house
        .run(|tx| tasks::create(tx, &boss(), 2, Some(&Key::Id(10)), &task))
        .unwrap();
    let id: i64 = house.text("SELECT id FROM notifications").parse().unwrap();
    let told = house.run(|tx| notifications::get(tx, id)).unwrap();
    assert_eq!(
        (told.audience, told.task_id),
        (notifications::Audience::Waiter(10), Some(made.id))
    );
    assert_eq!(
        (told.message.as_str(), told.table_number.as_deref()),
        ("Water", Some("5"))
    );
    let open = Filter {
        managers: false,
        restaurant_id: 2,
        waiter_id: Some(10),
        open_at: Some(0),
    };
    assert_eq!(
        house
            .run(|tx| notifications::list(tx, &open, None, 9))
            .unwrap()
            .total,
        1
    );
    let other = Filter {
        waiter_id: Some(11),
        ..open.clone()
    };
    assert_eq!(
        house
            .run(|tx| notifications::list(tx, &other, None, 9))
            .unwrap()
            .total,
        0
    );
    let first = house
        .run(|tx| notifications::acknowledge(tx, &mia(), id))
        .unwrap();
    let second = house
        .run(|tx| notifications::acknowledge(tx, &noah(), id))
        .unwrap();
    assert_eq!((first.already, first.by.as_str()), (false, "Mia"));
    assert_eq!((second.already, second.by.as_str()), (true, "Mia"));
    assert_eq!(house.text("SELECT status FROM tasks"), "acknowledged");
    assert_eq!(
        house
            .run(|tx| notifications::list(tx, &open, None, 9))
            .unwrap()
            .total,
        0
    );
    assert_eq!(
        house.refused(|tx| notifications::acknowledge(tx, &mia(), 77)),
        "NOT_FOUND"
    );
    assert_eq!(house.run(|tx| tasks::of_waiter(tx, 10)).unwrap().len(), 1);
    assert_eq!(house.run(|tx| tasks::of_waiter(tx, 11)).unwrap().len(), 0);
    house
        .run(|tx| tasks::set_status(tx, &mia(), made.id, tasks::TaskStatus::Done, None))
        .unwrap();
    assert_eq!(
        house.refused(|tx| tasks::set_status(tx, &mia(), made.id, tasks::TaskStatus::Open, None)),
        "INVALID_VALUE"
    );
}

#[test]
fn a_guest_calls_a_waiter_to_the_own_table() {
    let house = House::small();
    let visit = house
        .run(|tx| tables::occupy(tx, &mia(), 5, None))
        .unwrap()
        .table
        .session
        .unwrap();
    let call = |table| tasks::NewTask {
        title: "Please come".into(),
        kind: tasks::TaskKind::CallWaiter,
        table_id: Some(Key::Id(table)),
        ..Default::default()
    };
    let guest = Actor::guest(visit.id);
    assert_eq!(
        house.refused(|tx| tasks::create(tx, &guest, 2, None, &call(5))),
        "nothing"
    );
    assert_eq!(
        house.refused(|tx| tasks::create(tx, &guest, 2, None, &call(6))),
        "FORBIDDEN"
    );
    assert_eq!(house.text("SELECT audience FROM notifications"), "floor");
}

#[test]
fn alerts_and_broadcasts_are_rows() {
    use crate::domain::{alerts, broadcasts};
    let house = House::small();
    let alert = alerts::NewAlert {
        message: " Fire! ".into(),
        waiter_id: Some(Key::Id(10)),
        ..Default::default()
    };
    let told = house
        .run(|tx| alerts::raise(tx, &mia(), 2, &alert))
        .unwrap();
    assert_eq!((told.message.as_str(), told.severity), ("Fire!", 4));
    let elsewhere = alerts::NewAlert {
        waiter_id: Some(Key::Id(13)),
        ..alert.clone()
    };
    assert_eq!(
        house.refused(|tx| alerts::raise(tx, &mia(), 2, &elsewhere)),
        "OTHER_RESTAURANT"
    );
    let broadcast = broadcasts::NewBroadcast {
        message: "Closing soon".into(),
        ..Default::default()
    };
    assert_eq!(
        house.refused(|tx| broadcasts::send(tx, &mia(), 2, &broadcast)),
        "FORBIDDEN"
    );
    let told = house
        .run(|tx| broadcasts::send(tx, &boss(), 2, &broadcast))
        .unwrap();
    assert_eq!(told.kind.name(), "broadcast");
    let empty = broadcasts::NewBroadcast::default();
    assert_eq!(
        house.refused(|tx| broadcasts::send(tx, &boss(), 2, &empty)),
        "INVALID_VALUE"
    );
    let view = house.run(|tx| restaurants::overview(tx, 2)).unwrap();
    assert_eq!(view.open_alerts, 1);
}

#[test]
fn a_waiter_sees_what_is_theirs() {
    let house = House::small();
    let order = placed(&house, SUPPER);
    assert_eq!(
        house.run(|tx| waiters::orders(tx, 10)).unwrap()[0].id,
        order.id
    );
    assert!(house.run(|tx| waiters::orders(tx, 11)).unwrap().is_empty());
    assert_eq!(house.run(|tx| waiters::list(tx, 2)).unwrap().len(), 3);
}

#[test]
fn a_restaurant_at_a_glance() {
    use crate::domain::Status;
    let house = House::small();
    house
        .run(|tx| tables::occupy(tx, &mia(), 5, Some(3)))
        .unwrap();
    placed(&house, SUPPER);
    let view = house.run(|tx| restaurants::overview(tx, 2)).unwrap();
    assert_eq!(
        (view.tables_occupied, view.tables_total, view.guests),
        (1, 2, 3)
    );
    assert_eq!(
        (
            view.count(Status::Pending),
            view.active_orders(),
            view.unpaid_minor
        ),
        (1, 1, 19550)
    );
    let empty = house.run(|tx| restaurants::overview(tx, 3)).unwrap();
    assert_eq!(
        (empty.tables_occupied, empty.guests, empty.active_orders()),
        (0, 0, 0)
    );
}
