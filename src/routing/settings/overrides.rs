//! The settings that one table of the file, or one builder, gives: they override those of the tables around it.

use super::entry::{Entry, Settings};
use super::keys;
use crate::routing::level::Level;
use crate::routing::location::Location;
use crate::routing::mistakes::Mistakes;
use toml::Spanned;
use toml::de::DeValue;

/// Some settings of `S`, each with where it was given.
#[derive(Debug, Clone)]
pub(crate) struct Overrides<S: 'static> {
    /// Of the fields only those that were given mean anything.
    values: S,
    given: Vec<(&'static Entry<S>, Location)>,
    /// Values of a program that are none, and why.
    wrong: Vec<(Location, String)>,
}

impl<S: Settings> Default for Overrides<S> {
    fn default() -> Self {
        Overrides {
            values: S::default(),
            given: Vec::new(),
            wrong: Vec::new(),
        }
    }
}

impl<S: Settings> Overrides<S> {
    /// Reads a value of a table. `false` if the key is no setting that may stand in such a table.
    pub(in crate::routing) fn read(
        &mut self,
        level: Level,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        mistakes: &mut Mistakes<'_>,
    ) -> bool {
        let entry = entry(key).filter(|entry: &&Entry<S>| entry.stands_in(level));
        if let Some(entry) = entry
            && (entry.read)(&mut self.values, value, mistakes)
        {
            self.given.push((entry, value.span().into()));
        }
        entry.is_some()
    }

    /// Takes a value of a program, which may turn out to be none. What is given twice counts as given last.
    pub(super) fn put<T>(
        &mut self,
        key: &str,
        at: Location,
        value: Result<T, String>,
        put: fn(&mut S, T),
    ) {
        match (value, entry(key)) {
            (Ok(value), Some(entry)) => {
                put(&mut self.values, value);
                self.given.push((entry, at));
            }
            (Ok(_), None) => self.wrong.push((at, format!("unknown key {key:?}"))),
            (Err(wrong), _) => self.wrong.push((at, wrong)),
        }
    }

    /// The settings around, with these in their place.
    pub(in crate::routing) fn over(&self, around: &S) -> S {
        let mut all = around.clone();
        for (entry, _) in &self.given {
            (entry.copy)(&self.values, &mut all);
        }
        all
    }

    /// Notes what a program gave and a file could not: values out of bounds, and settings that may not stand in such a table.
    pub(in crate::routing) fn check(&self, level: Level, mistakes: &mut Mistakes<'_>) {
        for (at, wrong) in &self.wrong {
            mistakes.add(*at, wrong.clone());
        }
        for (entry, at) in &self.given {
            if let Err(wrong) = (entry.check)(&self.values) {
                mistakes.add(*at, wrong);
            }
            if let Some(wrong) = keys::misplaced(level, entry.key) {
                mistakes.add(*at, wrong);
            }
        }
    }

    /// Where a setting was given, if it was.
    pub(in crate::routing) fn location(&self, key: &str) -> Option<Location> {
        let mut given = self.given.iter().rev();
        given.find_map(|(entry, at)| (entry.key == key).then_some(*at))
    }

    /// What was given, and where.
    pub(in crate::routing) fn given(&self) -> impl Iterator<Item = (&'static str, Location)> {
        self.given.iter().map(|(entry, at)| (entry.key, *at))
    }
}

fn entry<S: Settings>(key: &str) -> Option<&'static Entry<S>> {
    S::ENTRIES.iter().find(|entry| entry.key == key)
}
