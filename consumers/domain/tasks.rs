//! What somebody has to do: serve, come to a table, bring a bill. That there is a new one is told by a notification that a trigger writes.

use super::orders::OrderFacts;
use super::page::{PAGE_MAX, Page, paged};
use super::version::same_version;
use super::{Actor, Key, Refusal, Role, ids, orders, restaurants, sessions, tables, waiters};
use crate::db::{Error, Reader, Row, Transaction, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What kind of task.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum TaskKind {
    Serve,
    CallWaiter,
    Bill,
    #[default]
    Custom,
}

impl TaskKind {
    /// As in `tasks.kind`.
    pub const fn name(self) -> &'static str {
        match self {
            TaskKind::Serve => "serve",
            TaskKind::CallWaiter => "call_waiter",
            TaskKind::Bill => "bill",
            TaskKind::Custom => "custom",
        }
    }
}

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum TaskStatus {
    Open,
    Acknowledged,
    Done,
    Cancelled,
}

impl TaskStatus {
    /// As in `tasks.status`.
    pub const fn name(self) -> &'static str {
        match self {
            TaskStatus::Open => "open",
            TaskStatus::Acknowledged => "acknowledged",
            TaskStatus::Done => "done",
            TaskStatus::Cancelled => "cancelled",
        }
    }
}

/// A task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct TaskFacts {
    pub id: i64,
    pub uuid: String,
    pub restaurant_id: i64,
    pub kind: TaskKind,
    pub title: String,
    pub priority: i64,
    pub status: TaskStatus,
    /// `None`: whoever comes first.
    pub assignee_id: Option<i64>,
    #[serde(default)]
    pub assignee_name: Option<String>,
    pub order_id: Option<i64>,
    pub session_id: Option<i64>,
    pub table_id: Option<i64>,
    pub table_number: Option<String>,
    pub created_at: i64,
    pub acked_at: Option<i64>,
    pub done_at: Option<i64>,
    pub version: i64,
}

const FACTS: &str = "SELECT k.id, k.uuid, k.restaurant_id, k.kind, k.title, k.priority, k.status, k.assignee_id, k.order_id, k.session_id, k.table_id,
  t.number, k.created_at, k.acked_at, k.done_at, k.version, u.name FROM tasks k LEFT JOIN tables t ON t.id = k.table_id
  LEFT JOIN users u ON u.id = k.assignee_id";

fn read(row: &Row<'_>) -> Result<TaskFacts, Error> {
    Ok(TaskFacts {
        id: row.get(0)?,
        uuid: row.get(1)?,
        restaurant_id: row.get(2)?,
        kind: match &*row.text(3)? {
            "serve" => TaskKind::Serve,
            "call_waiter" => TaskKind::CallWaiter,
            "bill" => TaskKind::Bill,
            _ => TaskKind::Custom,
        },
        title: row.get(4)?,
        priority: row.get(5)?,
        status: match &*row.text(6)? {
            "acknowledged" => TaskStatus::Acknowledged,
            "done" => TaskStatus::Done,
            "cancelled" => TaskStatus::Cancelled,
            _ => TaskStatus::Open,
        },
        assignee_id: row.get(7)?,
        order_id: row.get(8)?,
        session_id: row.get(9)?,
        table_id: row.get(10)?,
        table_number: row.get(11)?,
        created_at: row.get(12)?,
        acked_at: row.get(13)?,
        done_at: row.get(14)?,
        version: row.get(15)?,
        assignee_name: row.get(16)?,
    })
}

/// A task, if there is one.
///
/// # Errors
/// [`Error::Store`].
pub fn facts(db: &Reader<'_>, id: i64) -> Result<Option<TaskFacts>, Error> {
    db.row(&format!("{FACTS} WHERE k.id = ?1"), params![id], read)
}

fn get(db: &Reader<'_>, id: i64) -> Result<TaskFacts, Error> {
    facts(db, id)?.ok_or_else(|| Refusal::NotFound { entity: "task" }.into())
}

/// What a waiter has to do: what is theirs, and what is anybody's in their restaurant. Most urgent first.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn of_waiter(db: &Reader<'_>, waiter_id: i64) -> Result<Vec<TaskFacts>, Error> {
    let waiter = waiters::get(db, waiter_id)?;
    let all = db.rows(
        &format!(
            "{FACTS} WHERE k.restaurant_id = ?1 AND k.status IN ('open', 'acknowledged') AND (k.assignee_id = ?2 OR k.assignee_id IS NULL)
             ORDER BY k.priority DESC, k.id LIMIT {PAGE_MAX}"
        ),
        params![waiter.restaurant_id, waiter_id],
        |row| db.legible("tasks", row.get(0)?, read(row)),
    )?;
    Ok(all.into_iter().flatten().collect())
}

