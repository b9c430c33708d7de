//! JSON schemas of values that write themselves: what a derived schema cannot know.

/// Says what a type looks like in JSON, for the documents that are made of types: OpenAPI's, and with `sockets` also the one of what sockets say.
macro_rules! written_as {
    ($type:ty, $name:literal, $schema:tt, sockets) => {
        $crate::schema::written_as!($type, $name, $schema);

        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
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
