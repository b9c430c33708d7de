//! Changing how a house wants it. What another program wrote into the settings that nobody here knows stays there.

use super::audit::{self, Note};
use super::restaurants::{self, Approval, RestaurantFacts};
use super::version::same_version;
use super::{Actor, Refusal};
use crate::db::{Error, Transaction, params};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// What is to be different about a house. What is not named stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HousePatch {
    /// Which of a guest's orders wait for a waiter's approval.
    pub approval: Option<Approval>,
    /// Where guests' phones reach this server; `null`: where whoever prints the codes does.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub public_url: Option<Option<String>>,
    /// How long a wall may say nothing before managers are told, in seconds; `null`: for ever.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<u32>, minimum = 10, maximum = 86400)]
    pub device_alert_s: Option<Option<u32>>,
    /// The version the asker saw.
    #[serde(rename = "version")]
    pub expected_version: Option<i64>,
}

/// Tells `null`, which empties, from what is not there, which stays.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Changes how a house wants it.
///
/// # Errors
/// [`Refusal::Value`], [`Refusal::Version`], [`Refusal::NotFound`].
pub fn patch(
    tx: &Transaction<'_>,
    actor: &Actor,
    id: i64,
    patch: &HousePatch,
) -> Result<RestaurantFacts, Error> {
    let before = restaurants::get(tx, id)?;
    same_version(patch.expected_version, before.version)?;
    let mut changed = Map::new();
    if let Some(approval) = patch.approval {
        changed.insert("approval".to_owned(), json!(approval));
    }
    if let Some(url) = &patch.public_url {
        let url = url.as_deref().map(public_url).transpose()?;
        changed.insert("public_url".to_owned(), json!(url));
    }
    if let Some(seconds) = patch.device_alert_s {
        if seconds.is_some_and(|seconds| !(10..=86_400).contains(&seconds)) {
            return Err(Refusal::value("device_alert_s", "10 to 86400 seconds").into());
        }
        changed.insert("device_alert_s".to_owned(), json!(seconds));
    }
    if changed.is_empty() {
        return Ok(before);
    }
    let text: String = tx.one(
        "SELECT settings_json FROM restaurants WHERE id = ?1",
        params![id],
        |row| row.get(0),
    )?;
    // What is no object has no settings to keep.
    let mut all: Map<String, Value> = serde_json::from_str(&text).unwrap_or_default();
    all.extend(changed);
    tx.execute(
        "UPDATE restaurants SET settings_json = ?2 WHERE id = ?1",
        params![id, serde_json::to_string(&all)?],
    )?;
    let after = restaurants::get(tx, id)?;
    let note = Note {
        action: "settings",
        entity: "restaurant",
        id,
        restaurant_id: id,
        reason: None,
        before: &before.settings,
        after: &after.settings,
    };
    audit::note(tx, actor, &note)?;
    Ok(after)
}

/// `https://order.example.com`: an origin, with a path perhaps, and nothing that a code would then say after it.
fn public_url(url: &str) -> Result<&str, Refusal> {
    let url = url.trim().trim_end_matches('/');
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/[]%".contains(c);
    match rest {
        Some(rest)
            if !rest.is_empty()
                && !rest.starts_with('/')
                && url.len() <= 200
                && rest.chars().all(plain) =>
        {
            Ok(url)
        }
        _ => Err(Refusal::value(
            "public_url",
            "an address like https://order.example.com, of at most 200 letters",
        )),
    }
}
