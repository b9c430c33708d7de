//! What staff are told in words. Most rows are written by triggers, together with what they tell of.

use super::page::{PAGE_MAX, Page, paged};
use super::tasks::{self, TaskStatus};
use super::{Actor, Refusal};
use crate::db::{Error, Reader, Row, Transaction, params};
use serde::{Deserialize, Serialize};

/// Whom it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// One waiter, and whoever watches the floor.
    Waiter(i64),
    /// Everybody who serves.
    Floor,
    /// Those who cook.
    Kitchen,
    /// Those who run the place.
    Admin,
    /// The whole restaurant: a broadcast.
    Restaurant,
}

impl Audience {
    /// As in `notifications.audience`.
    pub fn text(self) -> String {
        match self {
            Audience::Waiter(id) => format!("waiter:{id}"),
            Audience::Floor => "floor".to_owned(),
            Audience::Kitchen => "kitchen".to_owned(),
            Audience::Admin => "admin".to_owned(),
            Audience::Restaurant => "restaurant".to_owned(),
        }
    }

    fn parse(text: &str) -> Audience {
        match text {
            "kitchen" => Audience::Kitchen,
            "admin" => Audience::Admin,
            "restaurant" => Audience::Restaurant,
            text => {
                let id = text.strip_prefix("waiter:").and_then(|id| id.parse().ok());
                id.map_or(Audience::Floor, Audience::Waiter)
            }
        }
    }
}

/// What it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum NotificationKind {
    OrderNotification,
    PaymentNotification,
    TaskNotification,
    Alert,
    Broadcast,
    /// All orders of a table can be served.
    TableReady,
    /// All orders of a table were closed at once.
    TableCompleted,
}

impl NotificationKind {
    /// As in `notifications.kind`.
    pub const fn name(self) -> &'static str {
        match self {
            NotificationKind::OrderNotification => "order_notification",
            NotificationKind::PaymentNotification => "payment_notification",
            NotificationKind::TaskNotification => "task_notification",
            NotificationKind::Alert => "alert",
            NotificationKind::Broadcast => "broadcast",
            NotificationKind::TableReady => "table_ready",
            NotificationKind::TableCompleted => "table_completed",
        }
    }
}

/// A notification, with what its kind's message says about its cause.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct NotificationFacts {
    pub id: i64,
    pub uuid: String,
    pub restaurant_id: i64,
    #[serde(default)]
    pub restaurant_uuid: String,
    pub audience: Audience,
    pub kind: NotificationKind,
    /// `created`, `assigned`, `ready`, `completed`, `cancelled`, `captured`; an alert's: `urgent`, `warning`, `info`.
    pub event: Option<String>,
    /// 1 to 5.
    pub severity: i64,
    pub title: Option<String>,
    pub message: String,
    pub order_id: Option<i64>,
    #[serde(default)]
    pub order_uuid: Option<String>,
    /// Where it is about several orders.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order_uuids: Vec<String>,
    /// Of its order: what is called out.
    pub code: Option<String>,
    /// Of its order: lines that are not voided.
    pub items_count: Option<i64>,
    pub table_id: Option<i64>,
    pub table_number: Option<String>,
    pub payment_id: Option<i64>,
    pub amount_minor: Option<i64>,
    pub currency_exp: u32,
    pub task_id: Option<i64>,
    pub task_kind: Option<String>,
    pub created_at: i64,
    pub acknowledged_at: Option<i64>,
    pub acknowledged_by: Option<i64>,
    /// The name of who did.
    pub acknowledged_name: Option<String>,
    pub expires_at: Option<i64>,
    pub version: i64,
}

const FACTS: &str = "SELECT n.id, n.uuid, n.restaurant_id, n.audience, n.kind, n.event, n.severity, n.title, n.message, n.order_id,
  CASE WHEN n.order_id IS NULL THEN NULL ELSE (SELECT count(*) FROM order_items i WHERE i.order_id = n.order_id AND i.status <> 'voided') END,
  n.table_id, t.number, n.payment_id, p.amount_minor, r.currency_exp, n.task_id, k.kind, n.created_at, n.acknowledged_at, n.acknowledged_by, u.name,
  n.expires_at, n.version, r.uuid, (SELECT uuid FROM orders WHERE id = n.order_id), n.order_uuids_json,
  (SELECT code FROM order_codes c WHERE c.id = n.order_id)
  FROM notifications n JOIN restaurants r ON r.id = n.restaurant_id LEFT JOIN tables t ON t.id = n.table_id LEFT JOIN payments p ON p.id = n.payment_id
  LEFT JOIN tasks k ON k.id = n.task_id LEFT JOIN users u ON u.id = n.acknowledged_by";

