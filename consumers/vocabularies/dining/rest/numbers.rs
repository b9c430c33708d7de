//! `/api/v1/restaurants/{id}/today`: a business day in numbers, and as tables for a spreadsheet.

use crate::access::{Action, Target};
use crate::domain::business_day::{self, Day};
use crate::domain::numbers::{self as domain, Numbers, Part};
use crate::domain::{Key, ids, money};
use crate::rest::{Answer, Call, File};
use crate::vocabularies::dining::messages::Time;
use maitred::{Error, Reader};
use serde::Serialize;
use std::time::UNIX_EPOCH;
use utoipa::ToSchema;

/// A business day in numbers.
#[derive(Serialize, ToSchema)]
#[schema(as = DayInNumbers)]
struct Today<'a> {
    restaurant_id: i64,
    /// The date on which it begins.
    day: &'a str,
    timezone: &'a str,
    from: Time,
    to: Time,
    /// When this was read.
    at: Time,
    currency: &'a str,
    orders: Orders,
    guests: Guests,
    unpaid: String,
    unpaid_orders: i64,
    stations: Vec<AtStation<'a>>,
    sales: Sales<'a>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = OrdersOfDay)]
struct Orders {
    /// Not handed over yet.
    open: i64,
    /// Those of them that wait longer for a station than until its clock is red.
    late: i64,
    placed: i64,
    completed: i64,
    cancelled: i64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = GuestsOfDay)]
struct Guests {
    now: i64,
    today: i64,
    visits: i64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = StationInNumbers)]
struct AtStation<'a> {
    id: i64,
    code: &'a str,
    name: &'a str,
    open_lines: i64,
    late_lines: i64,
    done_lines: i64,
    /// Seconds from fire to ready, on average.
    avg_s: Option<i64>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SalesOfDay)]
struct Sales<'a> {
    /// Received without tips, less what was given back of it.
    total: String,
    tip: String,
    refunded: String,
    payments: i64,
    by_hour: Vec<Hour>,
    by_method: Vec<ByMethod<'a>>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SalesOfHour)]
struct Hour {
    /// As the clock on the wall shows its beginning.
    hour: String,
    at: Time,
    amount: String,
    payments: i64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SalesByMethod)]
struct ByMethod<'a> {
    method: &'a str,
    amount: String,
    tip: String,
    refunded: String,
    payments: i64,
}

/// `GET /restaurants/{id}/today?day=2026-12-01`
#[utoipa::path(get, path = "/restaurants/{id}/today", tag = "house", params(("id" = Key, Path, description = "Number in the database, or uuid", example = "2"), ("day" = Option<String>, Query, description = "The date on which the business day begins; the one that goes on, where it is not said")), responses((status = 200, description = "The day in numbers", body = Today)))]
pub fn today(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let (numbers, now) = read(call, db)?;
    let amount = |minor| money::format(minor, numbers.currency_exp);
    let stations = numbers.stations.iter().map(|station| AtStation {
        id: station.id,
        code: &station.code,
        name: &station.name,
        open_lines: station.open_lines,
        late_lines: station.late_lines,
        done_lines: station.done_lines,
        avg_s: station.average_s,
    });
    let hour = |(at, part): &(i64, Part)| {
        Ok(Hour {
            hour: numbers.clock(db, *at)?,
            at: Time(Some(*at)),
            amount: amount(part.amount_minor),
            payments: part.payments,
        })
    };
    let by_hour = numbers.by_hour.iter().map(hour);
    let by_method = numbers.by_method.iter().map(|(method, part)| ByMethod {
        method,
        amount: amount(part.amount_minor),
        tip: amount(part.tip_minor),
        refunded: amount(part.refunded_minor),
        payments: part.payments,
    });
    Answer::ok(&Today {
        restaurant_id: numbers.restaurant_id,
        day: &numbers.day.date,
        timezone: &numbers.timezone,
        from: Time(Some(numbers.day.from)),
        to: Time(Some(numbers.day.until)),
        at: Time(Some(now)),
        currency: &numbers.currency,
        orders: Orders {
            open: numbers.open,
            late: numbers.late,
            placed: numbers.placed,
            completed: numbers.completed,
            cancelled: numbers.cancelled,
        },
        guests: Guests {
            now: numbers.guests_now,
            today: numbers.guests,
            visits: numbers.visits,
        },
        unpaid: amount(numbers.unpaid_minor),
        unpaid_orders: numbers.unpaid_orders,
        stations: stations.collect(),
        sales: Sales {
            total: amount(numbers.sales.amount_minor),
            tip: amount(numbers.sales.tip_minor),
            refunded: amount(numbers.sales.refunded_minor),
            payments: numbers.sales.payments,
            by_hour: by_hour.collect::<Result<_, Error>>()?,
            by_method: by_method.collect(),
        },
    })
}

