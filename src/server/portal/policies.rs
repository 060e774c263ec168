//! Sites and groups with their rules: what differs is set, the rest is inherited, and a sentence says what it adds up to.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};

use super::form::Signed;
use super::layout::{self, Page, needed};
use super::rule_form::{self, RuleForm};
use super::sign_in::Nothing;
use super::view::View;
use crate::app::App;
use crate::error::{Answer, unknown, wrong};
use crate::explain::explain;
use crate::manage::{self, GroupEntry, Removable, SiteEntry};
use crate::profiles::Settings;
use crate::rules::{Layer, Rules};
use crate::sites;
use crate::time_zone::TimeZone;

pub(crate) async fn page(State(app): State<App>, view: View) -> Response {
    list(&app, &view, None).await
}

async fn list(app: &App, view: &View, problem: Option<&str>) -> Response {
    layout::drawn(problem, draw_list(app, view, problem).await)
}

async fn draw_list(app: &App, view: &View, problem: Option<&str>) -> Answer<Markup> {
    let mut reader = app.reader().await?;
    let sites = sites::all(&mut reader, view.tenant).await?;
    let groups = sites::groups(&mut reader, view.tenant).await?;
    let body = html! {
        div.heading { h1 { "Policies" } p.muted { "Rules of sites, and what groups change" } }
        (layout::problem(problem))
        h2 { "Sites" }
        @for site in &sites {
            section.card {
                h3 { a href={ "/policies/site/" (site.id) } { (site.name) } }
                p { (in_words(&[&site.rules.0])) }
            }
        }
        (add(view, "site", "Add a site", "Warehouse"))
        h2 { "Groups" }
        @if groups.is_empty() { p.muted { "None: every phone and user has the rules of its site." } }
        @for group in &groups {
            section.card {
                h3 { a href={ "/policies/group/" (group.id) } { (group.name) } }
                p.muted { (changes(&group.rules.0)) }
            }
        }
        (add(view, "group", "Add a group", "Sales"))
    };
    Ok(layout::page(view, Page::Policies, "Policies", &body))
}

fn add(view: &View, kind: &str, title: &str, hint: &str) -> Markup {
    html! {
        section.card {
            details {
                summary { (title) }
                form.line method="post" action={ "/policies/" (kind) } {
                    (view.csrf_field())
                    (needed("Name", "name", "", hint))
                    button.primary type="submit" { "Add" }
                }
            }
        }
    }
}

/// What layers add up to.
fn in_words(layers: &[&Layer]) -> String {
    match Rules::of(layers.iter().copied()) {
        Ok(rules) => explain(&rules),
        Err(error) => format!("These rules do not fit: {error:#}."),
    }
}

fn changes(layer: &Layer) -> String {
    if layer.is_empty() {
        return "Changes nothing.".to_owned();
    }
    let names: Vec<String> = layer.keys().map(|name| name.replace('_', " ")).collect();
    format!("Changes {}.", names.join(", "))
}

/// A site's or a group's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Site,
    Group,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Group => "group",
        }
    }
}

/// The clock on a site's wall.
fn time_zone(zone: &TimeZone) -> Markup {
    html! {
        label {
            span { "Time zone" }
            input type="text" name="time_zone" list="time-zones" value=(zone) placeholder="Europe/London or +01:00" autocomplete="off" required;
        }
        datalist id="time-zones" {
            @for name in TimeZone::names() { option value=(name) {} }
        }
    }
}

/// What is edited, as it stands.
struct Edited {
    name: String,
    own: Layer,
    time_zone: Option<TimeZone>,
}

async fn edited(app: &App, view: &View, kind: Kind, id: i64) -> Answer<Option<Edited>> {
    let mut reader = app.reader().await?;
    Ok(match kind {
        Kind::Site => sites::find(&mut reader, view.tenant, id)
            .await?
            .map(|site| Edited {
                name: site.name,
                own: site.rules.0,
                time_zone: Some(site.time_zone),
            }),
        Kind::Group => sites::group(&mut reader, view.tenant, id)
            .await?
            .map(|group| Edited {
                name: group.name,
                own: group.rules.0,
                time_zone: None,
            }),
    })
}

pub(crate) async fn site(State(app): State<App>, view: View, Path(id): Path<i64>) -> Response {
    edit(&app, &view, Kind::Site, id, None).await
}

pub(crate) async fn group(State(app): State<App>, view: View, Path(id): Path<i64>) -> Response {
    edit(&app, &view, Kind::Group, id, None).await
}

