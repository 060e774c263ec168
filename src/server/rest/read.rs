//! What a request says, read strictly: its body, its query and the number in its path.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::problem::{Outcome, Problem};
use crate::app::App;

/// A body in JSON.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Outcome<Self> {
        match Json::from_request(request, app).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(why(&rejection)),
        }
    }
}

fn why(rejection: &JsonRejection) -> Problem {
    let status = rejection.status();
    let message = match status {
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "Send JSON, as application/json.".to_owned(),
        StatusCode::PAYLOAD_TOO_LARGE => "A body has at most 64 KiB.".to_owned(),
        StatusCode::BAD_REQUEST => "This is not JSON.".to_owned(),
        _ => without_values(&rejection.body_text()),
    };
    Problem::new(status, message)
}

/// What a parser says of a wrong value, without the value: it may be a PIN.
fn without_values(text: &str) -> String {
    let (_, text) = text.split_once("target type: ").unwrap_or(("", text));
    let kept = match (text.find("invalid"), text.find("expected")) {
        (Some(_), Some(at)) => text.get(at..).unwrap_or_default(),
        (_, _) => text,
    };
    format!("The body does not fit: {kept}.")
}

/// The query.
#[derive(Debug)]
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Outcome<Self> {
        match Query::from_request_parts(parts, app).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(Problem::invalid(
                without_values(&rejection.body_text()).replace("The body", "The query"),
            )),
        }
    }
}

/// What the path names. What cannot be a name is not there.
#[derive(Debug)]
pub(crate) struct Named<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Outcome<Self> {
        let Path(name) = Path::from_request_parts(parts, app)
            .await
            .map_err(|_| Problem::not_found())?;
        Ok(Self(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_value_is_not_repeated() {
        let said = without_values(
            "Failed to deserialize the JSON body into the target type: pin: invalid type: integer `1234`, expected a string",
        );
        assert_eq!(said, "The body does not fit: expected a string.");
        let said = without_values("... target type: unknown field `pim`, expected `pin`");
        assert_eq!(
            said,
            "The body does not fit: unknown field `pim`, expected `pin`."
        );
    }
}
