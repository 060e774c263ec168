//! Phones: who sits there and what they are.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hotdesk_provisioning::{DeviceId, Extension};
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
use super::text::{Line, Name, Word};
use super::versions::{Known, created};
use crate::app::App;
use crate::audit::contains;
use crate::change::Change;
use crate::column::Flag;
use crate::enrolment::{self, Applicant};
use crate::people::PhoneEntry;
use crate::phones::{self, Phone};
use crate::{lines, manage};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(read, replace, remove))
}

/// A phone and whoever sits there. Times are seconds since 1970.
#[derive(Debug, Serialize, ToSchema)]
struct PhoneOut {
    id: i64,
    #[schema(example = "02005e100011")]
    mac: String,
    name: String,
    /// The phone's own number.
    extension: String,
    model: Option<String>,
    site: String,
    group: Option<String>,
    location: String,
    /// Where an ambulance would come to; without it the phone takes no guests.
    address: String,
    /// Whether it takes part in hot desking.
    enabled: bool,
    enrolled: bool,
    /// Whether it is connected now.
    online: bool,
    /// Whether the registrar knows it.
    registered: bool,
    last_seen: Option<i64>,
    software: String,
    /// How long it took to become somebody else's the last time.
    last_switch_ms: Option<i64>,
    guest: Option<Guest>,
    keys: Vec<Key>,
    version: i64,
}

/// Who is signed in on a phone.
#[derive(Debug, Serialize, ToSchema)]
struct Guest {
    association: String,
    user: i64,
    name: String,
    extension: String,
    since: Option<i64>,
    /// When it ends by itself; null: never.
    until: Option<i64>,
}

/// What a phone is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PhoneIn {
    /// Its MAC address, or the code of six digits on its screen.
    #[schema(
        pattern = "^(([0-9A-Fa-f]{2}[:-]?){5}[0-9A-Fa-f]{2}|[0-9]{6})$",
        max_length = 17,
        example = "02:00:5e:10:00:99"
    )]
    device: String,
    name: Name,
    #[schema(value_type = String, pattern = "^[0-9]{1,20}$", example = "3099")]
    extension: Extension,
    /// Left out: what the phone says.
    #[serde(default)]
    model: Option<Name>,
    /// The site's name; left out: where it is, or the first site.
    #[serde(default)]
    site: Option<Name>,
    /// The group's name; left out: none.
    #[serde(default)]
    group: Option<Name>,
    #[serde(default)]
    location: Line,
    #[serde(default)]
    address: Line,
    #[serde(default = "yes")]
    enabled: bool,
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
struct PhoneFilter {
    /// What name, extension, MAC, location or model contain.
    #[param(value_type = Option<String>, max_length = 200)]
    search: Option<Word>,
    /// A site's name.
    #[param(value_type = Option<String>, max_length = 200)]
    site: Option<Word>,
    /// A group's name.
    #[param(value_type = Option<String>, max_length = 200)]
    group: Option<Word>,
    /// A model's name.
    #[param(value_type = Option<String>, max_length = 200)]
    model: Option<Word>,
    /// Whether somebody is signed in there.
    occupied: Option<bool>,
    /// Things on a page: 1 to 200, 50 where it is left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// What the page before gave as `next`.
    #[param(value_type = Option<String>, max_length = 200)]
    after: Option<Word>,
}

#[derive(Debug, FromRow)]
struct Row {
    #[sqlx(flatten)]
    phone: Phone,
    site: String,
    group_name: Option<String>,
    association: Option<String>,
    guest_id: Option<i64>,
    guest: Option<String>,
    guest_extension: Option<String>,
    since: Option<i64>,
    until: Option<i64>,
    #[sqlx(try_from = "Flag")]
    is_online: bool,
}

const SELECT: &str = "
    SELECT p.*, s.name AS site, g.name AS group_name, a.id AS association, u.id AS guest_id, u.name AS guest,
           u.extension AS guest_extension, a.committed_at AS since, a.ends_at AS until,
           EXISTS (SELECT 1 FROM lines l JOIN replicas r ON r.id = l.replica
                   WHERE l.phone_id = p.id AND r.seen_at > $2) AS is_online
    FROM phones p JOIN sites s ON s.id = p.site_id LEFT JOIN groups g ON g.id = p.group_id
    LEFT JOIN associations a ON a.phone_id = p.id AND a.state = 'active' LEFT JOIN users u ON u.id = a.user_id
    WHERE p.tenant_id = $1";

