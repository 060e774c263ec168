//! `GET /v1/profile`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::api::device::EnabledDevice;
use crate::app::App;
use crate::error::Answer;
use crate::profile::host_profile;

pub(crate) async fn profile(
    State(app): State<App>,
    EnabledDevice(phone): EnabledDevice,
    headers: HeaderMap,
) -> Answer<Response> {
    let tagged = host_profile(&app, &mut *app.reader().await?, &phone).await?;
    let is_known = headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tagged.etag.as_bytes());
    let tag = [(header::ETAG, tagged.etag)];
    Ok(if is_known {
        (StatusCode::NOT_MODIFIED, tag).into_response()
    } else {
        (tag, Json(tagged.profile)).into_response()
    })
}
