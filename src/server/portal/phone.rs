//! One phone: who is there, what its screen shows, its settings, its history, and its enrolment.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use hotdesk_provisioning::DeviceId;
use maud::{Markup, html};
use serde::Deserialize;

use super::desk::{self, Desk, Wanted};
use super::form::{Signed, Ticked};
use super::history;
use super::layout::{self, Page, tick};
use super::overview::{guest, log_out, until};
use super::phones::{PhoneForm, Places, entry, fields};
use super::sign_in::Nothing;
use super::view::View;
use crate::app::App;
use crate::error::{Answer, unknown};
use crate::phones::{self, Phone};
use crate::roles::Role;
use crate::throttle::{self, Subject};
use crate::{manage, screens};

pub(crate) async fn page(State(app): State<App>, view: View, Path(id): Path<i64>) -> Response {
    form(&app, &view, id, None).await
}

async fn form(app: &App, view: &View, id: i64, refused: Option<(&str, &PhoneForm)>) -> Response {
    let status = if refused.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    match draw(app, view, id, refused).await {
        Ok(Some(page)) => (status, page).into_response(),
        Ok(None) => super::not_found().await,
        Err(failure) => layout::failed(failure),
    }
}

async fn draw(
    app: &App,
    view: &View,
    id: i64,
    refused: Option<(&str, &PhoneForm)>,
) -> Answer<Option<Markup>> {
    let mut reader = app.reader().await?;
    let wanted = Wanted {
        phone: Some(id),
        count: 1,
        ..Wanted::default()
    };
    let mut found = desk::list(&mut reader, app, view.tenant, &wanted).await?;
    let Some(desk) = found.pop() else {
        return Ok(None);
    };
    let phone = &desk.phone;
    let stored = PhoneForm {
        device: phone.mac.clone(),
        name: phone.name.clone(),
        extension: phone.extension.clone(),
        model: phone.model().to_owned(),
        location: phone.location.clone(),
        address: phone.address.clone(),
        site: desk.site.clone(),
        group: desk.group_name.clone().unwrap_or_default(),
        enabled: Ticked(phone.enabled),
    };
    let (problem, filled) = refused.unzip();
    let filled = filled.unwrap_or(&stored);
    let places = Places::of(&mut reader, view.tenant).await?;
    let past = history::of_phone(&mut reader, view.tenant, id).await?;
    let is_shown = screens::is_allowed(&mut reader, phone).await?;
    let body = html! {
        div.heading { h1 { (phone.name) } p.muted { code { (phone.mac) } " · version " (version(phone)) } }
        (layout::problem(problem))
        div.columns {
            section.card data-live="status" { h2 { "Now" } (status(view, &desk)) }
            section.card { h2 { "Screen" } (screen(phone, is_shown, desk.is_online)) }
        }
        @if view.role >= Role::Administrator {
            section.card {
                h2 { (if phone.enabled { "Settings" } else { "Convert into a hot-desk phone" }) }
                @if !phone.enabled { p.muted { "It takes no part now. Give it a name, a number of its own and the address where help should come to, and tick the box." } }
                form.grid method="post" action={ "/phones/" (phone.id) } {
                    (view.csrf_field())
                    (fields(filled, &places))
                    (tick("Takes part in hot desking", "enabled", filled.enabled.0))
                    div.buttons { button.primary type="submit" { "Save" } a.button href="/phones" { "Back" } }
                }
            }
        }
        section.card data-live="history" { h2 { "History" } (history::table(view, &past, false)) }
        @if view.role >= Role::Administrator { (dangerous(view, phone)) }
    };
    Ok(Some(layout::page(view, Page::Phones, &phone.name, &body)))
}

fn status(view: &View, desk: &Desk) -> Markup {
    let phone = &desk.phone;
    html! {
        dl.facts {
            div { dt { "State" } dd { (desk.state()) } }
            div { dt { "Who" } dd { (guest(desk)) } }
            div { dt { "Since" } dd { (view.clock.moment_or(desk.since, "–")) } }
            div { dt { "Until" } dd { (until(view, desk)) } }
            div { dt { "Phone" } dd { (desk.connection()) } }
            div { dt { "Last seen" } dd { (view.clock.moment_or(phone.last_seen, "never")) } }
            div { dt { "Last switch" } dd { @match phone.last_switch_ms { Some(ms) => { (ms) " ms" } None => { "–" } } } }
            div { dt { "Help comes to" } dd { @if phone.address.trim().is_empty() { span.badge.warn { "No emergency address: takes no guests" } } @else { (phone.address) } } }
        }
        div.buttons { (log_out(view, desk, &format!("/phones/{}", phone.id))) }
    }
}

