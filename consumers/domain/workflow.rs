//! Which status leads to which, for whom: rows of `workflow_transitions`, read where they are needed.

use super::Role;
use crate::db::{Error, Memo, Reader, Row, params};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

/// The workflow of the nine statuses.
pub const RESTAURANT: i64 = 1;
/// The print shop's.
pub const PRINT: i64 = 2;

/// How a step is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// By naming the status.
    Forward,
    /// By naming the status, or by a command of its own.
    Cancel,
    /// Back, because it was too early; within half an hour.
    Recall,
    /// The driver gives it back.
    Drop,
    /// Opened again after it was closed.
    Reopen,
}

/// A condition on the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// No condition.
    Always,
    /// The order is to be driven.
    Delivery,
    /// The order is not to be driven.
    NotDelivery,
    /// A driver must be the one it was given to.
    Assigned,
    /// A driver must be the one it was given to, and not have left with it.
    BeforePickUp,
}

/// A step that a workflow knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Where it starts.
    pub from: String,
    /// Where it leads.
    pub to: String,
    /// How it is asked for.
    pub kind: Kind,
    /// On what condition.
    pub guard: Guard,
    /// By whom.
    pub roles: Vec<Role>,
}

const COLUMNS: &str =
    "from_code, to_code, kind, guard, roles_json, rowid FROM workflow_transitions";

impl Step {
    fn read(db: &Reader<'_>, row: &Row<'_>) -> Result<Step, Error> {
        let names: Option<Vec<Cow<'_, str>>> =
            db.legible("workflow_transitions", row.get(5)?, row.json(4))?;
        // by nobody, if nobody can read by whom: the other steps are taken all the same
        let names = names.unwrap_or_default();
        let role = |name: &Cow<'_, str>| match &**name {
            "system" => Some(Role::System),
            name => name.parse().ok(),
        };
        Ok(Step {
            from: row.get(0)?,
            to: row.get(1)?,
            kind: match &*row.text(2)? {
                "cancel" => Kind::Cancel,
                "recall" => Kind::Recall,
                "drop" => Kind::Drop,
                "reopen" => Kind::Reopen,
                _ => Kind::Forward,
            },
            guard: match &*row.text(3)? {
                "delivery" => Guard::Delivery,
                "not_delivery" => Guard::NotDelivery,
                "assigned" => Guard::Assigned,
                "before_pick_up" => Guard::BeforePickUp,
                _ => Guard::Always,
            },
            roles: names.iter().filter_map(role).collect(),
        })
    }

    /// Whether the role may take it.
    pub fn allows(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

/// The step between two statuses, if the workflow knows one.
///
/// # Errors
/// [`Error::Store`], [`Error::Json`].
pub fn step(db: &Reader<'_>, workflow: i64, from: &str, to: &str) -> Result<Option<Step>, Error> {
    let all = steps(db, workflow)?;
    let found = all.iter().find(|step| step.from == from && step.to == to);
    Ok(found.cloned())
}

static STEPS: Memo<Arc<[Step]>> = Memo::new("steps of a workflow");

/// All steps of a workflow, in the order of their states.
///
/// # Errors
/// As [`step`].
pub fn steps(db: &Reader<'_>, workflow: i64) -> Result<Arc<[Step]>, Error> {
    let sql = format!("SELECT {COLUMNS} WHERE workflow_id = ?1 ORDER BY rowid");
    db.memo(&STEPS, workflow, |db| {
        let all = db.rows(&sql, params![workflow], |row| Step::read(db, row))?;
        Ok(all.into())
    })
}

/// The shortest way of forward steps that `may_take` allows, through states that `may_skip` allows. Several steps at once are for a vocabulary that
/// has no word for the states between.
pub fn way<'s>(
    steps: &'s [Step],
    from: &str,
    to: &str,
    may_skip: impl Fn(&str) -> bool,
    may_take: impl Fn(&Step) -> bool,
) -> Option<Vec<&'s Step>> {
    let mut waiting = VecDeque::from([(from, Vec::new())]);
    let mut seen = vec![from];
    while let Some((at, taken)) = waiting.pop_front() {
        let next = steps
            .iter()
            .filter(|step| step.from == at && step.kind == Kind::Forward);
        for step in next.filter(|step| may_take(step)) {
            let mut taken: Vec<&Step> = taken.clone();
            taken.push(step);
            if step.to == to {
                return Some(taken);
            }
            if may_skip(&step.to) && !seen.contains(&step.to.as_str()) {
                seen.push(&step.to);
                waiting.push_back((&step.to, taken));
            }
        }
    }
    None
}

/// The label of a state, for people.
///
/// # Errors
/// As [`step`].
pub fn label(db: &Reader<'_>, workflow: i64, code: &str) -> Result<Option<String>, Error> {
    db.row(
        "SELECT label FROM workflow_states WHERE workflow_id = ?1 AND code = ?2",
        params![workflow, code],
        |row| row.get(0),
    )
}
