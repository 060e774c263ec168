//! `POST /v1/enrol`.

use axum::Json;
use axum::extract::State;
use hotdesk_provisioning::{EnrolAnswer, EnrolRequest};

use crate::api::json::Body;
use crate::app::App;
use crate::enrolment;
use crate::error::Answer;

pub(crate) async fn enrol(
    State(app): State<App>,
    Body(request): Body<EnrolRequest>,
) -> Answer<Json<EnrolAnswer>> {
    Ok(Json(enrolment::enrol(&app, &request).await?))
}
