//! A committed change of a row, as the change log has it, or as the writer captured it.

mod member;

#[cfg(test)]
mod tests;

use member::Member;

use crate::error::Error;
use crate::store::capture::{RowChange, RowChanges, RowImage, TableColumns};
use crate::store::op::Op;
use crate::store::reader::Reader;
use crate::store::value::Value;
use serde::de::value::MapDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, de::DeserializeOwned, forward_to_deserialize_any};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// One committed change of one row, whoever made it.
#[derive(Debug)]
pub struct Change<'a> {
    /// The table.
    pub table: &'a str,
    /// The row's id (of an update that changed the id: the new one).
    pub id: i64,
    /// What happened.
    pub op: Op,
    /// Who did it, where the writer said so: [`Command`](crate::Command)'s actor. `None` for other programs.
    pub actor: Option<&'a str>,
    /// The command that did it, where it had an id.
    pub command_id: Option<&'a str>,
    pub(crate) rows: Rows<'a>,
    pub(crate) waiting: Waiting<'a>,
}

/// Where the changes are that wait behind one.
#[derive(Clone, Copy)]
pub(crate) enum Waiting<'a> {
    /// In the change log, after this place.
    Logged(i64),
    /// Among those that the writer holds in memory, after this one.
    Buffered(RowChanges<'a>, usize),
}

impl fmt::Debug for Waiting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Waiting::Logged(at) => write!(f, "Logged({at})"),
            Waiting::Buffered(changes, at) => write!(f, "Buffered({at} of {})", changes.all.len()),
        }
    }
}

/// How far [`Change::superseded`] looks ahead and [`Change::together`] back: as the literals in their statements say.
const BESIDE: usize = 64;

/// What `op` is compared with is a literal, because the index is of deletions only.
const GONE: &str = "SELECT old FROM change_log WHERE op = 'd' AND tbl = ?1 AND row_id = ?2 AND seq > ?3 ORDER BY seq LIMIT 1";

