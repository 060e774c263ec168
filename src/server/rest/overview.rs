//! Numbers at a glance, licences, and what is not as it should be.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::{Caller, Read};
use super::problem::Outcome;
use crate::app::App;
use crate::doctor::{self, About, Finding};
use crate::{enrolment, tenants};

/// How far back refused log-ins are counted.
const DAY_SECONDS: i64 = 86_400;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(overview))
        .routes(routes!(licences))
        .routes(routes!(examine))
}

/// How things stand.
#[derive(Debug, Serialize, ToSchema)]
struct Overview {
    phones: i64,
    /// Phones where somebody is signed in.
    occupied: i64,
    /// Phones where nobody is signed in.
    vacant: i64,
    /// Phones that take no part.
    disabled: i64,
    /// Phones that wait for somebody to designate them by their code.
    waiting_to_enrol: i64,
    users: i64,
    /// Log-ins refused within a day.
    refused_within_a_day: i64,
}

#[derive(FromRow)]
struct Counted {
    phones: i64,
    occupied: i64,
    disabled: i64,
    users: i64,
    refused: i64,
}

/// How things stand.
#[utoipa::path(get, path = "/overview", tag = "overview", operation_id = "read_overview",
    responses((status = 200, body = Overview)), security(("token" = ["read"])))]
async fn overview(State(app): State<App>, caller: Caller<Read>) -> Outcome<Json<Overview>> {
    let mut reader = app.reader().await?;
    let counted: Counted = sqlx::query_as(
        "SELECT (SELECT count(*) FROM phones WHERE tenant_id = $1) AS phones,
                (SELECT count(*) FROM associations WHERE tenant_id = $1 AND state = 'active') AS occupied,
                (SELECT count(*) FROM phones WHERE tenant_id = $1 AND enabled = $2) AS disabled,
                (SELECT count(*) FROM users WHERE tenant_id = $1) AS users,
                (SELECT count(*) FROM audits WHERE tenant_id = $1 AND event = 'refused' AND at > $3) AS refused",
    )
    .bind(caller.tenant)
    .bind(false)
    .bind(app.now().saturating_sub(DAY_SECONDS))
    .fetch_one(&mut *reader)
    .await?;
    Ok(Json(Overview {
        phones: counted.phones,
        occupied: counted.occupied,
        vacant: counted.phones.saturating_sub(counted.occupied),
        disabled: counted.disabled,
        waiting_to_enrol: enrolment::count(&mut reader, app.now()).await?,
        users: counted.users,
        refused_within_a_day: counted.refused,
    }))
}

/// Users who may use shared phones: what a licence counts. Phones are not counted.
#[derive(Debug, Serialize, ToSchema)]
struct Licences {
    used: i64,
    /// Null: any number.
    bought: Option<i64>,
}

/// Licences in use.
#[utoipa::path(get, path = "/licences", tag = "overview", operation_id = "read_licences",
    responses((status = 200, body = Licences)), security(("token" = ["read"])))]
async fn licences(State(app): State<App>, caller: Caller<Read>) -> Outcome<Json<Licences>> {
    let mut reader = app.reader().await?;
    let owner = tenants::find(&mut reader, caller.tenant).await?;
    Ok(Json(Licences {
        used: tenants::guests(&mut reader, caller.tenant).await?,
        bought: owner.and_then(|tenant| tenant.guest_licences),
    }))
}

/// Something that is not as it should be.
#[derive(Debug, Serialize, ToSchema)]
struct FindingOut {
    /// The same for all of its kind.
    #[schema(example = "phone_without_address")]
    code: &'static str,
    /// What is wrong.
    sentence: String,
    /// What to do about it.
    remedy: &'static str,
    /// What it is about, below this API's address; null: the tenant as a whole.
    #[schema(example = "/phones/12")]
    about: Option<String>,
}

impl From<Finding> for FindingOut {
    fn from(finding: Finding) -> Self {
        let about = match finding.about {
            About::Phone(id) => Some(format!("/phones/{id}")),
            About::User(id) => Some(format!("/users/{id}")),
            About::Site(id) => Some(format!("/sites/{id}")),
            About::Webhook(id) => Some(format!("/webhooks/{id}")),
            About::Profile(id) => Some(format!("/profiles/{id}")),
            About::Model(name) => Some(format!("/models/{name}")),
            About::Tenant => None,
        };
        Self {
            code: finding.code,
            sentence: finding.sentence,
            remedy: finding.remedy,
            about,
        }
    }
}

/// What is not as it should be, and what to do about it.
#[utoipa::path(get, path = "/doctor", tag = "overview", operation_id = "examine",
    responses((status = 200, body = Vec<FindingOut>)), security(("token" = ["read"])))]
async fn examine(State(app): State<App>, caller: Caller<Read>) -> Outcome<Json<Vec<FindingOut>>> {
    let findings = doctor::examine(&mut *app.reader().await?, caller.tenant, app.now()).await?;
    Ok(Json(findings.into_iter().map(FindingOut::from).collect()))
}
