//! How a time zone stands in the document.

use utoipa::openapi::{ObjectBuilder, OneOfBuilder, RefOr, Schema, Type, schema::SchemaType};
use utoipa::{PartialSchema, ToSchema};

use crate::time_zone::TimeZone;

impl PartialSchema for TimeZone {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
        let name = text().enum_values(Some(TimeZone::names())).build();
        let offset = text()
            .pattern(Some("^[+-](0[0-9]|1[0-3]):[0-5][0-9]$"))
            .build();
        OneOfBuilder::new().item(name).item(offset).into()
    }
}

impl ToSchema for TimeZone {}
