//! Orders that the writer's thread need not read again.

use super::OrderFacts;
use crate::db::{Moment, Reader};
use crate::domain::known::Known;
use std::cell::RefCell;
use std::rc::Rc;

#[derive(Default)]
struct Orders {
    /// Looked at last, and at which moment. A command asks whose an order is, moves it and tells of it: that is one order, and one read.
    last: Option<(Moment, Rc<OrderFacts>)>,
    known: Known<Rc<OrderFacts>>,
}

thread_local! {
    static ORDERS: RefCell<Orders> = RefCell::default();
}

/// Looks at an order, if it is known what it is now.
pub(super) fn look<T>(db: &Reader<'_>, id: i64, see: impl FnOnce(&OrderFacts) -> T) -> Option<T> {
    let moment = db.moment()?;
    ORDERS.with_borrow_mut(|Orders { last, known }| {
        if let Some((_, order)) = last.as_ref().filter(|(at, o)| *at == moment && o.id == id) {
            known.keep(db, id, order.clone());
            return Some(see(order));
        }
        let order = known.get(db, id)?;
        *last = Some((moment, order.clone()));
        Some(see(order))
    })
}

/// What was just read, or written with all that follows from it.
pub(in crate::domain) fn remember(db: &Reader<'_>, order: &OrderFacts) {
    let Some(moment) = db.moment() else {
        return;
    };
    let order = Rc::new(order.clone());
    ORDERS.with_borrow_mut(|Orders { last, known }| {
        known.keep(db, order.id, order.clone());
        *last = Some((moment, order));
    });
}

/// A change of this order, or of rows that it shows, is announced.
pub fn forget(id: i64) {
    ORDERS.with_borrow_mut(|orders| orders.known.forget(id));
}

/// A change that any order may show is announced.
pub fn forget_all() {
    ORDERS.with_borrow_mut(|orders| orders.known.forget_all());
}
