//! `POST /v1/associations` and what follows it, and `POST /v1/sync`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use hotdesk_provisioning::{
    Admission, AssociationId, CommitRequest, ConsentRequest, ElsewhereAnswer, EndRequest,
    ExtendAnswer, OpenRequest, PinRequest, RefusalCode, SyncAnswer, SyncRequest,
};

use crate::api::device::{Device, EnabledDevice};
use crate::api::json::Body;
use crate::app::App;
use crate::associations;
use crate::error::Answer;

pub(crate) async fn open(
    State(app): State<App>,
    Device(phone): Device,
    Body(request): Body<OpenRequest>,
) -> Answer<(StatusCode, Json<Admission>)> {
    let admission = associations::open::open(&app, &phone, &request).await?;
    Ok((StatusCode::CREATED, Json(admission)))
}

pub(crate) async fn commit(
    State(app): State<App>,
    EnabledDevice(phone): EnabledDevice,
    Path(id): Path<String>,
    Body(request): Body<CommitRequest>,
) -> Answer<StatusCode> {
    associations::commit::commit(&app, &phone, &name(&id)?, &request).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn end(
    State(app): State<App>,
    Device(phone): Device,
    Path(id): Path<String>,
    Body(request): Body<EndRequest>,
) -> Answer<StatusCode> {
    associations::end::end(&app, &phone, &name(&id)?, &request).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn extend(
    State(app): State<App>,
    EnabledDevice(phone): EnabledDevice,
    Path(id): Path<String>,
) -> Answer<Json<ExtendAnswer>> {
    let answer = associations::commit::extend(&app, &phone, &name(&id)?).await?;
    Ok(Json(answer))
}

pub(crate) async fn change_pin(
    State(app): State<App>,
    EnabledDevice(phone): EnabledDevice,
    Path(id): Path<String>,
    Body(request): Body<PinRequest>,
) -> Answer<StatusCode> {
    associations::guest::change_pin(&app, &phone, &name(&id)?, &request).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn end_elsewhere(
    State(app): State<App>,
    EnabledDevice(phone): EnabledDevice,
    Path(id): Path<String>,
) -> Answer<Json<ElsewhereAnswer>> {
    let answer = associations::guest::end_elsewhere(&app, &phone, &name(&id)?).await?;
    Ok(Json(answer))
}

pub(crate) async fn consent(
    State(app): State<App>,
    EnabledDevice(phone): EnabledDevice,
    Path(id): Path<String>,
    Body(request): Body<ConsentRequest>,
) -> Answer<StatusCode> {
    name(&id)?;
    associations::guest::consent(&app, &phone, &request).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn sync(
    State(app): State<App>,
    EnabledDevice(phone): EnabledDevice,
    Body(request): Body<SyncRequest>,
) -> Answer<Json<SyncAnswer>> {
    Ok(Json(
        associations::sync::sync(&app, &phone, &request).await?,
    ))
}

/// A name that cannot be one is the name of nothing.
fn name(text: &str) -> Answer<AssociationId> {
    AssociationId::parse(text).map_err(|_| RefusalCode::UnknownAssociation.into())
}
