//! Broadcasts: words to everybody in a restaurant, also to the screen that the guests see.

use super::notifications::{self, Audience, New, NotificationFacts, NotificationKind};
use super::{Actor, Refusal, restaurants};
use crate::db::{Error, Transaction, params};
use serde::Deserialize;
use utoipa::ToSchema;

/// A broadcast that is to be sent.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewBroadcast {
    /// What everybody is to know.
    #[schema(required = true, min_length = 1, max_length = 500)]
    pub message: String,
    /// In a few words.
    pub title: Option<String>,
    /// How long it is shown: at most seven days.
    #[schema(minimum = 1, maximum = 604_800)]
    pub expires_in_s: Option<i64>,
}

/// Sends a broadcast.
///
/// # Errors
/// [`Refusal::Value`], [`Refusal::Forbidden`], [`Refusal::NotFound`].
pub fn send(
    tx: &Transaction<'_>,
    actor: &Actor,
    restaurant_id: i64,
    new: &NewBroadcast,
) -> Result<NotificationFacts, Error> {
    if !actor.role.manages() || actor.anonymous {
        return Err(Refusal::Forbidden("only manager, admin may do this".into()).into());
    }
    restaurants::get(tx, restaurant_id)?;
    let lasts_s = new.expires_in_s;
    if lasts_s.is_some_and(|seconds| !(1..=7 * 86_400).contains(&seconds)) {
        return Err(Refusal::value("expires_in_s", "1 second to 7 days").into());
    }
    let (audience, kind) = (Audience::Restaurant, NotificationKind::Broadcast);
    let title = new.title.as_deref();
    let broadcast = New {
        expires_at: lasts_s.map(|seconds| tx.now_ms() + seconds * 1000),
        ..New::said(restaurant_id, audience, kind, title, &new.message)?
    };
    notifications::insert(tx, actor, &broadcast)
}

/// Ends a broadcast before its time: screens take it down. Ending it again changes nothing.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::NotFound`].
pub fn end(
    tx: &Transaction<'_>,
    actor: &Actor,
    restaurant_id: i64,
    id: i64,
) -> Result<NotificationFacts, Error> {
    if !actor.role.manages() || actor.anonymous {
        return Err(Refusal::Forbidden("only manager, admin may do this".into()).into());
    }
    let known = notifications::get(tx, id)?;
    if known.kind != NotificationKind::Broadcast || known.restaurant_id != restaurant_id {
        let entity = "broadcast";
        return Err(Refusal::NotFound { entity }.into());
    }
    tx.execute(
        "UPDATE notifications SET acknowledged_at = ?2, acknowledged_by = ?3, expires_at = min(coalesce(expires_at, ?2), ?2)
         WHERE id = ?1 AND acknowledged_at IS NULL",
        params![id, tx.now_ms(), actor.user_id],
    )?;
    notifications::get(tx, id)
}
