//! What is announced of tables, and of all that shows in one.

use super::announcement::Announcement;
use crate::domain::tables;
use crate::events::{Fact, Group};
use maitred::{Change, Error, Op, Reader};

pub fn table(change: &Change<'_>, db: &Reader<'_>) -> Result<Vec<Announcement>, Error> {
    if change.op != Op::Delete {
        // What stands in a house is everybody's there: a new one, another number, out of use.
        let mut all: Vec<Announcement> = table_changed(db, change.id)?.into_iter().collect();
        for announcement in &mut all {
            if let Some(Fact::TableChanged {
                table, occupancy, ..
            }) = &mut announcement.fact
            {
                *occupancy = true;
                announcement
                    .groups
                    .push(Group::Restaurant(table.restaurant_id));
            }
        }
        return Ok(all);
    }
    let (id, version) = (change.id, next_version(db)?);
    Ok(vec![Announcement::to(
        [Group::Table(id)],
        Fact::TableDeleted { id, version },
    )])
}

/// Something about what shows in a table that is neither its being occupied nor its being released.
pub fn table_changed(db: &Reader<'_>, id: i64) -> Result<Option<Announcement>, Error> {
    let version = next_version(db)?;
    let fact = tables::facts(db, id)?.map(|table| Fact::TableChanged {
        table,
        version,
        occupancy: false,
    });
    Ok(fact.map(|fact| Announcement::to([Group::Table(id)], fact)))
}

/// The version of a view that several rows make up: above that of every event before, and of every such view that was read before. Two views of one
/// transaction may have the same, because they are the same: both show its end.
pub fn next_version(db: &Reader<'_>) -> Result<u64, Error> {
    Ok(db.head()? + 1)
}
