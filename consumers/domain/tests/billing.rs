use super::*;
use crate::domain::bill::{self, Bill, NewVisitPayment, VisitPayment};
use crate::domain::orders::Paid;
use crate::domain::payments::{self, Refund};
use crate::domain::{money, tables};
use proptest::prelude::*;

/// Somebody sits at table 5.
fn seated(house: &House) -> i64 {
    let seated = house.run(|tx| tables::occupy(tx, &mia(), 5, Some(3)));
    seated.unwrap().table.session.unwrap().id
}

fn pay(house: &House, visit: i64, json: &str) -> Result<VisitPayment, String> {
    let new: NewVisitPayment = serde_json::from_str(json).unwrap();
    let paid = house.run(|tx| bill::pay(tx, &mia(), visit, &new));
    paid.map_err(|e| e.into_client().code.into_owned())
}

fn bill(house: &House, visit: i64) -> Bill {
    house.run(|tx| bill::of(tx, visit)).unwrap()
}

/// An order of one dish at this price.
fn dish(house: &House, price: &str) -> i64 {
    let dish = format!(
        r#"{{"restaurant_id":2,"table_id":5,"items":[{{"name":"Dish","price":"{price}"}}]}}"#
    );
    placed(house, &dish).id
}

fn lines(house: &House, order: i64) -> Vec<i64> {
    let sql = "SELECT id FROM order_items WHERE order_id = ?1 ORDER BY id";
    let lines = house.run(|tx| tx.rows(sql, crate::db::params![order], |row| row.get(0)));
    lines.unwrap()
}

