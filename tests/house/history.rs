//! What became of an order, and who did it.

use super::House;
use crate::bills::Party;
use crate::support::until;
use serde_json::{Value, json};

#[test]
fn what_became_of_an_order_says_who_did_what() {
    let party = Party::of(2);
    let house = House::of(&party.server);
    let order = json!({"restaurant_id": 2, "table_id": party.table, "items": [{"menu_item_id": 1, "quantity": 2}, {"menu_item_id": 2}]});
    let order = party.ask("POST /api/v1/orders", order).ok();
    let id = &order["id"];
    let path = format!("/api/v1/orders/{id}");
    party
        .ask(&format!("PATCH {path}"), json!({"note": "birthday"}))
        .ok();
    party
        .ask(&format!("POST {path}/items"), json!({"menu_item_id": 2}))
        .ok();
    let tea = &order["items"][1]["id"];
    party
        .ask(
            &format!("DELETE {path}/items/{tea}"),
            json!({"reason": "they changed their minds"}),
        )
        .ok();
    house
        .ask(&format!("PATCH {path}"), json!({"status": "confirmed"}))
        .ok();
    party
        .ask(&format!("POST {path}/payments"), json!({"amount": "50.00"}))
        .ok();
    house
        .server
        .shell(&format!("UPDATE orders SET priority = 1 WHERE id = {id}"));
    // what another program wrote is told a moment later
    let history = || house.get(&format!("orders/{id}/history?limit=200"));
    let told = |all: &Value| {
        let entries = all["items"].as_array().expect("entries");
        entries.iter().any(|entry| entry["what"] == "priority")
    };
    until("the shell's change is told", || told(&history()));
    let all = history();
    let all = all["items"].as_array().expect("entries");
    let find = |what: &str| {
        let found = all.iter().find(|entry| entry["what"] == what);
        found.unwrap_or_else(|| panic!("no {what} in {all:#?}"))
    };
    assert_eq!(all.last().expect("the oldest")["what"], "placed");
    assert_eq!(find("placed")["actor_name"], "Mia");
    let note = find("note");
    assert_eq!(
        (&note["actor"], &note["before"], &note["after"]),
        (&json!("waiter:10"), &Value::Null, &json!("birthday"))
    );
    assert_eq!(find("line_added")["after"]["name"], "Iced tea");
    let void = find("void");
    assert_eq!(
        (
            &void["reason"],
            &void["before"]["name"],
            &void["after"]["status"]
        ),
        (
            &json!("they changed their minds"),
            &json!("Iced tea"),
            &json!("voided")
        )
    );
    assert!(
        !all.iter().any(|entry| entry["what"] == "line_voided"),
        "said once: {all:#?}"
    );
    let status = find("status");
    assert_eq!(
        (&status["before"], &status["after"]),
        (&json!("pending"), &json!("confirmed"))
    );
    assert!(
        status["actor"]
            .as_str()
            .expect("who")
            .starts_with("manager:"),
        "{status}"
    );
    let paid = find("payment");
    assert_eq!(
        (&paid["before"], &paid["after"]),
        (&json!("0.00"), &json!("50.00"))
    );
    let first = find("priority");
    assert_eq!(
        (&first["actor"], &first["after"]),
        (&Value::Null, &json!(1)),
        "another program"
    );
    // page by page
    let mut seen = Vec::new();
    let mut before = String::new();
    loop {
        let page = house.get(&format!("orders/{id}/history?limit=3{before}"));
        let items = page["items"].as_array().expect("entries");
        assert!(items.len() <= 3);
        seen.extend(items.iter().map(|entry| entry["id"].clone()));
        match page["next"].as_i64() {
            Some(next) => before = format!("&before={next}"),
            None => break,
        }
    }
    assert_eq!(
        seen,
        all.iter()
            .map(|entry| entry["id"].clone())
            .collect::<Vec<_>>()
    );
    let guest = party.guest();
    let line = format!("GET {path}/history");
    assert_eq!(
        party.server.rest(&guest, &line, Value::Null).refused(403),
        "FORBIDDEN"
    );
}
