//! Orders that the writer's thread need not read again.

use super::OrderFacts;
use crate::db::{Moment, Reader};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// Orders that are kept, half a megabyte: what some restaurants have open. One more, and all are forgotten.
const MOST: usize = 1_024;

#[derive(Default)]
struct Known {
    /// Looked at last, and at which moment. A command asks whose an order is, moves it and tells of it: that is one order, and one read.
    last: Option<(Moment, Rc<OrderFacts>)>,
    /// Since when `orders` are true, and the rows of steady tables that they show.
    since: Option<(Moment, Moment)>,
    /// As the last command left them. Who announces a change forgets those that it may show in, so the next command of an order reads nothing either.
    orders: HashMap<i64, Rc<OrderFacts>>,
}

thread_local! {
    static KNOWN: RefCell<Known> = RefCell::default();
}

/// An order, if it is known what it is now.
pub(super) fn get(db: &Reader<'_>, id: i64) -> Option<OrderFacts> {
    let moment = db.moment()?;
    let since = since(db);
    KNOWN.with_borrow_mut(|known| {
        let last = known.last.as_ref();
        let last = last.filter(|(at, order)| *at == moment && order.id == id);
        if let Some((_, order)) = last {
            let order = order.clone();
            known.keep(since, &order);
            return Some((*order).clone());
        }
        if known.since != since {
            return None;
        }
        let order = known.orders.get(&id)?.clone();
        known.last = Some((moment, order.clone()));
        Some((*order).clone())
    })
}

/// What was just read, or written with all that follows from it.
pub(in crate::domain) fn remember(db: &Reader<'_>, order: &OrderFacts) {
    let Some(moment) = db.moment() else {
        return;
    };
    let (since, order) = (since(db), Rc::new(order.clone()));
    KNOWN.with_borrow_mut(|known| {
        known.keep(since, &order);
        known.last = Some((moment, order));
    });
}

/// A change of this order, or of rows that it shows, is announced.
pub fn forget(id: i64) {
    KNOWN.with_borrow_mut(|known| known.orders.remove(&id));
}

/// A change that any order may show is announced.
pub fn forget_all() {
    KNOWN.with_borrow_mut(|known| known.orders.clear());
}

fn since(db: &Reader<'_>) -> Option<(Moment, Moment)> {
    Some((db.settled()?, db.era()?))
}

impl Known {
    /// Only what is read while nothing waits to be announced: a change that is told later would not be known to concern it.
    fn keep(&mut self, since: Option<(Moment, Moment)>, order: &Rc<OrderFacts>) {
        if since.is_none() {
            return;
        }
        if self.since != since || self.orders.len() >= MOST {
            self.orders.clear();
            self.since = since;
        }
        self.orders.insert(order.id, order.clone());
    }
}