impl Row {
    fn show(self) -> PhoneOut {
        let phone = self.phone;
        let guest = self
            .association
            .zip(self.guest_id)
            .map(|(association, user)| Guest {
                association,
                user,
                name: self.guest.unwrap_or_default(),
                extension: self.guest_extension.unwrap_or_default(),
                since: self.since,
                until: self.until,
            });
        PhoneOut {
            id: phone.id,
            enrolled: phone.token_hash.is_some(),
            keys: phone.keys.0.iter().map(Key::from).collect(),
            mac: phone.mac,
            name: phone.name,
            extension: phone.extension,
            model: phone.model,
            site: self.site,
            group: self.group_name,
            location: phone.location,
            address: phone.address,
            enabled: phone.enabled,
            online: self.is_online,
            registered: phone.registered,
            last_seen: phone.last_seen,
            software: phone.agent_version,
            last_switch_ms: phone.last_switch_ms,
            guest,
            version: phone.version,
        }
    }
}

async fn find(app: &App, tenant: i64, id: i64) -> Outcome<PhoneOut> {
    let row: Option<Row> = sqlx::query_as(AssertSqlSafe(format!("{SELECT} AND p.id = $3")))
        .bind(tenant)
        .bind(lines::alive_since(app))
        .bind(id)
        .fetch_optional(&mut *app.reader().await?)
        .await?;
    Ok(row.ok_or_else(Problem::not_found)?.show())
}

/// The phone, for a change.
pub(super) async fn own(change: &mut Change, tenant: i64, id: i64) -> Outcome<Phone> {
    let found = phones::of_tenant(change.connection(), tenant, id).await?;
    found.ok_or_else(Problem::not_found)
}

/// Phones.
#[utoipa::path(get, path = "/phones", tag = "phones", params(PhoneFilter),
    responses((status = 200, body = List<PhoneOut>)), security(("token" = ["read"])))]
async fn list(
    State(app): State<App>,
    caller: Caller<Read>,
    Asked(filter): Asked<PhoneFilter>,
) -> Outcome<axum::Json<List<PhoneOut>>> {
    let page = Page::of(filter.limit)?;
    let after = after_number(filter.after.as_ref())?;
    let search = filter.search.as_ref().map_or("", Word::as_str);
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(format!(
        "{SELECT} AND p.id > $3 AND ($4 = '' OR lower(p.name || ' ' || p.extension || ' ' || p.mac || ' ' || p.location ||
            ' ' || coalesce(p.model, '')) LIKE $5 ESCAPE '!')
         AND ($6 = '' OR s.name = $6) AND ($7 = '' OR g.name = $7) AND ($8 = '' OR p.model = $8)
         AND ($9 = '' OR $9 = CASE WHEN a.id IS NULL THEN 'no' ELSE 'yes' END)
         ORDER BY p.id LIMIT $10"
    )))
    .bind(caller.tenant)
    .bind(lines::alive_since(&app))
    .bind(after)
    .bind(search)
    .bind(contains(search))
    .bind(filter.site.as_ref().map_or("", Word::as_str))
    .bind(filter.group.as_ref().map_or("", Word::as_str))
    .bind(filter.model.as_ref().map_or("", Word::as_str))
    .bind(filter.occupied.map_or("", |is| if is { "yes" } else { "no" }))
    .bind(page.rows())
    .fetch_all(&mut *app.reader().await?)
    .await?;
    Ok(axum::Json(page.list(
        rows,
        |row| row.phone.id.to_string(),
        Row::show,
    )))
}

/// One phone.
#[utoipa::path(get, path = "/phones/{id}", tag = "phones", params(("id" = i64, Path)),
    responses((status = 200, body = PhoneOut)), security(("token" = ["read"])))]
