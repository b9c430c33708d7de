use super::*;
use crate::domain::orders::{Move, Paid, change_status};
use crate::domain::payments::{self, NewPayment, PaymentState};
use crate::domain::{Status, money};

fn pay(house: &House, actor: &Actor, order: i64, json: &str) -> Result<payments::Taken, String> {
    let new: NewPayment = serde_json::from_str(json).unwrap();
    match house.run(|tx| payments::take(tx, actor, order, &new)) {
        Ok(taken) => Ok(taken),
        Err(crate::db::Error::Client(error)) => Err(error.code.into_owned()),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn never_more_than_the_bill() {
    let house = House::small();
    let id = placed(&house, SUPPER).id;
    let refused = |json| pay(&house, &mia(), id, json).unwrap_err();
    assert_eq!(refused(r#"{"amount":195.51}"#), "OVERPAYMENT");
    assert_eq!(refused(r#"{"amount":0}"#), "INVALID_VALUE");
    assert_eq!(refused(r#"{"amount":-5}"#), "INVALID_AMOUNT");
    assert_eq!(refused(r#"{"amount":"1.001"}"#), "INVALID_AMOUNT");
    assert_eq!(
        refused(r#"{"amount":10,"expected_balance":"195.00"}"#),
        "BALANCE_CHANGED"
    );
    let first = pay(
        &house,
        &mia(),
        id,
        r#"{"amount":100,"expected_balance":195.5}"#,
    )
    .unwrap();
    assert_eq!(
        (first.paid, first.order.balance_minor()),
        (Paid::Partial, 9550)
    );
    let held = pay(
        &house,
        &noah(),
        id,
        r#"{"amount":90,"method":"terminal","pending":true}"#,
    )
    .unwrap();
    assert_eq!(
        refused(r#"{"amount":1,"method":"terminal","pending":true}"#),
        "TERMINAL_BUSY"
    );
    assert_eq!(refused(r#"{"amount":50}"#), "OVERPAYMENT");
    let rest = pay(&house, &mia(), id, r#"{"amount":"remaining"}"#).unwrap();
    assert_eq!(rest.payment.amount(), "5.50");
    assert_eq!(refused(r#"{"amount":"remaining"}"#), "NOTHING_TO_PAY");
    let state = |to| house.refused(|tx| payments::set_state(tx, &mia(), held.payment.id, to, None));
    assert_eq!(state(PaymentState::Captured), "nothing");
    assert_eq!(state(PaymentState::Captured), "nothing");
    assert_eq!(state(PaymentState::Failed), "PAYMENT_STATE");
    assert_eq!(state(PaymentState::Refunded), "FORBIDDEN");
    let order = house.run(|tx| orders::get(tx, id)).unwrap();
    assert_eq!((order.paid(), order.status), (Paid::Paid, Status::Pending));
    assert_eq!(
        house.refused(|tx| orders::delete(tx, &boss(), id, None)),
        "ORDER_HAS_PAYMENTS"
    );
}

#[test]
fn what_was_given_back_is_refunded() {
    let house = House::small();
    let id = placed(&house, SUPPER).id;
    let paid = || house.run(|tx| orders::get(tx, id)).unwrap().paid();
    let back = |payment: i64| {
        let reason = Some("the soup was cold");
        let to = PaymentState::Refunded;
        house
            .run(|tx| payments::set_state(tx, &boss(), payment, to, reason))
            .unwrap();
    };
    let half = pay(&house, &mia(), id, r#"{"amount":100}"#).unwrap();
    let rest = pay(&house, &mia(), id, r#"{"amount":"remaining"}"#).unwrap();
    assert_eq!(paid(), Paid::Paid);
    back(half.payment.id);
    assert_eq!(paid(), Paid::Partial, "some of it is still ours");
    back(rest.payment.id);
    assert_eq!(paid(), Paid::Refunded);
    pay(&house, &mia(), id, r#"{"amount":"remaining"}"#).unwrap();
    assert_eq!(paid(), Paid::Paid, "paid again");
}

#[test]
fn a_payment_that_never_came_is_no_refund() {
    let house = House::small();
    let id = placed(&house, SUPPER).id;
    let asked = pay(
        &house,
        &mia(),
        id,
        r#"{"amount":50,"method":"terminal","pending":true}"#,
    );
    let asked = asked.unwrap().payment.id;
    let to = PaymentState::Voided;
    house
        .run(|tx| payments::set_state(tx, &mia(), asked, to, None))
        .unwrap();
    let order = house.run(|tx| orders::get(tx, id)).unwrap();
    assert_eq!(order.paid(), Paid::Unpaid);
}

#[test]
fn the_same_key_is_the_same_payment() {
    let house = House::small();
    let id = placed(&house, SUPPER).id;
    let first = pay(
        &house,
        &mia(),
        id,
        r#"{"amount":50,"idempotency_key":"k1"}"#,
    )
    .unwrap();
    let again = pay(
        &house,
        &mia(),
        id,
        r#"{"amount":50.00,"idempotency_key":"k1"}"#,
    )
    .unwrap();
    assert_eq!((first.already, again.already), (false, true));
    assert_eq!(first.payment, again.payment);
    assert_eq!(
        pay(
            &house,
            &mia(),
            id,
            r#"{"amount":51,"idempotency_key":"k1"}"#
        )
        .unwrap_err(),
        "IDEMPOTENCY_CONFLICT"
    );
    assert!(
        !pay(
            &house,
            &noah(),
            id,
            r#"{"amount":51,"idempotency_key":"k1"}"#
        )
        .unwrap()
        .already
    );
    assert_eq!(
        pay(&house, &cook(), id, r#"{"amount":1}"#).unwrap_err(),
        "FORBIDDEN"
    );
}

#[test]
fn served_and_paid_is_completed_in_either_order() {
    let house = House::small();
    let to = |id, status| {
        house
            .run(|tx| change_status(tx, &boss(), id, &Move::to(status)))
            .unwrap()
            .order
    };
    for paid_first in [true, false] {
        let id = placed(&house, SUPPER).id;
        let pay = || {
            pay(&house, &mia(), id, r#"{"amount":"remaining"}"#)
                .unwrap()
                .order
                .status
        };
        for status in [Status::Confirmed, Status::Preparing, Status::Ready] {
            to(id, status);
        }
        if paid_first {
            assert_eq!(pay(), Status::Ready);
            let order = to(id, Status::Delivered);
            assert_eq!(order.status, Status::Completed);
            assert!(order.delivered_at.is_some() && order.completed_at.is_some());
        } else {
            assert_eq!(to(id, Status::Delivered).status, Status::Delivered);
            assert_eq!(pay(), Status::Completed);
        }
        let admin = Actor::user(Role::Admin, 30);
        let reopen = Move {
            back: true,
            ..Move::to(Status::Delivered)
        };
        let again = house
            .run(|tx| change_status(tx, &admin, id, &reopen))
            .unwrap();
        assert_eq!(again.order.status, Status::Delivered);
    }
    let cancelled = placed(&house, SUPPER).id;
    to(cancelled, Status::Cancelled);
    assert_eq!(
        pay(&house, &mia(), cancelled, r#"{"amount":1}"#).unwrap_err(),
        "NOTHING_TO_PAY"
    );
}

#[test]
fn a_bill_split_in_three_is_paid_to_the_last_unit() {
    let house = House::small();
    let order = placed(
        &house,
        r#"{"restaurant_id":2,"items":[{"name":"Wine","price":100}]}"#,
    );
    for share in money::split(order.total_minor, 3) {
        let json = format!(r#"{{"amount":"{}"}}"#, order.amount(share));
        pay(&house, &mia(), order.id, &json).unwrap();
    }
    assert_eq!(
        house
            .run(|tx| orders::get(tx, order.id))
            .unwrap()
            .balance_minor(),
        0
    );
}
