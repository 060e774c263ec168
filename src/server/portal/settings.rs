//! Administrators of a tenant, and its licences; and for operators the tenants themselves.

use axum::extract::{Path, State};
use axum::response::Response;
use hotdesk_provisioning::Secret;
use maud::{Markup, html};
use serde::Deserialize;

use super::form::Signed;
use super::layout::{self, Page, badge, choice, needed, optional};
use super::sign_in::Nothing;
use super::view::View;
use crate::admins::{self, Account, Credential};
use crate::app::App;
use crate::error::{Answer, unknown, wrong};
use crate::manage::{self, TenantEntry};
use crate::roles::Role;
use crate::tenants;

pub(crate) async fn page(State(app): State<App>, view: View) -> Response {
    show(&app, &view, None).await
}

async fn show(app: &App, view: &View, problem: Option<&str>) -> Response {
    layout::drawn(problem, draw(app, view, problem).await)
}

async fn draw(app: &App, view: &View, problem: Option<&str>) -> Answer<Markup> {
    let mut reader = app.reader().await?;
    let people = admins::of_tenant(&mut reader, view.tenant).await?;
    let guests = tenants::guests(&mut reader, view.tenant).await?;
    let tenant = tenants::find(&mut reader, view.tenant).await?;
    let licences = tenant.and_then(|tenant| tenant.guest_licences);
    let roles = [Role::HelpDesk, Role::Administrator]
        .map(|role| (role.word().to_owned(), role.title().to_owned()));
    let body = html! {
        div.heading { h1 { "Settings" } }
        (layout::problem(problem))
        section.card {
            h2 { "Licences" }
            p { strong { (layout::counted(guests, "user")) } " may use shared phones" @if let Some(licences) = licences { ", of " strong { (licences) } " licensed" } ". Phones need no licence." }
        }
        section.card {
            h2 { "Programs" }
            p.muted { "Booking systems, directories and other programs use the API with a token." }
            div.buttons { a.button href="/settings/tokens" { "API tokens" } a.button href="/settings/webhooks" { "Webhooks" } a.button href="/api/v1/openapi.json" { "The API's document" } }
        }
        section.card {
            h2 { "Administrators" }
            @if people.is_empty() { p.muted { "None but the operators." } } @else {
                table {
                    thead { tr { th { "Name" } th { "Role" } th { "Signs in" } th { span.unseen { "Actions" } } } }
                    tbody {
                        @for admin in &people {
                            tr {
                                td data-label="Name" { strong { (admin.name) } }
                                td data-label="Role" { (admin.role.title()) @if admin.disabled { " " (badge("bad", "Disabled")) } }
                                td data-label="Signs in" { @if admin.is_from_provider { "at the identity provider" } @else { "with a password" } }
                                td.actions {
                                    form method="post" action={ "/settings/admins/" (admin.id) "/delete" } {
                                        (view.csrf_field())
                                        button type="submit" data-ask={ "Remove " (admin.name) "?" } { "Remove" }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            details.after {
                summary { "Add an administrator, or give one a new password" }
                form.grid method="post" action="/settings/admins" {
                    (view.csrf_field())
                    (needed("Name", "name", "", "jo"))
                    (choice("Role", "role", Role::HelpDesk.word(), &roles))
                    @if let Some(provider) = app.provider() {
                        (choice("Signs in", "door", "", &doors(&provider.config().shown_name())))
                    }
                    label { span { "Password" } input type="password" name="password" minlength="8" maxlength="128" autocomplete="new-password" required[app.provider().is_none()]; }
                    div.buttons { button.primary type="submit" { "Save administrator" } }
                }
            }
        }
    };
    Ok(layout::page(view, Page::Settings, "Settings", &body))
}

/// What the form calls signing in at the identity provider.
const PROVIDER: &str = "provider";

/// How an administrator may sign in.
fn doors(provider: &str) -> [(String, String); 2] {
    [
        (String::new(), "with a password".to_owned()),
        (PROVIDER.to_owned(), format!("at {provider}")),
    ]
}

#[derive(Deserialize)]
pub(crate) struct AdminForm {
    name: String,
    role: String,
    #[serde(default)]
    door: String,
    password: Secret,
}

pub(crate) async fn save_admin(
    State(app): State<App>,
    view: View,
    Signed(filled): Signed<AdminForm>,
) -> Response {
    let done = async {
        let role = Role::of_word(&filled.role).filter(|role| *role < Role::Operator);
        let role = role.ok_or_else(|| wrong("There is no such role."))?;
        let name = filled.name.trim();
        let is_elsewhere = filled.door == PROVIDER && app.provider().is_some();
        let hash = if is_elsewhere {
            admins::check_name(name).map(|()| None)
        } else {
            app.admin_hash(name, &filled.password).await.map(Some)
        };
        let hash = hash.map_err(|error| wrong(&format!("This is not possible: {error}.")))?;
        let credential = hash
            .as_deref()
            .map_or(Credential::Provider, Credential::Password);
        let account = Account {
            name,
            role,
            tenant: Some(view.tenant),
        };
        let mut change = app.change(view.tenant).await?;
        manage::save_admin(&mut change, &account, credential, &view.admin).await?;
        Ok(change.finish().await?)
    };
    let again = async |why: String| show(&app, &view, Some(&why)).await;
    layout::after_form(done.await, "/settings", again).await
}

pub(crate) async fn delete_admin(
    State(app): State<App>,
    view: View,
    Path(id): Path<i64>,
    Signed(Nothing {}): Signed<Nothing>,
) -> Response {
    let done = async {
        let mut change = app.change(view.tenant).await?;
        let admin = admins::find(change.connection(), id).await?;
        let admin = admin.filter(|admin| admin.tenant_id == Some(view.tenant));
        let admin = admin.ok_or_else(unknown)?;
        manage::delete_admin(&mut change, &admin, &view.admin).await?;
        Ok(change.finish().await?)
    };
    let again = async |why: String| show(&app, &view, Some(&why)).await;
    layout::after_form(done.await, "/settings", again).await
}

/// Every tenant.
pub(crate) async fn tenants(State(app): State<App>, view: View) -> Response {
    show_tenants(&app, &view, None).await
}

async fn show_tenants(app: &App, view: &View, problem: Option<&str>) -> Response {
    layout::drawn(problem, draw_tenants(app, view, problem).await)
}

async fn draw_tenants(app: &App, view: &View, problem: Option<&str>) -> Answer<Markup> {
    let mut reader = app.reader().await?;
    let mut rows = Vec::new();
    for tenant in &view.tenants {
        rows.push((tenant, tenants::guests(&mut reader, tenant.id).await?));
    }
    let body = html! {
        div.heading { h1 { "Tenants" } p.muted { "Nothing of one is seen by another" } }
        (layout::problem(problem))
        @for (tenant, guests) in &rows {
            section.card {
                form.grid method="post" action={ "/tenants/" (tenant.id) } {
                    (view.csrf_field())
                    (needed("Name", "name", &tenant.name, ""))
                    (optional("SIP domain", "sip_domain", tenant.sip_domain.as_deref().unwrap_or(""), &app.config().sip.domain))
                    (optional("Licences", "guest_licences", &tenant.guest_licences.map(|n| n.to_string()).unwrap_or_default(), "any number"))
                    div.buttons { button type="submit" { "Save " (tenant.name) } span.muted { (layout::counted(guests, "user")) " may use shared phones" } }
                }
            }
        }
        section.card {
            details {
                summary { "Add a tenant" }
                form.grid method="post" action="/tenants" {
                    (view.csrf_field())
                    (needed("Name", "name", "", "Example Ltd"))
                    (optional("SIP domain", "sip_domain", "", "example.com"))
                    (optional("Licences", "guest_licences", "", "any number"))
                    div.buttons { button.primary type="submit" { "Add tenant" } }
                }
            }
        }
    };
    Ok(layout::page(view, Page::Tenants, "Tenants", &body))
}

#[derive(Deserialize)]
pub(crate) struct TenantForm {
    name: String,
    sip_domain: String,
    guest_licences: String,
}

impl TenantForm {
    fn entry(&self) -> Answer<TenantEntry<'_>> {
        let licences = match self.guest_licences.trim() {
            "" => None,
            text => Some(text.parse().map_err(|_| wrong("Licences are a number."))?),
        };
        Ok(TenantEntry {
            name: &self.name,
            sip_domain: Some(self.sip_domain.trim()).filter(|domain| !domain.is_empty()),
            guest_licences: licences,
        })
    }
}

pub(crate) async fn add_tenant(
    State(app): State<App>,
    view: View,
    Signed(filled): Signed<TenantForm>,
) -> Response {
    let done = async {
        let mut change = app.change_everything().await?;
        manage::add_tenant(&mut change, &filled.entry()?, &view.admin).await?;
        Ok(change.finish().await?)
    };
    let again = async |why: String| show_tenants(&app, &view, Some(&why)).await;
    layout::after_form(done.await, "/tenants", again).await
}

pub(crate) async fn save_tenant(
    State(app): State<App>,
    view: View,
    Path(id): Path<i64>,
    Signed(filled): Signed<TenantForm>,
) -> Response {
    let done = async {
        let mut change = app.change_everything().await?;
        manage::save_tenant(&mut change, id, &filled.entry()?, &view.admin).await?;
        Ok(change.finish().await?)
    };
    let again = async |why: String| show_tenants(&app, &view, Some(&why)).await;
    layout::after_form(done.await, "/tenants", again).await
}
