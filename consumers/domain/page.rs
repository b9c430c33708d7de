//! Lists by the page.

use serde::{Deserialize, Serialize};

/// One page: newest first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// `before` of the next page; `None`: that was all.
    pub next: Option<i64>,
    /// How many there are on all pages.
    pub total: i64,
}

/// The largest page.
pub const PAGE_MAX: u32 = 200;

/// Cuts off the one row that was read too many to know whether there is more. A row that makes no sense has its place on the page, and is not shown.
pub(super) fn paged<T>(mut rows: Vec<(i64, Option<T>)>, limit: u32, total: i64) -> Page<T> {
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows.last().filter(|_| more).map(|(id, _)| *id);
    let items = rows.into_iter().filter_map(|(_, row)| row).collect();
    Page { items, next, total }
}
