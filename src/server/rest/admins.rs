//! Administrators: a tenant's, or all of them for whoever names no tenant. The last operator stays.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use hotdesk_provisioning::Secret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::Operator;
use super::list::{List, Paging};
use super::problem::{Outcome, Problem};
use super::read::{Asked, Body, Named};
use super::text::Name;
use super::versions::{Known, created};
use crate::admins::{self, Account, Admin, Credential};
use crate::app::App;
use crate::change::Change;
use crate::manage;
use crate::roles::Role;
use crate::tenants;
use crate::tokens::Scope;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(read, replace, remove))
        .routes(routes!(set_password))
}

/// What somebody is in the portal.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Role)]
enum RoleIo {
    /// Sees a tenant's phones and users, and logs people out.
    HelpDesk,
    /// Runs a tenant.
    Administrator,
    /// Runs all of them.
    Operator,
}

impl From<RoleIo> for Role {
    fn from(role: RoleIo) -> Self {
        match role {
            RoleIo::HelpDesk => Self::HelpDesk,
            RoleIo::Administrator => Self::Administrator,
            RoleIo::Operator => Self::Operator,
        }
    }
}

impl From<Role> for RoleIo {
    fn from(role: Role) -> Self {
        match role {
            Role::HelpDesk => Self::HelpDesk,
            Role::Administrator => Self::Administrator,
            Role::Operator => Self::Operator,
        }
    }
}

/// An administrator.
#[derive(Debug, Serialize, ToSchema)]
struct AdminOut {
    id: i64,
    name: String,
    role: RoleIo,
    /// Null for operators.
    tenant: Option<i64>,
    /// Whether they sign in at the identity provider, and not with a password.
    from_provider: bool,
    disabled: bool,
    version: i64,
}

/// Who is to be an administrator.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AdminIn {
    name: Name,
    role: RoleIo,
    /// For an operator's token that names no tenant; null for operators, and only for them.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 2_147_483_647)]
    tenant: Option<i64>,
    /// Null: signs in at the identity provider, where the provider calls them by this name.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 8, max_length = 128, write_only)]
    password: Option<Secret>,
}

/// What an administrator may do from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AdminChange {
    role: RoleIo,
    /// As for a new one.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 2_147_483_647)]
    tenant: Option<i64>,
    /// Whether they cannot sign in for the time being.
    #[serde(default)]
    disabled: bool,
}

/// How an administrator signs in from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordIn {
    /// Null: at the identity provider.
    #[schema(value_type = Option<String>, min_length = 8, max_length = 128, write_only)]
    password: Option<Secret>,
}

fn show(admin: Admin) -> AdminOut {
    AdminOut {
        id: admin.id,
        name: admin.name,
        role: admin.role.into(),
        tenant: admin.tenant_id,
        from_provider: admin.is_from_provider,
        disabled: admin.disabled,
        version: admin.version,
    }
}

/// A token makes nobody mightier than itself.
fn may_make(caller: &Operator, role: Role) -> Outcome<()> {
    let needed: &[Scope] = match role {
        Role::HelpDesk => &[Scope::Read, Scope::LogOut],
        Role::Administrator | Role::Operator => {
            &[Scope::Read, Scope::LogOut, Scope::Manage, Scope::Operate]
        }
    };
    match needed.iter().find(|scope| !caller.scopes.contains(scope)) {
        Some(scope) => {
            let why = format!(
                "A token without the scope {} cannot make or change somebody who may do that.",
                scope.word()
            );
            Err(Problem::new(StatusCode::FORBIDDEN, why))
        }
        None => Ok(()),
    }
}

/// The tenant that somebody of this role belongs to, as far as the caller may say.
async fn place(
    change: &mut Change,
    caller: &Operator,
    role: Role,
    named: Option<i64>,
) -> Outcome<Option<i64>> {
    may_make(caller, role)?;
    if role == Role::Operator {
        caller.of_all()?;
        return match named {
            None => Ok(None),
            Some(_) => Err(Problem::invalid("An operator belongs to no tenant.")),
        };
    }
    let tenant = match (caller.tenant, named) {
        (Some(own), Some(named)) if own != named => return Err(Problem::not_found()),
        (own, named) => own.or(named),
    };
    let tenant =
        tenant.ok_or_else(|| Problem::invalid("Everybody but operators belongs to a tenant."))?;
    let found = tenants::find(change.connection(), tenant).await?;
    found.ok_or_else(Problem::not_found)?;
    Ok(Some(tenant))
}

/// One that the caller may see.
fn seen(caller: &Operator, admin: Option<Admin>) -> Outcome<Admin> {
    let is_theirs = |admin: &Admin| caller.tenant.is_none() || admin.tenant_id == caller.tenant;
    admin.filter(is_theirs).ok_or_else(Problem::not_found)
}

async fn find(app: &App, caller: &Operator, id: i64) -> Outcome<AdminOut> {
    let found = admins::find(&mut *app.reader().await?, id).await?;
    Ok(show(seen(caller, found)?))
}

/// One that the caller may change, as the caller knows it.
async fn own(change: &mut Change, caller: &Operator, id: i64, known: &Known) -> Outcome<Admin> {
    let admin = seen(caller, admins::find(change.connection(), id).await?)?;
    known.allows(admin.version)?;
    may_make(caller, admin.role)?;
    Ok(admin)
}

