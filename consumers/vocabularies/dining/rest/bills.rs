//! `/api/v1/sessions/{id}/bill`, `/payments` and `/move`: what a visit owes, who pays what of it, and where it goes.

use super::approved::{Approval, Approved};
use super::shown::{AllocatedLine, Listed, Payment};
use crate::access::{Action, Target};
use crate::domain::bill::{
    self as domain, Bill, BilledLine, BilledOrder, Chosen, NewVisitPayment, ShareOf, Wanted,
};
use crate::domain::business_day;
use crate::domain::items::ItemStatus;
use crate::domain::money::{self, Decimal};
use crate::domain::orders::Paid;
use crate::domain::page::Page;
use crate::domain::payments::{self, Filter, Method, PaymentState, Refund, Share};
use crate::domain::{Key, Refusal, Status, ids, transfers};
use crate::rest::{Answer, Call};
use crate::vocabularies::dining::messages::{ModifierData, SessionData};
use maitred::{Error, Reader, Transaction};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The bill of a visit.
#[derive(Serialize, ToSchema)]
#[schema(as = Bill)]
struct Shown<'a> {
    session_id: i64,
    session_code: &'a str,
    table_id: i64,
    table_number: &'a str,
    guests_count: i64,
    currency: &'a str,
    /// Digits after the point.
    currency_exp: u32,
    total_amount: String,
    paid_amount: String,
    refunded_amount: String,
    tip_amount: String,
    /// What terminals are asking for.
    pending_amount: String,
    /// Received beyond what orders cost: it is to be given back.
    overpaid_amount: String,
    /// What can still be taken.
    balance: String,
    payment_status: Paid,
    orders: Vec<ShownOrder<'a>>,
    payments: Vec<Payment<'a>>,
    /// With `?of=`: the bill in so many equal shares.
    shares: Option<Vec<ShownShare>>,
    /// With `?items=`: what these lines cost.
    chosen: Option<ShownChoice>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = BilledOrder)]
struct ShownOrder<'a> {
    id: i64,
    public_id: &'a str,
    status: Status,
    subtotal: String,
    discount: String,
    tax: String,
    delivery_fee: String,
    tip: String,
    total_amount: String,
    paid_amount: String,
    balance: String,
    payment_status: Paid,
    version: i64,
    items: Vec<ShownLine<'a>>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = BilledLine)]
struct ShownLine<'a> {
    id: i64,
    uuid: &'a str,
    name: &'a str,
    quantity: i64,
    unit_price: String,
    /// With its part of the order's discount, tax and fee: the lines of an order add up to what it costs.
    amount: String,
    seat: Option<i64>,
    status: ItemStatus,
    modifiers: Vec<ModifierData<'a>>,
    /// Pieces that somebody paid for as such.
    paid_quantity: i64,
    paid_amount: String,
    /// Pieces that can still be paid for.
    due_quantity: i64,
    due_amount: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = BillShare)]
struct ShownShare {
    n: i64,
    /// Of one that is paid: what was paid.
    amount: String,
    paid: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = BillChoice)]
struct ShownChoice {
    amount: String,
    items: Vec<AllocatedLine>,
}

impl<'a> ShownOrder<'a> {
    fn of(billed: &'a BilledOrder) -> Self {
        let order = &billed.order;
        ShownOrder {
            id: order.id,
            public_id: &order.public_id,
            status: order.status,
            subtotal: order.amount(order.subtotal_minor),
            discount: order.amount(order.discount_minor),
            tax: order.amount(order.tax_minor),
            delivery_fee: order.amount(order.delivery_fee_minor),
            tip: order.amount(order.tip_minor),
            total_amount: order.amount(billed.total_minor()),
            paid_amount: order.amount(order.paid_minor),
            balance: order.amount(billed.due_minor()),
            payment_status: order.paid(),
            version: order.version,
            items: billed.lines.iter().map(ShownLine::of).collect(),
        }
    }
}

