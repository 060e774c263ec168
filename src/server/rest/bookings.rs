//! Bookings: when a user is to have a phone. An association on it ends with the booking.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{Caller, Manage, Read};
use super::list::{List, Paging};
use super::problem::{Outcome, Problem};
use super::read::{Asked, Body, Named};
use crate::app::App;
use crate::audit::{Entry, Event};
use crate::change::Change;
use crate::{phones, users};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(remove))
}

/// A booking. Times are seconds since 1970.
#[derive(Debug, Serialize, ToSchema, FromRow)]
struct BookingOut {
    id: i64,
    #[sqlx(rename = "phone_id")]
    phone: i64,
    #[sqlx(rename = "user_id")]
    user: i64,
    starts_at: i64,
    ends_at: i64,
}

/// What a booking is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BookingIn {
    phone: i64,
    user: i64,
    #[schema(minimum = 0, maximum = 4_294_967_295_u32)]
    starts_at: u32,
    #[schema(minimum = 1, maximum = 4_294_967_295_u32)]
    ends_at: u32,
}

/// Bookings.
#[utoipa::path(get, path = "/bookings", tag = "bookings", operation_id = "list_bookings", params(Paging),
    responses((status = 200, body = List<BookingOut>)), security(("token" = ["read"])))]
async fn list(
    State(app): State<App>,
    caller: Caller<Read>,
    Asked(paging): Asked<Paging>,
) -> Outcome<Json<List<BookingOut>>> {
    let (page, after) = paging.by_number()?;
    let rows: Vec<BookingOut> = sqlx::query_as(
        "SELECT * FROM bookings WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3",
    )
    .bind(caller.tenant)
    .bind(after)
    .bind(page.rows())
    .fetch_all(&mut *app.reader().await?)
    .await?;
    Ok(Json(page.list(rows, |row| row.id.to_string(), |row| row)))
}

/// Books a phone for a user, while nobody else has it.
#[utoipa::path(post, path = "/bookings", tag = "bookings", operation_id = "create_booking", request_body = BookingIn,
    responses((status = 201, body = BookingOut)), security(("token" = ["manage"])))]
async fn create(
    State(app): State<App>,
    caller: Caller<Manage>,
    Body(sent): Body<BookingIn>,
) -> Outcome<(StatusCode, Json<BookingOut>)> {
    let conflict = |why: &str| Problem::new(StatusCode::CONFLICT, why);
    let (starts_at, ends_at) = (i64::from(sent.starts_at), i64::from(sent.ends_at));
    if starts_at >= ends_at {
        return Err(conflict("A booking ends after it starts."));
    }
    let mut change = app.change(caller.tenant).await?;
    let phone = phones::of_tenant(change.connection(), caller.tenant, sent.phone).await?;
    let user = users::of_tenant(change.connection(), caller.tenant, sent.user).await?;
    let (phone, user) = phone.zip(user).ok_or_else(Problem::not_found)?;
    let others: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM bookings WHERE tenant_id = $1 AND phone_id = $2 AND starts_at < $4 AND ends_at > $3",
    )
    .bind(caller.tenant)
    .bind(phone.id)
    .bind(starts_at)
    .bind(ends_at)
    .fetch_one(change.connection())
    .await?;
    if others > 0 {
        return Err(conflict("The phone is booked then."));
    }
    let booking: BookingOut = sqlx::query_as(
        "INSERT INTO bookings (tenant_id, phone_id, user_id, starts_at, ends_at) VALUES ($1, $2, $3, $4, $5) RETURNING *",
    )
    .bind(caller.tenant)
    .bind(phone.id)
    .bind(user.id)
    .bind(starts_at)
    .bind(ends_at)
    .fetch_one(change.connection())
    .await?;
    let what = format!("{} booked for {}", phone.name, user.name);
    note(&mut change, caller.tenant, what, &caller.actor).await?;
    change.finish().await?;
    Ok((StatusCode::CREATED, Json(booking)))
}

/// Takes a booking away.
#[utoipa::path(delete, path = "/bookings/{id}", tag = "bookings", operation_id = "remove_booking", params(("id" = i64, Path)),
    responses((status = 204)), security(("token" = ["manage"])))]
async fn remove(
    State(app): State<App>,
    caller: Caller<Manage>,
    Named(id): Named<i64>,
) -> Outcome<StatusCode> {
    let mut change = app.change(caller.tenant).await?;
    let rows = sqlx::query("DELETE FROM bookings WHERE tenant_id = $1 AND id = $2")
        .bind(caller.tenant)
        .bind(id)
        .execute(change.connection())
        .await?;
    if rows.rows_affected() == 0 {
        return Err(Problem::not_found());
    }
    note(
        &mut change,
        caller.tenant,
        format!("booking {id} removed"),
        &caller.actor,
    )
    .await?;
    change.finish().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn note(change: &mut Change, tenant: i64, what: String, actor: &str) -> Outcome<()> {
    let now = change.now;
    Entry::new(Event::SettingsChanged)
        .tenant(Some(tenant))
        .detail(what)
        .actor(actor)
        .write(change.connection(), now)
        .await?;
    Ok(())
}
