//! What a phone shows now: as it says it, and as a picture. The phone is asked, and waited for a moment; that somebody looked is in
//! the audit.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{Caller, Read};
use super::problem::{Outcome, Problem};
use super::read::Named;
use crate::app::App;
use crate::phones::{self, Phone};
use crate::screens::{self, Shown};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read))
        .routes(routes!(picture))
}

/// What a phone shows. What is typed into a masked field is not in it.
#[derive(Debug, Serialize, ToSchema)]
struct ScreenOut {
    /// As the phone's software says it; it may say more after an update.
    #[schema(value_type = Object)]
    screen: Map<String, Value>,
}

/// A picture.
struct Picture;

impl PartialSchema for Picture {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .content_media_type("image/png")
            .into()
    }
}

impl ToSchema for Picture {}

async fn look(app: &App, caller: &Caller<Read>, id: i64) -> Outcome<(Phone, Shown)> {
    let mut reader = app.reader().await?;
    let phone = phones::of_tenant(&mut reader, caller.tenant, id).await?;
    let phone = phone.ok_or_else(Problem::not_found)?;
    if !screens::is_allowed(&mut reader, &phone).await? {
        let why = "The rules of this site do not let anybody look at screens.";
        return Err(Problem::new(StatusCode::CONFLICT, why));
    }
    drop(reader);
    let shown = screens::look(app, &phone, &caller.actor).await?;
    Ok((phone, shown.ok_or_else(away)?))
}

fn away() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "The phone says nothing of its screen: it may be away.",
    )
}

/// What a phone shows now.
#[utoipa::path(get, path = "/phones/{id}/screen", tag = "phones", operation_id = "read_screen", params(("id" = i64, Path)),
    responses((status = 200, body = ScreenOut),
        (status = 409, body = Problem, description = "The rules of its site do not let anybody look.")),
    security(("token" = ["read"])))]
async fn read(
    State(app): State<App>,
    caller: Caller<Read>,
    Named(id): Named<i64>,
) -> Outcome<Json<ScreenOut>> {
    let (_, shown) = look(&app, &caller, id).await?;
    let screen = serde_json::from_str(&shown.screen).map_err(|_| away())?;
    Ok(Json(ScreenOut { screen }))
}

/// What a phone shows now, as a picture.
#[utoipa::path(get, path = "/phones/{id}/screen.png", tag = "phones", operation_id = "read_screen_picture",
    params(("id" = i64, Path)),
    responses((status = 200, body = inline(Picture), content_type = "image/png"),
        (status = 409, body = Problem, description = "The rules of its site do not let anybody look.")),
    security(("token" = ["read"])))]
async fn picture(
    State(app): State<App>,
    caller: Caller<Read>,
    Named(id): Named<i64>,
) -> Outcome<Response> {
    let (phone, shown) = look(&app, &caller, id).await?;
    let png = screens::picture(&phone, shown).await?.ok_or_else(away)?;
    Ok(([(header::CONTENT_TYPE, "image/png")], png).into_response())
}
