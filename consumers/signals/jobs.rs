//! What the workshop is told of its orders, and of the restaurant's where its wall shows them.

use super::announcement::Announcement;
use super::lines;
use super::rows::rows;
use crate::domain::items::ItemFacts;
use crate::domain::jobs::{self, JobFacts, JobRow};
use crate::domain::orders::{self, OrderFacts, Remains};
use crate::domain::{Status, workflow};
use crate::events::{Fact, Group};
use maitred::{Change, Error, Op, Reader};
use serde::Deserialize;

/// Says what a change of a row of `orders` means there that is, or was, of its workflow.
pub fn job(change: &Change<'_>, db: &Reader<'_>) -> Result<Vec<Announcement>, Error> {
    let ours = |row: &JobRow| row.workflow_id == workflow::PRINT;
    let (old, new) = rows::<JobRow>(change)?;
    let old = old.filter(ours).map(JobRow::facts);
    let new = new.filter(ours).map(JobRow::facts);
    match (old, new) {
        (None, None) => dish(change, db),
        (None, Some(job)) => Ok(vec![placed(job)]),
        (Some(mut job), None) => {
            job.version += 1;
            Ok(vec![deleted(job)])
        }
        (Some(old), Some(mut job)) => {
            let said = old.message_at != job.message_at;
            let moved = old.stage != job.stage || old.estimated_at != job.estimated_at;
            // What was said with an earlier change is not said again.
            job.message = job.message.filter(|_| said);
            let moved = moved || job.message.is_some();
            Ok(changed(job, moved))
        }
    }
}

/// The lines of a restaurant's order are the product that the wall shows.
pub fn product(
    order: &OrderFacts,
    items: &[ItemFacts],
    db: &Reader<'_>,
) -> Result<Vec<Announcement>, Error> {
    let seen = jobs::stage(order.status).is_some();
    match seen && jobs::shows_all(db, order.restaurant_id)? {
        true => Ok(changed(jobs::of_order(order, items), false)),
        false => Ok(Vec::new()),
    }
}

/// A restaurant's order, where the wall shows these.
pub fn dish(change: &Change<'_>, db: &Reader<'_>) -> Result<Vec<Announcement>, Error> {
    #[derive(Deserialize)]
    struct Row {
        id: i64,
        workflow_id: i64,
        status: String,
        eta_at: Option<i64>,
        version: i64,
    }
    impl Row {
        fn seen(&self) -> Option<(Status, &'static str)> {
            let status = self.status.parse().ok()?;
            let stage = jobs::stage(status)?;
            (self.workflow_id == workflow::RESTAURANT).then_some((status, stage))
        }
    }
    #[derive(Deserialize)]
    struct House {
        restaurant_id: i64,
    }
    let house = match change.op {
        Op::Delete => change.old::<House>()?,
        Op::Insert | Op::Update => change.new::<House>()?,
    };
    match house {
        Some(house) if jobs::shows_all(db, house.restaurant_id)? => {}
        _ => return Ok(Vec::new()),
    }
    let (old, new) = rows::<Row>(change)?;
    let before = old.as_ref().and_then(Row::seen);
    let after = new.as_ref().and_then(Row::seen);
    if before.is_none() && after.is_none() {
        return Ok(Vec::new());
    }
    let order = match &new {
        Some(new) => orders::told(db, new.id)?,
        None => {
            let remains = change.old::<Remains>()?;
            remains.map(|row| row.facts(db)).transpose()?
        }
    };
    // Another program may have removed it meanwhile: that is told next.
    let Some(mut order) = order else {
        return Ok(Vec::new());
    };
    if let Some(new) = &new {
        order.version = new.version;
    }
    // As this change left it, whatever came later.
    let Some((status, stage)) = after else {
        return Ok(vec![deleted(jobs::of_order(&order, &order.lines))]);
    };
    order.status = status;
    let job = jobs::of_order(&order, &order.lines);
    Ok(match before {
        None => vec![placed(job)],
        Some((_, was)) => {
            let eta = |row: &Option<Row>| row.as_ref().and_then(|row| row.eta_at);
            let moved = was != stage || eta(&old) != eta(&new);
            match !moved && lines::show(change, job.id, db)? {
                true => Vec::new(),
                false => changed(job, moved),
            }
        }
    })
}

fn placed(job: JobFacts) -> Announcement {
    Announcement::to([Group::Workshop(job.restaurant_id)], Fact::JobPlaced(job))
}

fn deleted(job: JobFacts) -> Announcement {
    Announcement::to([Group::Workshop(job.restaurant_id)], Fact::JobDeleted(job))
}

/// Under a name of its own where its stage, its time or what is said is different, and among all others.
fn changed(job: JobFacts, moved: bool) -> Vec<Announcement> {
    let everybody = [Group::Workshop(job.restaurant_id)];
    let mut told = Vec::new();
    if moved {
        told.push(Announcement::to(everybody, Fact::JobMoved(job.clone())));
    }
    told.push(Announcement::to(everybody, Fact::JobChanged(job)));
    told
}
