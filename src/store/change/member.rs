//! One column of a changed row.

use crate::store::value::Value;
use serde::de::{Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// A column's value, as the change log has it, or as the writer captured it.
#[derive(Debug)]
pub(super) enum Member<'a> {
    Json(&'a RawValue),
    Sql(Value<'a>),
}

impl Member<'_> {
    /// Whether nothing changed.
    pub fn same(&self, other: &Member<'_>) -> bool {
        match (self, other) {
            (Member::Json(a), Member::Json(b)) => a.get() == b.get(),
            (Member::Sql(a), Member::Sql(b)) => is(a, b),
            _ => false,
        }
    }

    /// Whether it is this value. Only of captured values: the change log is asked in SQL.
    pub fn is(&self, value: &Value<'_>) -> bool {
        matches!(self, Member::Sql(own) if is(own, value))
    }
}

/// As SQL's `IS`: a whole number is the same in both kinds of number.
fn is(a: &Value<'_>, b: &Value<'_>) -> bool {
    match (a, b) {
        (Value::Integer(n), Value::Real(x)) | (Value::Real(x), Value::Integer(n)) => {
            *n as f64 == *x
        }
        _ => a == b,
    }
}

impl<'de> IntoDeserializer<'de, serde_json::Error> for Member<'de> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Member<'de> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self {
            Member::Json(raw) => raw.deserialize_any(visitor),
            Member::Sql(Value::Null) => visitor.visit_unit(),
            Member::Sql(Value::Integer(n)) => visitor.visit_i64(n),
            Member::Sql(Value::Real(x)) => visitor.visit_f64(x),
            Member::Sql(Value::Text(Cow::Borrowed(text))) => visitor.visit_borrowed_str(text),
            Member::Sql(Value::Text(Cow::Owned(text))) => visitor.visit_string(text),
            Member::Sql(Value::Blob(bytes)) => visitor.visit_bytes(&bytes),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self {
            Member::Json(raw) => raw.deserialize_option(visitor),
            Member::Sql(Value::Null) => visitor.visit_none(),
            some @ Member::Sql(_) => visitor.visit_some(some),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        match self {
            Member::Json(raw) => raw.deserialize_newtype_struct(name, visitor),
            sql @ Member::Sql(_) => visitor.visit_newtype_struct(sql),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        match self {
            Member::Json(raw) => raw.deserialize_enum(name, variants, visitor),
            Member::Sql(Value::Text(text)) => visitor.visit_enum(text.into_deserializer()),
            sql @ Member::Sql(_) => sql.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}
