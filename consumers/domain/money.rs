//! Amounts: integers in the currency's smallest unit, decimal text at the edge, never floating point.

use super::Refusal;
use crate::schema::written_as;
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// Far above any bill, far below an overflow of the sum of all lines.
pub const MAX_MINOR: i64 = 1_000_000_000_000;

/// A decimal number as a client wrote it, `80.5` or `"80.50"`: what it means depends on the currency.
///
/// Read from the JSON text itself, so it works in the fields of plain structs, not below `#[serde(flatten)]` or in tagged enums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal(String);

written_as!(Decimal, "Decimal", {
    "description": "An amount: a number, or text that is one. `80.5` and `\"80.50\"` are the same.",
    "type": ["number", "string"],
}, sockets);

impl Decimal {
    /// From text.
    pub fn new(text: impl Into<String>) -> Self {
        Decimal(text.into())
    }

    /// What was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The amount in a currency with `exp` digits after the point.
    ///
    /// # Errors
    /// [`Refusal::Amount`]: not a number, below zero, too large, or with more digits than the currency has.
    pub fn minor(&self, exp: u32) -> Result<i64, Refusal> {
        match parse(&self.0, exp) {
            Some(minor) if (0..=MAX_MINOR).contains(&minor) => Ok(minor),
            _ => Err(Refusal::Amount { currency_exp: exp }),
        }
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let raw = raw.get();
        if raw.starts_with('"') {
            return serde_json::from_str(raw)
                .map(Decimal)
                .map_err(D::Error::custom);
        }
        match raw.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
            true => Ok(Decimal(raw.to_owned())),
            false => Err(D::Error::custom(
                "an amount is a number, or text that is one",
            )),
        }
    }
}

/// `"80.5"` with 2 digits is 8050. `None` when it is no plain decimal number, has more digits after the point than `exp`, or does not fit.
pub fn parse(text: &str, exp: u32) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, fraction) = match digits.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (digits, ""),
    };
    let all_digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let missing = exp.checked_sub(u32::try_from(fraction.len()).ok()?)?;
    let mut minor: i64 = 0;
    for digit in whole.bytes().chain(fraction.bytes()) {
        minor = minor
            .checked_mul(10)?
            .checked_add(i64::from(digit - b'0'))?;
    }
    minor
        .checked_mul(10_i64.checked_pow(missing)?)?
        .checked_mul(sign)
}

/// 25000 with 2 digits is `"250.00"`.
pub fn format(minor: i64, exp: u32) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let minor = minor.unsigned_abs();
    if exp == 0 {
        return format!("{sign}{minor}");
    }
    // what no currency has may stand in a row that another program wrote
    let unit = 10_u64.pow(exp.min(19));
    format!(
        "{sign}{}.{:0width$}",
        minor / unit,
        minor % unit,
        width = exp as usize
    )
}

/// An amount as a JSON number with all of its digits, `250.00`: made from the integer, so that no digit is lost on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// In the currency's smallest unit.
    pub minor: i64,
    /// Digits after the point.
    pub exp: u32,
}

written_as!(Number, "Number", {
    "description": "An amount, with all of the currency's digits.",
    "type": "number",
}, sockets);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = RawValue::from_string(format(self.minor, self.exp));
        number.map_err(S::Error::custom)?.serialize(serializer)
    }
}

/// `total` in `n` shares that differ by at most one unit and add up to it; the larger ones come first.
pub fn split(total: i64, n: usize) -> Vec<i64> {
    let Ok(count) = i64::try_from(n) else {
        return Vec::new();
    };
    if count == 0 {
        return Vec::new();
    }
    let (share, rest) = (total.div_euclid(count), total.rem_euclid(count));
    (0..count).map(|i| share + i64::from(i < rest)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_reads_as_the_same_amount(minor in any::<i64>(), exp in 0u32..=4) {
            prop_assume!(minor != i64::MIN);
            prop_assert_eq!(parse(&format(minor, exp), exp), Some(minor));
        }

        #[test]
        fn no_text_panics_and_no_digit_is_lost(text in "-?[0-9]{0,25}(\\.[0-9]{0,6})?", exp in 0u32..=4) {
            if let Some(minor) = parse(&text, exp) {
                let plain = |t: &str| {
                    let t = if t.contains('.') { t.trim_end_matches('0').trim_end_matches('.') } else { t };
                    let (sign, digits) = t.split_at(usize::from(t.starts_with('-')));
                    let digits = digits.trim_start_matches('0');
                    let digits = if digits.is_empty() || digits.starts_with('.') { format!("0{digits}") } else { digits.to_owned() };
                    if digits == "0" { digits } else { format!("{sign}{digits}") }
                };
                prop_assert_eq!(plain(&format(minor, exp)), plain(&text));
            }
        }

        #[test]
        fn shares_add_up(total in -1_000_000_000i64..1_000_000_000, n in 1usize..50) {
            let shares = split(total, n);
            prop_assert_eq!(shares.iter().sum::<i64>(), total);
            prop_assert_eq!(shares.len(), n);
            prop_assert!(shares.iter().max().unwrap() - shares.iter().min().unwrap() <= 1);
        }
    }

    #[test]
    fn a_number_keeps_its_digits() {
        for (minor, exp, json) in [(25000, 2, "250.00"), (-5, 2, "-0.05"), (1500, 0, "1500")] {
            let number = Number { minor, exp };
            assert_eq!(serde_json::to_string(&number).unwrap(), json);
        }
    }

    #[test]
    fn amounts_come_as_numbers_or_text() {
        let read = |json: &str, exp| serde_json::from_str::<Decimal>(json).ok()?.minor(exp).ok();
        assert_eq!(read("250.00", 2), Some(25000));
        assert_eq!(read("\"250.5\"", 2), Some(25050));
        assert_eq!(read("1500", 0), Some(1500));
        assert_eq!(read("0.1", 3), Some(100));
        for (json, exp) in [
            ("1.005", 2),
            ("80.000000000000000001", 2),
            ("1.0", 0),
            ("-1", 2),
            ("1e2", 2),
            ("\"\"", 2),
            ("\".5\"", 2),
            ("\"5.\"", 2),
            ("\"+5\"", 2),
            ("\"٣\"", 2),
            ("null", 2),
            ("true", 2),
            ("99999999999999999999", 2),
        ] {
            assert_eq!(read(json, exp), None, "{json}");
        }
    }
}
