//! Phones: the list with its search, logging many people out, and adding a phone by its MAC or by the code on its screen.

use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use hotdesk_provisioning::{DeviceId, Extension};
use maud::{Markup, html};
use serde::Deserialize;

use super::desk::{self, Desk, Show, Wanted};
use super::form::{Signed, Ticked};
use super::layout::{self, Page, choice, needed, optional};
use super::overview::{end_now, guest, identity};
use super::view::View;
use crate::app::App;
use crate::error::{Answer, wrong};
use crate::people::PhoneEntry;
use crate::phones::Phone;
use crate::roles::Role;
use crate::{enrolment, manage, sites};

/// Phones on one page.
const PAGE_ROWS: i64 = 50;
/// Longest text to look for.
const TEXT_MAX: usize = 64;

/// What a form about a phone says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PhoneForm {
    /// A MAC address, or a code of six digits.
    pub(super) device: String,
    pub(super) name: String,
    pub(super) extension: String,
    pub(super) model: String,
    pub(super) location: String,
    pub(super) address: String,
    pub(super) site: String,
    pub(super) group: String,
    pub(super) enabled: Ticked,
}

/// Which part of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    q: String,
    show: String,
    page: i64,
}

pub(crate) async fn page(
    State(app): State<App>,
    view: View,
    Query(asked): Query<Asked>,
) -> Response {
    list(&app, &view, &asked, None, &PhoneForm::default()).await
}

async fn list(
    app: &App,
    view: &View,
    asked: &Asked,
    problem: Option<&str>,
    filled: &PhoneForm,
) -> Response {
    layout::drawn(problem, draw_list(app, view, asked, problem, filled).await)
}

async fn draw_list(
    app: &App,
    view: &View,
    asked: &Asked,
    problem: Option<&str>,
    filled: &PhoneForm,
) -> Answer<Markup> {
    let text: String = asked.q.trim().chars().take(TEXT_MAX).collect();
    let show = Show::of_word(&asked.show).unwrap_or_default();
    let page = asked.page.clamp(1, 1_000_000);
    let mut reader = app.reader().await?;
    let wanted = Wanted {
        text: &text,
        show,
        offset: page.saturating_sub(1).saturating_mul(PAGE_ROWS),
        count: PAGE_ROWS.saturating_add(1),
        ..Wanted::default()
    };
    let mut desks = desk::list(&mut reader, app, view.tenant, &wanted).await?;
    let is_last = i64::try_from(desks.len()).is_ok_and(|rows| rows <= PAGE_ROWS);
    desks.truncate(usize::try_from(PAGE_ROWS).unwrap_or(0));
    let counts = desk::counts(&mut reader, app, view.tenant).await?;
    let waiting = enrolment::count(&mut reader, app.now()).await?;
    let places = Places::of(&mut reader, view.tenant).await?;
    let may_add = view.role >= Role::Administrator;
    let query = format!("q={}&show={}", layout::escaped(&text), show.word());
    let body = html! {
        div.heading { h1 { "Phones" } p.muted { (counts.phones) " designated" } }
        @if waiting > 0 && may_add {
            p.notice { (waiting) " waiting to enrol: add it below with the code that it shows." }
        }
        (layout::problem(problem))
        (filter(&text, show))
        div data-live="desks" {
            @if desks.is_empty() {
                section.card.centre { p { "No phone was found." } }
            } @else {
                (table(view, &desks))
            }
        }
        (layout::pages("/phones", &query, page, is_last))
        @if may_add {
            section.card id="add" {
                details open[problem.is_some() || counts.phones == 0 || waiting > 0] {
                    summary { "Add a phone" }
                    form.grid method="post" action="/phones" {
                        (view.csrf_field())
                        (needed("MAC address, or the code on its screen", "device", &filled.device, "00:11:22:aa:bb:cc or 123456"))
                        (fields(filled, &places))
                        div.buttons { button.primary type="submit" { "Add phone" } }
                    }
                }
            }
        }
    };
    Ok(layout::page(view, Page::Phones, "Phones", &body))
}

fn filter(text: &str, show: Show) -> Markup {
    const SHOWN: [(Show, &str); 5] = [
        (Show::All, "All"),
        (Show::Occupied, "Occupied"),
        (Show::Vacant, "Vacant"),
        (Show::Offline, "Offline"),
        (Show::Attention, "Need attention"),
    ];
    html! {
        form.filter method="get" action="/phones" role="search" {
            input type="search" name="q" value=(text) placeholder="Desk, number, MAC, place, person …" aria-label="Look for";
            select name="show" aria-label="Show" data-submit {
                @for (value, title) in SHOWN { option value=(value.word()) selected[value == show] { (title) } }
            }
            button type="submit" { "Search" }
        }
    }
}

fn table(view: &View, desks: &[Desk]) -> Markup {
    html! {
        form method="post" action="/phones/log-out" {
            (view.csrf_field())
            section.card {
                table {
                    thead { tr {
                        th { input type="checkbox" data-all aria-label="All on this page"; }
                        th { "Desk" } th { "Who" } th { "Device" } th { "Place" } th { "State" } th { "Phone" } th { "Last switch" }
                    } }
                    tbody { @for desk in desks { (row(view, desk)) } }
                }
            }
            div.buttons.after {
                button type="submit" data-ask="Log out everybody who is signed in on the selected phones?" { "Log out selected" }
            }
        }
    }
}