impl Change<'_> {
    /// The row before the change: `None` for an insert. Columns are the members; `T` picks those it needs.
    ///
    /// # Errors
    /// [`Error::Json`] when the row is not what `T` expects.
    pub fn old<T: DeserializeOwned>(&self) -> Result<Option<T>, Error> {
        let Rows { op, old, new } = &self.rows;
        Ok(match op {
            Op::Insert => None,
            // Members that the log has are what they were; the others are what they are.
            Op::Update => Some(T::deserialize(Object(old, Some(new)))?),
            Op::Delete => Some(T::deserialize(Object(old, None))?),
        })
    }

    /// The row after the change: `None` for a delete.
    ///
    /// # Errors
    /// [`Error::Json`] when the row is not what `T` expects.
    #[allow(clippy::new_ret_no_self)] // a pair with `old`, and nobody constructs a change
    pub fn new<T: DeserializeOwned>(&self) -> Result<Option<T>, Error> {
        Ok(match self.rows.op {
            Op::Delete => None,
            _ => Some(T::deserialize(Object(&self.rows.new, None))?),
        })
    }

    /// Whether a later change of this table, one that waits to be announced, has `value` in `column` too, before it or after it.
    ///
    /// For a fact that several rows make up (the lines of an order): a statement that touches them all makes one change for each, and what is told of the
    /// last one says everything. [`App::announce`](crate::App::announce) keeps silent about a change that is superseded; the last of them never is, whoever wrote them and however
    /// many transactions it takes to announce them. It looks 64 changes ahead, so what a bulk write of other rows separates is told more than once.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn superseded<'v>(
        &self,
        db: &Reader<'_>,
        column: &str,
        value: impl Into<Value<'v>>,
    ) -> Result<bool, Error> {
        let seq = match self.waiting {
            Waiting::Logged(seq) => seq,
            Waiting::Buffered(changes, at) => {
                let value = value.into();
                let ahead = changes.all[at + 1..].iter().take(BESIDE);
                let mut rows = ahead
                    .filter(|change| changes.columns(change).table == self.table)
                    .flat_map(|change| {
                        let rows = [&change.old, &change.new].into_iter().flatten();
                        rows.map(|row| (changes.columns(change), row))
                    });
                return Ok(rows.any(|(columns, row)| {
                    let members = Members::Buffered(columns, row);
                    members.get(column).is_some_and(|member| member.is(&value))
                }));
            }
        };
        // What waits is also what a stranger wrote into the log: whatever is no JSON supersedes nothing. The limit is a literal, because a bound one has
        // the statement planned again each time.
        let found = db.row(
            "SELECT 1 FROM (SELECT tbl, old, new FROM change_log WHERE seq > ?1 ORDER BY seq LIMIT 64)
             WHERE tbl = ?2 AND (CASE WHEN json_valid(new) THEN json_extract(new, ?3) END IS ?4 OR CASE WHEN json_valid(old) THEN json_extract(old, ?3) END IS ?4)
             LIMIT 1",
            &[
                seq.into(),
                self.table.into(),
                format!("$.\"{column}\"").as_str().into(),
                value.into(),
            ],
            |_| Ok(()),
        )?;
        Ok(found.is_some())
    }

    /// Rows of `table` to which `op` happened earlier, in changes that are announced together with this one, where `column` is `value`: the order that a line
    /// came with, the lines that went with an order. A deleted row as it was, any other as it became; newest first. It looks 64 changes back.
    ///
    /// # Errors
    /// [`Error::Json`] when a row is not what `T` expects; [`Error::Store`].
    pub fn together<'v, T: DeserializeOwned>(
        &self,
        db: &Reader<'_>,
        table: &str,
        op: Op,
        column: &str,
        value: impl Into<Value<'v>>,
    ) -> Result<Vec<T>, Error> {
        let seq = match self.waiting {
            Waiting::Logged(seq) => seq,
            Waiting::Buffered(changes, at) => {
                let value = value.into();
                let before = changes.all[..at].iter().rev().take(BESIDE);
                let rows = before
                    .filter(|change| change.op == op)
                    .map(|change| {
                        (
                            changes.columns(change),
                            change.new.as_ref().or(change.old.as_ref()),
                        )
                    })
                    .filter(|(columns, _)| columns.table == table)
                    .filter_map(|(columns, row)| Some(Members::Buffered(columns, row?)))
                    .filter(|row| row.get(column).is_some_and(|member| member.is(&value)));
                return rows
                    .map(|row| Ok(T::deserialize(Object(&row, None))?))
                    .collect();
            }
        };
        let op = match op {
            Op::Insert => "i",
            Op::Update => "u",
            Op::Delete => "d",
        };
        db.rows(
            "SELECT row FROM (SELECT tbl, op, coalesce(new, old) AS row FROM change_log WHERE seq < ?1 ORDER BY seq DESC LIMIT 64)
             WHERE tbl = ?2 AND op = ?3 AND CASE WHEN json_valid(row) THEN json_extract(row, ?4) END IS ?5",
            &[
                seq.into(),
                table.into(),
                op.into(),
                format!("$.\"{column}\"").as_str().into(),
                value.into(),
            ],
            |row| row.json(0),
        )
    }

    /// What a row of another watched table was, if it is gone and that is told later: of a line whose order was deleted with it, the order. Rows that
    /// went together are told from the inside out, lines before their order.
    ///
    /// # Errors
    /// [`Error::Json`] when the row is not what `T` expects; [`Error::Store`].
    pub fn gone<T: DeserializeOwned>(
        &self,
        db: &Reader<'_>,
        table: &str,
        id: i64,
    ) -> Result<Option<T>, Error> {
        match self.waiting {
            Waiting::Logged(seq) => db.row(GONE, &[table.into(), id.into(), seq.into()], |row| {
                row.json(0)
            }),
            Waiting::Buffered(changes, at) => changes
                .gone(table, id, at)
                .map(|(columns, row)| {
                    Ok(T::deserialize(Object(
                        &Members::Buffered(columns, row),
                        None,
                    ))?)
                })
                .transpose(),
        }
    }

    /// Whether an update changed one of these columns. Costs less than to read the row before it.
    pub fn differs(&self, columns: &[&str]) -> bool {
        let Rows { op, old, new } = &self.rows;
        let differs = |column: &&str| match (old.get(column), new.get(column)) {
            (Some(was), Some(is)) => !was.same(&is),
            _ => false,
        };
        *op == Op::Update && columns.iter().any(differs)
    }

    /// The columns whose values differ, in the table's order; all of them for an insert or a delete.
    pub fn changed(&self) -> Vec<&str> {
        let Rows { op, old, new } = &self.rows;
        // Of the row before the writer holds little more than what differs.
        if let (Op::Update, Members::Buffered(columns, was), Members::Buffered(_, is)) =
            (op, old, new)
        {
            let differs = |at: usize, was| {
                let is = is.value(at).map(Member::Sql);
                is.is_some_and(|is| !Member::Sql(was).same(&is))
            };
            let changed = was.values().filter(|(at, was)| differs(*at, was.clone()));
            return changed
                .map(|(at, _)| columns.columns[at].as_str())
                .collect();
        }
        let differs = |name: &str, value: &Member<'_>| match op {
            Op::Update => old.get(name).is_some_and(|was| !was.same(value)),
            Op::Insert | Op::Delete => true,
        };
        let all = if *op == Op::Delete { old } else { new };
        let changed = all.iter().filter(|(name, value)| differs(name, value));
        changed.map(|(name, _)| name).collect()
    }
}