impl<'a> ShownLine<'a> {
    fn of(line: &'a BilledLine) -> Self {
        let item = &line.item;
        let amount = |minor| money::format(minor, item.currency_exp);
        ShownLine {
            id: item.id,
            uuid: &item.uuid,
            name: &item.name,
            quantity: item.quantity,
            unit_price: amount(item.unit_price_minor),
            amount: amount(line.amount_minor),
            seat: item.seat,
            status: item.status,
            modifiers: ModifierData::all(item),
            paid_quantity: line.paid_quantity,
            paid_amount: amount(line.paid_minor),
            due_quantity: line.due_quantity,
            due_amount: amount(line.due_minor),
        }
    }
}

fn chosen(bill: &Bill, items: &[Chosen]) -> Vec<AllocatedLine> {
    let exp = bill.currency_exp;
    let line = |c: &Chosen| AllocatedLine::of(c.item_id, c.quantity, c.amount_minor, exp);
    items.iter().map(line).collect()
}

/// `GET /sessions/{id}/bill?of=3&items=12:1,13`
#[utoipa::path(get, path = "/sessions/{id}/bill", tag = "payments", params(("id" = Key, Path, description = "Number or uuid", example = "1"), ("of" = Option<i64>, Query, description = "Also in so many equal shares, 1 to 100", example = 3), ("items" = Option<String>, Query, description = "Also what these lines cost: `12:1,13` is one piece of line 12, and all that is left of line 13")), responses((status = 200, description = "What a visit owes", body = Shown)))]
pub fn bill(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let (session, _) = call.target(0, ids::session, Target::Session, Action::HearSession, db)?;
    call.only(&["of", "items"])?;
    let bill = domain::of(db, session)?;
    let shares = match call.query("of") {
        Some(of) => {
            let of = of.parse().map_err(|_| Refusal::value("of", "a number"))?;
            Some(bill.shares(of)?)
        }
        None => None,
    };
    let choice = match call.query("items") {
        Some(text) => Some(bill.choose(db, &wanted(text)?)?),
        None => None,
    };
    let mut payments = Vec::with_capacity(bill.payments.len());
    for payment in &bill.payments {
        let items = payments::of_payment(db, payment.id)?;
        payments.push(Payment::with_items(payment, &items));
    }
    let share = |share: &ShareOf| ShownShare {
        n: share.n,
        amount: bill.amount(share.amount_minor),
        paid: share.paid,
    };
    Answer::ok(&Shown {
        session_id: bill.session.id,
        session_code: &bill.session.session_code,
        table_id: bill.session.table_id,
        table_number: &bill.session.table_number,
        guests_count: bill.session.guests_count,
        currency: &bill.currency,
        currency_exp: bill.currency_exp,
        total_amount: bill.amount(bill.total_minor()),
        paid_amount: bill.amount(bill.paid_minor()),
        refunded_amount: bill.amount(bill.refunded_minor()),
        tip_amount: bill.amount(bill.tip_minor()),
        pending_amount: bill.amount(bill.pending_minor()),
        overpaid_amount: bill.amount(bill.surplus_minor()),
        balance: bill.amount(bill.balance_minor()),
        payment_status: bill.paid(),
        orders: bill.orders.iter().map(ShownOrder::of).collect(),
        payments,
        shares: shares.map(|shares| shares.iter().map(share).collect()),
        chosen: choice.map(|items| ShownChoice {
            amount: bill.amount(items.iter().map(|chosen| chosen.amount_minor).sum()),
            items: chosen(&bill, &items),
        }),
    })
}

/// Lines as the query names them: `12:1,13`.
fn wanted(text: &str) -> Result<Vec<Wanted>, Refusal> {
    let all = text.split(',').map(|one| {
        let (id, qty) = match one.split_once(':') {
            Some((id, qty)) => (id, Some(qty.parse())),
            None => (one, None),
        };
        let rule = "lines like 12:1,13";
        let qty = qty.transpose();
        Ok(Wanted {
            id: Key::from(id),
            qty: qty.map_err(|_| Refusal::value("items", rule))?,
        })
    });
    all.collect()
}

