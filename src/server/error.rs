//! One error for every request: a refusal that goes to the asker as it is, or a failure that goes to the log and
//! reaches the asker as "the server failed". Text from the database never leaves the server.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hotdesk_provisioning::{Refusal, RefusalCode};

use crate::hash::HashError;

/// Why a request was not carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The rules say no.
    #[error("{} {}", .0.code.short(), .0.message)]
    Refused(Box<Refusal>),
    /// Something broke.
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

/// The result of everything that answers a request.
pub(crate) type Answer<T> = Result<T, Failure>;

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<RefusalCode> for Failure {
    fn from(code: RefusalCode) -> Self {
        Refusal::new(code).into()
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        if matches!(error, sqlx::Error::PoolTimedOut) {
            busy().into()
        } else {
            Self::Failed(error.into())
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<HashError> for Failure {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy { retry_after } => Refusal {
                retry_after: Some(retry_after),
                ..busy()
            }
            .into(),
            HashError::Failed(error) => Self::Failed(error),
        }
    }
}

/// The server has more to do than it has room for.
pub(crate) fn busy() -> Refusal {
    /// Long enough for a queue of PIN checks to empty.
    const RETRY_SECONDS: u32 = 2;
    Refusal {
        retry_after: Some(RETRY_SECONDS),
        ..Refusal::new(RefusalCode::Busy)
    }
}

/// A malformed request; `why` must not repeat what was sent, for it may be secret.
pub(crate) fn malformed(why: &str) -> Refusal {
    Refusal {
        message: format!("{} {why}", RefusalCode::Malformed.sentence()),
        ..Refusal::new(RefusalCode::Malformed)
    }
}

/// A sentence for whoever filled in a form or called the API.
pub(crate) fn wrong(sentence: &str) -> Failure {
    Refusal {
        message: sentence.to_owned(),
        ..Refusal::new(RefusalCode::Malformed)
    }
    .into()
}

/// There is no such thing, or it is another tenant's.
pub(crate) fn unknown() -> Failure {
    Refusal {
        message: "There is no such thing.".to_owned(),
        ..Refusal::new(RefusalCode::UnknownAssociation)
    }
    .into()
}

/// Something that is there already stands in the way.
pub(crate) fn clash(sentence: &str) -> Failure {
    Refusal {
        message: sentence.to_owned(),
        ..Refusal::new(RefusalCode::InUseElsewhere)
    }
    .into()
}

impl Failure {
    /// The refusal to send; a failure is logged here, once.
    pub(crate) fn into_refusal(self) -> Refusal {
        match self {
            Self::Refused(refusal) => *refusal,
            Self::Failed(error)
                if matches!(error.downcast_ref(), Some(sqlx::Error::PoolTimedOut)) =>
            {
                tracing::warn!("a request waited too long for the database");
                busy()
            }
            Self::Failed(error) => {
                tracing::error!("a request failed: {error:#}");
                Refusal::new(RefusalCode::Internal)
            }
        }
    }
}

/// What the metrics count about an answer that refuses; travels beside the response and never to the asker.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Refused {
    pub(crate) code: RefusalCode,
    /// Whether it was the database that failed.
    pub(crate) by_database: bool,
}

impl Failure {
    fn is_by_database(&self) -> bool {
        match self {
            Self::Refused(_) => false,
            Self::Failed(error) => error
                .chain()
                .any(<dyn std::error::Error>::is::<sqlx::Error>),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let by_database = self.is_by_database();
        let refusal = self.into_refusal();
        let mut response = (status(refusal.code), Json(&refusal)).into_response();
        let code = refusal.code;
        response
            .extensions_mut()
            .insert(Refused { code, by_database });
        if let Some(seconds) = refusal.retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// The HTTP status that goes with a refusal. 401 is kept for the phone's own credential.
pub(crate) fn status(code: RefusalCode) -> StatusCode {
    match code {
        RefusalCode::NotAuthenticated => StatusCode::UNAUTHORIZED,
        RefusalCode::WrongPin
        | RefusalCode::UserNotEnabled
        | RefusalCode::UserDisabled
        | RefusalCode::PinNotSet
        | RefusalCode::PhoneNotEnabled
        | RefusalCode::PhoneWithoutAddress => StatusCode::FORBIDDEN,
        RefusalCode::UnknownUser | RefusalCode::UnknownAssociation => StatusCode::NOT_FOUND,
        RefusalCode::NumberIsHost
        | RefusalCode::InUseElsewhere
        | RefusalCode::AskingElsewhere
        | RefusalCode::ConsentDenied
        | RefusalCode::TakeoverForbidden => StatusCode::CONFLICT,
        RefusalCode::UserLocked | RefusalCode::PhoneLocked => StatusCode::LOCKED,
        RefusalCode::Malformed => StatusCode::BAD_REQUEST,
        RefusalCode::Busy => StatusCode::SERVICE_UNAVAILABLE,
        // The P codes are seen by phones; a server has no cause to send one.
        RefusalCode::Internal
        | RefusalCode::ServerUnreachable
        | RefusalCode::ServerNonsense
        | RefusalCode::ClockWrong
        | RefusalCode::ServerUntrusted
        | RefusalCode::RegistrarRefused
        | RefusalCode::RegistrarSilent => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
