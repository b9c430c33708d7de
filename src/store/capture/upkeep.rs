//! What a statement of ours leaves to us: that `version` rises, that `updated_at` and the stamps are set. In other programs triggers do it; for our own
//! statements it is decided where the change is captured, and written when the statement is over.
//!
//! So an application's trigger sees the row as the statement left it, and the captured change shows it as it will be.

use super::image::RowImage;
use super::sql::quoted;
use super::table::Table;
use crate::error::Error;
use crate::limits::clock::Clock;
use crate::store::time::now_ms;
use crate::store::value::Value;
use rusqlite::Connection;
use smallvec::SmallVec;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Columns of a row, and what they are to hold.
pub(super) type Values = SmallVec<[(usize, i64); 4]>;

/// Rows of tables (by their place and `id`) that are not yet what their captured changes say.
pub(super) type Pending = BTreeMap<(usize, i64), Values>;

/// What the framework keeps up in the rows of one table.
#[derive(Debug)]
pub(super) struct Upkeep {
    table: String,
    id: String,
    columns: Vec<String>,
    version: Option<usize>,
    updated_at: Option<usize>,
    stamps: Vec<Stamp>,
    /// For each column, whether it is told that it differs: as [`Table::differs`] says.
    told: Vec<Told>,
    /// Columns that are told and not shown: the trigger looks at them.
    secrets: bool,
}

#[derive(Debug)]
struct Stamp {
    column: usize,
    value: &'static str,
    at: usize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Told {
    Always,
    /// A stamp that was not set together with a step of the row's life.
    Alone,
    Never,
}

impl Upkeep {
    pub fn new(table: &Table<'_>) -> Self {
        let columns = table.logged("x").into_iter();
        let columns: Vec<String> = columns.map(|(name, _)| name.to_owned()).collect();
        let place = |name: &str| columns.iter().position(|column| column == name);
        let stamps = table.watched.stamps.iter().filter_map(|stamp| {
            Some(Stamp {
                column: place(stamp.column)?,
                value: stamp.value,
                at: place(stamp.at)?,
            })
        });
        let told = columns.iter().map(|column| match column.as_str() {
            "version" | "updated_at" => Told::Never,
            column if !table.watched.stamps.iter().any(|s| s.at == column) => Told::Always,
            _ if table.has("version") => Told::Alone,
            _ => Told::Never,
        });
        Upkeep {
            table: table.watched.table.to_owned(),
            id: table.id.clone(),
            version: place("version"),
            updated_at: place("updated_at"),
            stamps: stamps.collect(),
            told: told.collect(),
            secrets: !table.watched.secret.is_empty(),
            columns,
        }
    }

    pub fn is_version(&self, column: usize) -> bool {
        self.version == Some(column)
    }

    /// Whether an update changed something that is told. What is `None` of the old row is as it is in the new one.
    pub fn differs(&self, old: &RowImage) -> bool {
        let same_version = self.version.is_none_or(|at| old.value(at).is_none());
        let tells = |at: usize| match self.told[at] {
            Told::Always => true,
            Told::Alone => same_version,
            Told::Never => false,
        };
        self.secrets || old.values().any(|(at, _)| tells(at))
    }

    /// What an insert left to us: the stamps of the first state, and that the version of the row that it replaced goes on. The image becomes what the row
    /// will be.
    pub fn entered(&self, clock: &Clock, replaced: Option<i64>, new: &mut RowImage) -> Values {
        let mut left = Values::new();
        if let Some(at) = self.version
            && let (Some(replaced), Some(Value::Integer(version))) = (replaced, new.value(at))
            && version <= replaced
        {
            left.push((at, replaced + 1));
        }
        for stamp in &self.stamps {
            let entered = new.value(stamp.column) == Some(Value::from(stamp.value));
            if entered && new.value(stamp.at) == Some(Value::Null) {
                left.push((stamp.at, now_ms(clock)));
            }
        }
        for (at, value) in &left {
            new.set(*at, *value);
        }
        left
    }

    /// What the statement left to us, `pending` being what was left to us of this row before. The images become what the row was and will be.
    /// `taken`: the version of a row whose id this one took.
    pub fn left(
        &self,
        clock: &Clock,
        pending: &Values,
        taken: Option<i64>,
        old: &mut RowImage,
        new: &mut RowImage,
    ) -> Values {
        let mut left = Values::new();
        // What this statement did not touch is still to be written.
        left.extend(
            pending
                .iter()
                .filter(|(at, _)| old.value(*at).is_none())
                .copied(),
        );
        let set = |left: &mut Values, at: usize, value: i64| {
            left.retain(|(other, _)| *other != at);
            left.push((at, value));
        };
        if let Some(at) = self.updated_at
            && old.value(at).is_none()
        {
            set(&mut left, at, now_ms(clock));
        }
        for stamp in &self.stamps {
            let entered =
                |row: &RowImage| row.value(stamp.column) == Some(Value::from(stamp.value));
            let was = || old.value(stamp.column).is_some() && !entered(old);
            if entered(new) && was() && old.value(stamp.at).is_none() {
                set(&mut left, stamp.at, now_ms(clock));
            }
        }
        if let Some(at) = self.version
            && let Some(Value::Integer(risen)) = new.value(at)
        {
            let before = match old.value(at) {
                Some(Value::Integer(before)) => Some(before),
                None => Some(risen),
                Some(_) => None,
            };
            if let Some(before) = before {
                let told = pending.iter().find(|(column, _)| *column == at);
                let told = told.map_or(before, |(_, version)| *version);
                let told = taken.map_or(told, |taken| told.max(taken));
                if risen <= told {
                    set(&mut left, at, told + 1);
                }
            }
        }
        for (at, value) in &left {
            old.keep(*at, new);
            new.set(*at, *value);
        }
        for (at, value) in pending {
            old.set(*at, *value);
        }
        left
    }

    /// Writes what is pending to a row.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn apply(&self, c: &Connection, id: i64, values: &Values) -> Result<(), Error> {
        let mut set = String::new();
        for (n, (at, _)) in values.iter().enumerate() {
            let comma = if n == 0 { "" } else { ", " };
            let _ = write!(set, "{comma}{} = ?{}", quoted(&self.columns[*at]), n + 2);
        }
        let (table, key) = (quoted(&self.table), quoted(&self.id));
        let sql = format!("UPDATE {table} SET {set} WHERE {key} = ?1");
        let values = values.iter().map(|(_, value)| *value);
        let values = std::iter::once(id).chain(values);
        c.prepare_cached(&sql)?
            .execute(rusqlite::params_from_iter(values))?;
        Ok(())
    }
}
