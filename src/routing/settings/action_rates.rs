//! `action_rates`: how often a client may ask for single actions.

use super::value_types::{Count, OrWord, Size, ValueType};
use crate::limits::{ActionRate, Actions, Rate};
use crate::routing::mistakes::Mistakes;
use toml::Spanned;
use toml::de::DeValue;

const MOST_ACTIONS: usize = 64;
const KEYS: [&str; 3] = ["frames_per_second", "frames_at_once", "bytes_per_second"];
const FRAMES: OrWord<Count> = OrWord("none", Count(1..=10_000_000));
const BYTES: OrWord<Size> = OrWord("none", Size(1 << 10..=1 << 30));

/// `{ occupy = 2, get_status = { frames_per_second = 5, frames_at_once = 5, bytes_per_second = "4KiB" } }`
pub(super) struct ActionRates;

impl ValueType<Actions> for ActionRates {
    fn read(
        &self,
        _: &str,
        value: &Spanned<DeValue<'_>>,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<Actions> {
        let table = mistakes.table(value, "a table like { occupy = 2 }")?;
        if table.len() > MOST_ACTIONS {
            mistakes.add(value.span(), too_many());
            return None;
        }
        let rates = table
            .iter()
            .map(|(name, value)| rate(name.get_ref(), value, mistakes));
        Some(Actions::new(rates.collect()))
    }

    fn show(&self, value: &Actions) -> String {
        value.to_string()
    }

    /// Only the default is written: what every action has by default is not among the named ones.
    fn write(&self, value: &Actions) -> String {
        match *value == Actions::default() {
            true => "{}".to_owned(),
            false => self.show(value),
        }
    }

    fn check(&self, value: &Actions) -> Result<(), String> {
        match value.named() > MOST_ACTIONS {
            true => Err(too_many()),
            false => Ok(()),
        }
    }

    fn allowed(&self) -> String {
        format!(
            "a table of at most {MOST_ACTIONS} names, each with a number of frames ({}) or with a table of {}",
            ValueType::<Option<u64>>::allowed(&FRAMES),
            KEYS.join(", ")
        )
    }
}

fn too_many() -> String {
    format!("at most {MOST_ACTIONS} actions have rates of their own")
}

/// The rate of one action: a number of frames, or a table.
fn rate(name: &str, value: &Spanned<DeValue<'_>>, mistakes: &mut Mistakes<'_>) -> ActionRate {
    let frames = |key: &str, value, mistakes: &mut Mistakes<'_>| {
        let frames: Option<Option<u64>> = FRAMES.read(key, value, mistakes);
        frames.flatten()
    };
    let (mut per_second, mut at_once, mut bytes_per_second) = (None, None, None);
    if let Some(row) = value.get_ref().as_table() {
        for (key, value) in row {
            let key_name = &**key.get_ref();
            mistakes.unless_known("key", key.span(), key_name, &KEYS);
            match key_name {
                "frames_per_second" => per_second = frames(key_name, value, mistakes),
                "frames_at_once" => at_once = frames(key_name, value, mistakes),
                "bytes_per_second" => {
                    let bytes: Option<Option<u64>> = BYTES.read(key_name, value, mistakes);
                    bytes_per_second = bytes.flatten();
                }
                _ => {}
            }
        }
    } else {
        per_second = frames(name, value, mistakes);
    }
    ActionRate {
        name: name.to_owned(),
        frames: per_second.map(|n| {
            let rate = Rate::per_second(n);
            at_once.map_or(rate, |n| rate.at_once(n))
        }),
        bytes: bytes_per_second.map(Rate::per_second),
    }
}
