//! Rates as `routing.toml` writes them: `1000`, `"1MiB"`, `"none"`, and those of single actions.

use super::mistakes::Mistakes;
use super::quantity;
use crate::limits::{ActionRate, Actions, Rate};
use toml::Spanned;
use toml::de::DeValue;

const MOST_ACTIONS: usize = 64;
const ACTION_KEYS: [&str; 3] = ["frames_per_second", "frames_at_once", "bytes_per_second"];

fn is_none(value: &Spanned<DeValue<'_>>) -> bool {
    value.get_ref().as_str() == Some("none")
}

/// Frames per second; `Some(None)`: without a limit. Also for handshakes.
pub(super) fn frames(
    value: &Spanned<DeValue<'_>>,
    mistakes: &mut Mistakes<'_>,
) -> Option<Option<u32>> {
    if is_none(value) {
        return Some(None);
    }
    let n = quantity::count(value, 1..=10_000_000, mistakes)?;
    Some(u32::try_from(n).ok())
}

/// Bytes per second; `Some(None)`: without a limit.
pub(super) fn bytes(
    value: &Spanned<DeValue<'_>>,
    mistakes: &mut Mistakes<'_>,
) -> Option<Option<u64>> {
    if is_none(value) {
        return Some(None);
    }
    let n = quantity::size(value, 1 << 10..=1 << 30, mistakes)?;
    Some(u64::try_from(n).ok())
}

/// `{ occupy = 2, get_status = { frames_per_second = 5, frames_at_once = 5, bytes_per_second = "4KiB" } }`
pub(super) fn actions(
    value: &Spanned<DeValue<'_>>,
    mistakes: &mut Mistakes<'_>,
) -> Option<Actions> {
    let table = mistakes.table(value, "a table like { occupy = 2 }")?;
    if table.len() > MOST_ACTIONS {
        let message = format!("at most {MOST_ACTIONS} actions have rates of their own");
        mistakes.add(value.span().start, message);
        return None;
    }
    let mut all = Vec::new();
    for (name, value) in table {
        let (mut per_second, mut at_once, mut bytes_per_second) = (None, None, None);
        if let Some(row) = value.get_ref().as_table() {
            for (key, value) in row {
                mistakes.unless_known("key", key, &[&ACTION_KEYS]);
                match key.get_ref().as_ref() {
                    "frames_per_second" => per_second = frames(value, mistakes).flatten(),
                    "frames_at_once" => at_once = frames(value, mistakes).flatten(),
                    "bytes_per_second" => bytes_per_second = bytes(value, mistakes).flatten(),
                    _ => {}
                }
            }
        } else {
            per_second = frames(value, mistakes).flatten();
        }
        all.push(ActionRate {
            name: name.get_ref().clone().into_owned(),
            frames: per_second.map(|n| {
                let rate = Rate::per_second(n.into());
                at_once.map_or(rate, |n| rate.at_once(n.into()))
            }),
            bytes: bytes_per_second.map(Rate::per_second),
        });
    }
    Some(Actions::new(all))
}
