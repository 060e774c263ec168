//! How a request is refused: a status, a code for programs and a sentence for people. Text from the database never gets out.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{self, Failure};

/// Why a request was not carried out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Problem {
    #[serde(skip)]
    status: StatusCode,
    #[serde(skip)]
    retry_after: Option<u32>,
    /// One word for programs.
    #[schema(example = "not_found")]
    code: &'static str,
    /// One sentence for people.
    #[schema(example = "There is no such thing.")]
    message: String,
}

/// What a request is answered with.
pub(crate) type Outcome<T> = Result<T, Problem>;

impl Problem {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            retry_after: None,
            code: code(status),
            message: message.into(),
        }
    }

    /// There is no such thing, or it is another tenant's.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is no such thing.")
    }

    /// What was sent has the wrong shape.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
    }
}

/// One word for each status.
fn code(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "not_authenticated",
        403 => "not_allowed",
        404 => "not_found",
        405 => "method_not_allowed",
        409 => "conflict",
        412 => "changed_meanwhile",
        413 => "too_large",
        415 => "not_json",
        422 => "invalid",
        503 => "busy",
        500.. => "failed",
        _ => "malformed",
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let refusal = failure.into_refusal();
        let status = match error::status(refusal.code) {
            // What reaches the rules has been read already: it is its meaning that they refuse.
            StatusCode::BAD_REQUEST => StatusCode::UNPROCESSABLE_ENTITY,
            other => other,
        };
        Self {
            retry_after: refusal.retry_after,
            ..Self::new(status, refusal.message)
        }
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        Failure::from(error).into()
    }
}

impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Self {
        Failure::from(error).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, retry_after) = (self.status, self.retry_after);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
