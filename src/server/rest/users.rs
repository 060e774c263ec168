//! Users: who they are, what they may do, and where they are signed in.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hotdesk_provisioning::{Extension, Language};
use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, FromRow};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{Caller, Manage, Read};
use super::keys::{Key, line_keys};
use super::list::{List, Page, after_number};
use super::problem::{Outcome, Problem};
use super::read::{Asked, Body, Named};
use super::text::{Name, Word};
use super::versions::{Known, created};
use crate::app::App;
use crate::audit::contains;
use crate::change::Change;
use crate::manage;
use crate::people::UserEntry;
use crate::users::{self, User};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(read, replace, remove))
}

/// Somebody who may be a guest.
#[derive(Debug, Serialize, ToSchema)]
struct UserOut {
    id: i64,
    /// The full number.
    extension: String,
    /// Another, shorter way to type the same user.
    short_extension: Option<String>,
    name: String,
    site: String,
    group: Option<String>,
    has_pin: bool,
    /// Whether they may use shared phones.
    hot_desk: bool,
    /// Whether they are shut out altogether.
    disabled: bool,
    /// Until when too many wrong PINs keep them out, seconds since 1970.
    locked_until: Option<i64>,
    /// Seconds until an association ends by itself, instead of the site's; 0: never.
    association_limit: Option<i64>,
    /// What screens speak while they are signed in; null: what the phone speaks.
    language: Option<String>,
    /// Names of the phones where they are signed in, with commas between.
    signed_in_at: Option<String>,
    keys: Vec<Key>,
    version: i64,
}

/// What a user is to be; the PIN apart.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UserIn {
    #[schema(value_type = String, pattern = "^[0-9]{1,20}$", example = "01132991099")]
    extension: Extension,
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[0-9]{1,20}$", example = "2099")]
    short_extension: Option<Extension>,
    name: Name,
    /// The site's name; left out: where they are, or the first site.
    #[serde(default)]
    site: Option<Name>,
    /// The group's name; left out: none.
    #[serde(default)]
    group: Option<Name>,
    #[serde(default = "yes")]
    hot_desk: bool,
    #[serde(default)]
    disabled: bool,
    #[serde(default)]
    #[schema(maximum = 2678400)]
    association_limit: Option<u32>,
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[a-z]{2}$", example = "de")]
    language: Option<Word>,
    #[serde(default)]
    #[schema(max_items = 120)]
    keys: Vec<Key>,
}

const fn yes() -> bool {
    true
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct UserFilter {
    /// What name or numbers contain.
    #[param(value_type = Option<String>, max_length = 200)]
    search: Option<Word>,
    /// A site's name.
    #[param(value_type = Option<String>, max_length = 200)]
    site: Option<Word>,
    /// A group's name.
    #[param(value_type = Option<String>, max_length = 200)]
    group: Option<Word>,
    /// Things on a page: 1 to 200, 50 where it is left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// What the page before gave as `next`.
    #[param(value_type = Option<String>, max_length = 200)]
    after: Option<Word>,
}

#[derive(FromRow)]
struct Row {
    #[sqlx(flatten)]
    user: User,
    site: String,
    group_name: Option<String>,
    locked_until: Option<i64>,
    desks: Option<String>,
}

const SELECT: &str = "
    SELECT u.*, s.name AS site, g.name AS group_name, t.locked_until,
           (SELECT string_agg(p.name, ', ') FROM associations a JOIN phones p ON p.id = a.phone_id
            WHERE a.user_id = u.id AND a.state = 'active') AS desks
    FROM users u JOIN sites s ON s.id = u.site_id LEFT JOIN groups g ON g.id = u.group_id
    LEFT JOIN throttles t ON t.subject = 'user:' || u.id
    WHERE u.tenant_id = $1";

impl Row {
    fn show(self, now: i64) -> UserOut {
        let user = self.user;
        UserOut {
            id: user.id,
            language: user.language().map(|language| language.code().to_owned()),
            keys: user.keys.0.iter().map(Key::from).collect(),
            extension: user.extension,
            short_extension: user.short_extension,
            name: user.name,
            site: self.site,
            group: self.group_name,
            has_pin: user.pin_hash.is_some(),
            hot_desk: user.hot_desk,
            disabled: user.disabled,
            locked_until: self.locked_until.filter(|until| *until > now),
            association_limit: user.association_limit,
            signed_in_at: self.desks,
            version: user.version,
        }
    }
}

async fn find(app: &App, tenant: i64, id: i64) -> Outcome<UserOut> {
    let row: Option<Row> = sqlx::query_as(AssertSqlSafe(format!("{SELECT} AND u.id = $2")))
        .bind(tenant)
        .bind(id)
        .fetch_optional(&mut *app.reader().await?)
        .await?;
    Ok(row.ok_or_else(Problem::not_found)?.show(app.now()))
}

/// The user, for a change.
pub(super) async fn own(change: &mut Change, tenant: i64, id: i64) -> Outcome<User> {
    let found = users::of_tenant(change.connection(), tenant, id).await?;
    found.ok_or_else(Problem::not_found)
}

/// Users.
#[utoipa::path(get, path = "/users", tag = "users", params(UserFilter),
    responses((status = 200, body = List<UserOut>)), security(("token" = ["read"])))]
