//! A visit that changes tables: all that it has open goes along, nothing is cooked again, and everybody concerned hears of it.

use crate::bills::Party;
use crate::dining::free_table;
use crate::support::Client;
use crate::support::socket_io::SocketIo;
use serde_json::{Value, json};

/// The demo's restaurant, as its kitchen names it.
const HERE: &str = "11111111-1111-1111-1111-111111111111";

#[test]
fn a_visit_moves_and_its_guests_and_its_kitchen_go_on() {
    let mut party = Party::of(4);
    party.orders("50.00");
    party.orders("30.00");
    let free = free_table(&party.server);
    let guest = party.guest();
    let path = format!("/ws/tables/sessions/{}/", party.visit);
    let mut phone = Client::open_as(&party.server, &path, &guest);
    phone.next_is("session_status");
    let mut old = Client::open(&party.server, &format!("/ws/tables/{}/", party.table));
    let mut new = Client::open(&party.server, &format!("/ws/tables/{free}/"));
    let mut restaurant = Client::open(&party.server, "/ws/restaurants/2/");
    for client in [&mut old, &mut new, &mut restaurant] {
        client.sync();
    }
    let at = party.server.listening("kitchen");
    let mut screen = SocketIo::open(at);
    screen
        .connect("/", json!({"token": party.server.token("kitchen")}))
        .expect("let in");
    screen.ask("/", "join:restaurant", &[json!(HERE)]);
    let fired = "SELECT group_concat(id || ':' || status || ':' || fired_at || ':' || version) FROM order_items";
    let lines = || {
        let db = party.server.place.foreign();
        let told: String = db.query_row(fired, [], |row| row.get(0)).expect("lines");
        told
    };
    let before = lines();
    let line = format!("POST /api/v1/sessions/{}/move", party.visit);
    let moved = party.ask(&line, json!({"table_id": free})).ok();
    assert_eq!(
        (&moved["table_id"], &moved["merged"]),
        (&json!(free), &json!(false))
    );
    assert_eq!(moved["from"]["table_id"], party.table);
    assert_eq!(lines(), before, "nothing is fired again");
    let update = phone.next_is("session_update");
    assert_eq!(
        (&update["data"]["table_id"], &update["data"]["status"]),
        (&json!(free), &json!("open"))
    );
    assert_eq!(old.expect("table_update")["data"]["is_occupied"], false);
    assert_eq!(
        new.expect("table_update")["data"]["session"]["id"],
        party.visit
    );
    for (table, occupied) in [(party.table, false), (free, true)] {
        let told = restaurant.expect("table_update");
        assert_eq!(
            (&told["data"]["table_id"], &told["data"]["is_occupied"]),
            (&json!(table), &json!(occupied))
        );
    }
    // The tickets have another number, and that is all.
    for _ in 0..2 {
        let told = loop {
            let told = screen.next("/");
            if told.name != "connection:status" {
                break told;
            }
        };
        assert_eq!(told.name, "order:updated", "{:?}", told.arguments);
        assert_eq!(told.arguments[0]["changes"], json!(["table_number"]));
    }
    // who scanned goes on ordering, where they sit now
    let order = json!({"restaurant_id": 2, "table_id": free, "items": [{"menu_item_id": 1}]});
    let placed = party.server.rest(&guest, "POST /api/v1/orders", order).ok();
    assert_eq!(placed["session_id"], party.visit);
    // and the next party at the old table owes nothing
    let occupy = format!("POST /api/v1/tables/{}/occupy", party.table);
    party.ask(&occupy, Value::Null).ok();
    let release = format!("POST /api/v1/tables/{}/release", party.table);
    party.ask(&release, Value::Null).ok();
}

#[test]
fn where_others_sit_a_visit_asks_before_it_joins_them() {
    let party = Party::of(2);
    party.orders("50.00");
    let others = free_table(&party.server);
    let occupy = format!("POST /api/v1/tables/{others}/occupy");
    let seated = party.ask(&occupy, json!({"guests_count": 3})).ok();
    let theirs = &seated["session"]["id"];
    let guest = party.guest();
    let mut phone = Client::open_as(
        &party.server,
        &format!("/ws/tables/sessions/{}/", party.visit),
        &guest,
    );
    phone.next_is("session_status");
    let line = format!("POST /api/v1/sessions/{}/move", party.visit);
    let refused = party.ask(&line, json!({"table_id": others}));
    assert_eq!(
        (&refused.body["session_id"], &refused.body["guests_count"]),
        (theirs, &json!(3))
    );
    assert_eq!(refused.refused(409), "TABLE_OCCUPIED");
    let moved = party
        .ask(&line, json!({"table_id": others, "merge": true}))
        .ok();
    assert_eq!(
        (&moved["id"], &moved["merged"], &moved["guests_count"]),
        (theirs, &json!(true), &json!(5))
    );
    // The guests' phones hear where they are now, and their token goes on there.
    let told = phone.next_is("session_update");
    assert_eq!(
        (&told["data"]["status"], &told["data"]["merged_into_id"]),
        (&json!("closed"), theirs)
    );
    let bill = format!("GET /api/v1/sessions/{theirs}/bill");
    assert_eq!(
        party.server.rest(&guest, &bill, Value::Null).ok()["balance"],
        "50.00"
    );
    let order = json!({"restaurant_id": 2, "table_id": others, "items": [{"menu_item_id": 1}]});
    let placed = party.server.rest(&guest, "POST /api/v1/orders", order).ok();
    assert_eq!(&placed["session_id"], theirs);
    assert_eq!(
        party
            .ask(&line, json!({"table_id": party.table}))
            .refused(410),
        "SESSION_CLOSED"
    );
}

#[test]
fn a_visit_is_handed_over_with_its_orders() {
    let party = Party::of(2);
    party.orders("50.00");
    let line = format!("PATCH /api/v1/sessions/{}", party.visit);
    party.ask(&line, json!({"waiter_id": 11})).ok();
    let waiters = format!(
        "SELECT waiter_id FROM orders WHERE session_id = {}",
        party.visit
    );
    assert_eq!(party.server.place.number(&waiters), 11);
    for body in [
        json!({}),
        json!({"table_id": 5, "swap": true}),
        json!({"table_id": [5]}),
    ] {
        let line = format!("POST /api/v1/sessions/{}/move", party.visit);
        party.ask(&line, body).refused(400);
    }
    let guest = party.guest();
    let line = format!("POST /api/v1/sessions/{}/move", party.visit);
    let refused = party.server.rest(&guest, &line, json!({"table_id": 6}));
    assert_eq!(refused.refused(403), "FORBIDDEN");
}