fn read(row: &Row<'_>) -> Result<NotificationFacts, Error> {
    Ok(NotificationFacts {
        id: row.get(0)?,
        uuid: row.get(1)?,
        restaurant_id: row.get(2)?,
        audience: Audience::parse(&row.text(3)?),
        kind: match &*row.text(4)? {
            "order_notification" => NotificationKind::OrderNotification,
            "payment_notification" => NotificationKind::PaymentNotification,
            "task_notification" => NotificationKind::TaskNotification,
            "broadcast" => NotificationKind::Broadcast,
            "table_ready" => NotificationKind::TableReady,
            "table_completed" => NotificationKind::TableCompleted,
            _ => NotificationKind::Alert,
        },
        event: row.get(5)?,
        severity: row.get(6)?,
        title: row.get(7)?,
        message: row.get(8)?,
        order_id: row.get(9)?,
        items_count: row.get(10)?,
        table_id: row.get(11)?,
        table_number: row.get(12)?,
        payment_id: row.get(13)?,
        amount_minor: row.get(14)?,
        currency_exp: row.get(15)?,
        task_id: row.get(16)?,
        task_kind: row.get(17)?,
        created_at: row.get(18)?,
        acknowledged_at: row.get(19)?,
        acknowledged_by: row.get(20)?,
        acknowledged_name: row.get(21)?,
        expires_at: row.get(22)?,
        version: row.get(23)?,
        code: row.get(27)?,
        restaurant_uuid: row.get(24)?,
        order_uuid: row.get(25)?,
        // What another program wrote there may be any JSON.
        order_uuids: row
            .get::<Option<String>>(26)?
            .and_then(|json| serde_json::from_str(&json).ok())
            .unwrap_or_default(),
    })
}

/// A notification, if there is one.
///
/// # Errors
/// [`Error::Store`].
pub fn facts(db: &Reader<'_>, id: i64) -> Result<Option<NotificationFacts>, Error> {
    db.row(&format!("{FACTS} WHERE n.id = ?1"), params![id], read)
}

/// A notification that must be there.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn get(db: &Reader<'_>, id: i64) -> Result<NotificationFacts, Error> {
    facts(db, id)?.ok_or_else(|| {
        Refusal::NotFound {
            entity: "notification",
        }
        .into()
    })
}

/// Which notifications.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Of which restaurant.
    pub restaurant_id: i64,
    /// What concerns this waiter (theirs and the floor's); `None`: all that is told on the floor. What is for the kitchen's screens is not.
    pub waiter_id: Option<i64>,
    /// Also what is for those who run the place.
    pub managers: bool,
    /// Only what nobody took care of, and has not expired by now (milliseconds).
    pub open_at: Option<i64>,
}

/// Notifications, newest first.
///
/// # Errors
/// [`Error::Store`].
pub fn list(
    db: &Reader<'_>,
    filter: &Filter,
    before: Option<i64>,
    limit: u32,
) -> Result<Page<NotificationFacts>, Error> {
    const WHICH: &str = " WHERE n.restaurant_id = ?1 AND (CASE WHEN n.audience = 'admin' THEN ?4 WHEN ?2 IS NULL THEN n.audience <> 'kitchen' ELSE n.audience IN (?2, 'floor', 'restaurant') END)
      AND (?3 IS NULL OR (n.acknowledged_at IS NULL AND (n.expires_at IS NULL OR n.expires_at > ?3)))";
    let limit = limit.clamp(1, PAGE_MAX);
    let waiter = filter.waiter_id.map(|id| Audience::Waiter(id).text());
    let items = db.rows(
        &format!("{FACTS}{WHICH} AND (?5 IS NULL OR n.id < ?5) ORDER BY n.id DESC LIMIT ?6"),
        params![
            filter.restaurant_id,
            &waiter,
            filter.open_at,
            filter.managers,
            before,
            limit + 1
        ],
        |row| {
            let id = row.get(0)?;
            Ok((id, db.legible("notifications", id, read(row))?))
        },
    )?;
    let total = db.one(
        &format!("SELECT count(*) FROM notifications n{WHICH}"),
        params![
            filter.restaurant_id,
            &waiter,
            filter.open_at,
            filter.managers
        ],
        |row| row.get(0),
    )?;
    Ok(paged(items, limit, total))
}