/// The hash of a password; none: they sign in at the provider.
async fn hash(app: &App, name: &str, password: Option<&Secret>) -> Outcome<Option<String>> {
    let hash = match password {
        Some(password) => app.admin_hash(name, password).await.map(Some),
        None if app.provider().is_none() => {
            let why = "No identity provider is configured: a password is needed.";
            return Err(Problem::new(StatusCode::CONFLICT, why));
        }
        None => admins::check_name(name).map(|()| None),
    };
    hash.map_err(|error| Problem::invalid(format!("This is not possible: {error}.")))
}

fn credential(hash: Option<&str>) -> Credential<'_> {
    hash.map_or(Credential::Provider, Credential::Password)
}

/// Administrators of the tenant; everybody, where an operator's token names none.
#[utoipa::path(get, path = "/admins", tag = "admins", operation_id = "list_admins", params(Paging),
    responses((status = 200, body = List<AdminOut>)), security(("token" = ["operate"])))]
async fn list(
    State(app): State<App>,
    caller: Operator,
    Asked(paging): Asked<Paging>,
) -> Outcome<Json<List<AdminOut>>> {
    let (page, after) = paging.by_number()?;
    let mut reader = app.reader().await?;
    let rows = admins::list(&mut reader, caller.tenant, after, page.rows()).await?;
    Ok(Json(page.list(rows, |row| row.id.to_string(), show)))
}

/// One administrator.
#[utoipa::path(get, path = "/admins/{id}", tag = "admins", operation_id = "read_admin", params(("id" = i64, Path)),
    responses((status = 200, body = AdminOut)), security(("token" = ["operate"])))]
async fn read(
    State(app): State<App>,
    caller: Operator,
    Named(id): Named<i64>,
    known: Known,
) -> Outcome<Response> {
    let admin = find(&app, &caller, id).await?;
    Ok(known.answer(admin.version, admin))
}

/// Adds an administrator.
#[utoipa::path(post, path = "/admins", tag = "admins", operation_id = "create_admin", request_body = AdminIn,
    responses((status = 201, body = AdminOut)), security(("token" = ["operate"])))]
async fn create(
    State(app): State<App>,
    caller: Operator,
    Body(sent): Body<AdminIn>,
) -> Outcome<Response> {
    let role = sent.role.into();
    may_make(&caller, role)?;
    let name = sent.name.as_str();
    let hash = hash(&app, name, sent.password.as_ref()).await?;
    let mut change = app.change_everything().await?;
    let tenant = place(&mut change, &caller, role, sent.tenant).await?;
    let account = Account { name, role, tenant };
    let with = credential(hash.as_deref());
    let id = manage::add_admin(&mut change, &account, with, &caller.actor).await?;
    change.finish().await?;
    let admin = find(&app, &caller, id).await?;
    let address = format!("/api/v1/admins/{id}");
    Ok(created(&address, admin.version, admin))
}

/// Gives an administrator another role, tenant or rest. It holds at once, wherever they are signed in.
#[utoipa::path(put, path = "/admins/{id}", tag = "admins", operation_id = "replace_admin", params(("id" = i64, Path)),
    request_body = AdminChange, responses((status = 200, body = AdminOut)), security(("token" = ["operate"])))]
async fn replace(
    State(app): State<App>,
    caller: Operator,
    Named(id): Named<i64>,
    known: Known,
    Body(sent): Body<AdminChange>,
) -> Outcome<Response> {
    let mut change = app.change_everything().await?;
    let before = own(&mut change, &caller, id, &known).await?;
    let role = sent.role.into();
    let after = Admin {
        role,
        tenant_id: place(&mut change, &caller, role, sent.tenant).await?,
        disabled: sent.disabled,
        ..before.clone()
    };
    manage::change_admin(&mut change, &before, &after, &caller.actor).await?;
    change.finish().await?;
    let admin = find(&app, &caller, id).await?;
    Ok(Known::default().answer(admin.version, admin))
}

/// Gives an administrator another password, or none, and ends their sessions.
#[utoipa::path(put, path = "/admins/{id}/password", tag = "admins", operation_id = "set_admin_password",
    params(("id" = i64, Path)), request_body = PasswordIn,
    responses((status = 204)), security(("token" = ["operate"])))]
async fn set_password(
    State(app): State<App>,
    caller: Operator,
    Named(id): Named<i64>,
    known: Known,
    Body(sent): Body<PasswordIn>,
) -> Outcome<StatusCode> {
    let admin = seen(&caller, admins::find(&mut *app.reader().await?, id).await?)?;
    may_make(&caller, admin.role)?;
    let hash = hash(&app, &admin.name, sent.password.as_ref()).await?;
    let mut change = app.change_everything().await?;
    let admin = own(&mut change, &caller, id, &known).await?;
    let with = credential(hash.as_deref());
    manage::set_admin_credential(&mut change, &admin, with, &caller.actor).await?;
    change.finish().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes an administrator away, and ends their sessions.
#[utoipa::path(delete, path = "/admins/{id}", tag = "admins", operation_id = "delete_admin", params(("id" = i64, Path)),
    responses((status = 204)), security(("token" = ["operate"])))]
async fn remove(
    State(app): State<App>,
    caller: Operator,
    Named(id): Named<i64>,
    known: Known,
) -> Outcome<StatusCode> {
    let mut change = app.change_everything().await?;
    let admin = own(&mut change, &caller, id, &known).await?;
    manage::delete_admin(&mut change, &admin, &caller.actor).await?;
    change.finish().await?;
    Ok(StatusCode::NO_CONTENT)
}
