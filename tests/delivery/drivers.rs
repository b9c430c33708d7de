//! Offers, and who gets them.

use super::{ORDERS, Platform, Socket, driver, restaurant, signed, user};
use crate::support::socket_io::SocketIo;
use serde_json::{Value, json};
use std::sync::Barrier;

#[test]
fn of_many_drivers_exactly_one_wins() {
    let platform = Platform::start();
    let mut chris = platform.socket(&user(456));
    for round in 0..5 {
        let id = platform.ready();
        let mut sockets: Vec<Socket> = (0..8)
            .map(|n| platform.socket(&driver(1000 + round * 8 + n)))
            .collect();
        let start = Barrier::new(sockets.len());
        let won: Vec<bool> = std::thread::scope(|scope| {
            let races = sockets.iter_mut().map(|socket| {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    let answer = socket.ask("accept-order", json!({"orderId": id}));
                    answer["ok"] == true
                })
            });
            let races: Vec<_> = races.collect();
            races
                .into_iter()
                .map(|race| race.join().expect("no panic"))
                .collect()
        });
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");
        let winner = platform
            .server
            .place
            .number(&format!("SELECT driver_id FROM orders WHERE id = {id}"));
        for (n, (socket, won)) in sockets.iter_mut().zip(&won).enumerate() {
            if *won {
                assert_eq!(winner, 1000 + round * 8 + i64::try_from(n).expect("small"));
                let told = socket.hears_of("order-updated", id);
                assert_eq!(told["status"], "out_for_delivery");
                socket.hears_of("order-assigned", id);
                socket.hears_of("order-accepted", id);
            } else {
                // Everybody who did not get it hears so, and whoever asked for it not twice: the next event is another one.
                socket.hears_of("order-taken", id);
                socket.emit("get-available-orders", json!({}));
                socket.hears("available-orders");
            }
        }
        assert_eq!(chris.hears_of("order-created", id)["status"], "pending");
        for status in [
            "confirmed",
            "preparing",
            "ready_for_pickup",
            "out_for_delivery",
        ] {
            assert_eq!(chris.hears_of("order-updated", id)["status"], status);
        }
    }
}

#[test]
fn who_is_slower_is_told_so() {
    let platform = Platform::start();
    let id = platform.ready();
    let mut dao = platform.socket(&driver(901));
    let mut ek = platform.socket(&driver(902));
    dao.emit("accept-order", json!({"orderId": id}));
    let order = dao.hears_of("order-updated", id);
    assert_eq!(
        (&order["status"], &order["driverId"]),
        (&json!("out_for_delivery"), &json!(901))
    );
    dao.hears_of("order-assigned", id);
    dao.hears_of("order-accepted", id);
    ek.hears_of("order-taken", id);
    ek.emit("accept-order", json!({"orderId": id}));
    assert_eq!(ek.is_refused(), "Order already taken");
    // Who was away when it went may still show it.
    let mut late = platform.socket(&driver(903));
    late.emit("accept-order", json!({"orderId": id}));
    late.hears_of("order-taken", id);
    assert_eq!(late.is_refused(), "Order already taken");
    // The winner may ask again, and nobody else hears of it.
    dao.emit("accept-order", json!({"orderId": id}));
    dao.hears_of("order-accepted", id);
    let next = platform.ready();
    for socket in [&mut dao, &mut ek] {
        socket.hears_of("new-available-order", next);
    }
}

#[test]
fn who_comes_back_hears_once_that_an_offer_went_meanwhile() {
    let platform = Platform::start();
    let mut dao = platform.socket(&driver(901));
    let token = driver(902);
    let mut io = SocketIo::open(platform.address);
    let welcome = io.connect(ORDERS, json!({"token": token})).expect("let in");
    let id = platform.ready();
    let seen = io.next(ORDERS).offset.expect("a number");
    drop(io);
    dao.hears_of("new-available-order", id);
    dao.ask("accept-order", json!({"orderId": id}));
    let mut io = SocketIo::open(platform.address);
    let auth = json!({"token": token, "pid": welcome["pid"], "offset": seen.to_string()});
    let back = io.connect(ORDERS, auth).expect("let in");
    assert_eq!(back["pid"], welcome["pid"], "recovered");
    let mut ek = Socket(io);
    ek.hears_of("order-taken", id);
    ek.emit("accept-order", json!({"orderId": id}));
    assert_eq!(ek.is_refused(), "Order already taken");
}

