//! `POST /v1/reports`.

use axum::extract::State;
use axum::http::StatusCode;
use hotdesk_provisioning::Report;

use crate::api::device::Device;
use crate::api::json::Body;
use crate::app::App;
use crate::error::Answer;
use crate::reports;

pub(crate) async fn report(
    State(app): State<App>,
    Device(phone): Device,
    Body(report): Body<Report>,
) -> Answer<StatusCode> {
    reports::report(&app, &phone, &report).await?;
    Ok(StatusCode::NO_CONTENT)
}
