//! Changing how a house wants it. What another program wrote into the settings that nobody here knows stays there.

use super::audit::{self, Note};
use super::restaurants::{self, Approval, ReleasePolicy, RestaurantFacts, Workshop};
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
    /// What the house is called.
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// As ISO 4217 has it: `THB`. Only while nothing was ordered.
    #[schema(min_length = 3, max_length = 3)]
    pub currency: Option<String>,
    /// As the IANA has it: `Asia/Bangkok`.
    pub timezone: Option<String>,
    /// When the business day begins: minutes after midnight.
    #[schema(minimum = 0, maximum = 1439)]
    pub business_day_start_min: Option<i64>,
    /// An order is confirmed when it is placed.
    pub auto_confirm: Option<bool>,
    /// Guests may order what is not on the menu.
    pub allow_open_items: Option<bool>,
    /// What happens when a table that has not paid is cleared.
    pub release_policy: Option<ReleasePolicy>,
    /// What the workshop's wall shows.
    pub workshop: Option<Workshop>,
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
    for (name, value) in [
        ("auto_confirm", patch.auto_confirm.map(Value::from)),
        ("allow_open_items", patch.allow_open_items.map(Value::from)),
        (
            "release_policy",
            patch.release_policy.map(|policy| json!(policy)),
        ),
        ("workshop", patch.workshop.map(|shown| json!(shown))),
    ] {
        changed.extend(value.map(|value| (name.to_owned(), value)));
    }
    let house = house(tx, &before, patch)?;
    if changed.is_empty() && !house {
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
        before: &before,
        after: &after,
    };
    audit::note(tx, actor, &note)?;
    Ok(after)
}

/// Changes the house itself. Says whether there was anything to change.
fn house(tx: &Transaction<'_>, known: &RestaurantFacts, patch: &HousePatch) -> Result<bool, Error> {
    let name = match patch.name.as_deref().map(str::trim) {
        Some(name) if !(1..=NAME_MAX).contains(&name.len()) => {
            return Err(Refusal::value("name", format!("1 to {NAME_MAX} bytes")).into());
        }
        name => name.unwrap_or(&known.name),
    };
    let (currency, exp) = match &patch.currency {
        Some(code) if *code != known.currency => free_currency(tx, known, code)?,
        _ => (&*known.currency, known.currency_exp),
    };
    let timezone = match &patch.timezone {
        Some(name) => known_timezone(tx, name)?,
        None => &known.timezone,
    };
    let start = patch.business_day_start_min;
    let start = start.unwrap_or(known.business_day_start_min);
    if !(0..=1439).contains(&start) {
        let rule = "0 to 1439 minutes after midnight";
        return Err(Refusal::value("business_day_start_min", rule).into());
    }
    let same = name == known.name
        && currency == known.currency
        && timezone == known.timezone
        && start == known.business_day_start_min;
    if !same {
        tx.execute(
            "UPDATE restaurants SET name = ?2, currency = ?3, currency_exp = ?4, timezone = ?5, business_day_start_min = ?6 WHERE id = ?1",
            params![known.id, name, currency, exp, timezone, start],
        )?;
    }
    Ok(!same)
}

/// The longest name of a house, in bytes.
const NAME_MAX: usize = 100;

/// A currency, and its digits after the point. What was ordered keeps the one that it was ordered in, and prices that were written down keep their meaning.
fn free_currency<'c>(
    tx: &Transaction<'_>,
    known: &RestaurantFacts,
    code: &'c str,
) -> Result<(&'c str, u32), Error> {
    if code.len() != 3 || !code.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(Refusal::value("currency", "three letters like THB").into());
    }
    let exp = match code {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX"
        | "UYI" | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        "CLF" | "UYW" => 4,
        _ => 2,
    };
    let used: bool = tx.one(
        "SELECT EXISTS (SELECT 1 FROM orders WHERE restaurant_id = ?1) OR (?2 AND EXISTS (SELECT 1 FROM menu_items WHERE restaurant_id = ?1))",
        params![known.id, exp != known.currency_exp],
        |row| row.get(0),
    )?;
    match used {
        true => Err(Refusal::CurrencyInUse.into()),
        false => Ok((code, exp)),
    }
}

/// A time zone whose clock is known.
fn known_timezone<'t>(tx: &Transaction<'_>, name: &'t str) -> Result<&'t str, Error> {
    let known = tx.row(
        "SELECT 1 FROM timezones WHERE name = ?1",
        params![name],
        |row| row.get::<i64>(0),
    )?;
    match known {
        Some(_) => Ok(name),
        None => Err(Refusal::value("timezone", "a name like Asia/Bangkok").into()),
    }
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
