//! All mistakes of a file, each where it stands and with what would be right.

use crate::error::Error;
use std::fmt::Write;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Collects mistakes, so that one run shows all. What reads a value notes what is wrong with it and returns `None`.
pub(super) struct Mistakes<'t> {
    file_name: &'t str,
    text: &'t str,
    /// Where, in bytes from the beginning of the file, and what.
    found: Vec<(usize, String)>,
}

impl<'t> Mistakes<'t> {
    pub(super) fn new(file_name: &'t str, text: &'t str) -> Self {
        Mistakes {
            file_name,
            text,
            found: Vec::new(),
        }
    }

    /// Notes a mistake. `at` is in bytes from the beginning of the file.
    pub(super) fn add(&mut self, at: usize, message: String) {
        self.found.push((at, message));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All mistakes in the order of the file, or nothing.
    pub(super) fn none_or_error(mut self) -> Result<(), Error> {
        self.found.sort_by_key(|(at, _)| *at); // stable: mistakes of one place keep their order
        let mut lines = String::new();
        for (at, message) in &self.found {
            let (line, column) = self.line_and_column(*at);
            let separator = if lines.is_empty() { "" } else { "\n" };
            let file_name = self.file_name;
            let _ = write!(lines, "{separator}{file_name}:{line}:{column}: {message}");
        }
        if self.found.is_empty() {
            Ok(())
        } else {
            Err(Error::Config(lines))
        }
    }

    /// The line of a place in the file, from 1.
    pub(super) fn line(&self, at: usize) -> usize {
        self.line_and_column(at).0
    }

    /// Both from 1; columns count characters.
    fn line_and_column(&self, at: usize) -> (usize, usize) {
        let before = &self.text[..self.text.floor_char_boundary(at)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }

    /// The place in the file of the byte `offset` of a string; of the whole string if it is written with escapes.
    pub(super) fn within(&self, span: Range<usize>, string: &str, offset: usize) -> usize {
        match self.text.get(span.clone()).and_then(|s| s.find(string)) {
            Some(quotes) => span.start + quotes + offset,
            None => span.start,
        }
    }

    /// Notes a word that is in none of the lists, with the nearest that is. `what` is what the lists are of: `key`.
    pub(super) fn unless_known<S: AsRef<str>>(
        &mut self,
        what: &str,
        word: &Spanned<S>,
        lists: &[&[&str]],
    ) {
        let (at, word) = (word.span().start, word.get_ref().as_ref());
        let known = || lists.iter().flat_map(|list| list.iter().copied());
        if known().any(|k| k == word) {
            return;
        }
        let advice = match nearest(word, known()) {
            Some(near) => format!("did you mean {near:?}?"),
            None if known().next().is_none() => "there is none".into(),
            None => format!("there are {}", known().collect::<Vec<_>>().join(", ")),
        };
        self.add(at, format!("unknown {what} {word:?}: {advice}"));
    }

    /// What a word of a closed list means; another word is noted, with the nearest.
    pub(super) fn word<T: Copy>(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        what: &str,
        words: &[(&str, T)],
    ) -> Option<T> {
        let word = self.string(value)?;
        let found = words.iter().find(|(name, _)| *name == word);
        if found.is_none() {
            let names: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
            self.unless_known(what, &Spanned::new(value.span(), word), &[&names]);
        }
        found.map(|(_, meaning)| *meaning)
    }

    /// Notes a value of the wrong type.
    pub(super) fn unexpected(&mut self, value: &Spanned<DeValue<'_>>, expected: &str) {
        let found = match value.get_ref() {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "an integer",
            DeValue::Float(_) => "a float",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let message = format!("expected {expected}, found {found}");
        self.add(value.span().start, message);
    }

    pub(super) fn string<'v>(&mut self, value: &'v Spanned<DeValue<'_>>) -> Option<&'v str> {
        let string = value.get_ref().as_str();
        if string.is_none() {
            self.unexpected(value, "a string");
        }
        string
    }

    /// The strings of a list; what is no string is noted and left out.
    pub(super) fn strings<'v>(
        &mut self,
        value: &'v Spanned<DeValue<'_>>,
        expected: &str,
    ) -> Vec<Spanned<&'v str>> {
        let Some(list) = value.get_ref().as_array() else {
            self.unexpected(value, expected);
            return Vec::new();
        };
        list.iter()
            .filter_map(|item| Some(Spanned::new(item.span(), self.string(item)?)))
            .collect()
    }

    pub(super) fn table<'v, 'i>(
        &mut self,
        value: &'v Spanned<DeValue<'i>>,
        expected: &str,
    ) -> Option<&'v DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.unexpected(value, expected);
        }
        table
    }

    /// The tables of a list of tables, each with its place.
    pub(super) fn tables<'v, 'i>(
        &mut self,
        value: &'v Spanned<DeValue<'i>>,
        expected: &str,
    ) -> Vec<(&'v DeTable<'i>, usize)> {
        let Some(list) = value.get_ref().as_array() else {
            self.unexpected(value, expected);
            return Vec::new();
        };
        list.iter()
            .filter_map(|item| Some((self.table(item, expected)?, item.span().start)))
            .collect()
    }
}

/// The known word that `wrong` is probably a misspelling of: at most a third of its letters are wrong.
pub(crate) fn nearest<'k>(wrong: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    known
        .map(|word| (distance(wrong, word), word))
        .filter(|(distance, word)| *distance <= (word.chars().count() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// How many letters must be added, removed, replaced or swapped with their neighbour (Damerau-Levenshtein, optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let best = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                if swapped {
                    best.min(rows[i - 2][j - 2] + 1)
                } else {
                    best
                }
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_words() {
        let known = ["auth", "auth_timeout", "dining.order", "dining.order_items"];
        for (wrong, near) in [
            ("aut", Some("auth")),
            ("atuh", Some("auth")),
            ("auth_time_out", Some("auth_timeout")),
            ("dining.ordr", Some("dining.order")),
            ("Dining.Order", Some("dining.order")),
            ("dining.orderitems", Some("dining.order_items")),
            ("", None),
            ("kitchen", None),
        ] {
            assert_eq!(nearest(wrong, known.into_iter()), near, "{wrong}");
        }
    }

    #[test]
    fn columns_count_characters() {
        let mistakes = Mistakes::new("f", "a\nää\"x\"");
        assert_eq!(mistakes.line_and_column(0), (1, 1));
        assert_eq!(mistakes.line_and_column(6), (2, 3));
        assert_eq!(mistakes.line_and_column(3), (2, 1)); // within a character
        assert_eq!(mistakes.line_and_column(99), (2, 6));
        assert_eq!(mistakes.within(6..9, "x", 0), 7);
        assert_eq!(mistakes.within(6..9, "y", 0), 6);
    }
}
