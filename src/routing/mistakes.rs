//! All mistakes of a routing, each where it was made and with what would be right.

use super::location::Location;
use super::words::Word;
use crate::error::{Error, nearest};
use std::fmt::Write;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Collects mistakes, so that one run shows all. What reads a value notes what is wrong with it and returns `None`.
pub(super) struct Mistakes<'t> {
    /// Both empty where a program builds the routing.
    file_name: &'t str,
    text: &'t str,
    found: Vec<(Location, String)>,
}

impl<'t> Mistakes<'t> {
    /// No mistakes yet, of a routing that is read from a file.
    pub(super) fn of_file(file_name: &'t str, text: &'t str) -> Self {
        Mistakes {
            file_name,
            text,
            found: Vec::new(),
        }
    }

    /// No mistakes yet, of a routing that a program builds.
    pub(super) fn of_program() -> Self {
        Mistakes::of_file("", "")
    }

    /// Notes a mistake.
    pub(super) fn add(&mut self, at: impl Into<Location>, message: impl Into<String>) {
        self.found.push((at.into(), message.into()));
    }

    /// Nothing, or [`Error::Config`] with all mistakes in the order of the file, or of the program.
    pub(super) fn none_or_error(mut self) -> Result<(), Error> {
        // stable: mistakes of one place keep their order
        self.found.sort_by_key(|(at, _)| match at {
            Location::File { start, .. } => ("", *start, 0),
            Location::Call { at, .. } => (at.file(), at.line() as usize, at.column()),
        });
        let mut lines = String::new();
        for (at, message) in &self.found {
            let separator = if lines.is_empty() { "" } else { "\n" };
            let _ = match at {
                Location::File { start, .. } => {
                    let (line, column) = self.line_and_column(*start);
                    let file_name = self.file_name;
                    write!(lines, "{separator}{file_name}:{line}:{column}: {message}")
                }
                Location::Call { method, at } => {
                    write!(lines, "{separator}{at}: {method}(): {message}")
                }
            };
        }
        if self.found.is_empty() {
            Ok(())
        } else {
            Err(Error::Config(lines))
        }
    }

    /// The line of a location, from 1.
    pub(super) fn line(&self, at: Location) -> usize {
        match at {
            Location::File { start, .. } => self.line_and_column(start).0,
            Location::Call { at, .. } => at.line() as usize,
        }
    }

    /// A location as a message about another location names it: `line 12`, or `src/main.rs:12`.
    pub(super) fn reference(&self, at: Location) -> String {
        match at {
            Location::File { .. } => format!("line {}", self.line(at)),
            Location::Call { at, .. } => format!("{}:{}", at.file(), at.line()),
        }
    }

    /// Both from 1; columns count characters.
    fn line_and_column(&self, at: usize) -> (usize, usize) {
        let before = &self.text[..self.text.floor_char_boundary(at)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }

    /// The location of the byte `offset` of a string; of the whole string where the file has it with escapes, or a program says it.
    pub(super) fn within(&self, at: Location, string: &str, offset: usize) -> Location {
        let Location::File { start, end } = at else {
            return at;
        };
        let quotes = self.text.get(start..end).and_then(|s| s.find(string));
        quotes.map_or(at, |quotes| (start + quotes + offset..end).into())
    }

    /// Notes a word that is not in the list, with the nearest that is. `what` is what the list is of: `key`.
    pub(super) fn unless_known(
        &mut self,
        what: &str,
        at: impl Into<Location>,
        word: &str,
        known: &[&str],
    ) {
        if known.contains(&word) {
            return;
        }
        let advice = match nearest(word, known.iter().copied()) {
            Some(near) => format!("did you mean {near:?}?"),
            None if known.is_empty() => "there is none".into(),
            None => format!("there are {}", known.join(", ")),
        };
        self.add(at, format!("unknown {what} {word:?}: {advice}"));
    }

    /// What a word of a closed list means; another word is noted, with the nearest. `what` is what the list is of: `protocol`.
    pub(super) fn word<T: Word>(&mut self, value: &Spanned<DeValue<'_>>, what: &str) -> Option<T> {
        let word = self.string(value)?;
        let found = T::WORDS.iter().find(|(name, _)| *name == word);
        if found.is_none() {
            let names: Vec<&str> = T::WORDS.iter().map(|(name, _)| *name).collect();
            self.unless_known(what, value.span(), word, &names);
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
        self.add(value.span(), message);
    }

    /// The string that a value is.
    pub(super) fn string<'v>(&mut self, value: &'v Spanned<DeValue<'_>>) -> Option<&'v str> {
        let string = value.get_ref().as_str();
        if string.is_none() {
            self.unexpected(value, "a string");
        }
        string
    }

    /// The strings of a list. What is no string is noted and left out; `None` if it is no list.
    pub(super) fn strings<'v>(
        &mut self,
        value: &'v Spanned<DeValue<'_>>,
        expected: &str,
    ) -> Option<Vec<Spanned<&'v str>>> {
        let Some(list) = value.get_ref().as_array() else {
            self.unexpected(value, expected);
            return None;
        };
        let strings = list
            .iter()
            .filter_map(|item| Some(Spanned::new(item.span(), self.string(item)?)));
        Some(strings.collect())
    }

    /// The table that a value is.
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

    /// The tables of a list of tables, each with its location. What is no table is noted and left out; `None` if it is no list, or if no table is left of it.
    pub(super) fn tables<'v, 'i>(
        &mut self,
        value: &'v Spanned<DeValue<'i>>,
        expected: &str,
    ) -> Option<Vec<(&'v DeTable<'i>, Location)>> {
        let Some(list) = value.get_ref().as_array() else {
            self.unexpected(value, expected);
            return None;
        };
        let tables: Vec<_> = list
            .iter()
            .filter_map(|item| Some((self.table(item, expected)?, item.span().into())))
            .collect();
        (list.is_empty() || !tables.is_empty()).then_some(tables)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let mistakes = Mistakes::of_file("f", "a\nää\"x\"");
        assert_eq!(mistakes.line_and_column(0), (1, 1));
        assert_eq!(mistakes.line_and_column(6), (2, 3));
        assert_eq!(mistakes.line_and_column(3), (2, 1)); // within a character
        assert_eq!(mistakes.line_and_column(99), (2, 6));
        assert_eq!(mistakes.within((6..9).into(), "x", 0), (7..9).into());
        assert_eq!(mistakes.within((6..9).into(), "y", 0), (6..9).into());
    }

    #[test]
    fn a_mistake_of_a_program_names_the_call() {
        let here = Location::call("route");
        let line = line!() - 1;
        let mut mistakes = Mistakes::of_program();
        assert_eq!(mistakes.reference(here), format!("{}:{line}", file!()));
        mistakes.add(here, "bad path");
        let told = mistakes.none_or_error().expect_err("one").to_string();
        assert_eq!(told, format!("{}:{line}:20: route(): bad path", file!()));
    }
}
