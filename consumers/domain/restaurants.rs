//! Restaurants: their settings, and how things stand in one.

use super::{Refusal, Status};
use crate::db::{Error, Reader, params};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A restaurant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct RestaurantFacts {
    pub id: i64,
    pub uuid: String,
    pub name: String,
    pub currency: String,
    /// Digits after the point.
    pub currency_exp: u32,
    pub timezone: String,
    /// When the business day begins: minutes after midnight.
    #[serde(default)]
    pub business_day_start_min: i64,
    pub settings: Settings,
    pub version: i64,
}

/// How a house wants it: `restaurants.settings_json`. What is not set is as in [`Settings::default`]; what nobody knows is left alone.
/// What is of a wrong type locks nobody out: the stricter rule holds (a guest's order waits for approval, a table that has not paid is not cleared), and the log names
/// the restaurant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Settings {
    /// Guests may order what is not on the menu.
    pub allow_open_items: bool,
    /// Which of a guest's orders wait for a waiter's approval.
    pub approval: Approval,
    /// An order is confirmed when it is placed.
    pub auto_confirm: bool,
    /// What happens when a table that has not paid is cleared.
    pub release_policy: ReleasePolicy,
    /// What the workshop's wall shows.
    pub workshop: Workshop,
    /// Where guests' phones reach this server, as the codes on tables say it: `https://order.example.com`. `None`: as whoever prints them does.
    pub public_url: Option<String>,
    /// How long a wall may say nothing before managers are told, in seconds. `None`: for ever.
    pub device_alert_s: Option<u32>,
}

/// How long a wall may say nothing where a house does not say, in seconds: four times what it says so in.
pub const DEVICE_ALERT_S: u32 = 120;

impl Default for Settings {
    fn default() -> Self {
        Settings {
            allow_open_items: false,
            approval: Approval::default(),
            auto_confirm: false,
            release_policy: ReleasePolicy::default(),
            workshop: Workshop::default(),
            public_url: None,
            device_alert_s: Some(DEVICE_ALERT_S),
        }
    }
}

impl Settings {
    /// An object: serde would take a list for the fields in their order.
    fn read(text: &str) -> Result<Settings, Error> {
        let all: Map<String, Value> = serde_json::from_str(text)?;
        Ok(Settings::deserialize(Value::Object(all))?)
    }

    /// What another program wrote that is none, each setting by itself: one that cannot be read is as strict as it can be.
    fn strict(text: &str) -> Settings {
        let all: Option<Map<String, Value>> = serde_json::from_str(text).ok();
        let all = all.as_ref();
        Settings {
            allow_open_items: setting(all, "allow_open_items", false),
            approval: setting(all, "approval", Approval::All),
            auto_confirm: setting(all, "auto_confirm", false),
            release_policy: setting(all, "release_policy", ReleasePolicy::Block),
            workshop: setting(all, "workshop", Workshop::Print),
            public_url: setting(all, "public_url", None),
            device_alert_s: match all.map(|all| all.get("device_alert_s")) {
                Some(Some(Value::Null)) => None,
                Some(Some(value)) => u32::deserialize(value).ok().or(Some(DEVICE_ALERT_S)),
                _ => Some(DEVICE_ALERT_S),
            },
        }
    }
}

/// A setting, or `strict` where it is none. `None`: nothing of the settings can be read.
fn setting<T: DeserializeOwned + Default>(
    all: Option<&Map<String, Value>>,
    name: &str,
    strict: T,
) -> T {
    match all.map(|all| all.get(name)) {
        Some(None) => T::default(),
        Some(Some(value)) => T::deserialize(value).unwrap_or(strict),
        None => strict,
    }
}

/// Which of a guest's orders wait for a waiter's approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    /// None.
    #[default]
    Off,
    /// Those of a visit of which none was approved yet.
    First,
    /// Each.
    All,
}

impl<'de> Deserialize<'de> for Approval {
    /// Also `true` and `false`, which the setting was before it had three values.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Flag(bool),
            Word(Word),
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Word {
            Off,
            First,
            All,
        }
        Ok(match Written::deserialize(deserializer)? {
            Written::Flag(true) | Written::Word(Word::All) => Approval::All,
            Written::Word(Word::First) => Approval::First,
            Written::Flag(false) | Written::Word(Word::Off) => Approval::Off,
        })
    }
}

/// What the workshop's wall shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Workshop {
    /// What is printed.
    #[default]
    Print,
    /// The restaurant's orders, too.
    All,
}

/// What happens when a table that has not paid is cleared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReleasePolicy {
    /// The release is refused.
    #[default]
    Block,
    /// The table is released, and the answer says what was not paid.
    Warn,
}

