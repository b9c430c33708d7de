//! The types of values that settings have: how each is read and written, and within which bounds.

use crate::routing::mistakes::Mistakes;
use crate::routing::origins::Origins;
use crate::routing::quantity::{self, COUNTS, DURATIONS, SIZES, Units};
use crate::routing::words::Word;
use std::ops::RangeInclusive;
use std::time::Duration;
use toml::Spanned;
use toml::de::DeValue;

/// A type of values in the file. In the program they are of the type `T`.
pub(super) trait ValueType<T> {
    /// Reads a value of the file. What is wrong with it is noted.
    fn read(
        &self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<T>;

    /// The value as `maitred explain` shows it: without quotes.
    fn show(&self, value: &T) -> String;

    /// The value as `routing.toml` has it.
    fn write(&self, value: &T) -> String {
        format!("{:?}", self.show(value))
    }

    /// Whether a value that a program gives is one that a file could give.
    ///
    /// # Errors
    /// What is wrong with it.
    fn check(&self, _value: &T) -> Result<(), String> {
        Ok(())
    }

    /// Which values are allowed, for people.
    fn allowed(&self) -> String;
}

/// Bytes, within these bounds.
pub(super) struct Size(pub RangeInclusive<u64>);

/// A number of things, within these bounds.
pub(super) struct Count(pub RangeInclusive<u64>);

/// A duration, within these bounds in milliseconds.
pub(super) struct Time(pub RangeInclusive<u64>);

/// One word of a closed list.
pub(super) struct Words;

/// A value, or a word that means that there is none.
pub(super) struct OrWord<K>(pub &'static str, pub K);

/// Which web pages may connect.
pub(super) struct Pages;

fn check(n: Option<u64>, allowed: &RangeInclusive<u64>, units: Units) -> Result<(), String> {
    match n.is_some_and(|n| allowed.contains(&n)) {
        true => Ok(()),
        false => Err(quantity::out_of_bounds(allowed, units)),
    }
}

fn show<T: Copy + TryInto<u64>>(n: T, units: Units) -> String {
    quantity::show(n.try_into().unwrap_or(u64::MAX), units)
}

impl<T: Copy + TryFrom<u64> + TryInto<u64>> ValueType<T> for Size {
    fn read(
        &self,
        _: &str,
        value: &Spanned<DeValue<'_>>,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<T> {
        quantity::size(value, &self.0, mistakes).and_then(|n| n.try_into().ok())
    }

    fn show(&self, value: &T) -> String {
        show(*value, SIZES)
    }

    fn write(&self, value: &T) -> String {
        let shown = show(*value, SIZES);
        match shown.strip_suffix('B') {
            Some(bytes) if bytes.bytes().all(|b| b.is_ascii_digit()) => bytes.to_owned(),
            _ => format!("{shown:?}"),
        }
    }

    fn check(&self, value: &T) -> Result<(), String> {
        check((*value).try_into().ok(), &self.0, SIZES)
    }

    fn allowed(&self) -> String {
        quantity::bounds(&self.0, SIZES)
    }
}

impl<T: Copy + TryFrom<u64> + TryInto<u64>> ValueType<T> for Count {
    fn read(
        &self,
        _: &str,
        value: &Spanned<DeValue<'_>>,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<T> {
        quantity::count(value, &self.0, mistakes).and_then(|n| n.try_into().ok())
    }

    fn show(&self, value: &T) -> String {
        show(*value, COUNTS)
    }

    fn write(&self, value: &T) -> String {
        show(*value, COUNTS)
    }

    fn check(&self, value: &T) -> Result<(), String> {
        check((*value).try_into().ok(), &self.0, COUNTS)
    }

    fn allowed(&self) -> String {
        quantity::bounds(&self.0, COUNTS)
    }
}

impl ValueType<Duration> for Time {
    fn read(
        &self,
        _: &str,
        value: &Spanned<DeValue<'_>>,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<Duration> {
        quantity::millis(value, &self.0, mistakes).map(Duration::from_millis)
    }

    fn show(&self, value: &Duration) -> String {
        quantity::show_duration(*value)
    }

    fn check(&self, value: &Duration) -> Result<(), String> {
        check(value.as_millis().try_into().ok(), &self.0, DURATIONS)
    }

    fn allowed(&self) -> String {
        quantity::bounds(&self.0, DURATIONS)
    }
}

impl<T: Word> ValueType<T> for Words {
    fn read(
        &self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<T> {
        mistakes.word(value, key)
    }

    fn show(&self, value: &T) -> String {
        value.word().to_owned()
    }

    fn allowed(&self) -> String {
        let words: Vec<String> = T::WORDS
            .iter()
            .map(|(word, _)| format!("{word:?}"))
            .collect();
        words.join(", ")
    }
}

impl<T, K: ValueType<T>> ValueType<Option<T>> for OrWord<K> {
    fn read(
        &self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<Option<T>> {
        if value.get_ref().as_str() == Some(self.0) {
            return Some(None);
        }
        self.1.read(key, value, mistakes).map(Some)
    }

    fn show(&self, value: &Option<T>) -> String {
        let word = || self.0.to_owned();
        value.as_ref().map_or_else(word, |value| self.1.show(value))
    }

    fn write(&self, value: &Option<T>) -> String {
        let word = || format!("{:?}", self.0);
        value
            .as_ref()
            .map_or_else(word, |value| self.1.write(value))
    }

    fn check(&self, value: &Option<T>) -> Result<(), String> {
        value.as_ref().map_or(Ok(()), |value| self.1.check(value))
    }

    fn allowed(&self) -> String {
        format!("{}, or {:?}", self.1.allowed(), self.0)
    }
}

impl ValueType<Origins> for Pages {
    fn read(
        &self,
        _: &str,
        value: &Spanned<DeValue<'_>>,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<Origins> {
        Origins::read(value, mistakes)
    }

    fn show(&self, value: &Origins) -> String {
        value.to_string()
    }

    fn write(&self, value: &Origins) -> String {
        value.to_string()
    }

    fn allowed(&self) -> String {
        r#""own", "*", or a list of origins"#.to_owned()
    }
}