/// What was said in a restaurant: alerts, or broadcasts; newest first. `open_at`: only what nobody took care of, or ended, and has not expired by then (milliseconds).
///
/// # Errors
/// [`Error::Store`].
pub fn said(
    db: &Reader<'_>,
    restaurant: i64,
    kind: NotificationKind,
    open_at: Option<i64>,
    before: Option<i64>,
    limit: u32,
) -> Result<Page<NotificationFacts>, Error> {
    const WHICH: &str = " WHERE n.restaurant_id = ?1 AND n.kind = ?2
      AND (?3 IS NULL OR (n.acknowledged_at IS NULL AND (n.expires_at IS NULL OR n.expires_at > ?3)))";
    let limit = limit.clamp(1, PAGE_MAX);
    let items = db.rows(
        &format!("{FACTS}{WHICH} AND (?4 IS NULL OR n.id < ?4) ORDER BY n.id DESC LIMIT ?5"),
        params![restaurant, kind.name(), open_at, before, limit + 1],
        |row| {
            let id = row.get(0)?;
            Ok((id, db.legible("notifications", id, read(row))?))
        },
    )?;
    let total = db.one(
        &format!("SELECT count(*) FROM notifications n{WHICH}"),
        params![restaurant, kind.name(), open_at],
        |row| row.get(0),
    )?;
    Ok(paged(items, limit, total))
}

/// What became of taking care of a notification.
#[derive(Debug, Clone, PartialEq)]
pub struct Acknowledged {
    /// The notification, as it is now.
    pub notification: NotificationFacts,
    /// Somebody had been faster, or it was the same person again.
    pub already: bool,
    /// Who takes care of it.
    pub by: String,
}

/// Takes care of a notification, for everybody: the first one has it, the second one is told who. The task it is about goes with it.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::NotFound`].
pub fn acknowledge(tx: &Transaction<'_>, actor: &Actor, id: i64) -> Result<Acknowledged, Error> {
    if !actor.role.is_staff() {
        return Err(Refusal::Forbidden("please ask a waiter".into()).into());
    }
    let first = tx.execute(
        "UPDATE notifications SET acknowledged_at = ?2, acknowledged_by = ?3 WHERE id = ?1 AND acknowledged_at IS NULL",
        params![id, tx.now_ms(), actor.user_id],
    )?;
    let notification = get(tx, id)?;
    if let (1, Some(task)) = (first, notification.task_id)
        && tasks::facts(tx, task)?.is_some_and(|task| task.status == TaskStatus::Open)
    {
        tasks::set_status(tx, actor, task, TaskStatus::Acknowledged, None)?;
    }
    let name = notification.acknowledged_name.clone();
    let name = name.filter(|name| !name.is_empty());
    let by = match notification.acknowledged_by {
        Some(id) => name.unwrap_or_else(|| format!("#{id}")),
        // Without an account: known only while they ask.
        None if first == 1 => actor.name.clone().unwrap_or_else(|| actor.role.to_string()),
        None => "somebody".to_owned(),
    };
    Ok(Acknowledged {
        notification,
        already: first == 0,
        by,
    })
}

/// A notification that no trigger writes.
pub(super) struct New<'t> {
    pub restaurant_id: i64,
    pub audience: Audience,
    pub kind: NotificationKind,
    pub event: Option<&'t str>,
    pub severity: i64,
    pub title: Option<&'t str>,
    pub message: &'t str,
    pub order_uuids: Option<&'t [String]>,
    pub order_id: Option<i64>,
    pub table_id: Option<i64>,
    pub expires_at: Option<i64>,
}

impl<'t> New<'t> {
    /// What somebody says, in words that are fit to be shown.
    ///
    /// # Errors
    /// [`Refusal::Value`].
    pub fn said(
        restaurant_id: i64,
        audience: Audience,
        kind: NotificationKind,
        title: Option<&'t str>,
        message: &'t str,
    ) -> Result<Self, Refusal> {
        Ok(New {
            restaurant_id,
            audience,
            severity: if kind == NotificationKind::Alert {
                4
            } else {
                2
            },
            kind,
            event: None,
            order_uuids: None,
            title: title.map(|title| tasks::text("title", title)).transpose()?,
            message: tasks::text("message", message)?,
            order_id: None,
            table_id: None,
            expires_at: None,
        })
    }
}

pub(super) fn insert(
    tx: &Transaction<'_>,
    actor: &Actor,
    new: &New<'_>,
) -> Result<NotificationFacts, Error> {
    let id = tx.one(
        "INSERT INTO notifications(uuid, restaurant_id, audience, kind, severity, title, message, order_id, table_id, created_by, created_at, updated_at,
           expires_at, event, order_uuids_json) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11, ?12, ?13, ?14) RETURNING id",
        params![
            super::ids::uuid(),
            new.restaurant_id,
            new.audience.text(),
            new.kind.name(),
            new.severity,
            new.title,
            new.message,
            new.order_id,
            new.table_id,
            actor.user_id,
            tx.now_ms(),
            new.expires_at,
            new.event,
            new.order_uuids.map(serde_json::to_string).transpose()?
        ],
        |row| row.get(0),
    )?;
    get(tx, id)
}
