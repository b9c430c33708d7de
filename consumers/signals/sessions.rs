//! What a visit means to its table and to those it let in.

use super::announcement::Announcement;
use super::rows::rows;
use super::tables::{next_version, table_changed};
use crate::domain::{sessions, tables};
use crate::events::{Fact, Group};
use maitred::{Change, Error, Reader, params};
use serde::Deserialize;

#[derive(Deserialize)]
struct SessionRow {
    id: i64,
    table_id: i64,
    closed_at: Option<i64>,
    token_version: i64,
    version: i64,
}

impl SessionRow {
    /// The table that it occupies.
    fn occupies(&self) -> Option<i64> {
        self.closed_at.is_none().then_some(self.table_id)
    }
}

/// A session began, ended, or is different: its table is told, and whoever it had let in is judged again.
pub fn session(change: &Change<'_>, db: &Reader<'_>) -> Result<Vec<Announcement>, Error> {
    let (old, new) = rows::<SessionRow>(change)?;
    let mut all = Vec::new();
    if let Some(old) = &old {
        let fact = match &new {
            Some(new) => sessions::facts(db, new.id)?.map(Fact::SessionChanged),
            None => Some(Fact::SessionDeleted {
                id: old.id,
                version: old.version + 1,
            }),
        };
        all.extend(fact.map(|fact| Announcement::to([Group::Session(old.id)], fact)));
    }
    let before = old.as_ref().and_then(SessionRow::occupies);
    let after = new.as_ref().and_then(SessionRow::occupies);
    if before == after {
        if let Some(table) = after {
            all.extend(table_changed(db, table)?);
        }
    } else {
        for id in [before, after].into_iter().flatten() {
            let Some(table) = tables::facts(db, id)? else {
                continue;
            };
            let version = next_version(db)?;
            let everywhere = [Group::Table(id), Group::Restaurant(table.restaurant_id)];
            let status = Fact::TableStatus {
                table: table.clone(),
                version,
            };
            let details = Fact::TableChanged {
                table,
                version,
                occupancy: true,
            };
            let begins = new
                .as_ref()
                .filter(|new| old.is_none() && new.table_id == id);
            let mut groups = vec![Group::Table(id)];
            groups.extend(begins.map(|new| Group::Visit(new.id)));
            all.push(Announcement::to(groups, status));
            all.push(Announcement::to(everywhere, details));
        }
    }
    // Whoever was let in by this visit is judged again, after they were told.
    let renewed =
        matches!((&old, &new), (Some(old), Some(new)) if old.token_version != new.token_version);
    if let (Some(old), Some(table)) = (&old, before)
        && (before != after || renewed)
    {
        let mut groups = vec![Group::Session(old.id), Group::Table(table)];
        let orders = db.rows(
            "SELECT id FROM orders WHERE session_id = ?1",
            params![old.id],
            |row| row.get(0).map(Group::Order),
        )?;
        groups.extend(orders);
        all.push(Announcement::recheck(groups));
    }
    Ok(all)
}
