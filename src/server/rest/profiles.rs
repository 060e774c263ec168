//! Profiles: what phones of a model show for a group or a user, and what a phone shows when all layers are put together.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hotdesk_provisioning::{Language, LineKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{Caller, Manage, Read};
use super::keys::Key;
use super::list::{List, Paging};
use super::problem::{Outcome, Problem};
use super::read::{Asked, Body, Named};
use super::text::{Name, Word};
use super::versions::Known;
use crate::app::App;
use crate::db::Connection;
use crate::manage::{self, Owner, Removable};
use crate::profiles::{self, PLACES_MAX, Profile, Settings};
use crate::{associations, models, phones, sites, users};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(read, remove))
        .routes(routes!(of_group))
        .routes(routes!(of_user))
        .routes(routes!(merged))
}

/// Keys by their place, and a language.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SettingsIo {
    /// Keys by their place, 1 to 120.
    #[schema(example = json!({ "1": { "kind": "blf", "label": "Reception", "value": "3000" } }))]
    keys: BTreeMap<String, Key>,
    /// What screens speak.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, pattern = "^[a-z]{2}$", example = "de")]
    language: Option<Word>,
}

impl From<&Settings> for SettingsIo {
    fn from(settings: &Settings) -> Self {
        let language = settings.language.map(|language| language.code().to_owned());
        Self {
            keys: settings
                .keys
                .iter()
                .map(|(place, key)| (place.to_string(), key.into()))
                .collect(),
            language: language.and_then(|code| Word::try_from(code).ok()),
        }
    }
}

impl SettingsIo {
    pub(super) fn into_settings(self) -> Outcome<Settings> {
        let mut keys = BTreeMap::new();
        for (place, key) in self.keys {
            let number: Option<u8> = place.parse().ok().filter(|n| (1..=PLACES_MAX).contains(n));
            let number = number.ok_or_else(|| {
                Problem::new(StatusCode::CONFLICT, "Keys have the places 1 to 120.")
            })?;
            keys.insert(number, LineKey::from(key));
        }
        let language = match self.language.as_ref().map(Word::as_str) {
            Some(code) => Some(Language::parse(code).ok_or_else(|| {
                Problem::new(StatusCode::CONFLICT, "No screen speaks this language.")
            })?),
            None => None,
        };
        Ok(Settings { keys, language })
    }
}

/// A profile of a group or a user for one model.
#[derive(Debug, Serialize, ToSchema)]
struct ProfileOut {
    id: i64,
    model: String,
    /// Whose it is, if a group's.
    group: Option<i64>,
    /// Whose it is, if a user's.
    user: Option<i64>,
    settings: SettingsIo,
    version: i64,
}

fn show(profile: Profile) -> ProfileOut {
    ProfileOut {
        id: profile.id,
        model: profile.model,
        group: profile.group_id,
        user: profile.user_id,
        settings: (&profile.settings.0).into(),
        version: profile.version,
    }
}

/// Profiles of groups and users.
#[utoipa::path(get, path = "/profiles", tag = "profiles", operation_id = "list_profiles", params(Paging),
    responses((status = 200, body = List<ProfileOut>)), security(("token" = ["read"])))]
async fn list(
    State(app): State<App>,
    caller: Caller<Read>,
    Asked(paging): Asked<Paging>,
) -> Outcome<Json<List<ProfileOut>>> {
    let (page, after) = paging.by_number()?;
    let rows: Vec<Profile> = sqlx::query_as(
        "SELECT * FROM profiles WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3",
    )
    .bind(caller.tenant)
    .bind(after)
    .bind(page.rows())
    .fetch_all(&mut *app.reader().await?)
    .await?;
    Ok(Json(page.list(rows, |row| row.id.to_string(), show)))
}

async fn find(connection: &mut Connection, tenant: i64, id: i64) -> Outcome<Profile> {
    let found = sqlx::query_as("SELECT * FROM profiles WHERE tenant_id = $1 AND id = $2")
        .bind(tenant)
        .bind(id)
        .fetch_optional(connection)
        .await?;
    found.ok_or_else(Problem::not_found)
}

/// One profile.
#[utoipa::path(get, path = "/profiles/{id}", tag = "profiles", operation_id = "read_profile", params(("id" = i64, Path)),
    responses((status = 200, body = ProfileOut)), security(("token" = ["read"])))]
async fn read(
    State(app): State<App>,
    caller: Caller<Read>,
    Named(id): Named<i64>,
    known: Known,
) -> Outcome<Response> {
    let profile = find(&mut *app.reader().await?, caller.tenant, id).await?;
    Ok(known.answer(profile.version, show(profile)))
}

/// Takes a profile away.
#[utoipa::path(delete, path = "/profiles/{id}", tag = "profiles", operation_id = "remove_profile", params(("id" = i64, Path)),
    responses((status = 204)), security(("token" = ["manage"])))]