/// A payment of a visit that was taken.
#[derive(Serialize, ToSchema)]
#[schema(as = VisitPaymentTaken)]
struct Taken<'a> {
    group_uuid: &'a str,
    session_id: i64,
    amount: String,
    tip: String,
    method: Method,
    currency: &'a str,
    share: Option<Share>,
    /// The lines that it was for, where that was said.
    items: Vec<AllocatedLine>,
    /// One for each order that it covers.
    payments: Vec<Payment<'a>>,
    total_amount: String,
    paid_amount: String,
    /// What is still owed.
    balance: String,
    payment_status: Paid,
}

/// `POST /sessions/{id}/payments`: an amount, an equal share, or lines.
#[utoipa::path(post, path = "/sessions/{id}/payments", tag = "payments", params(("id" = Key, Path, description = "Number or uuid", example = "1")), request_body(content = NewVisitPayment, description = "One of `amount`, `share` and `items`", example = json!({"share": {"n": 1, "of": 3}, "method": "card", "tip": "20.00"})), responses((status = 201, description = "It was taken", body = Taken)))]
pub fn pay(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let new: NewVisitPayment = call.body()?;
    let (session, bearer) =
        call.target(0, ids::session, Target::Session, Action::TakePayment, tx)?;
    let done = domain::pay(tx, &bearer.actor(), session, &new)?;
    let mut rows = Vec::with_capacity(done.payments.len());
    for payment in &done.payments {
        let items = payments::of_payment(tx, payment.id)?;
        rows.push(Payment::with_items(payment, &items));
    }
    let bill = &done.bill;
    Answer::created(&Taken {
        group_uuid: &done.group_uuid,
        session_id: session,
        amount: bill.amount(done.amount_minor),
        tip: bill.amount(done.tip_minor),
        method: done.method,
        currency: &bill.currency,
        share: done.share,
        items: chosen(bill, &done.items),
        payments: rows,
        total_amount: bill.amount(bill.total_minor()),
        paid_amount: bill.amount(bill.paid_minor()),
        balance: bill.amount(bill.balance_minor()),
        payment_status: bill.paid(),
    })
}

/// Where a visit goes.
#[derive(Deserialize, ToSchema)]
#[schema(as = VisitMove)]
#[serde(deny_unknown_fields)]
struct Going {
    /// The other table.
    table_id: Key,
    /// Where others sit: both are one from then on, with one bill.
    #[serde(default)]
    merge: bool,
    /// The version the asker saw.
    version: Option<i64>,
}

/// A visit where it is now.
#[derive(Serialize, ToSchema)]
#[schema(as = VisitMoved)]
struct Moved<'a> {
    #[serde(flatten)]
    session: SessionData<'a>,
    /// It is that of those who sat there already.
    merged: bool,
    from: From<'a>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = VisitMovedFrom)]
struct From<'a> {
    table_id: i64,
    table_number: &'a str,
}

/// `POST /sessions/{id}/move`: to another table, with all that is open. Nothing is cooked again.
#[utoipa::path(post, path = "/sessions/{id}/move", tag = "tables", params(("id" = Key, Path, description = "Number or uuid", example = "1")), request_body(content = Going, example = json!({"table_id": 7})), responses((status = 200, description = "Where they sit now", body = Moved)))]
pub fn move_visit(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let going: Going = call.body()?;
    let (session, bearer) = call.target(0, ids::session, Target::Session, Action::EditOrder, tx)?;
    let table = ids::table(tx, &going.table_id)?;
    let actor = bearer.actor();
    let moved = transfers::move_visit(tx, &actor, session, table, going.merge, going.version)?;
    Answer::ok(&Moved {
        session: SessionData::of(&moved.session),
        merged: moved.merged,
        from: From {
            table_id: moved.from.0,
            table_number: &moved.from.1,
        },
    })
}

