//! The day of a restaurant: it begins when the kitchen has closed, on the clock on its wall.

use super::Refusal;
use super::time::{DAY_MS, civil, days};
use crate::db::{Error, Reader, params};

/// One business day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// The date on which it begins: `2026-12-01`.
    pub date: String,
    /// When it begins, in milliseconds since 1970-01-01 UTC.
    pub from: i64,
    /// When the next one begins.
    pub until: i64,
}

/// How the clock on a wall goes: a row of `clocks`, seconds east of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wall {
    standard_s: i64,
    summer: Option<Summer>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Summer {
    offset_s: i64,
    begin: Turn,
    end: Turn,
}

/// The `week`th (5: the last) `weekday` (0: Sunday) of a month, and seconds after its midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Turn {
    month: i64,
    week: i64,
    weekday: i64,
    seconds: i64,
}

/// The business day of a restaurant at a moment, by the same rule as its orders' codes (`domain/tickets.sql`).
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn at(db: &Reader<'_>, restaurant: i64, at_ms: i64) -> Result<Day, Error> {
    let (wall, start_ms) = house(db, restaurant)?;
    let local = at_ms + wall.offset_ms(at_ms) - start_ms;
    Ok(day(&wall, start_ms, local.div_euclid(DAY_MS)))
}

/// The business day of a restaurant that begins on a date, as people write it: `2026-12-01`.
///
/// # Errors
/// [`Refusal::Value`] for what is no date, [`Refusal::NotFound`].
pub fn on(db: &Reader<'_>, restaurant: i64, date: &str) -> Result<Day, Error> {
    let midnight = super::time::parse_iso(&format!("{date}T00:00:00Z"));
    let midnight = midnight.ok_or_else(|| Refusal::value("day", "a date like 2026-12-01"))?;
    let (wall, start_ms) = house(db, restaurant)?;
    Ok(day(&wall, start_ms, midnight.div_euclid(DAY_MS)))
}

/// What the clock on a restaurant's wall shows at a moment: minutes since midnight.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn minutes(db: &Reader<'_>, restaurant: i64, at_ms: i64) -> Result<i64, Error> {
    let (wall, _) = house(db, restaurant)?;
    Ok((at_ms + wall.offset_ms(at_ms)).rem_euclid(DAY_MS) / 60_000)
}

fn day(wall: &Wall, start_ms: i64, number: i64) -> Day {
    let (year, month, day) = civil(number);
    Day {
        date: format!("{year:04}-{month:02}-{day:02}"),
        from: wall.instant(number * DAY_MS + start_ms),
        until: wall.instant((number + 1) * DAY_MS + start_ms),
    }
}

fn house(db: &Reader<'_>, restaurant: i64) -> Result<(Wall, i64), Error> {
    let found = db.row(
        "SELECT r.business_day_start_min, k.standard_s, k.summer_s, k.begin_month, k.begin_week, k.begin_weekday, k.begin_s, k.end_month, k.end_week,
           k.end_weekday, k.end_s
         FROM restaurants r LEFT JOIN timezones z ON z.name = r.timezone LEFT JOIN clocks k ON k.id = z.clock_id WHERE r.id = ?1",
        params![restaurant],
        |row| {
            let turn = |first: usize| -> Result<Turn, Error> {
                Ok(Turn {
                    month: row.get(first)?,
                    week: row.get(first + 1)?,
                    weekday: row.get(first + 2)?,
                    seconds: row.get(first + 3)?,
                })
            };
            let summer = match row.get::<Option<i64>>(2)? {
                Some(offset_s) => Some(Summer {
                    offset_s,
                    begin: turn(3)?,
                    end: turn(7)?,
                }),
                None => None,
            };
            // A zone that nobody knows is UTC.
            let standard_s = row.get::<Option<i64>>(1)?.unwrap_or(0);
            let wall = Wall { standard_s, summer };
            Ok((wall, row.get::<i64>(0)? * 60_000))
        },
    )?;
    found.ok_or_else(|| {
        Refusal::NotFound {
            entity: "restaurant",
        }
        .into()
    })
}

impl Wall {
    /// How far it is ahead of UTC at a moment.
    fn offset_ms(&self, at_ms: i64) -> i64 {
        let at = at_ms.div_euclid(1000);
        let Some(summer) = self.summer else {
            return self.standard_s * 1000;
        };
        let (year, ..) = civil((at + self.standard_s).div_euclid(DAY_MS / 1000));
        let begins = summer.begin.in_year(year) - self.standard_s;
        let ends = summer.end.in_year(year) - summer.offset_s;
        let is_summer = match begins < ends {
            true => (begins..ends).contains(&at),
            false => !(ends..begins).contains(&at),
        };
        match is_summer {
            true => summer.offset_s * 1000,
            false => self.standard_s * 1000,
        }
    }

    /// The moment at which it shows this time. One that it skips is the same time before; of one that it shows twice, the first.
    fn instant(&self, local_ms: i64) -> i64 {
        let guess = local_ms - self.offset_ms(local_ms - self.standard_s * 1000);
        local_ms - self.offset_ms(guess)
    }
}

impl Turn {
    /// Seconds since 1970-01-01 on the clock that ends with it.
    fn in_year(self, year: i64) -> i64 {
        let earliest = match self.week {
            5 => {
                let next = days(year + self.month / 12, self.month % 12 + 1, 1);
                next - 7
            }
            week => days(year, self.month, 1) + 7 * (week - 1),
        };
        // 1970-01-01 was a Thursday.
        let ahead = (self.weekday - (earliest + 4)).rem_euclid(7);
        (earliest + ahead) * (DAY_MS / 1000) + self.seconds
    }
}
