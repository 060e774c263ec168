//! Bodies: JSON in, with a refusal for whatever is not what the protocol says. Never repeats what was sent.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::error::{Answer, Failure, malformed};

/// A request's body.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Answer<Self> {
        let bytes = Bytes::from_request(request, app)
            .await
            .map_err(|_| malformed("The body is too long or was cut off."))?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            // The parser's own words may quote the body, and a PIN may be in it.
            let place = format!("Look at line {}, column {}.", error.line(), error.column());
            malformed(&place).into()
        })
    }
}