fn screen(phone: &Phone, is_shown: bool, is_online: bool) -> Markup {
    html! {
        @if !is_shown {
            p.muted { "The rules of this site do not let screens be looked at." }
        } @else if !is_online {
            p.muted { "The phone is offline." }
        } @else {
            a href={ "/phones/" (phone.id) "/screen.png" } {
                img.screen src={ "/phones/" (phone.id) "/screen.png" } data-screen=(phone.id) alt={ "What " (phone.name) " shows now" };
            }
            p.muted { "As it is now. That you look is written down." }
        }
    }
}

fn dangerous(view: &View, phone: &Phone) -> Markup {
    html! {
        section.card {
            h2 { "Enrolment" }
            p.muted { "After a phone's memory was erased it is a stranger with a known MAC address. Resetting lets the next phone with this address enrol, and lifts its lock." }
            div.buttons {
                form method="post" action={ "/phones/" (phone.id) "/enrolment" } {
                    (view.csrf_field())
                    button type="submit" { "Reset enrolment" }
                }
                form method="post" action={ "/phones/" (phone.id) "/delete" } {
                    (view.csrf_field())
                    button.danger type="submit" data-ask={ "Remove " (phone.name) "? Whoever is signed in there is signed out." } { "Remove phone" }
                }
            }
        }
    }
}

fn version(phone: &Phone) -> &str {
    if phone.agent_version.is_empty() {
        "unknown"
    } else {
        &phone.agent_version
    }
}

/// Changes a phone.
pub(crate) async fn save(
    State(app): State<App>,
    view: View,
    Path(id): Path<i64>,
    Signed(filled): Signed<PhoneForm>,
) -> Response {
    let done = async {
        let mut change = app.change(view.tenant).await?;
        let phone = known(&mut change, &view, id).await?;
        let mac = DeviceId::parse(&phone.mac).map_err(anyhow::Error::from)?;
        let entry = entry(mac, &filled, Some(&phone))?;
        manage::save_phone(&mut change, view.tenant, Some(&phone), &entry, &view.admin).await?;
        Ok(change.finish().await?)
    };
    let again = async |why: String| form(&app, &view, id, Some((&why, &filled))).await;
    layout::after_form(done.await, &format!("/phones/{id}"), again).await
}

async fn known(change: &mut crate::change::Change, view: &View, id: i64) -> Answer<Phone> {
    phones::of_tenant(change.connection(), view.tenant, id)
        .await?
        .ok_or_else(unknown)
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
        let phone = known(&mut change, &view, id).await?;
        manage::set_phone_enabled(&mut change, &phone, form.enabled.0, &view.admin).await?;
        Ok(change.finish().await?)
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
        let phone = known(&mut change, &view, id).await?;
        manage::set_claim(&mut change, &phone, None, &view.admin).await?;
        throttle::clear(change.connection(), &Subject::Phone(phone.id)).await?;
        Ok(change.finish().await?)
    };
    back(done.await, &format!("/phones/{id}"))
}

/// Takes a phone away.
pub(crate) async fn delete(
    State(app): State<App>,
    view: View,
    Path(id): Path<i64>,
    Signed(Nothing {}): Signed<Nothing>,
) -> Response {
    let done = async {
        let mut change = app.change(view.tenant).await?;
        let phone = known(&mut change, &view, id).await?;
        manage::delete_phone(&mut change, &phone, &view.admin).await?;
        Ok(change.finish().await?)
    };
    back(done.await, "/phones")
}

/// What the phone shows now, as a picture: asked for, and waited for a moment.
pub(crate) async fn screen_png(
    State(app): State<App>,
    view: View,
    Path(id): Path<i64>,
) -> Response {
    match picture(&app, &view, id).await {
        Ok(Some(png)) => ([(header::CONTENT_TYPE, "image/png")], png).into_response(),
        Ok(None) => (
            [(header::CONTENT_TYPE, "image/svg+xml")],
            include_str!("../../../assets/portal/no-screen.svg"),
        )
            .into_response(),
        Err(failure) => layout::failed(failure),
    }
}

async fn picture(app: &App, view: &View, id: i64) -> Answer<Option<Vec<u8>>> {
    let mut reader = app.reader().await?;
    let phone = phones::of_tenant(&mut reader, view.tenant, id)
        .await?
        .ok_or_else(unknown)?;
    if !screens::is_allowed(&mut reader, &phone).await? {
        return Ok(None);
    }
    drop(reader);
    match screens::look(app, &phone, &view.admin).await? {
        Some(shown) => screens::picture(&phone, shown).await,
        None => Ok(None),
    }
}

/// To the list when it is done.
pub(crate) fn back(done: Answer<()>, to: &str) -> Response {
    match done {
        Ok(()) => Redirect::to(to).into_response(),
        Err(failure) => layout::failed(failure),
    }
}