/// `GET /restaurants/{id}/today.csv`: the same for a spreadsheet.
#[utoipa::path(get, path = "/restaurants/{id}/today.csv", tag = "house", params(("id" = Key, Path, description = "Number in the database, or uuid", example = "2"), ("day" = Option<String>, Query, description = "The date on which the business day begins; the one that goes on, where it is not said")), responses((status = 200, description = "The day in numbers: section, name, value", content_type = "text/csv", body = String)))]
pub fn today_table(call: &Call, db: &Reader<'_>) -> Result<File, Error> {
    let (numbers, _) = read(call, db)?;
    let amount = |minor| money::format(minor, numbers.currency_exp);
    let row =
        |section: &str, name: &str, value: String| vec![section.to_owned(), name.to_owned(), value];
    let mut rows = vec![
        row("section", "name", "value".to_owned()),
        row("day", "date", numbers.day.date.clone()),
        row("day", "timezone", numbers.timezone.clone()),
        row("day", "currency", numbers.currency.clone()),
    ];
    for (name, count) in [
        ("open", numbers.open),
        ("late", numbers.late),
        ("placed", numbers.placed),
        ("completed", numbers.completed),
        ("cancelled", numbers.cancelled),
    ] {
        rows.push(row("orders", name, count.to_string()));
    }
    for (name, count) in [
        ("now", numbers.guests_now),
        ("today", numbers.guests),
        ("visits", numbers.visits),
    ] {
        rows.push(row("guests", name, count.to_string()));
    }
    rows.push(row("unpaid", "amount", amount(numbers.unpaid_minor)));
    rows.push(row("unpaid", "orders", numbers.unpaid_orders.to_string()));
    for station in &numbers.stations {
        let average = station.average_s.map(|s| s.to_string());
        let lines = format!("{} lines", station.code);
        let seconds = format!("{} average seconds", station.code);
        rows.push(row("stations", &lines, station.done_lines.to_string()));
        rows.push(row("stations", &seconds, average.unwrap_or_default()));
    }
    rows.push(row("sales", "total", amount(numbers.sales.amount_minor)));
    rows.push(row("sales", "tip", amount(numbers.sales.tip_minor)));
    rows.push(row(
        "sales",
        "refunded",
        amount(numbers.sales.refunded_minor),
    ));
    rows.push(row("sales", "payments", numbers.sales.payments.to_string()));
    for (at, part) in &numbers.by_hour {
        let hour = numbers.clock(db, *at)?;
        rows.push(row("sales by hour", &hour, amount(part.amount_minor)));
    }
    for (method, part) in &numbers.by_method {
        rows.push(row("sales by method", method, amount(part.amount_minor)));
    }
    Ok(sheet("day", &numbers.day, &rows))
}

/// `GET /restaurants/{id}/orders.csv`: the orders that were placed on a day.
#[utoipa::path(get, path = "/restaurants/{id}/orders.csv", tag = "house", params(("id" = Key, Path, description = "Number in the database, or uuid", example = "2"), ("day" = Option<String>, Query, description = "The date on which the business day begins; the one that goes on, where it is not said")), responses((status = 200, description = "A row for each order", content_type = "text/csv", body = String)))]
pub fn orders(call: &Call, db: &Reader<'_>) -> Result<File, Error> {
    let (restaurant, day, _) = meant(call, db)?;
    Ok(sheet(
        "orders",
        &day,
        &domain::orders(db, restaurant, &day)?,
    ))
}

/// `GET /restaurants/{id}/payments.csv`: the payments that were received on a day.
#[utoipa::path(get, path = "/restaurants/{id}/payments.csv", tag = "house", params(("id" = Key, Path, description = "Number in the database, or uuid", example = "2"), ("day" = Option<String>, Query, description = "The date on which the business day begins; the one that goes on, where it is not said")), responses((status = 200, description = "A row for each payment", content_type = "text/csv", body = String)))]
pub fn payments(call: &Call, db: &Reader<'_>) -> Result<File, Error> {
    let (restaurant, day, _) = meant(call, db)?;
    Ok(sheet(
        "payments",
        &day,
        &domain::payments(db, restaurant, &day)?,
    ))
}

fn read(call: &Call, db: &Reader<'_>) -> Result<(Numbers, i64), Error> {
    let (restaurant, day, now) = meant(call, db)?;
    Ok((domain::of(db, restaurant, day, now)?, now))
}

/// The restaurant that the path names, and the day that is meant.
fn meant(call: &Call, db: &Reader<'_>) -> Result<(i64, Day, i64), Error> {
    let (action, target) = (Action::ReadNumbers, Target::Restaurant);
    let (restaurant, _) = call.target(0, ids::restaurant, target, action, db)?;
    call.only(&["day"])?;
    let now = UNIX_EPOCH.elapsed().map_or(0, |now| now.as_millis());
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    let day = match call.query("day") {
        Some(date) => business_day::on(db, restaurant, date)?,
        None => business_day::at(db, restaurant, now)?,
    };
    Ok((restaurant, day, now))
}

/// Rows as a file that spreadsheets open: RFC 4180, with the mark that tells them it is UTF-8.
fn sheet(name: &str, day: &Day, rows: &[Vec<String>]) -> File {
    let mut body = String::from("\u{feff}");
    for row in rows {
        let cells: Vec<String> = row.iter().map(|text| cell(text)).collect();
        body += &cells.join(",");
        body += "\r\n";
    }
    File {
        content_type: "text/csv; charset=utf-8",
        name: Some(format!("{name}-{}.csv", day.date)),
        body,
    }
}

/// What somebody typed is text, also where a spreadsheet would take it for a formula.
fn cell(text: &str) -> String {
    let number = text.parse::<f64>().is_ok();
    let formula = !number && text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = match formula {
        true => format!("'{text}"),
        false => text.to_owned(),
    };
    match text.contains([',', '"', '\r', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn a_cell_is_what_was_typed_and_never_a_formula() {
        for (typed, shown) in [
            ("Mia", "Mia"),
            ("-5.00", "-5.00"),
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("a,b", "\"a,b\""),
            ("say \"no\"", "\"say \"\"no\"\"\""),
            ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
            ("ข้าวผัด", "ข้าวผัด"),
        ] {
            assert_eq!(cell(typed), shown);
        }
    }
}