#[test]
fn a_drivers_other_phone_knows() {
    let platform = Platform::start();
    let id = platform.ready();
    let mut one = platform.socket(&driver(901));
    let mut other = platform.socket(&driver(901));
    one.ask("accept-order", json!({"orderId": id}));
    other.hears_of("order-updated", id);
    other.hears_of("order-assigned", id);
    other.emit(
        "update-order-status",
        json!({"orderId": id, "status": "delivered"}),
    );
    assert_eq!(other.hears_of("order-updated", id)["status"], "delivered");
}

#[test]
fn an_offer_that_is_gone_is_taken_away() {
    let platform = Platform::start();
    let mut dao = platform.socket(&driver(901));
    let id = platform.ready();
    dao.hears_of("new-available-order", id);
    platform.set(&restaurant(789), id, "cancelled").ok();
    dao.hears_of("order-taken", id);
    let second = platform.ready();
    dao.hears_of("new-available-order", second);
    platform.server.shell(&format!(
        "UPDATE orders SET status = 'preparing' WHERE id = {second}"
    ));
    dao.hears_of("order-taken", second);
    platform.server.shell(&format!(
        "UPDATE orders SET status = 'ready' WHERE id = {second}"
    ));
    dao.hears_of("new-available-order", second);
    platform
        .server
        .shell(&format!("DELETE FROM orders WHERE id = {second}"));
    dao.hears_of("order-taken", second);
    assert_eq!(offers(&mut dao), [6], "the demo's");
}

#[test]
fn who_comes_late_finds_what_is_on_offer() {
    let platform = Platform::start();
    let id = platform.ready();
    assert_eq!(offers(&mut platform.socket(&driver(901))), [6, id]);
    // Somebody new, whom only the token names.
    assert_eq!(offers(&mut platform.socket(&driver(4711))), [6, id]);
    let known = platform
        .server
        .place
        .number("SELECT count(*) FROM drivers WHERE user_id = 4711");
    assert_eq!(known, 1);
}

#[test]
fn a_restaurants_own_drivers_hear_of_its_offers_only() {
    let platform = Platform::start();
    let bound = |id: i64, restaurant: i64| {
        signed(json!({"sub": id.to_string(), "role": "driver", "restaurantId": restaurant}))
    };
    let mut express = platform.socket(&bound(901, 789));
    let mut pizza = platform.socket(&bound(902, 790));
    let id = platform.ready();
    express.hears_of("new-available-order", id);
    pizza.emit("accept-order", json!({"orderId": id}));
    let told = pizza.is_refused();
    assert!(told.starts_with("Insufficient permissions: "), "{told}");
    assert_eq!(offers(&mut pizza), Vec::<i64>::new());
    assert_eq!(offers(&mut express), [6, id]);
}

