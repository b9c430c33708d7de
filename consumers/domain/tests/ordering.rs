use super::*;
use crate::domain::items::{self, ItemPatch, ItemStatus};
use crate::domain::orders::{Filter, Move, NewLine, Patch, change_status};
use crate::domain::progress::RECALL_MS;
use crate::domain::{DINING, KITCHEN, Key, Status, TIMING, ids};

fn lines(json: &str) -> Vec<NewLine> {
    serde_json::from_str(json).unwrap()
}

fn to(house: &House, actor: &Actor, id: i64, status: Status) -> OrderFacts {
    let moved = house.run(|tx| change_status(tx, actor, id, &Move::to(status)));
    moved.unwrap().order
}

#[test]
fn an_order_costs_what_the_menu_says() {
    let house = House::small();
    let order = placed(
        &house,
        r#"{"restaurant_id":2,"table_id":5,"items":[
        {"menu_item_id":1,"quantity":2,"price":1,"name":"Cheap","modifiers":[{"name":"prawns"}]},
        {"name":"Corkage","price":"12.5"}]}"#,
    );
    assert_eq!(order.total_minor, 2 * 12000 + 1250);
    assert_eq!(order.total(), "252.50");
    assert_eq!((order.items_count, order.status), (2, Status::Pending));
    assert_eq!(order.public_id, format!("order-{}", order.id));
    assert_eq!(
        (order.waiter_id, order.table_number.as_deref()),
        (Some(10), Some("5"))
    );
    let items = house.run(|tx| items::of_order(tx, order.id)).unwrap();
    assert_eq!(items[0].name, "Pad Thai");
    assert_eq!(items[0].modifiers[0].name, "Prawns");
    assert_eq!(items[0].fired_at, Some(crate::domain::testing::OPENING_MS));
    for key in [
        order.id.to_string(),
        order.uuid.clone(),
        order.public_id.clone(),
    ] {
        let key = Key::from(key.as_str());
        assert_eq!(
            house.run(|tx| ids::order(tx, &key, Some(2))).unwrap(),
            order.id
        );
        assert_eq!(
            house.refused(|tx| ids::order(tx, &key, Some(3))),
            "NOT_FOUND"
        );
    }
}

