//! Screens that lose their connection: rooms come back by themselves, and so does what was missed.

use super::{BESIDE, HERE, Kitchen, Screen};
use crate::support::socket_io::{SocketIo, Told};
use serde_json::{Value, json};

/// A cook's screen, and how it may come back.
#[track_caller]
fn fresh(kitchen: &Kitchen, token: &str, batch: bool) -> (Screen, Value) {
    let mut socket = SocketIo::open(kitchen.at);
    let auth = json!({"token": token, "batch": batch});
    let welcome = socket.connect("/", auth).expect("let in");
    let mut screen = Screen(socket);
    screen.next_is("connection:status");
    (screen, welcome["pid"].clone())
}

/// Comes back as the stock client does, and says whether it was recognised.
#[track_caller]
fn back(
    kitchen: &Kitchen,
    token: &str,
    pid: &Value,
    offset: Option<u64>,
    batch: bool,
) -> (Screen, bool) {
    let mut auth = json!({"token": token, "batch": batch, "pid": pid});
    if let Some(offset) = offset {
        auth["offset"] = json!(offset.to_string());
    }
    let mut socket = SocketIo::open(kitchen.at);
    let welcome = socket.connect("/", auth).expect("let in");
    (Screen(socket), welcome["pid"] == *pid)
}

/// The next event that came because something happened.
#[track_caller]
fn change(screen: &mut Screen) -> Told {
    loop {
        let told = screen.next();
        if told.name != "connection:status" {
            return told;
        }
    }
}

fn note(kitchen: &Kitchen, order: i64, note: &str) {
    kitchen.server.shell(&format!(
        "UPDATE orders SET note = '{note}' WHERE id = {order}"
    ));
}

#[test]
fn a_screen_comes_back_to_its_restaurant_and_hears_what_it_missed() {
    let kitchen = Kitchen::open();
    let token = kitchen.token("kitchen");
    let (mut screen, pid) = fresh(&kitchen, &token, false);
    screen.ask("join:restaurant", json!(HERE));
    note(&kitchen, 1, "heard");
    let seen = change(&mut screen).offset;
    screen.0.vanish();
    note(&kitchen, 2, "missed");
    kitchen
        .server
        .shell("UPDATE orders SET status = 'ready' WHERE id = 123");
    let (mut screen, recovered) = back(&kitchen, &token, &pid, seen, false);
    assert!(recovered);
    let told = change(&mut screen);
    assert_eq!(told.data()["order"]["notes"], "missed");
    assert_eq!(change(&mut screen).name, "order:status_changed");
    // It is there again without a word: what comes now is heard, and it may ask without naming the restaurant.
    screen.heard();
    note(&kitchen, 4, "later");
    assert_eq!(change(&mut screen).data()["order"]["notes"], "later");
    screen.ask("orders:sync", Value::Null);
    // That it joins again, as the document's clients do, makes no difference.
    screen.ask("join:restaurant", json!(HERE));
    note(&kitchen, 4, "again");
    assert_eq!(
        screen
            .names()
            .iter()
            .filter(|name| *name == "order:updated")
            .count(),
        1
    );
}

#[test]
fn a_station_comes_back_as_the_station_that_it_was_also_after_the_servers_death() {
    let mut kitchen = Kitchen::open();
    let token = kitchen.token("kitchen");
    let (mut bar, pid) = fresh(&kitchen, &token, false);
    bar.ask(
        "join:station",
        json!({"restaurantId": HERE, "station": "bar"}),
    );
    kitchen.server.kill();
    // Order 4 is all food, order 2 has beer.
    note(&kitchen, 4, "food");
    note(&kitchen, 2, "beer");
    kitchen.server.restart();
    kitchen.at = kitchen.server.listening("kitchen");
    let (mut bar, recovered) = back(&kitchen, &token, &pid, None, false);
    assert!(recovered, "it had seen nothing yet");
    assert_eq!(change(&mut bar).data()["order"]["notes"], "beer");
    note(&kitchen, 4, "more food");
    assert!(!bar.names().contains(&"order:updated".to_owned()));
    bar.ask("join:restaurant", json!(HERE));
    note(&kitchen, 4, "still the bar");
    assert_eq!(bar.names(), [""; 0]);
}

#[test]
fn who_gets_batches_only_gets_each_change_once_across_connections() {
    let kitchen = Kitchen::open();
    let token = kitchen.token("kitchen");
    let (mut screen, pid) = fresh(&kitchen, &token, true);
    screen.ask("join:restaurant", json!(HERE));
    // What an event shows may be newer than the change it tells of; which change that is says the version.
    let (mut seen, mut offset, mut version) = (Vec::new(), None, 1);
    let mut hear = |screen: &mut Screen, least: i64| {
        while seen.last().is_none_or(|last| *last < least) {
            let told = screen.0.next("/");
            if told.name != "orders:batch_update" {
                continue;
            }
            assert!(told.offset > offset, "{told:?}");
            offset = told.offset;
            let entries = told.data().as_array().expect("an array").iter();
            seen.extend(
                entries.map(|e| e["data"]["order"]["version"].as_i64().expect("a version")),
            );
        }
        (seen.clone(), offset)
    };
    for round in 0..6 {
        let before = version;
        for n in 0..5 {
            note(&kitchen, 2, &format!("{round}.{n}"));
            version += 1;
        }
        // Away as soon as it heard something of this round, wherever the window stands.
        let (_, offset) = hear(&mut screen, before + 1);
        screen.0.vanish();
        let (again, recovered) = back(&kitchen, &token, &pid, offset, true);
        assert!(recovered);
        screen = again;
    }
    let (seen, _) = hear(&mut screen, version);
    assert_eq!(seen, (2..=version).collect::<Vec<_>>());
}

#[test]
fn who_may_not_be_there_any_more_does_not_come_back_there() {
    let kitchen = Kitchen::open();
    let admin = kitchen.admin();
    let (mut screen, pid) = fresh(&kitchen, &admin, false);
    screen.ask("join:restaurant", json!(BESIDE));
    screen.0.vanish();
    // The same subject, with a token for another house.
    let place = &kitchen.server.place;
    let args = ["--role", "admin", "--restaurant", "2"];
    let narrower = crate::support::token::mint_with(place, &args);
    let (mut screen, _) = back(&kitchen, &narrower, &pid, None, false);
    note(&kitchen, 8, "theirs");
    note(&kitchen, 2, "ours");
    assert!(!screen.names().contains(&"order:updated".to_owned()));
    assert_eq!(
        screen.refused("join:restaurant", json!(BESIDE)),
        "PERMISSION_DENIED"
    );
    screen.ask("join:restaurant", json!(HERE));
}
