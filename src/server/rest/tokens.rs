//! Tokens of programs like the one that asks.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::Operator;
use super::list::{List, Paging};
use super::problem::{Outcome, Problem};
use super::read::{Asked, Body, Named};
use super::repeat::Unkept;
use super::text::Name;
use crate::app::App;
use crate::tokens::{self, Scope, Token, TokenEntry};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(revoke))
}

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Scope)]
enum ScopeIo {
    /// See everything of the tenant.
    Read,
    /// Sign people out.
    LogOut,
    /// Change the tenant's phones, users and settings.
    Manage,
    /// Administrators, tokens and tenants.
    Operate,
}

impl From<ScopeIo> for Scope {
    fn from(scope: ScopeIo) -> Self {
        match scope {
            ScopeIo::Read => Self::Read,
            ScopeIo::LogOut => Self::LogOut,
            ScopeIo::Manage => Self::Manage,
            ScopeIo::Operate => Self::Operate,
        }
    }
}

/// A token, as it is listed. Times are seconds since 1970.
#[derive(Debug, Serialize, ToSchema)]
struct TokenOut {
    id: i64,
    name: String,
    scopes: Vec<&'static str>,
    created_by: String,
    created_at: i64,
    /// Null: never.
    expires_at: Option<i64>,
    /// To the minute; null: never.
    last_used_at: Option<i64>,
}

/// What a token is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TokenIn {
    name: Name,
    #[schema(min_items = 1, max_items = 4)]
    scopes: Vec<ScopeIo>,
    /// Days of life; left out: for ever.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 3650)]
    days: Option<u16>,
}

/// A token that was just made.
#[derive(Debug, Serialize, ToSchema)]
struct NewToken {
    id: i64,
    /// The token itself: this is the only time that it is shown.
    token: String,
}

fn show(token: Token) -> TokenOut {
    TokenOut {
        id: token.id,
        scopes: token.scopes().into_iter().map(Scope::word).collect(),
        name: token.name,
        created_by: token.created_by,
        created_at: token.created_at,
        expires_at: token.expires_at,
        last_used_at: token.last_used_at,
    }
}

/// Tokens of the tenant; of no tenant, where a token for all of them names none.
#[utoipa::path(get, path = "/tokens", tag = "tokens", operation_id = "list_tokens", params(Paging),
    responses((status = 200, body = List<TokenOut>)), security(("token" = ["operate"])))]
async fn list(
    State(app): State<App>,
    caller: Operator,
    Asked(paging): Asked<Paging>,
) -> Outcome<Json<List<TokenOut>>> {
    let (page, after) = paging.by_number()?;
    let rows = tokens::list(&mut *app.reader().await?, caller.tenant, after, page.rows()).await?;
    Ok(Json(page.list(rows, |row| row.id.to_string(), show)))
}

/// Makes a token that may do no more than the one that asks. Sent again with the same Idempotency-Key it makes another one: the answer is kept nowhere.
#[utoipa::path(post, path = "/tokens", tag = "tokens", operation_id = "create_token", request_body = TokenIn,
    responses((status = 201, body = NewToken)), security(("token" = ["operate"])))]
async fn create(
    State(app): State<App>,
    caller: Operator,
    Body(sent): Body<TokenIn>,
) -> Outcome<impl IntoResponse> {
    let mut scopes: Vec<Scope> = Vec::new();
    for scope in sent.scopes.into_iter().map(Scope::from) {
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    if let Some(scope) = scopes.iter().find(|scope| !caller.scopes.contains(scope)) {
        let why = format!(
            "A token without the scope {} cannot give it away.",
            scope.word()
        );
        return Err(Problem::new(StatusCode::FORBIDDEN, why));
    }
    let days = sent.days.map(i64::from);
    if days.is_some_and(|days| !(1..=3650).contains(&days)) {
        return Err(Problem::invalid(
            "A token lives 1 to 3650 days, or for ever.",
        ));
    }
    let mut change = app.change_everything().await?;
    let entry = TokenEntry {
        tenant: caller.tenant,
        name: sent.name.as_str(),
        scopes: &scopes,
        expires_at: days.map(|days| change.now.saturating_add(days.saturating_mul(86_400))),
    };
    let (id, text) = tokens::create(&mut change, &entry, &caller.actor).await?;
    change.finish().await?;
    let token = text.expose().to_owned();
    Ok((
        StatusCode::CREATED,
        Extension(Unkept),
        Json(NewToken { id, token }),
    ))
}

/// Revokes a token, at once.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "tokens", operation_id = "revoke_token", params(("id" = i64, Path)),
    responses((status = 204)), security(("token" = ["operate"])))]
async fn revoke(
    State(app): State<App>,
    caller: Operator,
    Named(id): Named<i64>,
) -> Outcome<StatusCode> {
    let mut change = app.change_everything().await?;
    tokens::revoke(&mut change, caller.tenant, id, &caller.actor).await?;
    change.finish().await?;
    Ok(StatusCode::NO_CONTENT)
}