/// A restaurant's tasks, newest first; all, or those that are not done yet.
///
/// # Errors
/// [`Error::Store`].
pub fn list(
    db: &Reader<'_>,
    restaurant_id: i64,
    live: bool,
    before: Option<i64>,
    limit: u32,
) -> Result<Page<TaskFacts>, Error> {
    const WHICH: &str =
        " WHERE k.restaurant_id = ?1 AND (NOT ?2 OR k.status IN ('open', 'acknowledged'))";
    let limit = limit.clamp(1, PAGE_MAX);
    let items = db.rows(
        &format!("{FACTS}{WHICH} AND (?3 IS NULL OR k.id < ?3) ORDER BY k.id DESC LIMIT ?4"),
        params![restaurant_id, live, before, limit + 1],
        |row| {
            let id = row.get(0)?;
            Ok((id, db.legible("tasks", id, read(row))?))
        },
    )?;
    let total = db.one(
        &format!("SELECT count(*) FROM tasks k{WHICH}"),
        params![restaurant_id, live],
        |row| row.get(0),
    )?;
    Ok(paged(items, limit, total))
}

/// A task that is to be given.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct NewTask {
    #[schema(required = true, min_length = 1, max_length = 500)]
    pub title: String,
    pub kind: TaskKind,
    /// 1 to 5; 2 is usual.
    #[schema(minimum = 1, maximum = 5)]
    pub priority: Option<i64>,
    pub order_id: Option<Key>,
    pub table_id: Option<Key>,
}

/// The longest title and the longest message.
pub const TEXT_MAX: usize = 500;

pub(super) fn text<'t>(field: &'static str, text: &'t str) -> Result<&'t str, Refusal> {
    let text = text.trim();
    match text.len() {
        1..=TEXT_MAX => Ok(text),
        _ => Err(Refusal::value(field, format!("1 to {TEXT_MAX} bytes"))),
    }
}

pub(super) fn severity(
    field: &'static str,
    value: Option<i64>,
    usual: i64,
) -> Result<i64, Refusal> {
    match value.unwrap_or(usual) {
        value @ 1..=5 => Ok(value),
        _ => Err(Refusal::value(field, "1 to 5")),
    }
}

/// Gives a task to a waiter, or to whoever comes first. A guest may call a waiter and ask for the bill, from the own table.
///
/// # Errors
/// [`Refusal::Value`], [`Refusal::OtherRestaurant`], [`Refusal::Forbidden`], [`Refusal::NotFound`].
pub fn create(
    tx: &Transaction<'_>,
    actor: &Actor,
    restaurant_id: i64,
    assignee: Option<&Key>,
    new: &NewTask,
) -> Result<TaskFacts, Error> {
    restaurants::get(tx, restaurant_id)?;
    let title = text("title", &new.title)?;
    let priority = severity("priority", new.priority, 2)?;
    let assignee_id = match assignee {
        Some(key) => Some(waiters::in_restaurant(tx, key, restaurant_id)?),
        None => None,
    };
    let order = match &new.order_id {
        Some(key) => Some(orders::get(tx, ids::order(tx, key, Some(restaurant_id))?)?),
        None => None,
    };
    let mut table_id = order.as_ref().and_then(|order| order.table_id);
    if let Some(key) = &new.table_id {
        table_id = Some(tables::in_restaurant(tx, ids::table(tx, key)?, restaurant_id)?.id);
    }
    let session_id = match table_id {
        Some(table) => sessions::open_at(tx, table)?.map(|session| session.id),
        None => None,
    };
    let own = actor.session_id.is_some() && actor.session_id == session_id;
    let asks = matches!(new.kind, TaskKind::CallWaiter | TaskKind::Bill);
    if !(actor.role.is_staff() || actor.role == Role::Customer && own && asks) {
        return Err(Refusal::Forbidden("this role gives no such tasks".into()).into());
    }
    let id = tx.one(
        "INSERT INTO tasks(uuid, restaurant_id, kind, order_id, table_id, session_id, assignee_id, title, priority, created_by, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11) RETURNING id",
        params![
            ids::uuid(),
            restaurant_id,
            new.kind.name(),
            order.map(|order| order.id),
            table_id,
            session_id,
            assignee_id,
            title,
            priority,
            actor.user_id,
            tx.now_ms()
        ],
        |row| row.get(0),
    )?;
    get(tx, id)
}

/// A task that follows from something, for whoever comes first.
pub(super) fn for_order(
    tx: &Transaction<'_>,
    actor: &Actor,
    order: &OrderFacts,
    title: &str,
    priority: i64,
) -> Result<i64, Error> {
    tx.one(
        "INSERT INTO tasks(uuid, restaurant_id, kind, order_id, table_id, session_id, title, priority, created_by, created_at, updated_at)
         VALUES (?1, ?2, 'custom', ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9) RETURNING id",
        params![
            ids::uuid(),
            order.restaurant_id,
            order.id,
            order.table_id,
            order.session_id,
            title,
            priority,
            actor.user_id,
            tx.now_ms()
        ],
        |row| row.get(0),
    )
}

