//! Commands that say which version of a row their sender saw.

use super::Refusal;

/// Somebody who looked at an old version must look again.
pub(super) fn same_version(expected: Option<i64>, version: i64) -> Result<(), Refusal> {
    match expected {
        Some(expected) if expected != version => Err(Refusal::Version { version }),
        _ => Ok(()),
    }
}
