//! A committed change of a row, as the change log has it.

use crate::Error;
use serde::de::value::MapDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, de::DeserializeOwned, forward_to_deserialize_any};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// What happened to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// It is new.
    Insert,
    /// It is different.
    Update,
    /// It is gone.
    Delete,
}

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
}

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
            Op::Update => {
                let kept = new.0.iter().filter(|(name, _)| !old.has(name));
                Some(T::deserialize(Object(old.0.iter().chain(kept)))?)
            }
            Op::Delete => Some(T::deserialize(Object(old.0.iter()))?),
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
            _ => Some(T::deserialize(Object(self.rows.new.0.iter()))?),
        })
    }

    /// The columns whose values differ, in the table's order; all of them for an insert or a delete.
    pub fn changed(&self) -> Vec<String> {
        let Rows { op, old, new } = &self.rows;
        let differs = |name: &str, value: &RawValue| match op {
            Op::Update => old.get(name).is_some_and(|was| was.get() != value.get()),
            Op::Insert | Op::Delete => true,
        };
        let all = if *op == Op::Delete { old } else { new };
        let changed = all.0.iter().filter(|(name, value)| differs(name, value));
        changed.map(|(name, _)| name.to_string()).collect()
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
        let members = |text: Option<&'a str>| serde_json::from_str(text.unwrap_or("{}"));
        Ok(Rows {
            op,
            old: members(old)?,
            new: members(new)?,
        })
    }
}

/// The members of a JSON object in their order, their values not looked at: each caller picks a few of them.
#[derive(Debug)]
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Members<'a> {
    fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| *v)
    }

    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        /// A name without escapes is borrowed.
        #[derive(Deserialize)]
        struct Name<'a>(#[serde(borrow)] Cow<'a, str>);
        struct All<'a>(std::marker::PhantomData<Members<'a>>);
        impl<'de: 'a, 'a> Visitor<'de> for All<'a> {
            type Value = Members<'a>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Members<'a>, M::Error> {
                let mut all = Vec::with_capacity(16);
                while let Some((Name(name), value)) = map.next_entry()? {
                    all.push((name, value));
                }
                Ok(Members(all))
            }
        }
        d.deserialize_map(All(std::marker::PhantomData))
    }
}

/// Members as the object they make up.
struct Object<I>(I);

impl<'de, 'm, I> Deserializer<'de> for Object<I>
where
    'm: 'de,
    I: Iterator<Item = &'m (Cow<'m, str>, &'m RawValue)>,
{
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_map(MapDeserializer::new(
            self.0.map(|(name, value)| (&**name, *value)),
        ))
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
        unit unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    type Row = BTreeMap<String, serde_json::Value>;

    fn change<'a>(op: Op, old: Option<&'a str>, new: Option<&'a str>) -> Change<'a> {
        Change {
            table: "t",
            id: 1,
            op,
            actor: None,
            command_id: None,
            rows: Rows::parse(op, old, new).expect("objects"),
        }
    }

    fn row(text: &str) -> Row {
        serde_json::from_str(text).expect("a row")
    }

    #[test]
    fn the_old_row_is_the_new_one_with_what_was_logged() {
        let new = r#"{"id":1,"a":null,"b":"x \" y","c":2.5}"#;
        for (old, whole, changed) in [
            (
                r#"{"a":7}"#,
                r#"{"id":1,"a":7,"b":"x \" y","c":2.5}"#,
                &["a"][..],
            ),
            (
                r#"{"id":9,"c":null}"#,
                r#"{"id":9,"a":null,"b":"x \" y","c":null}"#,
                &["id", "c"],
            ),
            // a log of an older version has the whole row, and so has a REPLACE
            (
                r#"{"id":1,"a":7,"b":"x \" y","c":2.5}"#,
                r#"{"id":1,"a":7,"b":"x \" y","c":2.5}"#,
                &["a"],
            ),
            ("{}", new, &[]),
        ] {
            let change = change(Op::Update, Some(old), Some(new));
            assert_eq!(change.old::<Row>().expect("old"), Some(row(whole)));
            assert_eq!(change.new::<Row>().expect("new"), Some(row(new)));
            assert_eq!(change.changed(), changed);
        }
    }

    #[test]
    fn an_insert_has_no_old_row_and_a_delete_no_new_one() {
        let text = r#"{"id":1,"a":null}"#;
        let insert = change(Op::Insert, None, Some(text));
        assert_eq!(insert.old::<Row>().expect("old"), None);
        assert_eq!(insert.new::<Row>().expect("new"), Some(row(text)));
        assert_eq!(insert.changed(), ["id", "a"]);
        let delete = change(Op::Delete, Some(text), None);
        assert_eq!(delete.old::<Row>().expect("old"), Some(row(text)));
        assert_eq!(delete.new::<Row>().expect("new"), None);
        assert_eq!(delete.changed(), ["id", "a"]);
    }

    #[test]
    fn a_caller_picks_what_it_needs_and_hears_what_does_not_fit() {
        #[derive(Deserialize, Debug, PartialEq)]
        struct Few {
            a: Option<i64>,
            none: Option<i64>,
        }
        #[derive(Deserialize, Debug, PartialEq)]
        struct Wrapped(Few);
        let change = change(
            Op::Update,
            Some(r#"{"a":1}"#),
            Some(r#"{"a":2,"b":"text"}"#),
        );
        let few = |a| Few { a, none: None };
        assert_eq!(change.old::<Few>().expect("old"), Some(few(Some(1))));
        assert_eq!(
            change.new::<Wrapped>().expect("new"),
            Some(Wrapped(few(Some(2))))
        );
        assert_eq!(
            change.new::<Option<Few>>().expect("new"),
            Some(Some(few(Some(2))))
        );
        #[derive(Deserialize, Debug)]
        struct Wrong {
            #[allow(dead_code)]
            b: i64,
        }
        assert!(matches!(change.new::<Wrong>(), Err(Error::Json(_))));
        assert!(Rows::parse(Op::Update, Some("[]"), None).is_err());
    }
}
