//! Values on their way into a statement.

use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, ValueRef};
use std::borrow::Cow;

/// A value on its way into a statement. Made by [`params!`](crate::params).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// SQL `NULL`.
    Null,
    /// Integers and booleans.
    Integer(i64),
    /// Floating point: never for money.
    Real(f64),
    /// Text.
    Text(Cow<'a, str>),
    /// Bytes.
    Blob(Cow<'a, [u8]>),
}

macro_rules! integer {
    ($($t:ty),*) => {$(
        impl From<$t> for Value<'_> { fn from(v: $t) -> Self { Value::Integer(i64::from(v)) } }
        impl From<&$t> for Value<'_> { fn from(v: &$t) -> Self { Value::Integer(i64::from(*v)) } }
    )*};
}
integer!(bool, i64, i32, u32, u16, u8);
/// A `seq` fits: it is below 2^53.
impl From<u64> for Value<'_> {
    fn from(v: u64) -> Self {
        Value::Integer(v as i64)
    }
}
impl From<f64> for Value<'_> {
    fn from(v: f64) -> Self {
        Value::Real(v)
    }
}
impl<'a> From<&'a str> for Value<'a> {
    fn from(v: &'a str) -> Self {
        Value::Text(Cow::Borrowed(v))
    }
}
impl<'a> From<&'a String> for Value<'a> {
    fn from(v: &'a String) -> Self {
        Value::Text(Cow::Borrowed(v))
    }
}
impl From<String> for Value<'_> {
    fn from(v: String) -> Self {
        Value::Text(Cow::Owned(v))
    }
}
impl<'a> From<Cow<'a, str>> for Value<'a> {
    fn from(v: Cow<'a, str>) -> Self {
        Value::Text(v)
    }
}
impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(v: &'a [u8]) -> Self {
        Value::Blob(Cow::Borrowed(v))
    }
}
impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(v: Option<T>) -> Self {
        v.map_or(Value::Null, Into::into)
    }
}
/// Copies: a bound on `&T` would send the compiler into an endless search.
impl<'a, T: Clone + Into<Value<'a>>> From<&Option<T>> for Value<'a> {
    fn from(v: &Option<T>) -> Self {
        v.clone().into()
    }
}

/// A value as the driver takes it.
pub(super) struct Bound<'v>(pub &'v Value<'v>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null => ValueRef::Null,
            Value::Integer(i) => ValueRef::Integer(*i),
            Value::Real(r) => ValueRef::Real(*r),
            Value::Text(t) => ValueRef::Text(t.as_bytes()),
            Value::Blob(b) => ValueRef::Blob(b),
        }))
    }
}

/// The values of a statement's placeholders, in order.
///
/// ```
/// use maitred::{Value, params};
/// let name = String::from("Mia");
/// let p: &[Value<'_>] = params![10, &name, None::<i64>];
/// assert_eq!(p.len(), 3);
/// ```
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::Value::from($value)),*] as &[$crate::Value<'_>] };
}
