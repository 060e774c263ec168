//! Phones: the list, and adding one by its MAC or by the code on its screen.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use hotdesk_provisioning::{DeviceId, Extension};
use maud::{Markup, html};
use serde::Deserialize;

use super::desk::{self, Desk};
use super::form::{Signed, Ticked};
use super::layout::{self, Page, needed, optional};
use super::view::View;
use crate::app::App;
use crate::error::{Answer, wrong};
use crate::people::PhoneEntry;
use crate::phones::Phone;
use crate::{enrolment, manage};

/// What a form about a phone says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PhoneForm {
    /// A MAC address, or a code of six digits.
    pub(super) device: String,
    pub(super) name: String,
    pub(super) extension: String,
    pub(super) model: String,
    pub(super) address: String,
    pub(super) enabled: Ticked,
}

pub(crate) async fn page(State(app): State<App>, view: View) -> Response {
    list(&app, &view, None, &PhoneForm::default()).await
}

async fn list(app: &App, view: &View, problem: Option<&str>, filled: &PhoneForm) -> Response {
    match draw_list(app, view, problem, filled).await {
        Ok(page) if problem.is_some() => (StatusCode::UNPROCESSABLE_ENTITY, page).into_response(),
        Ok(page) => page.into_response(),
        Err(failure) => layout::failed(failure),
    }
}

async fn draw_list(
    app: &App,
    view: &View,
    problem: Option<&str>,
    filled: &PhoneForm,
) -> Answer<Markup> {
    let desks = desk::all(&mut *app.reader().await?, app, view.tenant).await?;
    let waiting = enrolment::count(&mut *app.reader().await?, app.now()).await?;
    let body = html! {
        div.heading { h1 { "Phones" } p.muted { (desks.len()) " designated" } }
        @if waiting > 0 {
            p.notice { (waiting) " waiting to enrol: add it below with the code that it shows." }
        }
        (layout::problem(problem))
        @if !desks.is_empty() {
            section.card {
                table {
                    thead { tr { th { "Desk" } th { "Device" } th { "Emergency address" } th { "State" } th { "Phone" } th { "Last switch" } th {} } }
                    tbody { @for desk in &desks { (row(view, desk)) } }
                }
            }
        }
        section.card {
            details open[problem.is_some() || desks.is_empty() || waiting > 0] {
                summary { "Add a phone" }
                form.grid method="post" action="/phones" {
                    (view.csrf_field())
                    (needed("MAC address, or the code on its screen", "device", &filled.device, "00:11:22:aa:bb:cc or 123456"))
                    (fields(filled))
                    div.buttons { button.primary type="submit" { "Add phone" } }
                }
            }
        }
    };
    Ok(layout::page(view, Page::Phones, "Phones", &body))
}

pub(super) fn fields(filled: &PhoneForm) -> Markup {
    html! {
        (needed("Name", "name", &filled.name, "Desk 14"))
        (needed("Extension", "extension", &filled.extension, "3004"))
        (optional("Model", "model", &filled.model, "as the phone says"))
        div.wide { (optional("Emergency address", "address", &filled.address, "where help should come to")) }
    }
}

fn row(view: &View, desk: &Desk) -> Markup {
    let phone = &desk.phone;
    html! {
        tr {
            td data-label="Desk" { (super::overview::identity(&phone.name, &phone.extension)) }
            td data-label="Device" {
                span.identity {
                    span { (phone.model.as_deref().unwrap_or("unknown model")) }
                    code { (phone.mac) }
                }
            }
            td data-label="Emergency address" {
                @if phone.address.is_empty() { span.muted { "none" } } @else { span.wrap { (phone.address) } }
            }
            td data-label="State" { (desk.state()) }
            td data-label="Phone" {
                span.identity {
                    span { (desk.connection()) }
                    span.number { (view.clock.moment_or(phone.last_seen, "never seen")) }
                }
            }
            td data-label="Last switch" {
                @match phone.last_switch_ms {
                    Some(ms) => { (ms) " ms" }
                    None => { span.muted { "–" } }
                }
            }
            td.actions {
                a.button href={ "/phones/" (phone.id) } { "Edit" }
                form method="post" action={ "/phones/" (phone.id) "/enabled" } {
                    (view.csrf_field())
                    @if !phone.enabled { input type="hidden" name="enabled" value="yes"; }
                    button type="submit" { (if phone.enabled { "Disable" } else { "Enable" }) }
                }
            }
        }
    }
}

/// Adds a phone.
pub(crate) async fn add(
    State(app): State<App>,
    view: View,
    Signed(filled): Signed<PhoneForm>,
) -> Response {
    let done = add_now(&app, &view, &filled).await;
    let again = async |why: String| list(&app, &view, Some(&why), &filled).await;
    layout::after_form(done, "/phones", again).await
}

async fn add_now(app: &App, view: &View, filled: &PhoneForm) -> Answer<()> {
    let device = filled.device.trim();
    let is_code = device.len() == 6 && device.bytes().all(|b| b.is_ascii_digit());
    let applicant = if is_code {
        let shown = enrolment::by_code(&mut *app.reader().await?, device, app.now()).await?;
        Some(shown.ok_or_else(|| {
            wrong("No phone shows this code now. Codes change every ten minutes.")
        })?)
    } else {
        None
    };
    let mac = match &applicant {
        Some(applicant) => DeviceId::parse(&applicant.mac).map_err(anyhow::Error::from)?,
        None => DeviceId::parse(device).map_err(|_| {
            wrong("A MAC address has twelve hexadecimal digits, a code six digits.")
        })?,
    };
    let mut entry = entry(mac.clone(), filled, None)?;
    entry.enabled = true;
    if let Some(applicant) = applicant.as_ref().filter(|_| entry.model.trim().is_empty()) {
        entry.model.clone_from(&applicant.model);
    }
    let mut change = app.change_everything().await?;
    let phone = manage::save_phone(&mut change, view.tenant, None, &entry, &view.admin).await?;
    if let Some(applicant) = &applicant {
        manage::set_claim(
            &mut change,
            &phone,
            Some(&applicant.claim_hash),
            &view.admin,
        )
        .await?;
    }
    enrolment::remove(change.connection(), mac.as_str()).await?;
    Ok(change.finish().await?)
}

/// What the form says, as an entry; what it does not say stays as it is known.
pub(super) fn entry(
    mac: DeviceId,
    filled: &PhoneForm,
    known: Option<&Phone>,
) -> Answer<PhoneEntry> {
    Ok(PhoneEntry {
        mac,
        name: filled.name.clone(),
        extension: Extension::parse(filled.extension.trim())
            .map_err(|_| wrong("An extension has 1 to 20 digits and nothing else."))?,
        model: filled.model.clone(),
        location: known
            .map(|phone| phone.location.clone())
            .unwrap_or_default(),
        site: None,
        group: None,
        address: filled.address.clone(),
        enabled: filled.enabled.0,
        keys: known.map(|phone| phone.keys.0.clone()).unwrap_or_default(),
    })
}