#[test]
fn a_manager_gives_it_to_a_driver_and_the_driver_gives_it_back() {
    let platform = Platform::start();
    let id = platform.ready();
    let mut dao = platform.socket(&driver(901));
    let mut ek = platform.socket(&driver(902));
    let line = format!("PATCH /orders/{id}");
    platform
        .rest(&restaurant(789), &line, json!({"driverId": 901}))
        .ok();
    dao.hears_of("order-updated", id);
    assert_eq!(
        dao.hears_of("order-assigned", id)["status"],
        "ready_for_pickup"
    );
    ek.hears_of("order-taken", id);
    ek.emit("accept-order", json!({"orderId": id}));
    assert_eq!(ek.is_refused(), "Order already taken");
    assert_eq!(offers(&mut dao), [6, id]);
    dao.emit("accept-order", json!({"orderId": id}));
    dao.hears_of("order-updated", id);
    dao.hears_of("order-accepted", id);
    platform
        .rest(&driver(902), &line, json!({"driverId": null}))
        .refused(403);
    platform
        .rest(&driver(901), &line, json!({"driverId": null}))
        .ok();
    let order = dao.hears_of("order-updated", id);
    assert_eq!(
        (&order["status"], &order["driverId"]),
        (&json!("ready_for_pickup"), &Value::Null)
    );
    for socket in [&mut dao, &mut ek] {
        socket.hears_of("new-available-order", id);
    }
    // It is somebody else's now: what happens to it is none of the first one's business.
    ek.emit("accept-order", json!({"orderId": id}));
    dao.hears_of("order-taken", id);
    ek.hears_of("order-updated", id);
    ek.hears_of("order-assigned", id);
    ek.hears_of("order-accepted", id);
    // Again: it was picked up.
    ek.emit(
        "update-order-status",
        json!({"orderId": id, "status": "out_for_delivery"}),
    );
    assert!(ek.hears_of("order-updated", id)["pickedUpAt"].is_string());
    platform
        .rest(&driver(902), &line, json!({"driverId": null}))
        .refused(409);
    ek.emit(
        "update-order-status",
        json!({"orderId": id, "status": "delivered"}),
    );
    assert_eq!(ek.hears_of("order-updated", id)["status"], "delivered");
    let next = platform.ready();
    dao.hears_of("new-available-order", next);
}

#[test]
fn a_driver_who_was_away_still_has_the_order() {
    let platform = Platform::start();
    let id = platform.ready();
    let mut dao = platform.socket(&driver(901));
    dao.ask("accept-order", json!({"orderId": id}));
    drop(dao);
    let mut back = platform.socket(&driver(901));
    platform.server.shell(&format!(
        "UPDATE orders SET note = 'the blue door' WHERE id = {id}"
    ));
    assert_eq!(back.hears_of("order-updated", id)["notes"], "the blue door");
}

fn offers(socket: &mut Socket) -> Vec<i64> {
    socket.emit("get-available-orders", json!({}));
    let list = socket.hears("available-orders");
    let list = list["orders"].as_array().expect("a list");
    list.iter()
        .map(|order| order["id"].as_i64().expect("an id"))
        .collect()
}

#[test]
fn a_restaurant_reads_who_may_drive_for_it_and_who_can_take_something_comes_first() {
    let platform = Platform::start();
    platform.server.shell(
        "UPDATE users SET restaurant_id = 790 WHERE id = 902;
         INSERT INTO users(id, restaurant_id, role, name) VALUES (910, 789, 'driver', 'Aom'), (911, 789, 'driver', 'Left');
         UPDATE users SET is_active = 0 WHERE id = 911;",
    );
    let names = |token: &str, line: &str| -> Vec<String> {
        let answer = platform.rest(token, line, json!(null)).ok();
        let drivers = answer["drivers"].as_array().expect("a list").iter();
        let said = |driver: &Value| {
            format!(
                "{} {} {}",
                driver["id"], driver["status"], driver["available"]
            )
        };
        drivers.map(said).collect()
    };
    let own = restaurant(789);
    assert_eq!(
        names(&own, "GET /drivers"),
        [r#"901 "available" true"#, r#"910 "offline" true"#],
        "not another restaurant's, not who left"
    );
    let mut dao = platform.socket(&driver(901));
    dao.ask("set-availability", json!({"available": false}));
    assert_eq!(
        names(&own, "GET /drivers?restaurant_id=789"),
        [r#"910 "offline" true"#, r#"901 "offline" false"#]
    );
    for (token, line) in [
        (&own, "GET /drivers?restaurant_id=790"),
        (&driver(901), "GET /drivers"),
        (&user(456), "GET /drivers"),
    ] {
        let refused = platform.rest(token, line, json!(null));
        assert_eq!(refused.refused(403), "FORBIDDEN", "{line}");
    }
}