fn row(view: &View, desk: &Desk) -> Markup {
    let phone = &desk.phone;
    html! {
        tr {
            td data-label="Select" {
                @if let Some(id) = &desk.association {
                    input type="checkbox" name="association" value=(id) aria-label={ "Select " (phone.name) };
                }
            }
            td data-label="Desk" { a.plain href={ "/phones/" (phone.id) } { (identity(&phone.name, &phone.extension)) } }
            td data-label="Who" { (guest(desk)) }
            td data-label="Device" {
                span.identity { span { (phone.model.as_deref().unwrap_or("unknown model")) } code { (phone.mac) } }
            }
            td data-label="Place" {
                span.identity {
                    span { (desk.site) @if !phone.location.is_empty() { ", " (phone.location) } }
                    @if phone.address.trim().is_empty() { span.number { "no emergency address" } } @else { span.number.cut title=(phone.address) { (phone.address) } }
                }
            }
            td data-label="State" { (desk.state()) }
            td data-label="Phone" {
                span.identity {
                    (desk.connection())
                    span.number { (view.clock.moment_or(phone.last_seen, "never seen")) }
                }
            }
            td data-label="Last switch" {
                @match phone.last_switch_ms {
                    Some(ms) => { (ms) " ms" }
                    None => { span.muted { "–" } }
                }
            }
        }
    }
}

/// The names of a tenant's sites and groups, for forms.
pub(super) struct Places {
    pub(super) sites: Vec<(String, String)>,
    pub(super) groups: Vec<(String, String)>,
}

impl Places {
    pub(super) async fn of(
        connection: &mut crate::db::Connection,
        tenant: i64,
    ) -> Result<Self, sqlx::Error> {
        let named = |name: String| (name.clone(), name);
        let sites = sites::all(connection, tenant).await?;
        let groups = sites::groups(connection, tenant).await?;
        let none = (String::new(), "none".to_owned());
        Ok(Self {
            sites: sites.into_iter().map(|site| named(site.name)).collect(),
            groups: std::iter::once(none)
                .chain(groups.into_iter().map(|group| named(group.name)))
                .collect(),
        })
    }
}

pub(super) fn fields(filled: &PhoneForm, places: &Places) -> Markup {
    html! {
        (needed("Name", "name", &filled.name, "Desk 14"))
        (needed("Extension", "extension", &filled.extension, "3004"))
        (optional("Model", "model", &filled.model, "as the phone says"))
        (optional("Location", "location", &filled.location, "2nd floor, by the lift"))
        (choice("Site", "site", &filled.site, &places.sites))
        (choice("Group", "group", &filled.group, &places.groups))
        div.wide { (optional("Emergency address", "address", &filled.address, "where help should come to")) }
    }
}

/// Which people to sign out.
#[derive(Deserialize)]
pub(crate) struct Selected {
    #[serde(default)]
    association: Vec<String>,
}

/// Signs out everybody on the selected phones.
pub(crate) async fn log_out(
    State(app): State<App>,
    view: View,
    Signed(selected): Signed<Selected>,
) -> Response {
    match end_now(&app, &view, &selected.association).await {
        Ok(()) => Redirect::to("/phones?show=occupied").into_response(),
        Err(failure) => layout::failed(failure),
    }
}

/// Adds a phone.
pub(crate) async fn add(
    State(app): State<App>,
    view: View,
    Signed(filled): Signed<PhoneForm>,
) -> Response {
    let done = add_now(&app, &view, &filled).await;
    let again = async |why: String| list(&app, &view, &Asked::default(), Some(&why), &filled).await;
    layout::after_form(done, "/phones", again).await
}

async fn add_now(app: &App, view: &View, filled: &PhoneForm) -> Answer<()> {
    let device = filled.device.trim();
    let (mac, applicant) = enrolment::named(&mut *app.reader().await?, device, app.now()).await?;
    let mut entry = entry(mac.clone(), filled, None)?;
    entry.enabled = true;
    if let Some(applicant) = applicant.as_ref().filter(|_| entry.model.trim().is_empty()) {
        entry.model.clone_from(&applicant.model);
    }
    let mut change = app.change_everything().await?;
    let phone = manage::save_phone(&mut change, view.tenant, None, &entry, &view.admin).await?;
    if let Some(applicant) = &applicant {
        let claim = Some(applicant.claim_hash.as_slice());
        manage::set_claim(&mut change, &phone, claim, &view.admin).await?;
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
    let named = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Ok(PhoneEntry {
        mac,
        name: filled.name.clone(),
        extension: Extension::parse(filled.extension.trim())
            .map_err(|_| wrong("An extension has 1 to 20 digits and nothing else."))?,
        model: filled.model.clone(),
        location: filled.location.clone(),
        site: named(&filled.site),
        group: named(&filled.group),
        address: filled.address.clone(),
        enabled: filled.enabled.0,
        keys: known.map(|phone| phone.keys.0.clone()).unwrap_or_default(),
    })
}
