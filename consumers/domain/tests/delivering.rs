use super::*;
use crate::domain::accounts;
use crate::domain::deliveries::{self, accept, assign, leave_with};
use crate::domain::{DELIVERY, Key};

/// Two Pad Thai for Chris, to be driven.
fn ready(house: &House) -> i64 {
    let new = new_order(
        r#"{"restaurant_id":2,"type":"delivery","items":[{"menu_item_id":1,"quantity":2}]}"#,
    );
    let chris = Actor::user(Role::Customer, 456);
    let order = house.run(|tx| orders::create(tx, &chris, &new)).unwrap();
    for status in [Status::Confirmed, Status::Preparing, Status::Ready] {
        to(house, &boss(), order.id, status);
    }
    order.id
}

fn dao() -> Actor {
    Actor::user(Role::Driver, 901)
}

fn ek(house: &House) -> Actor {
    house.sql("INSERT INTO users(id, role, name) VALUES (902, 'driver', 'Ek')");
    Actor::user(Role::Driver, 902)
}

fn offers(house: &House, driver: i64, restaurants: Option<&[i64]>) -> Vec<i64> {
    let open = house.run(|tx| deliveries::open_to(tx, driver, restaurants));
    open.unwrap().iter().map(|order| order.id).collect()
}

#[test]
fn one_driver_wins_and_may_ask_again() {
    let house = House::small();
    let (id, ek) = (ready(&house), ek(&house));
    assert_eq!(offers(&house, 901, None), [id]);
    let won = house.run(|tx| accept(tx, &dao(), id)).unwrap();
    assert!(!won.already);
    assert_eq!(
        (won.order.status, won.order.driver_id),
        (Status::OutForDelivery, Some(901))
    );
    assert!(won.order.driver_accepted_at.is_some() && won.order.picked_up_at.is_none());
    assert_eq!(house.refused(|tx| accept(tx, &ek, id)), "ORDER_TAKEN");
    let again = house.run(|tx| accept(tx, &dao(), id)).unwrap();
    assert!(again.already);
    assert_eq!(again.order.version, won.order.version);
    assert_eq!(offers(&house, 902, None), Vec::<i64>::new());
}

#[test]
fn what_is_not_on_offer_cannot_be_taken() {
    let house = House::small();
    let at_table = placed(&house, SUPPER).id;
    to(&house, &boss(), at_table, Status::Confirmed);
    to(&house, &boss(), at_table, Status::Preparing);
    to(&house, &boss(), at_table, Status::Ready);
    let id = ready(&house);
    assert_eq!(
        house.refused(|tx| accept(tx, &dao(), at_table)),
        "ORDER_NOT_AVAILABLE"
    );
    assert_eq!(house.refused(|tx| accept(tx, &boss(), id)), "FORBIDDEN");
    assert_eq!(house.refused(|tx| accept(tx, &dao(), 77)), "NOT_FOUND");
    to(&house, &boss(), id, Status::Cancelled);
    assert_eq!(
        house.refused(|tx| accept(tx, &dao(), id)),
        "ORDER_NOT_AVAILABLE"
    );
    house.sql("INSERT INTO orders(id, restaurant_id, workflow_id, status) VALUES (500, 2, 2, 'Packaging')");
    assert_eq!(house.refused(|tx| accept(tx, &dao(), 500)), "NOT_FOUND");
    assert_eq!(offers(&house, 901, None), Vec::<i64>::new());
}

#[test]
fn an_assigned_order_is_one_drivers_to_take() {
    let house = House::small();
    let (id, ek) = (ready(&house), ek(&house));
    let given = house
        .run(|tx| assign(tx, &boss(), id, Some(&Key::Id(901))))
        .unwrap();
    assert_eq!((given.status, given.driver_id), (Status::Ready, Some(901)));
    assert_eq!(
        offers(&house, 901, Some(&[])),
        [id],
        "it is theirs, wherever they drive"
    );
    assert_eq!(offers(&house, 902, None), Vec::<i64>::new());
    assert_eq!(house.refused(|tx| accept(tx, &ek, id)), "ORDER_TAKEN");
    // By accepting it, or by the status, which says the same of what is theirs.
    let out = Move::word(&DELIVERY, "out_for_delivery").unwrap();
    assert_eq!(
        house.refused(|tx| leave_with(tx, &ek, id, &out)),
        "INVALID_TRANSITION"
    );
    let gone = house.run(|tx| leave_with(tx, &dao(), id, &out)).unwrap();
    assert_eq!(gone.status, Status::OutForDelivery);
    let picked_up = house.run(|tx| leave_with(tx, &dao(), id, &out)).unwrap();
    assert!(
        picked_up.picked_up_at.is_some(),
        "asked again, they have left with it"
    );
    let still = house.run(|tx| leave_with(tx, &dao(), id, &out)).unwrap();
    assert_eq!(still.version, picked_up.version);
}