/// A task that is not over, for somebody who works there.
fn live(
    tx: &Transaction<'_>,
    actor: &Actor,
    id: i64,
    expected_version: Option<i64>,
) -> Result<TaskFacts, Error> {
    let task = get(tx, id)?;
    if !actor.role.is_staff() {
        return Err(Refusal::Forbidden("please ask a waiter".into()).into());
    }
    same_version(expected_version, task.version)?;
    Ok(task)
}

/// Gives a task to somebody, or (`Some(None)`) to whoever comes first. `None`: it stays as it is.
///
/// # Errors
/// [`Refusal::Value`] for one that is over, [`Refusal::OtherRestaurant`], [`Refusal::Forbidden`], [`Refusal::Version`], [`Refusal::NotFound`].
pub fn give(
    tx: &Transaction<'_>,
    actor: &Actor,
    id: i64,
    to: Option<Option<&Key>>,
    expected_version: Option<i64>,
) -> Result<TaskFacts, Error> {
    let task = live(tx, actor, id, expected_version)?;
    let Some(to) = to else {
        return Ok(task);
    };
    if !matches!(task.status, TaskStatus::Open | TaskStatus::Acknowledged) {
        let rule = format!("the task is {}", task.status.name());
        return Err(Refusal::value("status", rule).into());
    }
    let to = match to {
        Some(key) => Some(waiters::in_restaurant(tx, key, task.restaurant_id)?),
        None => None,
    };
    if to != task.assignee_id {
        tx.execute(
            "UPDATE tasks SET assignee_id = ?2 WHERE id = ?1",
            params![id, to],
        )?;
    }
    get(tx, id)
}

/// Gives a task back: it waits again, for whoever comes first.
///
/// # Errors
/// [`Refusal::Value`] for one that was cancelled, [`Refusal::Forbidden`], [`Refusal::Version`], [`Refusal::NotFound`].
pub fn give_back(
    tx: &Transaction<'_>,
    actor: &Actor,
    id: i64,
    expected_version: Option<i64>,
) -> Result<TaskFacts, Error> {
    let task = live(tx, actor, id, expected_version)?;
    match task.status {
        TaskStatus::Open => return Ok(task),
        TaskStatus::Cancelled => {
            return Err(Refusal::value("status", "the task is cancelled").into());
        }
        TaskStatus::Acknowledged | TaskStatus::Done => {}
    }
    tx.execute(
        "UPDATE tasks SET status = 'open', assignee_id = NULL, acked_at = NULL, done_at = NULL WHERE id = ?1",
        params![id],
    )?;
    get(tx, id)
}

/// What was told of a task is taken care of: nobody needs to look at it any more.
pub(super) fn settle(tx: &Transaction<'_>, id: i64, by: Option<i64>) -> Result<(), Error> {
    tx.execute(
        "UPDATE notifications SET acknowledged_at = ?2, acknowledged_by = ?3 WHERE task_id = ?1 AND acknowledged_at IS NULL",
        params![id, tx.now_ms(), by],
    )?;
    Ok(())
}

/// Moves a task on: acknowledged (by whoever does it), done, cancelled. Doing it again changes nothing.
///
/// # Errors
/// [`Refusal::Value`] for one that is over, [`Refusal::Forbidden`], [`Refusal::Version`], [`Refusal::NotFound`].
pub fn set_status(
    tx: &Transaction<'_>,
    actor: &Actor,
    id: i64,
    to: TaskStatus,
    expected_version: Option<i64>,
) -> Result<TaskFacts, Error> {
    let task = get(tx, id)?;
    if !actor.role.is_staff() {
        return Err(Refusal::Forbidden("please ask a waiter".into()).into());
    }
    if task.status == to {
        return Ok(task);
    }
    same_version(expected_version, task.version)?;
    match (task.status, to) {
        (TaskStatus::Open, _)
        | (TaskStatus::Acknowledged, TaskStatus::Done | TaskStatus::Cancelled) => {}
        _ => {
            return Err(
                Refusal::value("status", format!("the task is {}", task.status.name())).into(),
            );
        }
    }
    let now = tx.now_ms();
    let takes = matches!(to, TaskStatus::Acknowledged | TaskStatus::Done);
    let assignee = task.assignee_id.or(actor.user_id.filter(|_| takes));
    tx.execute(
        "UPDATE tasks SET status = ?2, assignee_id = ?3, acked_at = ?4, done_at = ?5 WHERE id = ?1",
        params![
            id,
            to.name(),
            assignee,
            task.acked_at.or(Some(now).filter(|_| takes)),
            Some(now).filter(|_| to == TaskStatus::Done)
        ],
    )?;
    get(tx, id)
}
