//! Changed rows, as far as several announcements look at them.

use crate::domain::Status;
use maitred::{Change, Error};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A row of `orders`.
#[derive(Deserialize)]
pub struct OrderRow {
    pub id: i64,
    pub restaurant_id: i64,
    pub workflow_id: i64,
    /// Text, because the rows of other workflows have other statuses.
    pub status: String,
    /// Text as well: an order of a kind that nobody knows is told all the same.
    #[serde(rename = "type")]
    pub order_type: String,
    pub table_id: Option<i64>,
    pub session_id: Option<i64>,
    pub driver_id: Option<i64>,
    pub customer_id: Option<i64>,
    pub called_at: Option<i64>,
    pub allergy_acked_at: Option<i64>,
    pub cancel_acked_at: Option<i64>,
    pub version: i64,
}

/// The status that a row names.
///
/// # Errors
/// [`Error::Store`] for a word that is no status.
pub fn status(text: &str) -> Result<Status, Error> {
    text.parse()
        .map_err(|_| Error::Store(format!("no such status: {text:?}")))
}

/// The row before and after a change.
///
/// # Errors
/// [`Error::Json`] when a row is not what it should be.
pub fn rows<T: DeserializeOwned>(change: &Change<'_>) -> Result<(Option<T>, Option<T>), Error> {
    Ok((change.old()?, change.new()?))
}