async fn remove(
    State(app): State<App>,
    caller: Caller<Manage>,
    Named(id): Named<i64>,
    known: Known,
) -> Outcome<StatusCode> {
    let mut change = app.change(caller.tenant).await?;
    let profile = find(change.connection(), caller.tenant, id).await?;
    known.allows(profile.version)?;
    manage::remove(
        &mut change,
        caller.tenant,
        Removable::Profile(id),
        &caller.actor,
    )
    .await?;
    change.finish().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a group's profile for a model what is sent.
#[utoipa::path(put, path = "/groups/{id}/profiles/{model}", tag = "profiles", operation_id = "save_group_profile",
    params(("id" = i64, Path), ("model" = String, Path, max_length = 100)), request_body = SettingsIo,
    responses((status = 200, body = ProfileOut)), security(("token" = ["manage"])))]
async fn of_group(
    State(app): State<App>,
    caller: Caller<Manage>,
    Named((id, model)): Named<(i64, Name)>,
    known: Known,
    Body(settings): Body<SettingsIo>,
) -> Outcome<Response> {
    let found = sites::group(&mut *app.reader().await?, caller.tenant, id).await?;
    found.ok_or_else(Problem::not_found)?;
    save(&app, &caller, (Owner::Group(id), model), settings, &known).await
}

/// Makes a user's profile for a model what is sent.
#[utoipa::path(put, path = "/users/{id}/profiles/{model}", tag = "profiles", operation_id = "save_user_profile",
    params(("id" = i64, Path), ("model" = String, Path, max_length = 100)), request_body = SettingsIo,
    responses((status = 200, body = ProfileOut)), security(("token" = ["manage"])))]
async fn of_user(
    State(app): State<App>,
    caller: Caller<Manage>,
    Named((id, model)): Named<(i64, Name)>,
    known: Known,
    Body(settings): Body<SettingsIo>,
) -> Outcome<Response> {
    let found = users::of_tenant(&mut *app.reader().await?, caller.tenant, id).await?;
    found.ok_or_else(Problem::not_found)?;
    save(&app, &caller, (Owner::User(id), model), settings, &known).await
}

async fn save(
    app: &App,
    caller: &Caller<Manage>,
    (owner, model): (Owner, Name),
    settings: SettingsIo,
    known: &Known,
) -> Outcome<Response> {
    let settings = settings.into_settings()?;
    let mut change = app.change(caller.tenant).await?;
    let of_model = models::find(change.connection(), caller.tenant, model.as_str()).await?;
    of_model.ok_or_else(Problem::not_found)?;
    let before = of_owner(change.connection(), caller.tenant, owner, &model).await?;
    known.allows(before.map_or(0, |profile| profile.version))?;
    manage::save_profile(
        &mut change,
        caller.tenant,
        (owner, model.as_str()),
        &settings,
        &caller.actor,
    )
    .await?;
    let saved = of_owner(change.connection(), caller.tenant, owner, &model).await?;
    change.finish().await?;
    let saved = saved.ok_or_else(Problem::not_found)?;
    Ok(Known::default().answer(saved.version, show(saved)))
}

async fn of_owner(
    connection: &mut Connection,
    tenant: i64,
    owner: Owner,
    model: &Name,
) -> Result<Option<Profile>, sqlx::Error> {
    let (statement, id) = match owner {
        Owner::Group(id) => (
            "SELECT * FROM profiles WHERE tenant_id = $1 AND group_id = $2 AND model = $3",
            id,
        ),
        Owner::User(id) => (
            "SELECT * FROM profiles WHERE tenant_id = $1 AND user_id = $2 AND model = $3",
            id,
        ),
    };
    sqlx::query_as(statement)
        .bind(tenant)
        .bind(id)
        .bind(model.as_str())
        .fetch_optional(connection)
        .await
}

/// What a phone shows.
#[derive(Debug, Serialize, ToSchema)]
struct Shown {
    /// Keys in the order of their places.
    keys: Vec<Key>,
    /// Keys beyond those that the model has.
    hidden: usize,
    language: Option<String>,
    /// Whose keys they are; null: the phone's own.
    guest: Option<String>,
}

/// What a phone shows now, all layers put together.
#[utoipa::path(get, path = "/phones/{id}/profile", tag = "profiles", operation_id = "read_phone_profile",
    params(("id" = i64, Path)), responses((status = 200, body = Shown)), security(("token" = ["read"])))]
async fn merged(
    State(app): State<App>,
    caller: Caller<Read>,
    Named(id): Named<i64>,
) -> Outcome<Json<Shown>> {
    let mut reader = app.reader().await?;
    let phone = phones::of_tenant(&mut reader, caller.tenant, id).await?;
    let phone = phone.ok_or_else(Problem::not_found)?;
    let (settings, own, guest) = match associations::active_on_phone(&mut reader, id).await? {
        Some(active) => {
            let user = users::find(&mut reader, active.user_id).await?;
            let settings = profiles::of_guest(&mut reader, &phone, &user).await?;
            (settings, user.keys.0, Some(user.name))
        }
        None => (
            profiles::of_host(&mut reader, &phone).await?,
            phone.keys.0.clone(),
            None,
        ),
    };
    let model = models::find(&mut reader, caller.tenant, phone.model()).await?;
    let keys = settings.keys_with(&own);
    let room = model.map_or(keys.len(), |model| {
        usize::try_from(model.line_keys).unwrap_or_default()
    });
    Ok(Json(Shown {
        hidden: keys.len().saturating_sub(room),
        keys: keys.iter().map(Key::from).collect(),
        language: settings.language.map(|language| language.code().to_owned()),
        guest,
    }))
}
