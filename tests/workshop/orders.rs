//! `/orders`.

use super::{Workshop, signed, staff};
use crate::support::http;
use serde_json::{Value, json};

fn names(list: &Value) -> Vec<&str> {
    let list = list.as_array().expect("a list");
    list.iter()
        .map(|order| order["orderId"].as_str().expect("a name"))
        .collect()
}

#[test]
fn orders_are_made_changed_and_deleted() {
    let workshop = Workshop::start();
    let new = json!({
        "orderId": "ORD-2024-001", "customerName": "Noodle Corner", "productName": "Flyers", "quantity": 500, "sheetType": "115 g",
        "estimatedDate": "2026-02-01", "dateIssued": "2026-01-28T21:00:00Z", "deliverySchedule": "mornings", "unknown": 1,
    });
    let made = workshop.rest(&staff(), "POST /orders", new);
    assert_eq!(made.status, 201);
    for (name, value) in [
        ("orderId", json!("ORD-2024-001")),
        ("customerName", json!("Noodle Corner")),
        ("productName", json!("Flyers")),
        ("quantity", json!(500)),
        ("sheetType", json!("115 g")),
        ("status", json!("In Production")),
        ("estimatedDate", json!("2026-02-01T00:00:00Z")),
        ("dateIssued", json!("2026-01-28T21:00:00Z")),
        ("deliverySchedule", json!("mornings")),
    ] {
        assert_eq!(made.body[name], value, "{name}");
    }
    let change = json!({"status": "Delivery", "estimatedDate": null, "message": "On its way"});
    let changed = workshop
        .rest(&staff(), "PATCH /orders/ORD-2024-001", change)
        .ok();
    assert_eq!(changed["status"], "Delivery");
    assert_eq!(
        (&changed["estimatedDate"], &changed["message"]),
        (&Value::Null, &json!("On its way"))
    );
    // Any stage leads to any other, backwards too.
    let back = workshop
        .rest(
            &staff(),
            "PATCH /orders/ORD-2024-001",
            json!({"status": "In Production"}),
        )
        .ok();
    assert_eq!(
        (&back["status"], &back["message"]),
        (&json!("In Production"), &Value::Null)
    );
    let shown = workshop
        .rest(&staff(), "GET /orders/ORD-2024-001", Value::Null)
        .ok();
    assert_eq!(shown, back);
    let gone = workshop
        .rest(&staff(), "DELETE /orders/ORD-2024-001", Value::Null)
        .ok();
    assert_eq!(gone, json!({"orderId": "ORD-2024-001", "deleted": true}));
    workshop
        .rest(&staff(), "GET /orders/ORD-2024-001", Value::Null)
        .refused(404);
}

#[test]
fn the_list_begins_with_what_was_issued_last() {
    let workshop = Workshop::start();
    let list = |query: &str| {
        workshop
            .rest(&staff(), &format!("GET /orders{query}"), Value::Null)
            .ok()
    };
    assert_eq!(names(&list("")), ["ORD-1003", "ORD-1002", "ORD-1001"]);
    let old = json!({"orderId": "OLD", "customerName": "c", "productName": "p", "dateIssued": "2020-01-01"});
    workshop.rest(&staff(), "POST /orders", old).ok();
    let new = workshop.order();
    let all = list("");
    assert_eq!(
        names(&all),
        [&new, "ORD-1003", "ORD-1002", "ORD-1001", "OLD"]
    );
    assert_eq!(
        names(&list("?limit=2&before=ORD-1003")),
        ["ORD-1002", "ORD-1001"]
    );
    assert_eq!(names(&list("?status=In%20Printing")), ["ORD-1002"]);
}

#[test]
fn only_those_who_work_there() {
    let workshop = Workshop::start();
    let body = json!({"customerName": "c", "productName": "p"});
    for line in [
        "GET /orders",
        "POST /orders",
        "PATCH /orders/ORD-1001",
        "DELETE /orders/ORD-1001",
    ] {
        let anonymous = http::request(workshop.address, line, &[], body.clone());
        assert_eq!(anonymous.refused(401), "UNAUTHENTICATED", "{line}");
        for claims in [
            json!({"sub": "456", "role": "customer"}),
            json!({"sub": "901", "role": "driver"}),
            json!({"sub": "x", "role": "display", "restaurantId": 5}),
        ] {
            let answer = workshop.rest(&signed(claims.clone()), line, body.clone());
            assert_eq!(answer.status, 403, "{line} {claims}: {answer:?}");
            assert_eq!(answer.body["statusCode"], 403);
        }
    }
}

#[test]
fn a_supper_is_not_in_the_workshop_nor_a_flyer_in_the_kitchen() {
    let workshop = Workshop::start();
    let flyers = workshop.order();
    // Even where both belong to one house.
    let cook = signed(json!({"sub": "30", "role": "manager", "restaurantId": 2}));
    assert_eq!(
        workshop.rest(&cook, "GET /orders", Value::Null).ok(),
        json!([])
    );
    for line in [
        "GET /orders/order-1",
        "PATCH /orders/1",
        "DELETE /orders/order-1",
    ] {
        workshop.rest(&cook, line, json!({})).refused(404);
    }
    let shop = signed(json!({"sub": "34", "role": "manager", "restaurantId": 5}));
    let listed = workshop
        .server
        .rest(&shop, "GET /api/v1/orders", Value::Null)
        .ok();
    assert_eq!(listed["items"], json!([]), "no ticket of a kitchen");
    let other = signed(json!({"sub": "31", "role": "manager", "restaurantId": 3}));
    workshop
        .rest(&other, &format!("GET /orders/{flyers}"), Value::Null)
        .refused(404);
}

#[test]
fn what_cannot_be_is_refused() {
    let workshop = Workshop::start();
    let refused =
        |line: &str, body: Value, status: u16| workshop.rest(&staff(), line, body).refused(status);
    assert_eq!(
        refused("POST /orders", json!({"productName": "p"}), 400),
        "INVALID_BODY"
    );
    assert_eq!(
        refused(
            "POST /orders",
            json!({"customerName": "c", "productName": ""}),
            422
        ),
        "INVALID_VALUE"
    );
    assert_eq!(
        refused("PATCH /orders/ORD-1001", json!({"status": "ready"}), 422),
        "INVALID_STATUS"
    );
    assert_eq!(
        refused(
            "PATCH /orders/ORD-1001",
            json!({"estimatedDate": "soon"}),
            422
        ),
        "INVALID_VALUE"
    );
    let taken = json!({"orderId": "ORD-1001", "customerName": "c", "productName": "p"});
    assert_eq!(refused("POST /orders", taken, 409), "NAME_TAKEN");
    assert_eq!(
        refused("PUT /orders/ORD-1001", json!({}), 405),
        "METHOD_NOT_ALLOWED"
    );
}

#[test]
fn a_refusal_says_the_status_that_it_has() {
    let workshop = Workshop::start();
    for line in [
        "PUT /orders/ORD-1001",
        "GET /orders/ORD-9999",
        "PATCH /orders/ORD-1001",
    ] {
        let answer = workshop.rest(&staff(), line, json!({"status": "Fried"}));
        assert!(answer.status >= 400, "{line}: {answer:?}");
        assert_eq!(
            answer.body["statusCode"], answer.status,
            "{line}: {answer:?}"
        );
    }
}