async fn list(
    State(app): State<App>,
    caller: Caller<Read>,
    Asked(filter): Asked<UserFilter>,
) -> Outcome<Json<List<UserOut>>> {
    let page = Page::of(filter.limit)?;
    let after = after_number(filter.after.as_ref())?;
    let search = filter.search.as_ref().map_or("", Word::as_str);
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(format!(
        "{SELECT} AND u.id > $2 AND ($3 = '' OR lower(u.name || ' ' || u.extension || ' ' || coalesce(u.short_extension, ''))
            LIKE $4 ESCAPE '!')
         AND ($5 = '' OR s.name = $5) AND ($6 = '' OR g.name = $6)
         ORDER BY u.id LIMIT $7"
    )))
    .bind(caller.tenant)
    .bind(after)
    .bind(search)
    .bind(contains(search))
    .bind(filter.site.as_ref().map_or("", Word::as_str))
    .bind(filter.group.as_ref().map_or("", Word::as_str))
    .bind(page.rows())
    .fetch_all(&mut *app.reader().await?)
    .await?;
    let now = app.now();
    Ok(Json(page.list(
        rows,
        |row| row.user.id.to_string(),
        |row| row.show(now),
    )))
}

/// One user.
#[utoipa::path(get, path = "/users/{id}", tag = "users", params(("id" = i64, Path)),
    responses((status = 200, body = UserOut)), security(("token" = ["read"])))]
async fn read(
    State(app): State<App>,
    caller: Caller<Read>,
    Named(id): Named<i64>,
) -> Outcome<Response> {
    let user = find(&app, caller.tenant, id).await?;
    // Where they are changes without a new version: this is never what the asker has already.
    Ok(Known::default().answer(user.version, user))
}

/// Adds a user, who has no PIN yet.
#[utoipa::path(post, path = "/users", tag = "users", request_body = UserIn,
    responses((status = 201, body = UserOut)), security(("token" = ["manage"])))]
async fn create(
    State(app): State<App>,
    caller: Caller<Manage>,
    Body(user): Body<UserIn>,
) -> Outcome<Response> {
    let id = save(&app, &caller, None, user, &Known::default()).await?;
    let user = find(&app, caller.tenant, id).await?;
    Ok(created(&format!("/api/v1/users/{id}"), user.version, user))
}

/// Makes a user what is sent; the PIN stays.
#[utoipa::path(put, path = "/users/{id}", tag = "users", params(("id" = i64, Path)), request_body = UserIn,
    responses((status = 200, body = UserOut)), security(("token" = ["manage"])))]
async fn replace(
    State(app): State<App>,
    caller: Caller<Manage>,
    Named(id): Named<i64>,
    known: Known,
    Body(user): Body<UserIn>,
) -> Outcome<Response> {
    save(&app, &caller, Some(id), user, &known).await?;
    let user = find(&app, caller.tenant, id).await?;
    Ok(Known::default().answer(user.version, user))
}

async fn save(
    app: &App,
    caller: &Caller<Manage>,
    id: Option<i64>,
    user: UserIn,
    known: &Known,
) -> Outcome<i64> {
    let entry = entry(user)?;
    let mut change = app.change(caller.tenant).await?;
    let before = match id {
        Some(id) => Some(own(&mut change, caller.tenant, id).await?),
        None => None,
    };
    if let Some(before) = &before {
        known.allows(before.version)?;
    }
    let saved = manage::save_user(
        &mut change,
        caller.tenant,
        before.as_ref(),
        &entry,
        &caller.actor,
    )
    .await?;
    change.finish().await?;
    Ok(saved.id)
}

fn entry(user: UserIn) -> Outcome<UserEntry> {
    let language = match user.language.as_ref().map(Word::as_str) {
        Some(code) => Some(
            Language::parse(code)
                .filter(|l| l.code() == code)
                .ok_or_else(|| {
                    Problem::new(StatusCode::CONFLICT, "No screen speaks this language.")
                })?,
        ),
        None => None,
    };
    Ok(UserEntry {
        extension: user.extension,
        short_extension: user.short_extension,
        name: user.name.into(),
        site: user.site.map(String::from),
        group: user.group.map(String::from),
        pin: None,
        hot_desk: user.hot_desk,
        disabled: user.disabled,
        association_limit: user.association_limit,
        keys: line_keys(user.keys)?,
        language,
    })
}

/// Takes a user away; they are signed out wherever they are.
#[utoipa::path(delete, path = "/users/{id}", tag = "users", params(("id" = i64, Path)),
    responses((status = 204)), security(("token" = ["manage"])))]
async fn remove(
    State(app): State<App>,
    caller: Caller<Manage>,
    Named(id): Named<i64>,
    known: Known,
) -> Outcome<StatusCode> {
    let mut change = app.change(caller.tenant).await?;
    let user = own(&mut change, caller.tenant, id).await?;
    known.allows(user.version)?;
    manage::delete_user(&mut change, &user, &caller.actor).await?;
    change.finish().await?;
    Ok(StatusCode::NO_CONTENT)
}
