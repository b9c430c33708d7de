//! One bill for a whole visit: what it shows, and paying it by amount, by equal share, by line; giving money back. Sums are exact in every currency.

use crate::dining::free_table;
use crate::support::{Client, Server, http, token};
use serde_json::{Value, json};

/// Guests at a table of their own.
pub struct Party {
    pub server: Server,
    pub table: i64,
    pub visit: i64,
    waiter: String,
}

impl Party {
    /// In a demo.
    pub fn of(guests: i64) -> Self {
        Party::at(Server::start(), guests)
    }

    pub fn at(server: Server, guests: i64) -> Self {
        let table = free_table(&server);
        let waiter = server.token("waiter");
        let line = format!("POST /api/v1/tables/{table}/occupy");
        let seated = server.rest(&waiter, &line, json!({"guests_count": guests}));
        let visit = seated.ok()["session"]["id"].as_i64().expect("a visit");
        Party {
            server,
            table,
            visit,
            waiter,
        }
    }

    pub fn ask(&self, line: &str, body: Value) -> http::Answer {
        self.server.rest(&self.waiter, line, body)
    }

    /// They order a dish at this price; its line.
    pub fn orders(&self, price: &str) -> i64 {
        let dish = json!({"restaurant_id": 2, "table_id": self.table, "items": [{"name": "Dish", "price": price}]});
        let order = self.ask("POST /api/v1/orders", dish).ok();
        order["items"][0]["id"].as_i64().expect("a line")
    }

    /// What a guest's phone holds.
    pub fn guest(&self) -> String {
        let visit = self.visit.to_string();
        token::mint_with(
            &self.server.place,
            &["--role", "customer", "--session", &visit],
        )
    }

    fn bill(&self, query: &str) -> Value {
        let line = format!("GET /api/v1/sessions/{}/bill{query}", self.visit);
        self.ask(&line, Value::Null).ok()
    }

    fn pay(&self, body: Value) -> http::Answer {
        let line = format!("POST /api/v1/sessions/{}/payments", self.visit);
        self.ask(&line, body)
    }
}