/// `GET /payments?session_id=1&method=card`
#[utoipa::path(get, path = "/payments", tag = "payments", params(("day" = Option<String>, Query, description = "Received on this business day, named by the date on which it begins"), ("session_id" = Option<i64>, Query), ("order_id" = Option<i64>, Query), ("method" = Option<Method>, Query), ("status" = Option<PaymentState>, Query), ("restaurant_id" = Option<i64>, Query, description = "Which restaurant, for those who run several", example = 2), ("limit" = Option<u32>, Query, description = "At most 200; 50, where it is not said"), ("before" = Option<i64>, Query, description = "What the page before called `next`")), responses((status = 200, description = "Newest first", body = Listed<Payment>)))]
pub fn list(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let mut list = call.list(db, Action::ReadPayments)?;
    // A day is a restaurant's.
    let day = match list.text("day") {
        Some(date) => Some(business_day::on(db, list.one_restaurant()?, date)?),
        None => None,
    };
    let filter = Filter {
        from: day.as_ref().map(|day| day.from),
        until: day.as_ref().map(|day| day.until),
        restaurants: list.restaurants.clone(),
        session_id: list.number("session_id")?,
        order_id: list.number("order_id")?,
        method: word("method", list.text("method"))?,
        status: word("status", list.text("status"))?,
    };
    list.nothing_else()?;
    let page = payments::list(db, &filter, list.before, list.limit)?;
    let with_lines = page.items.into_iter().map(|payment| {
        let lines = payments::of_payment(db, payment.id)?;
        Ok((payment, lines))
    });
    let page = Page {
        items: with_lines.collect::<Result<Vec<_>, Error>>()?,
        next: page.next,
        total: page.total,
    };
    Answer::ok(&Listed::of(&page, |(payment, lines)| {
        Payment::with_items(payment, lines)
    }))
}

/// A parameter that is one of some words.
fn word<T: DeserializeOwned>(name: &'static str, text: Option<&str>) -> Result<Option<T>, Refusal> {
    let read = |text: &str| serde_json::from_value(serde_json::Value::from(text));
    let read = text.map(read).transpose();
    read.map_err(|error| Refusal::value(name, error.to_string()))
}

/// What is to be given back, and why.
#[derive(Deserialize, ToSchema)]
#[schema(as = Refund)]
#[serde(deny_unknown_fields)]
struct GiveBack {
    /// How much; all that is left of it, where it is not said.
    amount: Option<Decimal>,
    /// Why.
    #[schema(required = true, min_length = 1, max_length = 1000)]
    reason: Option<String>,
    /// The version the asker saw.
    version: Option<i64>,
    /// A manager allows it by PIN.
    #[serde(default)]
    #[schema(value_type = Option<Approval>)]
    #[allow(dead_code, reason = "it was looked at before: see `rest::before`")]
    approval: Option<IgnoredAny>,
}

/// `POST /payments/{id}/refund`: all that is left of it, or a part.
#[utoipa::path(post, path = "/payments/{id}/refund", tag = "payments", params(("id" = Key, Path, description = "Number in the database, or uuid", example = "1")), request_body(content = GiveBack, example = json!({"amount": "10.00", "reason": "the soup was cold"})), responses((status = 200, description = "As it is now", body = Approved<Payment>)))]
pub fn refund(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let GiveBack {
        amount,
        reason,
        version: expected_version,
        ..
    } = call.body()?;
    let known = payments::named(tx, call.key(0))?;
    let restaurant = Target::Restaurant(known.restaurant_id);
    let bearer = call.may(Action::TakePayment, restaurant, tx)?;
    let (actor, approver) = call.actor(&bearer, known.restaurant_id, tx)?;
    let refund = Refund {
        amount,
        reason,
        expected_version,
    };
    let payment = payments::refund(tx, &actor, known.id, &refund)?;
    let items = payments::of_payment(tx, payment.id)?;
    Approved::answer(Payment::with_items(&payment, &items), approver)
}
