//! A command's id: under one there is one command, to one channel, of one client.

use crate::dining::{free_table, new_order};
use crate::support::{Client, Server, http};
use serde_json::{Value, json};

/// The acknowledgement of a frame, or the code of its refusal.
fn answer(client: &mut Client, frame: &Value) -> Result<Value, String> {
    client.send(frame.clone());
    let mut heard = client.until(|f| f["type"] == "ack" || f.get("error").is_some());
    let last = heard.pop().expect("an answer");
    match last["code"].as_str() {
        Some(code) => Err(code.to_owned()),
        None => Ok(last["data"].clone()),
    }
}

fn used() -> Result<Value, String> {
    Err("IDEMPOTENCY_CONFLICT".to_owned())
}

#[test]
fn an_id_says_which_channel_it_was_for() {
    let server = Server::start();
    let token = server.token("manager");
    let tables = [free_table(&server), free_table(&server)];
    let occupied = || {
        tables.map(|id| {
            let open = "SELECT count(*) FROM table_sessions WHERE closed_at IS NULL AND table_id";
            server.place.number(&format!("{open} = {id}"))
        })
    };
    let [mut seven, mut eight, mut again] = [tables[0], tables[1], tables[0]]
        .map(|id| Client::open_as(&server, &format!("/ws/tables/{id}/"), &token));
    let occupy = json!({"action": "occupy", "guests_count": 2, "id": "tap-77"});
    let seated = answer(&mut seven, &occupy).expect("a visit");
    assert_eq!(seated["table_id"], tables[0]);
    assert_eq!(answer(&mut eight, &occupy), used());
    assert_eq!(occupied(), [1, 0], "nothing happened at the other table");
    assert_eq!(
        answer(&mut again, &occupy),
        Ok(seated),
        "a retry, on another connection"
    );

    let orders = [new_order(&server), new_order(&server)];
    let [mut first, mut second] =
        orders.map(|id| Client::open_as(&server, &format!("/ws/orders/{id}/"), &token));
    let confirm = json!({"action": "update_status", "status": "confirmed", "id": "tap-78"});
    assert!(answer(&mut first, &confirm).is_ok());
    assert_eq!(answer(&mut second, &confirm), used());
    let status = format!(
        "SELECT status = 'pending' FROM orders WHERE id = {}",
        orders[1]
    );
    assert_eq!(server.place.number(&status), 1);
    // another action, and a request of another kind
    let cancel = json!({"action": "update_status", "status": "cancelled", "id": "tap-78"});
    assert_eq!(answer(&mut first, &cancel), used());
    let bearer = format!("Bearer {token}");
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Idempotency-Key", "tap-78"),
    ];
    let patch = format!("PATCH /api/v1/orders/{}", orders[1]);
    let patched = http::request(server.address, &patch, &headers, json!({"note": "x"}));
    assert_eq!(patched.refused(409), "IDEMPOTENCY_CONFLICT");
}

#[test]
fn ids_without_a_token_live_no_longer_than_their_connection() {
    let server = Server::start();
    let path = format!("/ws/tables/{}/", free_table(&server));
    let [mut here, mut there] = [(); 2].map(|()| Client::open(&server, &path));
    let occupy = json!({"action": "occupy", "guests_count": 2, "id": "1"});
    let seated = answer(&mut here, &occupy).expect("a visit");
    assert_eq!(seated["joined"], false);
    assert_eq!(answer(&mut here, &occupy).expect("a retry"), seated);
    let joined = answer(&mut there, &occupy).expect("a command of its own");
    assert_eq!(joined["joined"], true);
    drop((here, there));
    let left = "SELECT count(*) FROM command_outcome";
    crate::support::until("outcomes are forgotten", || {
        Client::open(&server, &path).sync();
        server.place.number(left) == 0
    });
}