async fn read(
    State(app): State<App>,
    caller: Caller<Read>,
    Named(id): Named<i64>,
) -> Outcome<Response> {
    let phone = find(&app, caller.tenant, id).await?;
    // Who sits there changes without a new version: this is never what the asker has already.
    Ok(Known::default().answer(phone.version, phone))
}

/// Designates a phone, by its MAC address or by the code on its screen.
#[utoipa::path(post, path = "/phones", tag = "phones", request_body = PhoneIn,
    responses((status = 201, body = PhoneOut)), security(("token" = ["manage"])))]
async fn create(
    State(app): State<App>,
    caller: Caller<Manage>,
    Body(phone): Body<PhoneIn>,
) -> Outcome<Response> {
    let id = save(&app, &caller, None, phone, &Known::default()).await?;
    let phone = find(&app, caller.tenant, id).await?;
    Ok(created(
        &format!("/api/v1/phones/{id}"),
        phone.version,
        phone,
    ))
}

/// Makes a phone what is sent. A code instead of the MAC address puts other hardware in its place.
#[utoipa::path(put, path = "/phones/{id}", tag = "phones", params(("id" = i64, Path)), request_body = PhoneIn,
    responses((status = 200, body = PhoneOut)), security(("token" = ["manage"])))]
async fn replace(
    State(app): State<App>,
    caller: Caller<Manage>,
    Named(id): Named<i64>,
    known: Known,
    Body(phone): Body<PhoneIn>,
) -> Outcome<Response> {
    save(&app, &caller, Some(id), phone, &known).await?;
    let phone = find(&app, caller.tenant, id).await?;
    Ok(Known::default().answer(phone.version, phone))
}

async fn save(
    app: &App,
    caller: &Caller<Manage>,
    id: Option<i64>,
    phone: PhoneIn,
    known: &Known,
) -> Outcome<i64> {
    let (mac, applicant) =
        enrolment::named(&mut *app.reader().await?, &phone.device, app.now()).await?;
    let entry = entry(mac.clone(), phone, applicant.as_ref())?;
    let mut change = app.change_everything().await?;
    let before = match id {
        Some(id) => Some(own(&mut change, caller.tenant, id).await?),
        None => None,
    };
    if let Some(before) = &before {
        known.allows(before.version)?;
    }
    let saved = manage::save_phone(
        &mut change,
        caller.tenant,
        before.as_ref(),
        &entry,
        &caller.actor,
    )
    .await?;
    let is_other = before.is_some_and(|before| before.mac != mac.as_str());
    if applicant.is_some() || is_other {
        let claim = applicant
            .as_ref()
            .map(|applicant| applicant.claim_hash.as_slice());
        manage::set_claim(&mut change, &saved, claim, &caller.actor).await?;
    }
    enrolment::remove(change.connection(), mac.as_str()).await?;
    change.finish().await?;
    Ok(saved.id)
}

fn entry(mac: DeviceId, phone: PhoneIn, applicant: Option<&Applicant>) -> Outcome<PhoneEntry> {
    let said = applicant.map(|applicant| applicant.model.clone());
    Ok(PhoneEntry {
        mac,
        name: phone.name.into(),
        extension: phone.extension,
        model: phone.model.map(String::from).or(said).unwrap_or_default(),
        site: phone.site.map(String::from),
        group: phone.group.map(String::from),
        location: phone.location.as_str().to_owned(),
        address: phone.address.as_str().to_owned(),
        enabled: phone.enabled,
        keys: line_keys(phone.keys)?,
    })
}

/// Takes a phone away; whoever sits there is signed out.
#[utoipa::path(delete, path = "/phones/{id}", tag = "phones", params(("id" = i64, Path)),
    responses((status = 204)), security(("token" = ["manage"])))]
async fn remove(
    State(app): State<App>,
    caller: Caller<Manage>,
    Named(id): Named<i64>,
    known: Known,
) -> Outcome<StatusCode> {
    let mut change = app.change(caller.tenant).await?;
    let phone = own(&mut change, caller.tenant, id).await?;
    known.allows(phone.version)?;
    manage::delete_phone(&mut change, &phone, &caller.actor).await?;
    change.finish().await?;
    Ok(StatusCode::NO_CONTENT)
}
