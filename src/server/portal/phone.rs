//! One phone: its settings, enabling and disabling it, and its enrolment.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use hotdesk_provisioning::DeviceId;
use maud::html;
use serde::Deserialize;

use super::form::{Signed, Ticked};
use super::layout::{self, Page, tick};
use super::phones::{PhoneForm, entry, fields};
use super::sign_in::Nothing;
use super::view::View;
use crate::app::App;
use crate::error::{Answer, unknown};
use crate::manage;
use crate::phones::{self, Phone};
use crate::throttle::{self, Subject};

pub(crate) async fn page(State(app): State<App>, view: View, Path(id): Path<i64>) -> Response {
    form(&app, &view, id, None).await
}

async fn form(app: &App, view: &View, id: i64, refused: Option<(&str, &PhoneForm)>) -> Response {
    let phone = match find(app, view.tenant, id).await {
        Ok(phone) => phone,
        Err(response) => return response,
    };
    let stored = PhoneForm {
        device: phone.mac.clone(),
        name: phone.name.clone(),
        extension: phone.extension.clone(),
        model: phone.model().to_owned(),
        address: phone.address.clone(),
        enabled: Ticked(phone.enabled),
    };
    let (problem, filled) = refused.unzip();
    let filled = filled.unwrap_or(&stored);
    let body = html! {
        div.heading { h1 { (phone.name) } p.muted { code { (phone.mac) } " · version " (version(&phone)) } }
        (layout::problem(problem))
        section.card {
            form.grid method="post" action={ "/phones/" (phone.id) } {
                (view.csrf_field())
                (fields(filled))
                (tick("Takes part in hot desking", "enabled", filled.enabled.0))
                div.buttons { button.primary type="submit" { "Save" } a.button href="/phones" { "Back" } }
            }
        }
        section.card {
            h2 { "Enrolment" }
            p.muted { "After a phone's memory was erased it is a stranger with a known MAC address. Resetting lets the next phone with this address enrol, and lifts its lock." }
            form method="post" action={ "/phones/" (phone.id) "/enrolment" } {
                (view.csrf_field())
                button.danger type="submit" { "Reset enrolment" }
            }
        }
    };
    let page = layout::page(view, Page::Phones, &phone.name, &body);
    let status = if problem.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    (status, page).into_response()
}

fn version(phone: &Phone) -> &str {
    if phone.agent_version.is_empty() {
        "unknown"
    } else {
        &phone.agent_version
    }
}

async fn find(app: &App, tenant: i64, id: i64) -> Result<Phone, Response> {
    let found = async { phones::of_tenant(&mut *app.reader().await?, tenant, id).await }.await;
    match found {
        Ok(Some(phone)) => Ok(phone),
        Ok(None) => Err(super::not_found().await),
        Err(error) => Err(layout::failed(error.into())),
    }
}

/// Changes a phone.
pub(crate) async fn save(
    State(app): State<App>,
    view: View,
    Path(id): Path<i64>,
    Signed(filled): Signed<PhoneForm>,
) -> Response {
    let done = save_now(&app, &view, id, &filled).await;
    let again = async |why: String| form(&app, &view, id, Some((&why, &filled))).await;
    layout::after_form(done, "/phones", again).await
}

async fn save_now(app: &App, view: &View, id: i64, filled: &PhoneForm) -> Answer<()> {
    let mut change = app.change(view.tenant).await?;
    let phone = phones::of_tenant(change.connection(), view.tenant, id)
        .await?
        .ok_or_else(unknown)?;
    let mac = DeviceId::parse(&phone.mac).map_err(anyhow::Error::from)?;
    let entry = entry(mac, filled, Some(&phone))?;
    manage::save_phone(&mut change, view.tenant, Some(&phone), &entry, &view.admin).await?;
    Ok(change.finish().await?)
}

#[derive(Deserialize)]
pub(crate) struct Enabled {
    #[serde(default)]
    enabled: Ticked,
}

/// Enables or disables a phone.
pub(crate) async fn set_enabled(
    State(app): State<App>,
    view: View,
    Path(id): Path<i64>,
    Signed(form): Signed<Enabled>,
) -> Response {
    let done = async {
        let mut change = app.change(view.tenant).await?;
        let phone = phones::of_tenant(change.connection(), view.tenant, id)
            .await?
            .ok_or_else(unknown)?;
        manage::set_phone_enabled(&mut change, &phone, form.enabled.0, &view.admin).await?;
        change.finish().await?;
        Ok(())
    };
    back(done.await, "/phones")
}

/// Lets the next phone with this MAC address enrol.
pub(crate) async fn reset_enrolment(
    State(app): State<App>,
    view: View,
    Path(id): Path<i64>,
    Signed(Nothing {}): Signed<Nothing>,
) -> Response {
    let done = async {
        let mut change = app.change(view.tenant).await?;
        let phone = phones::of_tenant(change.connection(), view.tenant, id)
            .await?
            .ok_or_else(unknown)?;
        manage::set_claim(&mut change, &phone, None, &view.admin).await?;
        throttle::clear(change.connection(), &Subject::Phone(phone.id)).await?;
        change.finish().await?;
        Ok(())
    };
    back(done.await, "/phones")
}

/// To the list when it is done.
pub(crate) fn back(done: Answer<()>, to: &str) -> Response {
    match done {
        Ok(()) => Redirect::to(to).into_response(),
        Err(failure) => layout::failed(failure),
    }
}