#[test]
fn what_cannot_be_ordered_is_refused() {
    let house = House::small();
    for (json, code) in [
        (r#"{"restaurant_id":2,"items":[]}"#, "INVALID_VALUE"),
        (
            r#"{"restaurant_id":2,"items":[{"menu_item_id":3}]}"#,
            "ITEM_UNAVAILABLE",
        ),
        (
            r#"{"restaurant_id":2,"items":[{"menu_item_id":9}]}"#,
            "OTHER_RESTAURANT",
        ),
        (
            r#"{"restaurant_id":2,"items":[{"menu_item_id":77}]}"#,
            "NOT_FOUND",
        ),
        (
            r#"{"restaurant_id":77,"items":[{"menu_item_id":1}]}"#,
            "NOT_FOUND",
        ),
        (
            r#"{"restaurant_id":2,"items":[{"menu_item_id":1,"quantity":0}]}"#,
            "INVALID_VALUE",
        ),
        (
            r#"{"restaurant_id":2,"items":[{"menu_item_id":1,"quantity":-3}]}"#,
            "INVALID_VALUE",
        ),
        (
            r#"{"restaurant_id":2,"items":[{"name":"x"}]}"#,
            "INVALID_VALUE",
        ),
        (
            r#"{"restaurant_id":2,"items":[{"name":"x","price":1.005}]}"#,
            "INVALID_AMOUNT",
        ),
        (
            r#"{"restaurant_id":2,"items":[{"name":"x","price":-1}]}"#,
            "INVALID_AMOUNT",
        ),
        (
            r#"{"restaurant_id":2,"items":[{"name":"x","price":9999999999.99,"quantity":999}]}"#,
            "INVALID_VALUE",
        ),
        (
            r#"{"restaurant_id":2,"items":[{"menu_item_id":1,"uuid":"no"}]}"#,
            "INVALID_VALUE",
        ),
        (
            r#"{"restaurant_id":2,"items":[{"menu_item_id":1,"modifiers":[{"name":"Gold"}]}]}"#,
            "INVALID_VALUE",
        ),
        (
            r#"{"restaurant_id":2,"items":[{"menu_item_id":1,"modifiers":[{"name":"Tofu"},{"name":"Prawns"}]}]}"#,
            "INVALID_VALUE",
        ),
        (
            r#"{"restaurant_id":2,"table_id":31,"items":[{"menu_item_id":1}]}"#,
            "OTHER_RESTAURANT",
        ),
        (
            r#"{"restaurant_id":2,"table_id":7,"items":[{"menu_item_id":1}]}"#,
            "TABLE_INACTIVE",
        ),
        (
            r#"{"restaurant_id":2,"waiter_id":13,"items":[{"menu_item_id":1}]}"#,
            "OTHER_RESTAURANT",
        ),
    ] {
        let new = new_order(json);
        assert_eq!(
            house.refused(|tx| orders::create(tx, &mia(), &new)),
            code,
            "{json}"
        );
    }
    assert_eq!(house.text("SELECT count(*) FROM orders"), "0");
    assert!(
        serde_json::from_str::<NewOrder>(r#"{"restaurant_id":2,"items":[],"total":1}"#).is_err()
    );
}

#[test]
fn free_text_is_for_staff_or_where_the_house_allows_it() {
    let house = House::small();
    house.sql("INSERT INTO table_sessions(id, table_id) VALUES (1, 5)");
    let new = new_order(r#"{"restaurant_id":2,"table_id":5,"items":[{"name":"Gold","price":0}]}"#);
    let guest = Actor::guest(1);
    assert_eq!(
        house.refused(|tx| orders::create(tx, &guest, &new)),
        "OPEN_ITEMS_NOT_ALLOWED"
    );
    let visitor = Actor {
        anonymous: true,
        ..mia()
    };
    assert_eq!(
        house.refused(|tx| orders::create(tx, &visitor, &new)),
        "OPEN_ITEMS_NOT_ALLOWED"
    );
    house.sql(r#"UPDATE restaurants SET settings_json = '{"allow_open_items":true,"approval":true}' WHERE id = 2"#);
    let order = house.run(|tx| orders::create(tx, &guest, &new)).unwrap();
    assert_eq!((order.status, order.session_id), (Status::New, Some(1)));
    let approved = to(&house, &mia(), order.id, Status::Confirmed);
    assert!(approved.approved_at.is_some() && approved.confirmed_at.is_some());
    house.sql("UPDATE table_sessions SET closed_at = 1");
    assert_eq!(
        house.refused(|tx| orders::create(tx, &guest, &new)),
        "SESSION_CLOSED"
    );
}

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

#[test]
fn an_order_follows_its_lines() {
    let house = House::small();
    let id = placed(&house, SUPPER).id;
    let items = house.run(|tx| items::of_order(tx, id)).unwrap();
    let (first, second) = (items[0].id, items[1].id);
    let status = || house.text("SELECT status FROM orders");
    let bump =
        |actor: &Actor, item, to| house.refused(|tx| items::set_status(tx, actor, item, to, None));
    assert_eq!(bump(&mia(), first, ItemStatus::Preparing), "FORBIDDEN");
    assert_eq!(
        bump(&cook(), first, ItemStatus::Served),
        "INVALID_TRANSITION"
    );
    assert_eq!(bump(&cook(), first, ItemStatus::Preparing), "nothing");
    assert_eq!(status(), "preparing");
    assert_eq!(bump(&cook(), first, ItemStatus::Ready), "nothing");
    assert_eq!(bump(&cook(), first, ItemStatus::Ready), "nothing");
    assert_eq!(status(), "preparing");
    assert_eq!(bump(&cook(), second, ItemStatus::Ready), "nothing");
    assert_eq!(status(), "ready");
    let more = lines(r#"[{"menu_item_id":2,"uuid":"6b1b36cb-7b3e-4d3c-8a1e-000000000001"}]"#);
    let added = house.run(|tx| items::add(tx, &mia(), id, &more)).unwrap();
    assert_eq!(
        (added.len(), added[0].batch, status().as_str()),
        (1, 2, "preparing")
    );
    assert_eq!(
        house.text("SELECT group_concat(status) FROM (SELECT status FROM order_items ORDER BY id)"),
        "ready,ready,queued"
    );
    let again = house.run(|tx| items::add(tx, &mia(), id, &more)).unwrap();
    assert_eq!(
        (again, house.text("SELECT total_minor FROM orders")),
        (added.clone(), "23100".to_owned())
    );
    assert_eq!(
        house.refused(|tx| items::void(tx, &mia(), added[0].id, None, Some(99))),
        "VERSION_CONFLICT"
    );
    house
        .run(|tx| items::void(tx, &mia(), added[0].id, None, Some(added[0].version)))
        .unwrap();
    assert_eq!(
        (
            status().as_str(),
            house.text("SELECT total_minor FROM orders").as_str()
        ),
        ("ready", "19550")
    );
    assert_eq!(
        house.refused(|tx| items::void(tx, &mia(), first, Some("cold"), None)),
        "ITEM_IN_PREPARATION"
    );
    assert_eq!(
        house.refused(|tx| items::void(tx, &boss(), first, None, None)),
        "REASON_REQUIRED"
    );
    for item in [first, second] {
        assert_eq!(bump(&mia(), item, ItemStatus::Served), "nothing");
    }
    assert_eq!(status(), "delivered");
    assert_eq!(
        house.refused(|tx| items::add(tx, &mia(), id, &more)),
        "ORDER_CLOSED"
    );
}

#[test]
fn a_line_is_changed_before_it_is_cooked() {
    let house = House::small();
    let id = placed(&house, SUPPER).id;
    let item = house.run(|tx| items::of_order(tx, id)).unwrap().remove(0);
    let patch = |json: &str| serde_json::from_str::<ItemPatch>(json).unwrap();
    let three = patch(r#"{"quantity":3,"note":"no onion"}"#);
    let now = house
        .run(|tx| items::patch(tx, &mia(), item.id, &three))
        .unwrap();
    assert_eq!((now.quantity, now.note.as_deref()), (3, Some("no onion")));
    assert_eq!(house.text("SELECT total_minor FROM orders"), "27550");
    let none = patch(r#"{"quantity":0}"#);
    assert_eq!(
        house.refused(|tx| items::patch(tx, &mia(), item.id, &none)),
        "INVALID_VALUE"
    );
    house
        .run(|tx| items::set_status(tx, &cook(), item.id, ItemStatus::Preparing, None))
        .unwrap();
    assert_eq!(
        house.refused(|tx| items::patch(tx, &mia(), item.id, &three)),
        "ITEM_IN_PREPARATION"
    );
    assert_eq!(
        house.refused(|tx| items::patch(tx, &boss(), item.id, &three)),
        "nothing"
    );
}

#[test]
fn an_order_moves_to_another_table_and_away() {
    let house = House::small();
    house.sql("INSERT INTO table_sessions(id, table_id) VALUES (1, 5), (2, 6)");
    let order = placed(&house, SUPPER);
    assert_eq!(order.session_id, Some(1));
    let patch = |json: &str| serde_json::from_str::<Patch>(json).unwrap();
    let change = patch(r#"{"table_id":6,"note":"window","waiter_id":11}"#);
    let moved = house
        .run(|tx| orders::patch(tx, &mia(), order.id, &change))
        .unwrap();
    assert_eq!(
        (moved.table_id, moved.session_id, moved.waiter_id),
        (Some(6), Some(2), Some(11))
    );
    let emptied = house
        .run(|tx| orders::patch(tx, &mia(), order.id, &patch(r#"{"note":null}"#)))
        .unwrap();
    assert_eq!((emptied.note, emptied.table_id), (None, Some(6)));
    for (json, code) in [
        (r#"{"table_id":31}"#, "OTHER_RESTAURANT"),
        (r#"{"waiter_id":13}"#, "OTHER_RESTAURANT"),
        (r#"{"waiter_id":20}"#, "NOT_FOUND"),
        (r#"{"version":1,"note":"x"}"#, "VERSION_CONFLICT"),
    ] {
        assert_eq!(
            house.refused(|tx| orders::patch(tx, &mia(), order.id, &patch(json))),
            code,
            "{json}"
        );
    }
    assert_eq!(
        house.refused(|tx| orders::delete(tx, &mia(), order.id, None)),
        "FORBIDDEN"
    );
    assert_eq!(
        house.refused(|tx| orders::delete(tx, &boss(), order.id, Some("test"))),
        "nothing"
    );
    assert_eq!(house.text("SELECT count(*) FROM order_items"), "0");
    let next = placed(&house, SUPPER);
    assert!(next.id > order.id, "an id never comes again");
}

#[test]
fn pages_end() {
    let house = House::small();
    for _ in 0..5 {
        placed(&house, SUPPER);
    }
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let filter = Filter {
            restaurants: Some(vec![2]),
            statuses: vec![Status::Pending, Status::Ready],
            ..Filter::default()
        };
        let page = house
            .run(|tx| orders::list(tx, &filter, before, 2))
            .unwrap();
        assert_eq!(page.total, 5);
        seen.extend(page.items.iter().map(|order| order.id));
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(seen, [5, 4, 3, 2, 1]);
    let nobody = Filter {
        restaurants: Some(vec![]),
        ..Filter::default()
    };
    assert_eq!(
        house
            .run(|tx| orders::list(tx, &nobody, None, 10))
            .unwrap()
            .total,
        0
    );
}
