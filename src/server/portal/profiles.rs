//! Profiles: what phones of a group or of a user show, by model, on a drawn phone; and the models themselves.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use hotdesk_provisioning::{Language, LineKey};
use maud::{Markup, html};
use serde::Deserialize;

use super::form::Signed;
use super::keys::{self, KeysForm};
use super::layout::{self, Page, choice, needed};
use super::view::View;
use crate::app::App;
use crate::db::Connection;
use crate::error::{Answer, unknown, wrong};
use crate::manage::{self, Owner, Removable};
use crate::models::{self, Model};
use crate::profiles::{self, Settings};
use crate::{sites, users};

/// Panels by which screens can be drawn.
const PANELS: [&str; 7] = [
    "480x272", "800x480", "320x240", "208x104", "192x64", "132x64", "128x64",
];

pub(crate) async fn page(State(app): State<App>, view: View) -> Response {
    list(&app, &view, None).await
}

async fn list(app: &App, view: &View, problem: Option<&str>) -> Response {
    layout::drawn(problem, draw_list(app, view, problem).await)
}

async fn draw_list(app: &App, view: &View, problem: Option<&str>) -> Answer<Markup> {
    let mut reader = app.reader().await?;
    let groups = sites::groups(&mut reader, view.tenant).await?;
    let models = models::all(&mut reader, view.tenant).await?;
    let known = profiles::of_groups(&mut reader, view.tenant).await?;
    let body = html! {
        div.heading { h1 { "Profiles" } p.muted { "What phones show: first the site's, then the group's, then the user's own" } }
        (layout::problem(problem))
        section.card {
            @if groups.is_empty() || models.is_empty() {
                p.centre { "Profiles belong to a group and a model. " a href="/policies" { "Add a group" } ", and let a phone enrol or add a model below." }
            } @else {
                table {
                    thead { tr { th { "Group" } @for model in &models { th { (model.name) } } } }
                    tbody {
                        @for group in &groups {
                            tr {
                                td data-label="Group" { strong { (group.name) } }
                                @for model in &models {
                                    @let profile = known.iter().find(|p| p.group_id == Some(group.id) && p.model == model.name);
                                    td data-label=(model.name) {
                                        a href={ "/profiles/group/" (group.id) "?model=" (layout::escaped(&model.name)) } {
                                            @match profile {
                                                Some(profile) => { (layout::counted(profile.settings.0.keys.len(), "key")) }
                                                None => { "none yet" }
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        h2 { "Models" }
        @for model in &models { (model_form(view, Some(model))) }
        section.card { details { summary { "Add a model" } (model_fields(view, None)) } }
    };
    Ok(layout::page(view, Page::Profiles, "Profiles", &body))
}

fn model_form(view: &View, model: Option<&Model>) -> Markup {
    html! { section.card { (model_fields(view, model)) } }
}

fn model_fields(view: &View, model: Option<&Model>) -> Markup {
    let panels = PANELS.map(|panel| (panel.to_owned(), panel.to_owned()));
    html! {
        form.line method="post" action="/profiles/models" {
            (view.csrf_field())
            @match model {
                Some(model) => { h3 { (model.name) } input type="hidden" name="name" value=(model.name); }
                None => { (needed("Name, as phones say it", "name", "", "HD-480")) }
            }
            (choice("Panel", "panel", model.map_or("480x272", |model| &model.panel), &panels))
            label { span { "Line keys" } input type="number" name="line_keys" min="0" max="120" value=(model.map_or(6, |model| model.line_keys)); }
            button type="submit" { "Save model" }
            @if model.is_some() { button type="submit" formaction="/profiles/models/delete" data-ask="Remove this model and its profiles?" { "Remove" } }
        }
    }
}

/// Which model.
#[derive(Deserialize)]
pub(crate) struct Named {
    name: String,
}

/// Takes a model away that no phone is of; its profiles go with it.
pub(crate) async fn delete_model(
    State(app): State<App>,
    view: View,
    Signed(named): Signed<Named>,
) -> Response {
    let done = async {
        let mut change = app.change(view.tenant).await?;
        let what = Removable::Model(&named.name);
        manage::remove(&mut change, view.tenant, what, &view.admin).await?;
        Ok(change.finish().await?)
    };
    let again = async |why: String| list(&app, &view, Some(&why)).await;
    layout::after_form(done.await, "/profiles", again).await
}

#[derive(Deserialize)]
pub(crate) struct ModelForm {
    name: String,
    panel: String,
    line_keys: i64,
}

pub(crate) async fn save_model(
    State(app): State<App>,
    view: View,
    Signed(filled): Signed<ModelForm>,
) -> Response {
    let done = async {
        if !PANELS.contains(&filled.panel.as_str()) {
            return Err(wrong("There is no such panel."));
        }
        let model = Model {
            name: filled.name.trim().to_owned(),
            panel: filled.panel.clone(),
            line_keys: filled.line_keys,
            version: 0,
        };
        let mut change = app.change(view.tenant).await?;
        manage::save_model(&mut change, view.tenant, &model, &view.admin).await?;
        Ok(change.finish().await?)
    };
    let again = async |why: String| list(&app, &view, Some(&why)).await;
    layout::after_form(done.await, "/profiles", again).await
}

/// Which model's profile.
#[derive(Deserialize)]
pub(crate) struct Of {
    model: String,
}

pub(crate) async fn group(
    State(app): State<App>,
    view: View,
    Path(id): Path<i64>,
    Query(of): Query<Of>,
) -> Response {
    edit(&app, &view, Owner::Group(id), &of.model, None).await
}

pub(crate) async fn user(
    State(app): State<App>,
    view: View,
    Path(id): Path<i64>,
    Query(of): Query<Of>,
) -> Response {
    edit(&app, &view, Owner::User(id), &of.model, None).await
}

/// A profile with what is around it.
struct Edited {
    title: String,
    model: Model,
    own: Settings,
    /// Keys of the layers below it.
    below: BTreeMap<u8, LineKey>,
}

async fn edited(
    connection: &mut Connection,
    tenant: i64,
    owner: Owner,
    model: &str,
) -> Answer<Edited> {
    let model = models::find(connection, tenant, model)
        .await?
        .ok_or_else(unknown)?;
    let (title, own, group) = match owner {
        Owner::Group(id) => {
            let group = sites::group(connection, tenant, id)
                .await?
                .ok_or_else(unknown)?;
            let known = profiles::of_groups(connection, tenant).await?;
            let own = known
                .into_iter()
                .find(|p| p.group_id == Some(id) && p.model == model.name);
            (group.name, own, None)
        }
        Owner::User(id) => {
            let user = users::of_tenant(connection, tenant, id)
                .await?
                .ok_or_else(unknown)?;
            let known = profiles::of_user(connection, tenant, id).await?;
            let own = known.into_iter().find(|p| p.model == model.name);
            (user.name, own, user.group_id)
        }
    };
    let mut below = BTreeMap::new();
    if let Some(group) = group {
        let known = profiles::of_groups(connection, tenant).await?;
        let of_group = known
            .into_iter()
            .find(|p| p.group_id == Some(group) && p.model == model.name);
        below = of_group
            .map(|profile| profile.settings.0.keys)
            .unwrap_or_default();
    }
    let own = own.map(|profile| profile.settings.0).unwrap_or_default();
    Ok(Edited {
        title,
        model,
        own,
        below,
    })
}

fn path(owner: Owner, model: &str) -> String {
    let model = layout::escaped(model);
    match owner {
        Owner::Group(id) => format!("/profiles/group/{id}?model={model}"),
        Owner::User(id) => format!("/profiles/user/{id}?model={model}"),
    }
}

async fn edit(
    app: &App,
    view: &View,
    owner: Owner,
    model: &str,
    problem: Option<&str>,
) -> Response {
    match draw(app, view, owner, model, problem).await {
        Ok(page) if problem.is_some() => (StatusCode::UNPROCESSABLE_ENTITY, page).into_response(),
        Ok(page) => page.into_response(),
        Err(_) => super::not_found().await,
    }
}

async fn draw(
    app: &App,
    view: &View,
    owner: Owner,
    model: &str,
    problem: Option<&str>,
) -> Answer<Markup> {
    let found = edited(&mut *app.reader().await?, view.tenant, owner, model).await?;
    let inherit = (String::new(), "inherited".to_owned());
    let tongues =
        Language::ALL.map(|language| (language.code().to_owned(), language.own_name().to_owned()));
    let languages: Vec<_> = std::iter::once(inherit).chain(tongues).collect();
    let language = found.own.language.map_or("", Language::code);
    let count = u8::try_from(found.model.line_keys).unwrap_or(0);
    let last = found.own.keys.keys().last().copied().unwrap_or(0);
    let body = html! {
        div.heading { h1 { (found.title) } p.muted { "on " (found.model.name) } }
        (layout::problem(problem))
        @if last > count {
            p.notice { "This profile has keys up to place " (last) ", and the model " (count) ": the others are behind More." }
        }
        form method="post" action=(path(owner, model)) {
            (view.csrf_field())
            section.card {
                h2 { "Keys" }
                p.muted { "A key that says nothing here is what is below it: the group's, the site's, or the user's own. Log In and Log Out are there whatever this says." }
                (keys::drawn(count.max(last), &found.own.keys, &found.below, &found.model.name))
            }
            section.card { div.grid { (choice("Language", "language", language, &languages)) } }
            div.buttons { button.primary type="submit" { "Save" } a.button href="/profiles" { "Back" } }
        }
    };
    Ok(layout::page(view, Page::Profiles, &found.title, &body))
}

/// What a form about a profile says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ProfileForm {
    language: String,
    kind: Vec<String>,
    label: Vec<String>,
    value: Vec<String>,
}

impl ProfileForm {
    fn settings(self) -> Answer<Settings> {
        let language = match self.language.as_str() {
            "" => None,
            code => {
                Some(Language::parse(code).ok_or_else(|| wrong("No phone speaks this language."))?)
            }
        };
        let keys = KeysForm::new(self.kind, self.label, self.value).placed()?;
        Ok(Settings { keys, language })
    }
}

pub(crate) async fn save_group(
    State(app): State<App>,
    view: View,
    Path(id): Path<i64>,
    Query(of): Query<Of>,
    Signed(filled): Signed<ProfileForm>,
) -> Response {
    save(&app, &view, Owner::Group(id), &of.model, filled).await
}

pub(crate) async fn save_user(
    State(app): State<App>,
    view: View,
    Path(id): Path<i64>,
    Query(of): Query<Of>,
    Signed(filled): Signed<ProfileForm>,
) -> Response {
    save(&app, &view, Owner::User(id), &of.model, filled).await
}

async fn save(app: &App, view: &View, owner: Owner, model: &str, filled: ProfileForm) -> Response {
    let done = async {
        let settings = filled.settings()?;
        let mut change = app.change(view.tenant).await?;
        let profile = (owner, model);
        manage::save_profile(&mut change, view.tenant, profile, &settings, &view.admin).await?;
        Ok(change.finish().await?)
    };
    let again = async |why: String| edit(app, view, owner, model, Some(&why)).await;
    layout::after_form(done.await, &path(owner, model), again).await
}