#[test]
fn equal_shares_add_up_to_the_bill() {
    let house = House::small();
    let visit = seated(&house);
    let (first, second) = (dish(&house, "60.00"), dish(&house, "40.00"));
    let share = |n: i64| pay(&house, visit, &format!(r#"{{"share":{{"n":{n},"of":3}}}}"#));
    // whoever comes first pays the share that was shown
    let third = share(3).unwrap();
    assert_eq!((third.amount_minor, third.payments.len()), (3333, 1));
    assert_eq!(share(3), Err("SHARE_PAID".into()));
    let shown = bill(&house, visit).shares(3).unwrap();
    let shown: Vec<_> = shown.iter().map(|s| (s.amount_minor, s.paid)).collect();
    assert_eq!(shown, [(3334, false), (3333, false), (3333, true)]);
    let one = share(1).unwrap();
    assert_eq!(one.amount_minor, 3334);
    // it covers the rest of one order and the beginning of the other: one payment, two rows
    let rows: Vec<_> = one
        .payments
        .iter()
        .map(|p| (p.order_id, p.amount_minor))
        .collect();
    assert_eq!(rows, [(Some(first), 2667), (Some(second), 667)]);
    assert!(
        one.payments
            .iter()
            .all(|p| p.group_uuid.as_deref() == Some(&*one.group_uuid))
    );
    assert_eq!(share(2).unwrap().bill.balance_minor(), 0);
    assert_eq!(bill(&house, visit).paid(), Paid::Paid);
    assert_eq!(share(1), Err("NOTHING_TO_PAY".into()));
    // another round: they stay for coffee
    dish(&house, "10.00");
    assert_eq!(share(1).unwrap().amount_minor, 334);
    assert_eq!(share(1), Err("SHARE_PAID".into()));
}

#[test]
fn what_is_ordered_in_between_is_shared_by_those_who_have_not_paid() {
    let house = House::small();
    let visit = seated(&house);
    dish(&house, "100.00");
    let share = |n: i64| pay(&house, visit, &format!(r#"{{"share":{{"n":{n},"of":3}}}}"#));
    assert_eq!(share(1).unwrap().amount_minor, 3334);
    dish(&house, "10.01");
    assert_eq!(share(2).unwrap().amount_minor, 3834);
    assert_eq!(share(3).unwrap().amount_minor, 3833);
    assert_eq!(bill(&house, visit).balance_minor(), 0);
}

#[test]
fn a_line_is_paid_once() {
    let house = House::small();
    let visit = seated(&house);
    let order = placed(&house, SUPPER).id;
    let [noodles, tea] = lines(&house, order)[..] else {
        panic!("two lines")
    };
    let items = |json: &str| pay(&house, visit, &format!(r#"{{"items":[{json}]}}"#));
    let one = items(&format!(r#"{{"id":{noodles},"qty":1}}"#)).unwrap();
    assert_eq!(one.amount_minor, 8000);
    let allocated = house
        .run(|tx| payments::of_payment(tx, one.payments[0].id))
        .unwrap();
    assert_eq!(
        (
            allocated[0].item_id,
            allocated[0].quantity,
            allocated[0].amount_minor
        ),
        (noodles, 1, 8000)
    );
    let line = |at: usize| {
        let bill = bill(&house, visit);
        let line = &bill.orders[0].lines[at];
        (line.paid_quantity, line.due_quantity, line.due_minor)
    };
    assert_eq!((line(0), line(1)), ((1, 1, 8000), (0, 1, 3550)));
    assert_eq!(
        items(&format!(r#"{{"id":{noodles},"qty":2}}"#)),
        Err("LINE_PAID".into())
    );
    let rest = items(&format!(r#"{{"id":{noodles}}},{{"id":{tea}}}"#)).unwrap();
    assert_eq!(rest.amount_minor, 11_550);
    assert_eq!(
        items(&format!(r#"{{"id":{tea}}}"#)),
        Err("LINE_PAID".into())
    );
    assert_eq!(bill(&house, visit).paid(), Paid::Paid);
    // given back, it can be paid again
    let back = Refund {
        amount: None,
        reason: Some("wrong guest".into()),
        expected_version: None,
    };
    house
        .run(|tx| payments::refund(tx, &boss(), one.payments[0].id, &back))
        .unwrap();
    assert_eq!(line(0), (1, 1, 8000));
    assert_eq!(
        items(&format!(r#"{{"id":{noodles}}}"#))
            .unwrap()
            .amount_minor,
        8000
    );
}

#[test]
fn lines_of_a_bill_that_is_paid_in_part_cost_what_is_left() {
    let house = House::small();
    let visit = seated(&house);
    let order = placed(&house, SUPPER).id;
    let [noodles, tea] = lines(&house, order)[..] else {
        panic!("two lines")
    };
    pay(&house, visit, r#"{"amount":"150.00"}"#).unwrap();
    let both = format!(r#"{{"items":[{{"id":{tea}}},{{"id":{noodles}}}]}}"#);
    let paid = pay(&house, visit, &both).unwrap();
    let parts: Vec<_> = paid.items.iter().map(|c| c.amount_minor).collect();
    assert_eq!((paid.amount_minor, &*parts), (4550, &[3550, 1000][..]));
    assert_eq!(paid.bill.balance_minor(), 0);
}

#[test]
fn lines_have_their_part_of_a_discount() {
    let house = House::small();
    let visit = seated(&house);
    let order = placed(&house, SUPPER).id;
    house.sql(&format!(
        "UPDATE orders SET discount_minor = 1000, total_minor = 18550 WHERE id = {order}"
    ));
    let billed = bill(&house, visit);
    let amounts: Vec<_> = billed.orders[0]
        .lines
        .iter()
        .map(|line| line.amount_minor)
        .collect();
    assert_eq!(amounts, [15_182, 3368]);
    let [noodles, _] = lines(&house, order)[..] else {
        panic!("two lines")
    };
    for _ in 0..2 {
        let one = format!(r#"{{"items":[{{"id":{noodles},"qty":1}}]}}"#);
        assert_eq!(pay(&house, visit, &one).unwrap().amount_minor, 7591);
    }
}

#[test]
fn who_saw_another_balance_is_told_the_true_one() {
    let house = House::small();
    let visit = seated(&house);
    let order = placed(&house, SUPPER).id;
    let refused = |json: &str| pay(&house, visit, json).unwrap_err();
    assert_eq!(
        refused(r#"{"amount":"10","expected_balance":"195.00"}"#),
        "BALANCE_CHANGED"
    );
    assert_eq!(refused(r#"{"amount":"195.51"}"#), "OVERPAYMENT");
    assert_eq!(refused(r#"{"amount":0}"#), "INVALID_VALUE");
    assert_eq!(refused(r#"{"amount":"1.001"}"#), "INVALID_AMOUNT");
    assert_eq!(refused(r#"{}"#), "INVALID_VALUE");
    assert_eq!(
        refused(r#"{"amount":1,"share":{"n":1,"of":2}}"#),
        "INVALID_VALUE"
    );
    for share in [
        r#"{"n":0,"of":2}"#,
        r#"{"n":3,"of":2}"#,
        r#"{"n":1,"of":101}"#,
        r#"{"n":1,"of":0}"#,
    ] {
        assert_eq!(
            refused(&format!(r#"{{"share":{share}}}"#)),
            "INVALID_VALUE",
            "{share}"
        );
    }
    assert_eq!(refused(r#"{"items":[]}"#), "INVALID_VALUE");
    assert_eq!(refused(r#"{"items":[{"id":999}]}"#), "NOT_FOUND");
    let line = lines(&house, order)[0];
    assert_eq!(
        refused(&format!(r#"{{"items":[{{"id":{line},"qty":0}}]}}"#)),
        "INVALID_VALUE"
    );
    assert_eq!(
        refused(&format!(r#"{{"items":[{{"id":{line}}},{{"id":{line}}}]}}"#)),
        "INVALID_VALUE"
    );
    house.sql(&format!(
        "UPDATE order_items SET status = 'voided' WHERE id = {line}"
    ));
    assert_eq!(
        refused(&format!(r#"{{"items":[{{"id":{line}}}]}}"#)),
        "NOT_FOUND"
    );
    let new: NewVisitPayment = serde_json::from_str(r#"{"amount":"remaining"}"#).unwrap();
    assert_eq!(
        house.refused(|tx| bill::pay(tx, &cook(), visit, &new)),
        "FORBIDDEN"
    );
    assert_eq!(
        house.refused(|tx| bill::pay(tx, &Actor::guest(visit), visit, &new)),
        "FORBIDDEN"
    );
    assert_eq!(house.text("SELECT count(*) FROM payments"), "0");
    let paid = pay(&house, visit, r#"{"amount":"remaining","expected_balance":"35.50","method":"card","tip":5,"provider_ref":"t-1"}"#).unwrap();
    assert_eq!((paid.amount_minor, paid.tip_minor), (3550, 500));
    dish(&house, "5.00");
    assert_eq!(
        refused(r#"{"amount":"remaining","method":"card","provider_ref":"t-1"}"#),
        "IDEMPOTENCY_CONFLICT"
    );
}

#[test]
fn what_was_ordered_before_anybody_sat_there_is_on_the_bill() {
    let house = House::small();
    let stray = dish(&house, "20.00");
    let visit = seated(&house);
    let own = dish(&house, "30.00");
    let cancelled = dish(&house, "7.00");
    to(&house, &boss(), cancelled, Status::Cancelled);
    let ids = |bill: &Bill| bill.orders.iter().map(|b| b.order.id).collect::<Vec<_>>();
    assert_eq!(ids(&bill(&house, visit)), [stray, own]);
    let paid = pay(&house, visit, r#"{"amount":"remaining"}"#).unwrap();
    assert_eq!(paid.amount_minor, 5000);
    assert_eq!(
        ids(&bill(&house, visit)),
        [stray, own],
        "it stays when it is paid"
    );
    house
        .run(|tx| tables::release(tx, &mia(), 5, &Default::default()))
        .unwrap();
    assert_eq!(
        ids(&bill(&house, visit)),
        [stray, own],
        "and when they have left"
    );
}

#[test]
fn a_served_order_that_a_visit_pays_is_completed() {
    let house = House::small();
    let visit = seated(&house);
    let (first, second) = (dish(&house, "20.00"), dish(&house, "30.00"));
    for id in [first, second] {
        for status in [
            Status::Confirmed,
            Status::Preparing,
            Status::Ready,
            Status::Delivered,
        ] {
            to(&house, &boss(), id, status);
        }
    }
    pay(&house, visit, r#"{"amount":"49.99"}"#).unwrap();
    let status =
        || house.text("SELECT group_concat(status) FROM (SELECT status FROM orders ORDER BY id)");
    assert_eq!(status(), "completed,delivered");
    pay(&house, visit, r#"{"amount":"0.01"}"#).unwrap();
    assert_eq!(status(), "completed,completed");
}

#[test]
fn money_is_given_back_in_parts() {
    let house = House::small();
    let visit = seated(&house);
    let order = dish(&house, "100.00");
    let paid = pay(&house, visit, r#"{"amount":"remaining"}"#)
        .unwrap()
        .payments[0]
        .id;
    let back = |actor: &Actor, json: &str| {
        let refund: Refund = serde_json::from_str(json).unwrap();
        let done = house.run(|tx| payments::refund(tx, actor, paid, &refund));
        done.map_err(|e| e.into_client().code.into_owned())
    };
    assert_eq!(
        back(&mia(), r#"{"reason":"cold"}"#).unwrap_err(),
        "FORBIDDEN"
    );
    assert_eq!(
        back(&boss(), r#"{"reason":" "}"#).unwrap_err(),
        "REASON_REQUIRED"
    );
    assert_eq!(
        back(&boss(), r#"{"amount":"100.01","reason":"cold"}"#).unwrap_err(),
        "OVERREFUND"
    );
    assert_eq!(
        back(&boss(), r#"{"amount":0,"reason":"cold"}"#).unwrap_err(),
        "INVALID_VALUE"
    );
    assert_eq!(
        back(&boss(), r#"{"amount":1,"reason":"cold","version":9}"#).unwrap_err(),
        "VERSION_CONFLICT"
    );
    let part = back(&boss(), r#"{"amount":"30.00","reason":"cold"}"#).unwrap();
    assert_eq!(
        (part.refunded_minor, part.status),
        (3000, payments::PaymentState::Captured)
    );
    let order = || house.run(|tx| orders::get(tx, order)).unwrap();
    assert_eq!(
        (order().paid(), order().balance_minor()),
        (Paid::Partial, 3000)
    );
    let all = back(&boss(), r#"{"reason":"and late"}"#).unwrap();
    assert_eq!(
        (all.refunded_minor, all.status),
        (10_000, payments::PaymentState::Refunded)
    );
    assert_eq!(order().paid(), Paid::Refunded);
    assert_eq!(
        back(&boss(), r#"{"reason":"again"}"#).unwrap_err(),
        "PAYMENT_STATE"
    );
    let audited = "SELECT group_concat(actor || ' ' || reason || ' ' || json_extract(after_json, '$.refunded'), ', ') FROM audit";
    assert_eq!(
        house.text(audited),
        "manager:30 cold 30.00, manager:30 and late 100.00"
    );
}

#[derive(Debug, Clone)]
enum Step {
    Amount(i64),
    Share(i64),
    Line(usize, i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (1i64..20_000).prop_map(Step::Amount),
        (1i64..=4).prop_map(Step::Share),
        (0usize..8, 1i64..4).prop_map(|(line, qty)| Step::Line(line, qty)),
    ];
    prop::collection::vec(step, 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// However guests pay, in whatever currency: nothing is paid twice, nothing is lost, and in the end the bill is paid to the last unit.
    #[test]
    fn however_it_is_paid_the_sums_are_exact(
        currency in prop::sample::select(vec![("THB", 2u32), ("JPY", 0), ("KWD", 3)]),
        prices in prop::collection::vec((1i64..5_000, 1i64..4), 1..5),
        off in 0i64..50,
        steps in steps(),
    ) {
        let (code, exp) = currency;
        let house = House::small();
        house.sql(&format!("UPDATE restaurants SET currency = '{code}', currency_exp = {exp}"));
        let visit = seated(&house);
        let mut all = Vec::new();
        for (price, qty) in &prices {
            let price = money::format(*price, exp);
            let order = format!(r#"{{"restaurant_id":2,"table_id":5,"items":[{{"name":"A","price":"{price}","quantity":{qty}}},{{"name":"B","price":"{price}"}}]}}"#);
            all.extend(lines(&house, placed(&house, &order).id));
        }
        house.sql(&format!("UPDATE orders SET discount_minor = min({off}, total_minor), total_minor = max(0, total_minor - {off})"));
        let total = bill(&house, visit).total_minor();
        for step in steps {
            let before = bill(&house, visit);
            let json = match step {
                Step::Amount(minor) => format!(r#"{{"amount":"{}"}}"#, money::format(minor, exp)),
                Step::Share(n) => format!(r#"{{"share":{{"n":{n},"of":4}}}}"#),
                Step::Line(line, qty) => format!(r#"{{"items":[{{"id":{},"qty":{qty}}}]}}"#, all[line % all.len()]),
            };
            match pay(&house, visit, &json) {
                Ok(paid) => {
                    let rows: i64 = paid.payments.iter().map(|p| p.amount_minor).sum();
                    prop_assert_eq!(rows, paid.amount_minor);
                    prop_assert_eq!(paid.bill.balance_minor(), before.balance_minor() - paid.amount_minor);
                }
                Err(code) => {
                    prop_assert!(["OVERPAYMENT", "NOTHING_TO_PAY", "LINE_PAID", "SHARE_PAID"].contains(&&*code), "{}", code);
                    prop_assert_eq!(&bill(&house, visit), &before, "what is refused changes nothing");
                }
            }
            let now = bill(&house, visit);
            prop_assert_eq!(now.paid_minor() + now.balance_minor(), total);
            let shares = now.shares(4).unwrap();
            let unpaid: i64 = shares.iter().filter(|s| !s.paid).map(|s| s.amount_minor).sum();
            prop_assert_eq!(unpaid, if shares.iter().all(|s| s.paid) { 0 } else { now.balance_minor() });
            for billed in &now.orders {
                let amounts: i64 = billed.lines.iter().map(|line| line.amount_minor).sum();
                prop_assert_eq!(amounts, billed.order.total_minor);
                for line in &billed.lines {
                    prop_assert!(line.paid_quantity <= line.item.quantity && line.paid_minor <= line.amount_minor);
                }
            }
        }
        if bill(&house, visit).balance_minor() > 0 {
            pay(&house, visit, r#"{"amount":"remaining"}"#).unwrap();
        }
        let end = bill(&house, visit);
        prop_assert_eq!((end.paid_minor(), end.balance_minor(), end.surplus_minor()), (total, 0, 0));
        house.run(|tx| tables::release(tx, &mia(), 5, &Default::default())).unwrap();
    }
}
