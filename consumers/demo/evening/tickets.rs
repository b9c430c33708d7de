//! An order of the evening, as it is written down here, and how it becomes one of the house's.

use crate::db::{Error, Transaction, params};
use crate::demo::names::HOUSE;
use crate::domain::orders::{self, NewCustomer, NewLine, NewModifier, NewOrder, OrderType, Source};
use crate::domain::payments::{self, Amount, Method, NewPayment};
use crate::domain::{Actor, Key, Role, Status, items};

/// An order.
pub struct Ticket {
    /// For how long there has been one, in seconds.
    pub age_s: i64,
    pub status: Status,
    pub whose: Whose,
    pub lines: &'static [Line],
    /// What was added, and for how long that has been there.
    pub later: &'static [Line],
    pub later_s: i64,
    pub note: &'static str,
    pub allergy: &'static str,
    /// How it was paid; empty: not yet.
    pub paid: &'static str,
    /// Who drives it; 0: nobody.
    pub driver: i64,
}

impl Ticket {
    /// Of nothing, at a table.
    pub const EMPTY: Ticket = Ticket {
        age_s: 0,
        status: Status::Pending,
        whose: Whose::Table,
        lines: &[],
        later: &[],
        later_s: 0,
        note: "",
        allergy: "",
        paid: "",
        driver: 0,
    };
}

/// Whom it is for.
#[derive(Clone, Copy)]
pub enum Whose {
    /// The party's, by their waiter.
    Table,
    /// The party's, by a guest's phone.
    Guest,
    PickUp(&'static str),
    Counter,
    /// A name, and where it goes.
    Delivery(&'static str, &'static str),
}

/// A line.
pub struct Line {
    pub quantity: i64,
    pub dish: &'static str,
    pub with: &'static [&'static str],
    /// 0: whoever wants it.
    pub seat: i64,
    /// 0: its category's.
    pub course: i64,
    pub note: &'static str,
    pub allergy: &'static str,
    pub state: State,
    /// Why it was voided.
    pub reason: &'static str,
}

/// So many of a dish, which nobody cooks yet.
pub const fn line(quantity: i64, dish: &'static str) -> Line {
    Line {
        quantity,
        dish,
        with: &[],
        seat: 0,
        course: 0,
        note: "",
        allergy: "",
        state: State::Queued,
        reason: "",
    }
}

/// How far a line is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum State {
    Held,
    Queued,
    Preparing_,
    Ready_,
    Served,
    Voided,
}

impl State {
    const fn name(self) -> &'static str {
        match self {
            State::Held => "held",
            State::Queued => "queued",
            State::Preparing_ => "preparing",
            State::Ready_ => "ready",
            State::Served => "served",
            State::Voided => "voided",
        }
    }
}

/// Where a party's orders belong.
pub struct Seat {
    pub table: i64,
    pub session: i64,
    pub waiter: i64,
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

/// A number that is not 0.
fn some(number: i64) -> Option<i64> {
    Some(number).filter(|number| *number != 0)
}

impl Line {
    fn new_line(&self, tx: &Transaction<'_>) -> Result<NewLine, Error> {
        let dish: i64 = tx.one(
            "SELECT id FROM menu_items WHERE restaurant_id = ?1 AND name = ?2",
            params![HOUSE, self.dish],
            |row| row.get(0),
        )?;
        let modifier = |name: &&str| NewModifier {
            id: None,
            name: Some((*name).to_owned()),
            quantity: 1,
        };
        Ok(NewLine {
            menu_item_id: Some(Key::Id(dish)),
            quantity: self.quantity,
            modifiers: self.with.iter().map(modifier).collect(),
            seat: some(self.seat),
            course: some(self.course),
            note: text(self.note),
            allergy: text(self.allergy),
            hold: self.state == State::Held,
            ..NewLine::default()
        })
    }