#[test]
fn a_driver_gives_back_what_is_not_picked_up() {
    let house = House::small();
    let (id, ek) = (ready(&house), ek(&house));
    house.run(|tx| accept(tx, &dao(), id)).unwrap();
    assert_eq!(house.refused(|tx| assign(tx, &ek, id, None)), "FORBIDDEN");
    assert_eq!(
        house.refused(|tx| assign(tx, &dao(), id, Some(&Key::Id(902)))),
        "FORBIDDEN"
    );
    let back = house.run(|tx| assign(tx, &dao(), id, None)).unwrap();
    assert_eq!(
        (back.status, back.driver_id, back.driver_accepted_at),
        (Status::Ready, None, None)
    );
    assert_eq!(offers(&house, 902, Some(&[2])), [id]);
    assert_eq!(offers(&house, 902, Some(&[3])), Vec::<i64>::new());
    house.run(|tx| accept(tx, &ek, id)).unwrap();
    let out = Move::word(&DELIVERY, "out_for_delivery").unwrap();
    house.run(|tx| leave_with(tx, &ek, id, &out)).unwrap();
    assert_eq!(
        house.refused(|tx| assign(tx, &ek, id, None)),
        "INVALID_TRANSITION"
    );
    let other = house
        .run(|tx| assign(tx, &boss(), id, Some(&Key::Id(901))))
        .unwrap();
    assert_eq!((other.driver_id, other.picked_up_at), (Some(901), None));
    assert_eq!(
        house.refused(|tx| assign(tx, &boss(), id, Some(&Key::Id(10)))),
        "NOT_FOUND",
        "Mia serves"
    );
    to(&house, &dao(), id, Status::Delivered);
    assert_eq!(
        house.refused(|tx| assign(tx, &boss(), id, None)),
        "ORDER_CLOSED"
    );
}

fn state(house: &House, driver: i64) -> String {
    house.text(&format!(
        "SELECT status FROM drivers WHERE user_id = {driver}"
    ))
}

#[test]
fn a_driver_on_the_road_is_busy_until_the_last_delivery_is_over() {
    let house = House::small();
    let (first, second, ek) = (ready(&house), ready(&house), ek(&house));
    house.sql("INSERT INTO drivers(user_id, status) VALUES (902, 'offline')");
    house.sql("INSERT OR REPLACE INTO drivers(user_id, status) VALUES (901, 'available')");
    house
        .run(|tx| assign(tx, &boss(), first, Some(&Key::Id(901))))
        .unwrap();
    assert_eq!(state(&house, 901), "available", "it was not taken yet");
    for id in [first, second] {
        house.run(|tx| accept(tx, &dao(), id)).unwrap();
        assert_eq!(state(&house, 901), "busy");
    }
    assert_eq!(house.refused(|tx| accept(tx, &ek, second)), "ORDER_TAKEN");
    assert_eq!(state(&house, 902), "offline");
    to(&house, &dao(), first, Status::Delivered);
    assert_eq!(state(&house, 901), "busy", "there is another one");
    // Whoever is given it has it on the road, and who had it is free.
    house
        .run(|tx| assign(tx, &boss(), second, Some(&Key::Id(902))))
        .unwrap();
    assert_eq!(
        (&*state(&house, 901), &*state(&house, 902)),
        ("available", "busy")
    );
    to(&house, &boss(), second, Status::Cancelled);
    assert_eq!(state(&house, 902), "available");
    // Giving back, and what a shell does, are ends too.
    let third = ready(&house);
    house.run(|tx| accept(tx, &ek, third)).unwrap();
    house.run(|tx| assign(tx, &ek, third, None)).unwrap();
    assert_eq!(state(&house, 902), "available");
    house.sql(&format!(
        "UPDATE orders SET status = 'out_for_delivery', driver_id = 902 WHERE id = {third}"
    ));
    assert_eq!(state(&house, 902), "busy");
    house.sql(&format!("DELETE FROM orders WHERE id = {third}"));
    assert_eq!(state(&house, 902), "available");
    house.sql("INSERT INTO orders(restaurant_id, type, status, driver_id) VALUES (2, 'delivery', 'out_for_delivery', 902)");
    assert_eq!(state(&house, 902), "busy");
    // Who went home on the way stays at home.
    house.sql("UPDATE drivers SET status = 'offline' WHERE user_id = 902");
    house.sql("UPDATE orders SET status = 'delivered' WHERE driver_id = 902");
    assert_eq!(state(&house, 902), "offline");
}

#[test]
fn accounts_are_made_for_those_whom_a_token_names() {
    let house = House::small();
    let make = |key: Key, role| house.run(|tx| accounts::ensure(tx, &key, role));
    assert_eq!(
        make(Key::Id(456), Role::Customer).unwrap(),
        456,
        "there already"
    );
    assert_eq!(make(Key::Id(950), Role::Driver).unwrap(), 950);
    assert_eq!(
        house.text("SELECT status FROM drivers WHERE user_id = 950"),
        "available"
    );
    let theirs = make(Key::from("auth0|chris"), Role::Customer).unwrap();
    assert_eq!(
        make(Key::from("auth0|chris"), Role::Customer).unwrap(),
        theirs
    );
    for (key, role) in [
        (Key::Id(970), Role::Manager),
        (Key::Id(971), Role::Waiter),
        (Key::Id(0), Role::Customer),
        (Key::Id(-1), Role::Customer),
        (Key::Id(i64::MAX), Role::Customer),
        (Key::from("customer"), Role::Customer),
        (Key::from("driver"), Role::Driver),
        (Key::from("x".repeat(129).as_str()), Role::Customer),
    ] {
        let refused = house.refused(|tx| accounts::ensure(tx, &key, role));
        assert_eq!(refused, "FORBIDDEN", "{key:?}");
    }
}
