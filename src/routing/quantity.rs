//! Sizes, durations and counts as people write them: `64KiB`, `25s`, `4096`.

use super::mistakes::Mistakes;
use std::ops::RangeInclusive;
use std::time::Duration;
use toml::Spanned;
use toml::de::DeValue;

/// Units, the largest first, each with its size in the smallest.
pub(super) type Units = &'static [(&'static str, u64)];

pub(super) const SIZES: Units = &[
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("B", 1),
];
pub(super) const DURATIONS: Units = &[("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];
/// Things that have no unit.
pub(super) const COUNTS: Units = &[("", 1)];

/// Bytes: an integer, or a string with a unit.
pub(super) fn size(
    value: &Spanned<DeValue<'_>>,
    allowed: &RangeInclusive<u64>,
    mistakes: &mut Mistakes<'_>,
) -> Option<u64> {
    let bytes = match value.get_ref() {
        DeValue::Integer(n) => i128::from_str_radix(n.as_str(), n.radix()).ok(),
        DeValue::String(text) => match parse(text, SIZES) {
            None => {
                let message =
                    format!(r#"{text:?} is not a size: write bytes, or "64KiB", or "1MiB""#);
                mistakes.add(value.span(), message);
                return None;
            }
            bytes => bytes.map(i128::from),
        },
        _ => {
            mistakes.unexpected(value, r#"a size like 65536, "64KiB" or "1MiB""#);
            return None;
        }
    };
    within(value, bytes, allowed, SIZES, mistakes)
}

/// A number of things: an integer.
pub(super) fn count(
    value: &Spanned<DeValue<'_>>,
    allowed: &RangeInclusive<u64>,
    mistakes: &mut Mistakes<'_>,
) -> Option<u64> {
    let Some(n) = value.get_ref().as_integer() else {
        mistakes.unexpected(value, "an integer");
        return None;
    };
    let n = i128::from_str_radix(n.as_str(), n.radix()).ok();
    within(value, n, allowed, COUNTS, mistakes)
}

/// Milliseconds: a string with a unit.
pub(super) fn millis(
    value: &Spanned<DeValue<'_>>,
    allowed: &RangeInclusive<u64>,
    mistakes: &mut Mistakes<'_>,
) -> Option<u64> {
    let Some(text) = value.get_ref().as_str() else {
        mistakes.unexpected(value, r#"a duration with its unit, like "25s""#);
        return None;
    };
    let millis = parse(text, DURATIONS);
    if millis.is_none() {
        let message = format!(r#"{text:?} is not a duration: write "25s", "5m" or "100ms""#);
        mistakes.add(value.span(), message);
        return None;
    }
    within(value, millis.map(i128::from), allowed, DURATIONS, mistakes)
}

/// `n` if it is allowed. An `n` of `None` is larger than any number.
fn within(
    value: &Spanned<DeValue<'_>>,
    n: Option<i128>,
    allowed: &RangeInclusive<u64>,
    units: Units,
    mistakes: &mut Mistakes<'_>,
) -> Option<u64> {
    let in_range = n
        .and_then(|n| u64::try_from(n).ok())
        .filter(|n| allowed.contains(n));
    if in_range.is_none() {
        mistakes.add(value.span(), out_of_bounds(allowed, units));
    }
    in_range
}

/// What a value out of bounds is told.
pub(super) fn out_of_bounds(allowed: &RangeInclusive<u64>, units: Units) -> String {
    format!("out of bounds: allowed is {}", bounds(allowed, units))
}

/// `128B to 16MiB`
pub(super) fn bounds(allowed: &RangeInclusive<u64>, units: Units) -> String {
    let (least, most) = (show(*allowed.start(), units), show(*allowed.end(), units));
    format!("{least} to {most}")
}

/// Digits and a unit. What is too large for `u64` is its maximum, which no bound allows.
fn parse(text: &str, units: Units) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (digits, unit) = text.split_at(end);
    let (_, factor) = units.iter().find(|(name, _)| *name == unit)?;
    if digits.is_empty() {
        return None;
    }
    let number = digits.parse().unwrap_or(u64::MAX);
    Some(number.saturating_mul(*factor))
}

/// A number in the largest unit that needs no fraction.
pub(super) fn show(n: u64, units: Units) -> String {
    let fitting = units.iter().find(|(_, factor)| n.is_multiple_of(*factor));
    let (unit, factor) = fitting.unwrap_or(&("", 1));
    format!("{}{unit}", n / factor)
}

/// A duration as `routing.toml` has it.
pub(super) fn show_duration(duration: Duration) -> String {
    let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    show(millis, DURATIONS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities() {
        for (text, bytes) in [
            ("64KiB", Some(65_536)),
            ("1MiB", Some(1_048_576)),
            ("17B", Some(17)),
            ("99999999999999999999GiB", Some(u64::MAX)),
            ("64", None),
            ("64KB", None),
            ("64 KiB", None),
            ("KiB", None),
            ("-1KiB", None),
            ("", None),
        ] {
            assert_eq!(parse(text, SIZES), bytes, "{text}");
        }
        for (text, millis) in [
            ("25s", Some(25_000)),
            ("5m", Some(300_000)),
            ("100ms", Some(100)),
            ("2h", Some(7_200_000)),
            ("1.5s", None),
            ("25", None),
            ("25S", None),
        ] {
            assert_eq!(parse(text, DURATIONS), millis, "{text}");
        }
        assert_eq!(show(1 << 24, SIZES), "16MiB");
        assert_eq!(show(1000, SIZES), "1000B");
        assert_eq!(show(90_000, DURATIONS), "90s");
        assert_eq!(show(1500, DURATIONS), "1500ms");
    }
}
