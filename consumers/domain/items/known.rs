//! Lines that the writer's thread need not read again: an order is told of with its lines, and most changes of it change none of them.

use super::ItemFacts;
use crate::db::{Error, Reader};
use crate::domain::known::Known;
use std::cell::RefCell;
use std::fmt::Debug;
use std::thread::LocalKey;

/// By order.
type Kept<T> = RefCell<Known<Vec<T>>>;

thread_local! {
    static LINES: Kept<ItemFacts> = RefCell::default();
    static STATIONS: Kept<i64> = RefCell::default();
}

/// An order's lines.
pub(super) fn lines(
    db: &Reader<'_>,
    order: i64,
    read: impl Fn() -> Result<Vec<ItemFacts>, Error>,
) -> Result<Vec<ItemFacts>, Error> {
    known(&LINES, db, order, read)
}

/// The stations that they are for.
pub(super) fn stations(
    db: &Reader<'_>,
    order: i64,
    read: impl Fn() -> Result<Vec<i64>, Error>,
) -> Result<Vec<i64>, Error> {
    known(&STATIONS, db, order, read)
}

fn known<T: Clone + PartialEq + Debug>(
    all: &'static LocalKey<Kept<T>>,
    db: &Reader<'_>,
    order: i64,
    read: impl Fn() -> Result<Vec<T>, Error>,
) -> Result<Vec<T>, Error> {
    let known = all.with_borrow(|known| known.get(db, order).cloned());
    if let Some(known) = known {
        debug_assert_eq!(read()?, known, "what is known");
        return Ok(known);
    }
    let found = read()?;
    all.with_borrow_mut(|known| known.keep(db, order, found.clone()));
    Ok(found)
}

/// A change of this order's lines is announced.
pub fn forget(order: i64) {
    LINES.with_borrow_mut(|known| known.forget(order));
    STATIONS.with_borrow_mut(|known| known.forget(order));
}

/// A change that any line may show is announced.
pub fn forget_all() {
    LINES.with_borrow_mut(Known::forget_all);
    STATIONS.with_borrow_mut(Known::forget_all);
}
