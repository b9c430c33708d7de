use super::*;
use crate::domain::items::{self, ItemPatch, ItemStatus};
use crate::domain::orders::{Filter, NewLine, Patch};
use crate::domain::{Key, Status, ids};

fn lines(json: &str) -> Vec<NewLine> {
    serde_json::from_str(json).unwrap()
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
    assert_eq!(items[0].fired_at, Some(crate::testing::OPENING_MS));
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
            "SOLD_OUT",
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
