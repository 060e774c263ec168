//! Texts with bounds, which the document states as they are enforced.

use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

/// Makes a type of text: bounds in characters, the pattern of the document, and whether it may begin or end with blanks.
macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $min:literal, $max:literal, $pattern:literal, $trimmed:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub(crate) struct $name(String);

        impl $name {
            pub(crate) fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = &'static str;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                let is_long_enough = ($min..=$max).contains(&text.chars().count());
                let is_clean = !text.chars().any(char::is_control) && (!$trimmed || text.trim() == text);
                if is_long_enough && is_clean {
                    Ok(Self(text))
                } else {
                    Err(concat!("expected ", $min, " to ", $max, " printable characters"))
                }
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(SchemaType::Type(Type::String))
                    .min_length(Some($min))
                    .max_length(Some($max))
                    .pattern(Some($pattern))
                    .into()
            }
        }

        impl ToSchema for $name {}
    };
}

text!(
    /// What something is called.
    Name, 1, 100, r"^[^\s\x00-\x1f\x7f-\x9f]([^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f])?$", true
);
text!(
    /// A line of text that may be empty.
    Line, 0, 500, r"^([^\s\x00-\x1f\x7f-\x9f]([^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f])?)?$", true
);
text!(
    /// What is searched for, or where a page begins.
    Word, 0, 200, r"^[^\x00-\x1f\x7f-\x9f]*$", false
);
text!(
    /// What stands on a key.
    Label, 0, 40, r"^[^\x00-\x1f\x7f-\x9f]*$", false
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_hold() {
        let name = |text: &str| Name::try_from(text.to_owned()).is_ok();
        assert!(name("Jane Doe") && name("ä"));
        for wrong in ["", " ", "Jane ", "a\0b", "a\nb", &"x".repeat(101)] {
            assert!(!name(wrong), "{wrong:?}");
        }
        assert!(Line::try_from(String::new()).is_ok());
        assert!(Word::try_from(" a ".to_owned()).is_ok());
    }
}