    /// Puts the line where it is in its way through the kitchen: it was sent `age_s` ago.
    fn move_on(&self, tx: &Transaction<'_>, item: i64, age_s: i64) -> Result<(), Error> {
        let sent = tx.now_ms() - age_s * 1000;
        // a part of the time since it was sent
        let after = |tenths: i64, states: &[State]| {
            let at = sent + age_s * 100 * tenths;
            Some(at).filter(|_| states.contains(&self.state))
        };
        use State::{Preparing_, Ready_, Served, Voided};
        tx.execute(
            "UPDATE order_items SET status = ?2, created_at = ?3, fired_at = ?4, started_at = ?5, ready_at = ?6, served_at = ?7, voided_at = ?8, void_reason = ?9
             WHERE id = ?1",
            params![
                item,
                self.state.name(),
                sent,
                Some(sent).filter(|_| self.state != State::Held),
                after(2, &[Preparing_, Ready_, Served, Voided]),
                after(8, &[Ready_, Served]),
                after(9, &[Served]),
                after(7, &[Voided]),
                text(self.reason)
            ],
        )?;
        Ok(())
    }
}

impl Ticket {
    /// Places the order, as its people would, and then lets the time pass that it has been there.
    pub fn place(&self, tx: &Transaction<'_>, seat: Option<&Seat>) -> Result<(), Error> {
        let waiter = Actor::user(Role::Waiter, seat.map_or(10, |seat| seat.waiter));
        let mut new = NewOrder {
            table_id: seat.map(|seat| Key::Id(seat.table)),
            note: text(self.note),
            allergy_note: text(self.allergy),
            ..NewOrder::at(Key::Id(HOUSE))
        };
        let mut who = waiter.clone();
        match self.whose {
            Whose::Table => {}
            Whose::Guest => {
                who = Actor {
                    session_id: seat.map(|seat| seat.session),
                    ..Actor::nobody(Role::Customer)
                };
            }
            Whose::Counter => new.order_type = OrderType::Counter,
            Whose::PickUp(name) => {
                new.order_type = OrderType::Pickup;
                new.source = Some(Source::Web);
                new.customer = Some(customer(name));
            }
            Whose::Delivery(name, address) => {
                new.order_type = OrderType::Delivery;
                new.source = Some(Source::Web);
                new.customer = Some(customer(name));
                new.address = Some(address.to_owned());
                new.phone = Some("+66 2 000 0007".to_owned());
            }
        }
        for line in self.lines {
            new.items.push(line.new_line(tx)?);
        }
        let order = orders::create(tx, &who, &new)?.id;
        let mut later = Vec::new();
        for line in self.later {
            later.push(line.new_line(tx)?);
        }
        if !later.is_empty() {
            items::add(tx, &waiter, order, &later)?;
        }
        if let Some(method) = method(self.paid) {
            let payment = NewPayment {
                amount: Amount::Remaining,
                tip: None,
                method,
                expected_balance: None,
                pending: false,
                provider_ref: None,
                idempotency_key: None,
            };
            payments::take(tx, &waiter, order, &payment)?;
        }
        let ids: Vec<i64> = tx.rows(
            "SELECT id FROM order_items WHERE order_id = ?1 ORDER BY id",
            params![order],
            |row| row.get(0),
        )?;
        let first = self.lines.iter().map(|line| (line, self.age_s));
        let all = first.chain(self.later.iter().map(|line| (line, self.later_s)));
        for (id, (line, age_s)) in ids.into_iter().zip(all) {
            if line.state == State::Voided {
                // with the order's sums
                let manager = Actor::user(Role::Manager, 30);
                items::void(tx, &manager, id, Some(line.reason), None)?;
            }
            line.move_on(tx, id, age_s)?;
        }
        self.move_on(tx, order)
    }

    fn move_on(&self, tx: &Transaction<'_>, order: i64) -> Result<(), Error> {
        let began = tx.now_ms() - self.age_s * 1000;
        let cancelled = self.status == Status::Cancelled;
        // every state took a part of the time since
        let reached = |state: Status, tenths: i64| {
            let at = began + self.age_s * 100 * tenths;
            Some(at).filter(|_| self.status >= state && !cancelled)
        };
        tx.execute(
            "UPDATE orders SET status = ?2, created_at = ?3, confirmed_at = ?4, preparing_at = ?5, ready_at = ?6, driver_id = ?7, driver_accepted_at = ?8,
               delivered_at = ?9, completed_at = ?10, cancelled_at = ?11, cancel_reason = ?12 WHERE id = ?1",
            params![
                order,
                self.status.name(),
                began,
                reached(Status::Confirmed, 1),
                reached(Status::Preparing, 2),
                reached(Status::Ready, 7),
                some(self.driver),
                reached(Status::OutForDelivery, 8).filter(|_| self.driver != 0),
                reached(Status::Delivered, 9),
                reached(Status::Completed, 10),
                Some(began + self.age_s * 500).filter(|_| cancelled),
                text(self.note).filter(|_| cancelled)
            ],
        )?;
        Ok(())
    }
}

fn customer(name: &str) -> NewCustomer {
    NewCustomer {
        name: name.to_owned(),
        phone: Some("+66 2 000 0007".to_owned()),
    }
}

fn method(word: &str) -> Option<Method> {
    match word {
        "cash" => Some(Method::Cash),
        "card" => Some(Method::Card),
        "online" => Some(Method::Online),
        _ => None,
    }
}
