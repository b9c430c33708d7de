//! JSON schemas of values that write themselves: what a derived schema cannot know.

/// Says what a type looks like in JSON, for the documentation that is made of types.
macro_rules! written_as {
    ($type:ty, $name:literal, $schema:tt) => {
        impl utoipa::PartialSchema for $type {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                serde_json::from_value(serde_json::json!($schema)).unwrap_or_default()
            }
        }

        impl utoipa::ToSchema for $type {
            fn name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }
        }
    };
}

pub(crate) use written_as;
