//! Where each setting was set, for whoever asks why a route behaves as it does.

use super::level::Level;
use super::mistakes::Mistakes;
use super::settings::{Overrides, Settings};

/// Of each setting that was set: in which table, and where that is; the nearest last.
#[derive(Debug, Clone, Default)]
pub(super) struct Provenance(Vec<(&'static str, Level, String)>);

impl Provenance {
    /// This provenance, and that of what a table within sets.
    pub(super) fn and<S: Settings>(
        &self,
        within: &Overrides<S>,
        level: Level,
        mistakes: &Mistakes<'_>,
    ) -> Provenance {
        let mut all = self.0.clone();
        let set = within.given();
        all.extend(set.map(|(key, at)| (key, level, mistakes.reference(at))));
        Provenance(all)
    }

    /// `[defaults], line 7`, or `default`.
    pub(super) fn of(&self, key: &str) -> String {
        let found = self.0.iter().rev().find(|(set, _, _)| *set == key);
        found.map_or("default".to_owned(), |(_, level, line)| {
            format!("{}, {line}", level.header())
        })
    }
}