/// A restaurant, if there is one.
///
/// # Errors
/// [`Error::Store`].
pub fn facts(db: &Reader<'_>, id: i64) -> Result<Option<RestaurantFacts>, Error> {
    db.row(
        "SELECT id, uuid, name, currency, currency_exp, timezone, settings_json, version, business_day_start_min FROM restaurants WHERE id = ?1",
        params![id],
        |row| {
            Ok(RestaurantFacts {
                id: row.get(0)?,
                uuid: row.get(1)?,
                name: row.get(2)?,
                currency: row.get(3)?,
                currency_exp: row.get(4)?,
                timezone: row.get(5)?,
                business_day_start_min: row.get(8)?,
                settings: {
                    let text = row.text(6)?;
                    let read = db.legible("restaurants", id, Settings::read(&text))?;
                    read.unwrap_or_else(|| Settings::strict(&text))
                },
                version: row.get(7)?,
            })
        },
    )
}

/// A restaurant that must be there.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn get(db: &Reader<'_>, id: i64) -> Result<RestaurantFacts, Error> {
    facts(db, id)?.ok_or_else(|| {
        Refusal::NotFound {
            entity: "restaurant",
        }
        .into()
    })
}

/// The restaurant of those who know only one: the first.
///
/// # Errors
/// [`Refusal::NotFound`] when there is none.
pub fn first(db: &Reader<'_>) -> Result<i64, Error> {
    let first = db.row("SELECT min(id) FROM restaurants", params![], |row| {
        row.get(0)
    })?;
    Option::flatten(first).ok_or_else(|| {
        Refusal::NotFound {
            entity: "restaurant",
        }
        .into()
    })
}

/// How things stand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Overview {
    pub restaurant: RestaurantFacts,
    /// Orders that are not over, by status; every status is there.
    pub orders: Vec<(Status, i64)>,
    pub tables_total: i64,
    pub tables_occupied: i64,
    pub guests: i64,
    pub open_tasks: i64,
    /// Alerts that nobody took care of.
    pub open_alerts: i64,
    /// What is still to be paid for what is not over.
    pub unpaid_minor: i64,
}

impl Overview {
    /// Orders in a status.
    pub fn count(&self, status: Status) -> i64 {
        let found = self.orders.iter().find(|(s, _)| *s == status);
        found.map_or(0, |(_, count)| *count)
    }

    /// Orders that somebody still has to do something about.
    pub fn active_orders(&self) -> i64 {
        let active = self.orders.iter().filter(|(s, _)| s.is_active());
        active.map(|(_, count)| count).sum()
    }
}

/// How things stand in a restaurant.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn overview(db: &Reader<'_>, id: i64) -> Result<Overview, Error> {
    let restaurant = get(db, id)?;
    let counted: Vec<(String, i64)> = db.rows(
        "SELECT status, count(*) FROM orders WHERE restaurant_id = ?1 AND workflow_id = 1 AND status NOT IN ('completed', 'cancelled') GROUP BY status",
        params![id],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let live = Status::ALL
        .into_iter()
        .filter(|status| !status.is_terminal());
    let orders = live.map(|status| {
        let found = counted.iter().find(|(name, _)| name == status.name());
        (status, found.map_or(0, |(_, count)| *count))
    });
    let orders = orders.collect();
    db.one(
        "SELECT (SELECT count(*) FROM tables WHERE restaurant_id = ?1 AND is_active), count(s.id), coalesce(sum(s.guests_count), 0),
           (SELECT count(*) FROM tasks WHERE restaurant_id = ?1 AND status = 'open'),
           (SELECT count(*) FROM notifications WHERE restaurant_id = ?1 AND kind = 'alert' AND acknowledged_at IS NULL),
           (SELECT CAST(total(o.total_minor - (SELECT total(p.amount_minor - p.refunded_minor) FROM payments p WHERE p.order_id = o.id AND p.status = 'captured')) AS INTEGER)
              FROM orders o WHERE o.restaurant_id = ?1 AND o.workflow_id = 1 AND o.status NOT IN ('completed', 'cancelled'))
         FROM tables t JOIN table_sessions s ON s.table_id = t.id AND s.closed_at IS NULL WHERE t.restaurant_id = ?1",
        params![id],
        |row| {
            Ok(Overview {
                restaurant,
                orders,
                tables_total: row.get(0)?,
                tables_occupied: row.get(1)?,
                guests: row.get(2)?,
                open_tasks: row.get(3)?,
                open_alerts: row.get(4)?,
                unpaid_minor: row.get(5)?,
            })
        },
    )
}
