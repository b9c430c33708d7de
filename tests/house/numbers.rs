//! A business day in numbers, and as tables for a spreadsheet.

use super::House;
use crate::bills::Party;
use serde_json::{Value, json};

#[test]
fn a_day_is_told_in_numbers() {
    let party = Party::of(3);
    let house = House::of(&party.server);
    let before = house.get("restaurants/2/today");
    assert_eq!(
        (&before["timezone"], &before["currency"]),
        (&json!("Asia/Bangkok"), &json!("THB"))
    );
    party.orders("60.00");
    party.orders("40.00");
    let pay = format!("POST /api/v1/sessions/{}/payments", party.visit);
    party
        .ask(
            &pay,
            json!({"amount": "70.00", "method": "card", "tip": "5.00"}),
        )
        .ok();
    let now = house.get("restaurants/2/today");
    let number = |day: &Value, path: &str| {
        let found = day
            .pointer(path)
            .unwrap_or_else(|| panic!("{path} in {day}"));
        found.as_i64().unwrap_or_else(|| panic!("{path}: {found}"))
    };
    let cents = |day: &Value, path: &str| -> i64 {
        let text = day
            .pointer(path)
            .and_then(Value::as_str)
            .expect("an amount");
        text.replace('.', "").parse().expect("digits")
    };
    for (path, more) in [
        ("/orders/placed", 2),
        ("/orders/open", 2),
        ("/sales/payments", 1),
    ] {
        assert_eq!(number(&now, path) - number(&before, path), more, "{path}");
    }
    assert_eq!(number(&now, "/guests/now"), number(&before, "/guests/now"));
    for (path, more) in [
        ("/sales/total", 7000),
        ("/sales/tip", 500),
        ("/unpaid", 3000),
    ] {
        assert_eq!(cents(&now, path) - cents(&before, path), more, "{path}");
    }
    let methods = now["sales"]["by_method"].as_array().expect("methods");
    let card = methods
        .iter()
        .find(|m| m["method"] == "card")
        .expect("by card");
    assert_eq!(card["tip"], "5.00");
    let hours: i64 = now["sales"]["by_hour"]
        .as_array()
        .expect("hours")
        .iter()
        .map(|hour| {
            hour["amount"]
                .as_str()
                .expect("an amount")
                .replace('.', "")
                .parse::<i64>()
                .expect("digits")
        })
        .sum();
    assert_eq!(hours, cents(&now, "/sales/total"), "the hours add up");
    // a ticket that waits longer than until red is late, and so is its station's line
    let late = number(&now, "/orders/late");
    house.server.shell(&format!("UPDATE order_items SET fired_at = fired_at - 100000000 WHERE order_id IN (SELECT max(id) FROM orders WHERE session_id = {})", party.visit));
    let now = house.get("restaurants/2/today");
    assert_eq!(number(&now, "/orders/late"), late + 1);
    // what was given back is no sale
    let payment = party.server.place.number("SELECT max(id) FROM payments");
    house
        .ask(
            &format!("POST /api/v1/payments/{payment}/refund"),
            json!({"amount": "10.00", "reason": "cold"}),
        )
        .ok();
    let after = house.get("restaurants/2/today");
    assert_eq!(
        cents(&after, "/sales/total"),
        cents(&now, "/sales/total") - 1000
    );
    assert_eq!(
        cents(&after, "/sales/refunded"),
        cents(&now, "/sales/refunded") + 1000
    );
    // another day, and bad input
    let day = house.get("restaurants/2/today?day=2020-02-29");
    assert_eq!(
        (
            &day["day"],
            &day["orders"]["placed"],
            &day["sales"]["total"]
        ),
        (&json!("2020-02-29"), &json!(0), &json!("0.00"))
    );
    assert_eq!(
        (&day["from"], &day["to"]),
        (
            &json!("2020-02-28T21:00:00Z"),
            &json!("2020-02-29T21:00:00Z")
        ),
        "04:00 in Bangkok"
    );
    for day in ["2020-02-30", "today", ""] {
        let line = format!("GET /api/v1/restaurants/2/today?day={day}");
        assert_eq!(
            house.ask(&line, Value::Null).refused(422),
            "INVALID_VALUE",
            "{day}"
        );
    }
    let line = "GET /api/v1/restaurants/2/today";
    assert_eq!(house.waiter(line, Value::Null).refused(403), "FORBIDDEN");
    assert_eq!(
        house.ask(&line.replace('2', "3"), Value::Null).refused(403),
        "FORBIDDEN"
    );
}

#[test]
fn a_day_is_a_table_that_a_spreadsheet_opens() {
    let party = Party::of(3);
    let house = House::of(&party.server);
    party.orders("60.00");
    let cancelled = party.server.place.number("SELECT max(id) FROM orders");
    let reason = json!({"status": "cancelled", "reason": "=1+1, \"twice\""});
    party
        .ask(&format!("PATCH /api/v1/orders/{cancelled}"), reason)
        .ok();
    party.orders("40.00");
    let pay = format!("POST /api/v1/sessions/{}/payments", party.visit);
    party.ask(&pay, json!({"amount": "remaining"})).ok();
    let sheet = |name: &str| {
        let answer = house.ask(
            &format!("GET /api/v1/restaurants/2/{name}.csv"),
            Value::Null,
        );
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(
            answer.header("content-type"),
            Some("text/csv; charset=utf-8")
        );
        let disposition = answer
            .header("content-disposition")
            .expect("a name")
            .to_owned();
        assert!(
            disposition.starts_with("attachment; filename="),
            "{disposition}"
        );
        let text = answer
            .text
            .strip_prefix('\u{feff}')
            .expect("the mark of UTF-8")
            .to_owned();
        let rows: Vec<String> = text.split_terminator("\r\n").map(str::to_owned).collect();
        rows
    };
    let orders = sheet("orders");
    assert!(
        orders[0].starts_with("id,public_id,code,type,"),
        "{}",
        orders[0]
    );
    let row = orders
        .iter()
        .find(|row| row.starts_with(&format!("{cancelled},")))
        .expect("the order");
    assert!(row.contains(r#","'=1+1, ""twice""","#), "no formula: {row}");
    let payments = sheet("payments");
    assert!(
        payments
            .last()
            .expect("a row")
            .contains(",cash,captured,40.00,0.00,0.00,Mia,"),
        "{payments:?}"
    );
    let day = sheet("today");
    assert!(day.iter().any(|row| row == "day,currency,THB"), "{day:?}");
    let line = "GET /api/v1/restaurants/2/orders.csv";
    assert_eq!(house.waiter(line, Value::Null).refused(403), "FORBIDDEN");
}
