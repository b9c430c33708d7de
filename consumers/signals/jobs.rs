//! What the workshop is told of its orders.

use super::{Told, rows};
use crate::domain::jobs::JobRow;
use crate::domain::workflow;
use crate::restaurant::{Fact, Group};
use maitred::{Change, Error};
use serde::Deserialize;

/// Says what a change of a row of `orders` means there; nothing, where it is none of its workflow.
pub fn job(change: &Change<'_>) -> Result<Vec<Told>, Error> {
    /// Nearly all orders are the restaurant's, and looking at more of the row costs.
    #[derive(Deserialize)]
    struct Kind {
        workflow_id: i64,
    }
    let (old, new) = rows::<Kind>(change)?;
    let mut kinds = old.iter().chain(&new);
    if !kinds.any(|row| row.workflow_id == workflow::PRINT) {
        return Ok(Vec::new());
    }
    let ours = |row: &JobRow| row.workflow_id == workflow::PRINT;
    let (old, new) = rows::<JobRow>(change)?;
    let old = old.filter(ours).map(JobRow::facts);
    let new = new.filter(ours).map(JobRow::facts);
    let told = match (old, new) {
        (None, None) => Vec::new(),
        (None, Some(job)) => vec![(job.restaurant_id, Fact::JobPlaced(job))],
        (Some(mut job), None) => {
            job.version += 1;
            vec![(job.restaurant_id, Fact::JobDeleted(job))]
        }
        (Some(old), Some(mut job)) => {
            let said = old.message_at != job.message_at;
            let moved = old.stage != job.stage || old.estimated_at != job.estimated_at;
            // What was said with an earlier change is not said again.
            job.message = job.message.filter(|_| said);
            let mut told = Vec::new();
            if moved || job.message.is_some() {
                told.push((job.restaurant_id, Fact::JobMoved(job.clone())));
            }
            told.push((job.restaurant_id, Fact::JobChanged(job)));
            told
        }
    };
    let told = told.into_iter();
    Ok(told
        .map(|(shop, fact)| Told::to([Group::Workshop(shop)], fact))
        .collect())
}
