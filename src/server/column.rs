//! What the two databases do not store alike, as columns: truth, words of a list, and JSON. Text is text in both; a truth is a
//! number in one of them.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::any::{Any, AnyTypeInfo, AnyTypeInfoKind, AnyValueRef};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::{Database, Decode, Encode, Type, ValueRef as _};

type Buffer = <Any as Database>::ArgumentBuffer;

/// A truth, as a column is read: `#[sqlx(try_from = "Flag")]` on a `bool`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flag(bool);

impl From<Flag> for bool {
    fn from(flag: Flag) -> Self {
        flag.0
    }
}

impl Type<Any> for Flag {
    fn type_info() -> AnyTypeInfo {
        <bool as Type<Any>>::type_info()
    }

    fn compatible(ty: &AnyTypeInfo) -> bool {
        <bool as Type<Any>>::compatible(ty) || <i64 as Type<Any>>::compatible(ty)
    }
}

impl<'r> Decode<'r, Any> for Flag {
    fn decode(value: AnyValueRef<'r>) -> Result<Self, BoxDynError> {
        match value.type_info().kind() {
            AnyTypeInfoKind::Bool => <bool as Decode<Any>>::decode(value).map(Self),
            AnyTypeInfoKind::Null
            | AnyTypeInfoKind::SmallInt
            | AnyTypeInfoKind::Integer
            | AnyTypeInfoKind::BigInt
            | AnyTypeInfoKind::Real
            | AnyTypeInfoKind::Double
            | AnyTypeInfoKind::Text
            | AnyTypeInfoKind::Blob => {
                <i64 as Decode<Any>>::decode(value).map(|number| Self(number != 0))
            }
        }
    }
}

/// A value that is kept as JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Json<T>(pub(crate) T);

impl<T> Type<Any> for Json<T> {
    fn type_info() -> AnyTypeInfo {
        <str as Type<Any>>::type_info()
    }
}

impl<'r, T: DeserializeOwned> Decode<'r, Any> for Json<T> {
    fn decode(value: AnyValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(serde_json::from_str(
            &<String as Decode<Any>>::decode(value)?,
        )?))
    }
}

impl<T: Serialize> Encode<'_, Any> for Json<T> {
    fn encode_by_ref(&self, buffer: &mut Buffer) -> Result<IsNull, BoxDynError> {
        Encode::<Any>::encode_by_ref(&serde_json::to_string(&self.0)?, buffer)
    }
}

/// Lets an enumeration be a column of words; `$word` gives each its word and `$all` lists them.
macro_rules! words {
    ($type:ty, $($variant:ident = $word:literal),+ $(,)?) => {
        impl $type {
            /// The word in the database.
            pub(crate) const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// What a word of the database means.
            pub(crate) fn of_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl sqlx::Type<sqlx::Any> for $type {
            fn type_info() -> sqlx::any::AnyTypeInfo {
                <str as sqlx::Type<sqlx::Any>>::type_info()
            }
        }

        impl<'r> sqlx::Decode<'r, sqlx::Any> for $type {
            fn decode(value: <sqlx::Any as sqlx::Database>::ValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
                let word = <String as sqlx::Decode<sqlx::Any>>::decode(value)?;
                Self::of_word(&word).ok_or_else(|| format!("{word:?} is no {}", stringify!($type)).into())
            }
        }

        impl sqlx::Encode<'_, sqlx::Any> for $type {
            fn encode_by_ref(
                &self,
                buffer: &mut <sqlx::Any as sqlx::Database>::ArgumentBuffer,
            ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
                sqlx::Encode::<sqlx::Any>::encode_by_ref(&self.word().to_owned(), buffer)
            }
        }
    };
}
pub(crate) use words;
