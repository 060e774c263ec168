//! Versions as entity tags (RFC 9110 section 8.8.3): nobody overwrites what they have not seen, and nobody is sent what they have.

use std::convert::Infallible;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use super::problem::{Outcome, Problem};

/// What the asker knows already.
#[derive(Debug, Default)]
pub(crate) struct Known {
    must_match: Option<String>,
    has: Option<String>,
}

impl<S: Sync> FromRequestParts<S> for Known {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self {
            must_match: text(&parts.headers, &header::IF_MATCH),
            has: text(&parts.headers, &header::IF_NONE_MATCH),
        })
    }
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    // What is no text matches nothing.
    headers
        .get(name)
        .map(|value| value.to_str().unwrap_or_default().to_owned())
}

impl Known {
    /// Refuses a change to what is no longer as the asker knows it.
    pub(crate) fn allows(&self, version: i64) -> Outcome<()> {
        match &self.must_match {
            Some(tags) if !names(tags, version) => Err(Problem::new(
                StatusCode::PRECONDITION_FAILED,
                "Somebody changed it meanwhile: read it again.",
            )),
            Some(_) | None => Ok(()),
        }
    }

    /// The thing with its tag, or nothing where the asker has it.
    pub(crate) fn answer<T: Serialize>(&self, version: i64, value: T) -> Response {
        let mut response = match &self.has {
            Some(tags) if names(tags, version) => StatusCode::NOT_MODIFIED.into_response(),
            Some(_) | None => Json(value).into_response(),
        };
        tag(&mut response, version);
        response
    }
}

/// A new thing with its tag and its address.
pub(crate) fn created<T: Serialize>(address: &str, version: i64, value: T) -> Response {
    let mut response = (StatusCode::CREATED, Json(value)).into_response();
    tag(&mut response, version);
    if let Ok(address) = HeaderValue::from_str(address) {
        response.headers_mut().insert(header::LOCATION, address);
    }
    response
}

fn tag(response: &mut Response, version: i64) {
    if let Ok(value) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, value);
    }
}

fn names(tags: &str, version: i64) -> bool {
    let own = format!("\"{version}\"");
    let mut tags = tags.split(',').map(str::trim);
    tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_version_that_is_known_may_be_changed() {
        let known = |tags: &str| Known {
            must_match: Some(tags.to_owned()),
            has: None,
        };
        for tags in ["\"7\"", "W/\"7\"", "*", "\"6\", \"7\""] {
            assert!(known(tags).allows(7).is_ok(), "{tags}");
        }
        for tags in ["\"8\"", "7", "", "\"77\""] {
            assert!(known(tags).allows(7).is_err(), "{tags}");
        }
        assert!(Known::default().allows(7).is_ok());
    }
}