/// The row before and after. Of an update the log has the whole new row, and of the old one at least the columns that differ: most of a row does not.
#[derive(Debug)]
pub(crate) struct Rows<'a> {
    op: Op,
    old: Members<'a>,
    new: Members<'a>,
}

impl<'a> Rows<'a> {
    /// # Errors
    /// [`Error::Json`] when the log's texts are no JSON objects.
    pub fn parse(op: Op, old: Option<&'a str>, new: Option<&'a str>) -> Result<Self, Error> {
        let members = |text: Option<&'a str>| match text {
            Some(text) => serde_json::from_str(text).map(Members::Logged),
            None => Ok(Members::Logged(Logged(Vec::new()))),
        };
        Ok(Rows {
            op,
            old: members(old)?,
            new: members(new)?,
        })
    }

    pub fn buffered(op: Op, columns: &'a TableColumns, change: &'a RowChange) -> Self {
        let members = |row: &'a Option<RowImage>| match row {
            Some(row) => Members::Buffered(columns, row),
            None => Members::Logged(Logged(Vec::new())),
        };
        Rows {
            op,
            old: members(&change.old),
            new: members(&change.new),
        }
    }
}

/// A row's columns, in their order.
#[derive(Debug)]
enum Members<'a> {
    Logged(Logged<'a>),
    Buffered(&'a TableColumns, &'a RowImage),
}

impl<'a> Members<'a> {
    fn get(&self, name: &str) -> Option<Member<'a>> {
        match self {
            Members::Logged(Logged(all)) => {
                let found = all.iter().find(|(n, _)| n == name);
                found.map(|(_, value)| Member::Json(value))
            }
            Members::Buffered(columns, row) => row.value(columns.place(name)?).map(Member::Sql),
        }
    }

    fn len(&self) -> usize {
        match self {
            Members::Logged(Logged(all)) => all.len(),
            Members::Buffered(columns, _) => columns.columns.len(),
        }
    }

    fn iter(&self) -> impl Iterator<Item = (&str, Member<'a>)> {
        (0..self.len()).filter_map(move |at| match self {
            Members::Logged(Logged(all)) => Some((&*all[at].0, Member::Json(all[at].1))),
            Members::Buffered(columns, row) => {
                Some((columns.columns[at].as_str(), Member::Sql(row.value(at)?)))
            }
        })
    }

    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

/// The members of a JSON object, their values not looked at: each caller picks a few of them.
#[derive(Debug)]
struct Logged<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Logged<'a> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        /// A name without escapes is borrowed.
        #[derive(Deserialize)]
        struct Name<'a>(#[serde(borrow)] Cow<'a, str>);
        struct All<'a>(std::marker::PhantomData<Logged<'a>>);
        impl<'de: 'a, 'a> Visitor<'de> for All<'a> {
            type Value = Logged<'a>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Logged<'a>, M::Error> {
                let mut all = Vec::with_capacity(16);
                while let Some((Name(name), value)) = map.next_entry()? {
                    all.push((name, value));
                }
                Ok(Logged(all))
            }
        }
        d.deserialize_map(All(std::marker::PhantomData))
    }
}

/// Members as the object they make up; what the first ones lack is taken from the others.
struct Object<'m>(&'m Members<'m>, Option<&'m Members<'m>>);

impl<'m> Object<'m> {
    fn get(&self, name: &str) -> Option<Member<'m>> {
        self.0.get(name).or_else(|| self.1?.get(name))
    }
}

impl<'de> Deserializer<'de> for Object<'de> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        let Object(first, others) = self;
        let others = others.iter().flat_map(|others| others.iter());
        let all = first.iter().chain(others.filter(|(n, _)| !first.has(n)));
        visitor.visit_map(MapDeserializer::new(all))
    }

    /// A caller that says which members it knows is not shown the others: a table has many columns, and few of them decide who is told.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        let known = fields
            .iter()
            .filter_map(|name| Some((*name, self.get(name)?)));
        visitor.visit_map(MapDeserializer::new(known))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}
