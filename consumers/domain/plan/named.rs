//! Names on a plan, and who may write there.

use crate::domain::{Actor, Refusal};
use serde::{Deserialize, Deserializer};

/// The longest name of a zone or a station, in bytes.
const NAME_MAX: usize = 100;

/// A name without spaces around it.
pub(super) fn name<'t>(field: &'static str, text: &'t str, max: usize) -> Result<&'t str, Refusal> {
    let text = text.trim();
    match text.len() {
        0 => Err(Refusal::value(field, "it is called something")),
        len if len > max.min(NAME_MAX) => Err(Refusal::value(
            field,
            format!("at most {} bytes", max.min(NAME_MAX)),
        )),
        _ if text.chars().any(char::is_control) => Err(Refusal::value(field, "plain text")),
        _ => Ok(text),
    }
}

pub(super) fn manages(actor: &Actor) -> Result<(), Refusal> {
    match actor.role.manages() && !actor.anonymous {
        true => Ok(()),
        false => Err(Refusal::Forbidden("only manager, admin may do this".into())),
    }
}

/// Tells `null`, which empties, from what is not there, which stays.
pub(super) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