#[test]
fn a_bill_shows_what_was_ordered_and_paid_and_what_each_would_pay() {
    let party = Party::of(3);
    let order = json!({"restaurant_id": 2, "table_id": party.table, "items": [
        {"menu_item_id": 1, "quantity": 2, "seat": 1}, {"menu_item_id": 2}]});
    party.ask("POST /api/v1/orders", order).ok();
    let dish = party.orders("60.00");
    let bill = party.bill("");
    assert_eq!(
        [
            &bill["total_amount"],
            &bill["paid_amount"],
            &bill["balance"]
        ],
        ["255.50", "0.00", "255.50"]
    );
    assert_eq!(
        (&bill["payment_status"], &bill["currency"]),
        (&json!("unpaid"), &json!("THB"))
    );
    assert_eq!(
        (&bill["shares"], &bill["chosen"]),
        (&Value::Null, &Value::Null)
    );
    let noodles = &bill["orders"][0]["items"][0];
    assert_eq!(noodles["quantity"], 2);
    assert_eq!(
        [&noodles["amount"], &noodles["due_amount"]],
        ["160.00", "160.00"]
    );
    let noodles = noodles["id"].as_i64().expect("a line");
    let bill = party.bill(&format!("?of=3&items={noodles}:1,{dish}"));
    let shares: Vec<&Value> = bill["shares"]
        .as_array()
        .expect("shares")
        .iter()
        .map(|s| &s["amount"])
        .collect();
    assert_eq!(shares, ["85.17", "85.17", "85.16"]);
    assert_eq!(bill["chosen"]["amount"], "140.00");
    let one = json!({"items": [{"id": noodles, "qty": 1}], "method": "card", "tip": "10.00"});
    let paid = party.pay(one).ok();
    assert_eq!(
        [&paid["amount"], &paid["tip"], &paid["balance"]],
        ["80.00", "10.00", "175.50"]
    );
    assert_eq!(
        paid["payments"][0]["items"],
        json!([{"id": noodles, "quantity": 1, "amount": "80.00"}])
    );
    let bill = party.bill("");
    let line = &bill["orders"][0]["items"][0];
    assert_eq!(
        (&line["paid_quantity"], &line["due_quantity"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(bill["payments"][0]["group_uuid"], paid["group_uuid"]);
    assert_eq!(
        [&bill["tip_amount"], &bill["payment_status"]],
        ["10.00", "partial"]
    );
    for query in ["?of=0", "?of=101", "?of=x", "?items=", "?items=1:x"] {
        let line = format!("GET /api/v1/sessions/{}/bill{query}", party.visit);
        party
            .ask(&line, Value::Null)
            .refused(if query == "?items=" { 404 } else { 422 });
    }
    let line = format!("GET /api/v1/sessions/{}/bill?shares=3", party.visit);
    assert_eq!(
        party.ask(&line, Value::Null).refused(400),
        "INVALID_PARAMETER"
    );
}

#[test]
fn equal_shares_are_exact_in_every_currency() {
    for (code, exp, price, of, shares) in [
        ("THB", 2, "100.00", 3, &["33.34", "33.33", "33.33"][..]),
        ("JPY", 0, "1000", 3, &["334", "333", "333"]),
        ("KWD", 3, "10.000", 3, &["3.334", "3.333", "3.333"]),
        (
            "THB",
            2,
            "100.00",
            7,
            &[
                "14.29", "14.29", "14.29", "14.29", "14.28", "14.28", "14.28",
            ],
        ),
    ] {
        let server = Server::start();
        server.shell(&format!(
            "UPDATE restaurants SET currency = '{code}', currency_exp = {exp} WHERE id = 2"
        ));
        let party = Party::at(server, of);
        party.orders(price);
        let shown = party.bill(&format!("?of={of}"));
        for (n, share) in (1..).zip(shares) {
            assert_eq!(shown["shares"][n - 1]["amount"], *share, "{code}");
        }
        // the last one pays first, and pays what was shown
        for (n, share) in (1..).zip(shares).collect::<Vec<_>>().into_iter().rev() {
            let paid = party.pay(json!({"share": {"n": n, "of": of}})).ok();
            assert_eq!(paid["amount"], *share, "{code}");
            assert_eq!(paid["share"], json!({"n": n, "of": of}));
        }
        let bill = party.bill("");
        assert_eq!(
            bill["balance"],
            if exp == 0 {
                "0".to_owned()
            } else {
                format!("0.{}", "0".repeat(exp))
            }
        );
        assert_eq!(bill["payment_status"], "paid");
        assert_eq!(
            party.pay(json!({"share": {"n": 1, "of": of}})).refused(409),
            "NOTHING_TO_PAY"
        );
    }
}

#[test]
fn two_who_pay_the_same_at_once_pay_it_once() {
    let party = Party::of(2);
    let line = party.orders("50.00");
    let body = json!({"items": [{"id": line}]});
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let pay = || scope.spawn(|| party.pay(body.clone()).status);
        let both = [pay(), pay()];
        both.map(|one| one.join().expect("an answer")).to_vec()
    });
    let mut answers = answers;
    answers.sort_unstable();
    assert_eq!(answers, [201, 409]);
    assert_eq!(
        party
            .server
            .place
            .number("SELECT count(*) FROM payment_allocations"),
        1
    );
    let again = party.pay(json!({"items": [{"id": line}]}));
    assert_eq!(again.body["item_id"], line);
    assert_eq!(again.refused(409), "LINE_PAID");
}

#[test]
fn a_payment_that_is_sent_again_is_taken_once() {
    let party = Party::of(2);
    party.orders("50.00");
    let line = format!("POST /api/v1/sessions/{}/payments", party.visit);
    let bearer = format!("Bearer {}", party.waiter);
    let send = || {
        let headers = [("Authorization", &*bearer), ("Idempotency-Key", "tap-1")];
        http::request(
            party.server.address,
            &line,
            &headers,
            json!({"amount": "20.00"}),
        )
        .ok()
    };
    assert_eq!(send(), send());
    assert_eq!(party.bill("")["balance"], "30.00");
    let changed = party.pay(json!({"amount": "20.00", "expected_balance": "50.00"}));
    assert_eq!(changed.body["balance"], "30.00");
    assert_eq!(changed.refused(409), "BALANCE_CHANGED");
}

#[test]
fn a_payment_of_several_orders_is_told_of_each_and_closes_the_table() {
    let party = Party::of(2);
    let mut restaurant = Client::open(&party.server, "/ws/restaurants/2/");
    let mut staff = Client::open(&party.server, "/ws/restaurants/2/notifications/");
    restaurant.sync();
    staff.sync();
    party.orders("50.00");
    party.orders("30.00");
    let release = format!("POST /api/v1/tables/{}/release", party.table);
    assert_eq!(
        party.ask(&release, Value::Null).refused(409),
        "UNPAID_ORDERS"
    );
    let paid = party.pay(json!({"amount": "60.00"})).ok();
    assert_eq!(paid["payments"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        staff.expect("payment_notification")["data"]["amount"],
        "50.00"
    );
    assert_eq!(
        staff.expect("payment_notification")["data"]["amount"],
        "10.00"
    );
    assert_eq!(
        restaurant.expect("payment_completed")["data"]["amount"],
        "50.00"
    );
    party.pay(json!({"amount": "remaining"})).ok();
    assert_eq!(
        restaurant.expect("payment_completed")["data"]["amount"],
        "20.00"
    );
    party.ask(&release, Value::Null).ok();
    assert_eq!(
        party.bill("")["payment_status"],
        "paid",
        "staff still read it"
    );
}

#[test]
fn guests_read_their_own_bill_and_nobody_elses() {
    let party = Party::of(2);
    party.orders("50.00");
    let guest = party.guest();
    let own = format!("GET /api/v1/sessions/{}/bill", party.visit);
    assert_eq!(
        party.server.rest(&guest, &own, Value::Null).ok()["balance"],
        "50.00"
    );
    let other = party
        .server
        .rest(&guest, "GET /api/v1/sessions/1/bill", Value::Null);
    assert_eq!(other.refused(404), "NOT_FOUND");
    let pay = own.replace("GET", "POST").replace("bill", "payments");
    let paid = party
        .server
        .rest(&guest, &pay, json!({"amount": "remaining"}));
    assert_eq!(paid.refused(403), "FORBIDDEN");
    let kitchen = party.server.token("kitchen");
    assert_eq!(
        party.server.rest(&kitchen, &own, Value::Null).refused(403),
        "FORBIDDEN"
    );
}

#[test]
fn a_manager_gives_money_back_and_says_why() {
    let party = Party::of(2);
    party.orders("50.00");
    let payment = party.pay(json!({"amount": "remaining"})).ok()["payments"][0].clone();
    let line = format!("POST /api/v1/payments/{}/refund", payment["id"]);
    assert_eq!(
        party.ask(&line, json!({"reason": "cold"})).refused(403),
        "FORBIDDEN"
    );
    let manager = party.server.token("manager");
    let refund = |body: Value| party.server.rest(&manager, &line, body);
    assert_eq!(refund(json!({})).refused(422), "REASON_REQUIRED");
    let over = refund(json!({"amount": "50.01", "reason": "cold"}));
    assert_eq!(over.body["left"], "50.00");
    assert_eq!(over.refused(409), "OVERREFUND");
    let back = refund(json!({"amount": "20.00", "reason": "cold"})).ok();
    assert_eq!(
        (&back["refunded"], &back["status"]),
        (&json!("20.00"), &json!("captured"))
    );
    let bill = party.bill("");
    assert_eq!(
        [
            &bill["refunded_amount"],
            &bill["paid_amount"],
            &bill["balance"]
        ],
        ["20.00", "30.00", "20.00"]
    );
    let back = refund(json!({"reason": "and late"})).ok();
    assert_eq!(
        (&back["refunded"], &back["status"]),
        (&json!("50.00"), &json!("refunded"))
    );
    assert_eq!(
        refund(json!({"reason": "again"})).refused(409),
        "PAYMENT_STATE"
    );
    let audited = "SELECT count(*) FROM audit WHERE action = 'refund' AND entity = 'payment'";
    assert_eq!(party.server.place.number(audited), 2);
    let list = format!(
        "GET /api/v1/payments?session_id={}&status=refunded",
        party.visit
    );
    assert_eq!(
        party.ask(&list, Value::Null).ok()["items"][0]["id"],
        payment["id"]
    );
    for (day, status) in [("2020-02-29", 200), ("2020-02-30", 422)] {
        let list = format!("GET /api/v1/payments?day={day}");
        let answer = party.ask(&list, Value::Null);
        assert_eq!(answer.status, status, "{answer:?}");
        assert_ne!(answer.body["total"], 1);
    }
    let list = "GET /api/v1/payments?method=gold";
    assert_eq!(party.ask(list, Value::Null).refused(422), "INVALID_VALUE");
}