async fn edit(app: &App, view: &View, kind: Kind, id: i64, problem: Option<&str>) -> Response {
    let found = match edited(app, view, kind, id).await {
        Ok(Some(found)) => found,
        Ok(None) => return super::not_found().await,
        Err(failure) => return layout::failed(failure),
    };
    let path = format!("/policies/{}/{id}", kind.word());
    let body = html! {
        div.heading { h1 { (found.name) } p.muted { (if kind == Kind::Site { "Rules of this site" } else { "What this group changes" }) } }
        (layout::problem(problem))
        section.card.summary { p { (in_words(&[&found.own])) } @if kind == Kind::Group { p.muted { "As on a site that changes nothing." } } }
        form method="post" action=(path) {
            (view.csrf_field())
            section.card {
                div.grid {
                    (needed("Name", "name", &found.name, ""))
                    @if let Some(zone) = &found.time_zone { (time_zone(zone)) }
                }
            }
            (rule_form::draw(&found.own))
            div.buttons { button.primary type="submit" { "Save" } a.button href="/policies" { "Back" } }
        }
        section.card.after {
            form method="post" action={ (path) "/delete" } {
                (view.csrf_field())
                p.muted { "It can be removed when no phone and no user is in it." }
                button.danger type="submit" { "Remove " (kind.word()) }
            }
        }
    };
    let status = if problem.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    (
        status,
        layout::page(view, Page::Policies, &found.name, &body),
    )
        .into_response()
}

pub(crate) async fn save_site(
    State(app): State<App>,
    view: View,
    Path(id): Path<i64>,
    Signed(filled): Signed<RuleForm>,
) -> Response {
    let done = save(&app, &view, Kind::Site, Some(id), &filled).await;
    let again = async |why: String| edit(&app, &view, Kind::Site, id, Some(&why)).await;
    layout::after_form(done, "/policies", again).await
}

pub(crate) async fn save_group(
    State(app): State<App>,
    view: View,
    Path(id): Path<i64>,
    Signed(filled): Signed<RuleForm>,
) -> Response {
    let done = save(&app, &view, Kind::Group, Some(id), &filled).await;
    let again = async |why: String| edit(&app, &view, Kind::Group, id, Some(&why)).await;
    layout::after_form(done, "/policies", again).await
}

pub(crate) async fn add_site(
    State(app): State<App>,
    view: View,
    Signed(filled): Signed<RuleForm>,
) -> Response {
    let done = save(&app, &view, Kind::Site, None, &filled).await;
    let again = async |why: String| list(&app, &view, Some(&why)).await;
    layout::after_form(done, "/policies", again).await
}

pub(crate) async fn add_group(
    State(app): State<App>,
    view: View,
    Signed(filled): Signed<RuleForm>,
) -> Response {
    let done = save(&app, &view, Kind::Group, None, &filled).await;
    let again = async |why: String| list(&app, &view, Some(&why)).await;
    layout::after_form(done, "/policies", again).await
}

async fn save(
    app: &App,
    view: &View,
    kind: Kind,
    known: Option<i64>,
    filled: &RuleForm,
) -> Answer<()> {
    let mut change = app.change(view.tenant).await?;
    let name = filled.name.as_str();
    match kind {
        Kind::Site => {
            let stored = match known {
                Some(id) => Some(
                    sites::find(change.connection(), view.tenant, id)
                        .await?
                        .ok_or_else(unknown)?,
                ),
                None => None,
            };
            let layer = stored
                .as_ref()
                .map(|site| site.rules.0.clone())
                .unwrap_or_default();
            let entry = SiteEntry {
                name,
                time_zone: &filled.time_zone(stored.as_ref().map(|site| &site.time_zone))?,
                rules: filled.over(layer)?,
                settings: stored.map_or_else(Settings::default, |site| site.settings.0),
            };
            manage::save_site(&mut change, view.tenant, known, &entry, &view.admin).await?;
        }
        Kind::Group => {
            let stored = match known {
                Some(id) => Some(
                    sites::group(change.connection(), view.tenant, id)
                        .await?
                        .ok_or_else(unknown)?,
                ),
                None => None,
            };
            let layer = stored.map(|group| group.rules.0).unwrap_or_default();
            let rules = filled.over(layer)?;
            manage::save_group(
                &mut change,
                view.tenant,
                known,
                &GroupEntry { name, rules },
                &view.admin,
            )
            .await?;
        }
    }
    Ok(change.finish().await?)
}

pub(crate) async fn delete_site(
    State(app): State<App>,
    view: View,
    Path(id): Path<i64>,
    Signed(Nothing {}): Signed<Nothing>,
) -> Response {
    let done = delete(&app, &view, Removable::Site(id)).await;
    let again = async |why: String| edit(&app, &view, Kind::Site, id, Some(&why)).await;
    layout::after_form(done, "/policies", again).await
}

pub(crate) async fn delete_group(
    State(app): State<App>,
    view: View,
    Path(id): Path<i64>,
    Signed(Nothing {}): Signed<Nothing>,
) -> Response {
    let done = delete(&app, &view, Removable::Group(id)).await;
    let again = async |why: String| edit(&app, &view, Kind::Group, id, Some(&why)).await;
    layout::after_form(done, "/policies", again).await
}

async fn delete(app: &App, view: &View, what: Removable<'_>) -> Answer<()> {
    let mut change = app.change(view.tenant).await?;
    if let Removable::Site(_) = what {
        let sites = sites::all(change.connection(), view.tenant).await?;
        if sites.len() < 2 {
            return Err(wrong(
                "The last site stays: phones and users have to be somewhere.",
            ));
        }
    }
    manage::remove(&mut change, view.tenant, what, &view.admin).await?;
    Ok(change.finish().await?)
}
