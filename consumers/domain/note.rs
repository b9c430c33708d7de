//! Free text that somebody adds to an order or one of its lines.

use super::Refusal;

/// The longest note, in bytes.
pub const NOTE_MAX: usize = 1000;

/// Refuses a note that is longer than [`NOTE_MAX`]. `field` is what the client calls it.
pub fn check(field: &'static str, text: Option<&str>) -> Result<(), Refusal> {
    match text {
        Some(text) if text.len() > NOTE_MAX => {
            Err(Refusal::value(field, format!("at most {NOTE_MAX} bytes")))
        }
        _ => Ok(()),
    }
}
