//! Orders and payments of a day as rows of text, for a spreadsheet.

use crate::db::{Error, Reader, Row, params};
use crate::domain::business_day::Day;
use crate::domain::{money, restaurants, time};

/// The most rows of one day: more than a house with a thousand seats serves. What is beyond them is left out, and a row says so.
const ROWS_MAX: i64 = 50_000;

/// The orders that were placed on a day: the head, and a row for each.
///
/// # Errors
/// [`Refusal::NotFound`](crate::domain::Refusal::NotFound).
pub fn orders(db: &Reader<'_>, restaurant: i64, day: &Day) -> Result<Vec<Vec<String>>, Error> {
    let exp = restaurants::get(db, restaurant)?.currency_exp;
    let head = "id,public_id,code,type,source,status,table,waiter,guests,created_at,confirmed_at,ready_at,delivered_at,completed_at,cancelled_at,\
                cancel_reason,subtotal,discount,tax,delivery_fee,tip,total,paid,currency";
    let sql = "SELECT o.id, o.public_id, k.code, o.type, o.source, o.status, t.number, u.name, s.guests_count, o.created_at, o.confirmed_at, o.ready_at,
         o.delivered_at, o.completed_at, o.cancelled_at, o.cancel_reason, o.subtotal_minor, o.discount_minor, o.tax_minor, o.delivery_fee_minor, o.tip_minor,
         o.total_minor, (SELECT CAST(total(p.amount_minor - p.refunded_minor) AS INTEGER) FROM payments p WHERE p.order_id = o.id AND p.status = 'captured'),
         r.currency
       FROM orders o JOIN restaurants r ON r.id = o.restaurant_id LEFT JOIN order_codes k ON k.id = o.id LEFT JOIN tables t ON t.id = o.table_id
       LEFT JOIN users u ON u.id = o.waiter_id LEFT JOIN table_sessions s ON s.id = o.session_id
       WHERE o.restaurant_id = ?1 AND o.workflow_id = 1 AND o.created_at >= ?2 AND o.created_at < ?3 ORDER BY o.id LIMIT ?4";
    rows(db, head, sql, restaurant, day, |row, at| match at {
        0 | 8 => number(row, at),
        9..=14 => moment(row, at),
        16..=22 => amount(row, at, exp),
        _ => words(row, at),
    })
}

/// The payments that were received on a day: the head, and a row for each.
///
/// # Errors
/// [`Refusal::NotFound`](crate::domain::Refusal::NotFound).
pub fn payments(db: &Reader<'_>, restaurant: i64, day: &Day) -> Result<Vec<Vec<String>>, Error> {
    let exp = restaurants::get(db, restaurant)?.currency_exp;
    let head = "id,group,order_id,code,table,session_id,method,status,amount,tip,refunded,taken_by,captured_at,provider_ref,currency";
    let sql = "SELECT p.id, p.group_uuid, p.order_id, k.code, t.number, p.session_id, p.method, p.status, p.amount_minor, p.tip_minor,
         CASE p.status WHEN 'refunded' THEN p.amount_minor ELSE p.refunded_minor END, u.name, p.captured_at, p.provider_ref, r.currency
       FROM payments p LEFT JOIN orders o ON o.id = p.order_id LEFT JOIN table_sessions s ON s.id = coalesce(p.session_id, o.session_id)
       LEFT JOIN tables t ON t.id = coalesce(o.table_id, s.table_id) JOIN restaurants r ON r.id = coalesce(o.restaurant_id, t.restaurant_id)
       LEFT JOIN order_codes k ON k.id = o.id LEFT JOIN users u ON u.id = p.taken_by
       WHERE r.id = ?1 AND p.captured_at >= ?2 AND p.captured_at < ?3 ORDER BY p.id LIMIT ?4";
    rows(db, head, sql, restaurant, day, |row, at| match at {
        0 | 2 | 5 => number(row, at),
        8..=10 => amount(row, at, exp),
        12 => moment(row, at),
        _ => words(row, at),
    })
}

fn rows(
    db: &Reader<'_>,
    head: &str,
    sql: &str,
    restaurant: i64,
    day: &Day,
    cell: impl Fn(&Row<'_>, usize) -> Result<String, Error>,
) -> Result<Vec<Vec<String>>, Error> {
    let head: Vec<String> = head.split(',').map(str::to_owned).collect();
    let columns = head.len();
    let mut all = vec![head];
    all.extend(db.rows(
        sql,
        params![restaurant, day.from, day.until, ROWS_MAX + 1],
        |row| (0..columns).map(|at| cell(row, at)).collect(),
    )?);
    let most = usize::try_from(ROWS_MAX).unwrap_or(usize::MAX);
    if all.len() > most + 1 {
        all.truncate(most + 1);
        all.push(vec![format!("only the first {ROWS_MAX} rows")]);
    }
    Ok(all)
}

fn words(row: &Row<'_>, at: usize) -> Result<String, Error> {
    Ok(row.get::<Option<String>>(at)?.unwrap_or_default())
}

fn number(row: &Row<'_>, at: usize) -> Result<String, Error> {
    let number = row.get::<Option<i64>>(at)?;
    Ok(number.map(|number| number.to_string()).unwrap_or_default())
}

fn moment(row: &Row<'_>, at: usize) -> Result<String, Error> {
    Ok(row
        .get::<Option<i64>>(at)?
        .map(time::iso)
        .unwrap_or_default())
}

fn amount(row: &Row<'_>, at: usize, exp: u32) -> Result<String, Error> {
    Ok(money::format(row.get(at)?, exp))
}
