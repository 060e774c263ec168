//! One user: where they are, what they may do, their PIN, their keys, their profiles and their history.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use hotdesk_provisioning::{Language, Secret};
use maud::{Markup, html};
use serde::Deserialize;

use super::form::Signed;
use super::history;
use super::keys::{self, KeysForm};
use super::layout::{self, Page, tick};
use super::phone::back;
use super::phones::Places;
use super::sign_in::Nothing;
use super::users::{Person, UserForm, entry, fields, hash, one, pin_field, state};
use super::view::View;
use crate::app::App;
use crate::change::Change;
use crate::db::Connection;
use crate::error::{Answer, unknown};
use crate::offline::Of;
use crate::roles::Role;
use crate::throttle::{self, Subject};
use crate::users::{self, User};
use crate::{manage, models, offline, phones, profiles};

pub(crate) async fn page(State(app): State<App>, view: View, Path(id): Path<i64>) -> Response {
    form(&app, &view, id, None).await
}

async fn form(app: &App, view: &View, id: i64, problem: Option<&str>) -> Response {
    let status = if problem.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    match draw(app, view, id, problem).await {
        Ok(Some(page)) => (status, page).into_response(),
        Ok(None) => super::not_found().await,
        Err(failure) => layout::failed(failure),
    }
}

async fn draw(app: &App, view: &View, id: i64, problem: Option<&str>) -> Answer<Option<Markup>> {
    let mut reader = app.reader().await?;
    let Some(person) = one(&mut reader, view, id).await? else {
        return Ok(None);
    };
    let user = &person.user;
    let lock = throttle::load(&mut reader, &Subject::User(id)).await?;
    let is_locked = lock.locked_for(view.clock.now).is_some();
    let places = Places::of(&mut reader, view.tenant).await?;
    let past = history::of_user(&mut reader, view.tenant, id).await?;
    let models = models::all(&mut reader, view.tenant).await?;
    let kept = profiles::of_user(&mut reader, view.tenant, id).await?;
    let away = away(&mut reader, view, user).await?;
    let may_change = view.role >= Role::Administrator;
    let body = html! {
        div.heading { h1 { (user.name) } p.muted { (user.extension) } span data-live="state" { (state(view, &person)) } }
        (layout::problem(problem))
        section.card data-live="history" { h2 { "Where" } (history::table(view, &past, true)) }
        (away)
        @if may_change {
            (settings(view, &person, &places))
            div.columns {
                (pin(view, user))
                @if is_locked { (locked(view, id)) }
            }
            section.card id="keys" {
                h2 { "Keys" }
                p.muted { "They come along to every phone from the next sign-in on, in this order, on the places that no profile has taken." }
                form method="post" action={ "/users/" (id) "/keys" } {
                    (view.csrf_field())
                    (keys::rows(&user.keys.0))
                    div.buttons.after { button.primary type="submit" { "Save keys" } }
                }
            }
            section.card {
                h2 { "Profiles" }
                p.muted { "One for each model, made at the first sign-in on it and kept." }
                div.buttons {
                    @for model in &models {
                        @let is_kept = kept.iter().any(|profile| profile.model == model.name);
                        a.button href={ "/profiles/user/" (id) "?model=" (layout::escaped(&model.name)) } { (model.name) @if !is_kept { span.muted { " (not yet)" } } }
                    }
                }
            }
            section.card {
                h2 { "Remove" }
                p.muted { "They are signed out wherever they are. What they did stays in the audit." }
                form method="post" action={ "/users/" (id) "/delete" } {
                    (view.csrf_field())
                    button.danger type="submit" data-ask={ "Remove " (user.name) "?" } { "Remove user" }
                }
            }
        }
    };
    Ok(Some(layout::page(view, Page::Users, &user.name, &body)))
}

/// Where they can sign in while the server is away.
async fn away(reader: &mut Connection, view: &View, user: &User) -> Answer<Markup> {
    let grants = offline::held(reader, view.clock.now, Of::User(user.id)).await?;
    let mut rows = Vec::new();
    for grant in grants {
        rows.push((phones::find(reader, grant.phone_id).await?, grant));
    }
    let may_change = view.role >= Role::Administrator;
    Ok(html! {
        @if !rows.is_empty() {
            section.card id="away" {
                h2 { "While the server is away" }
                p.muted { "They can sign in on these phones with their PIN, until then." }
                table {
                    thead { tr { th { "Phone" } th { "Until" } @if may_change { th { span.unseen { "Actions" } } } } }
                    tbody {
                        @for (phone, grant) in &rows {
                            tr {
                                td data-label="Phone" { a href={ "/phones/" (phone.id) } { (phone.name) } }
                                td data-label="Until" { (view.clock.moment(grant.expires_at)) }
                                @if may_change {
                                    td { form method="post" action={ "/users/" (user.id) "/away/" (grant.id) } {
                                        (view.csrf_field())
                                        button type="submit" { "Take away" }
                                    } }
                                }
                            }
                        }
                    }
                }
            }
        }
    })
}

fn settings(view: &View, person: &Person, places: &Places) -> Markup {
    let user = &person.user;
    let stored = UserForm {
        name: user.name.clone(),
        extension: user.extension.clone(),
        short_extension: user.short_extension.clone().unwrap_or_default(),
        language: user.language().map_or("", Language::code).to_owned(),
        site: person.site.clone(),
        group: person.group_name.clone().unwrap_or_default(),
        ..UserForm::default()
    };
    html! {
        section.card {
            h2 { "Settings" }
            form.grid method="post" action={ "/users/" (user.id) } {
                (view.csrf_field())
                (fields(&stored, places))
                (tick("May use shared phones", "hot_desk", user.hot_desk))
                (tick("Disabled: shut out everywhere", "disabled", user.disabled))
                div.buttons { button.primary type="submit" { "Save" } a.button href="/users" { "Back" } }
            }
        }
    }
}

fn pin(view: &View, user: &User) -> Markup {
    let standing = if user.pin_hash.is_some() {
        "A PIN is set. A new one replaces it, and lifts a lock."
    } else {
        "No PIN is set yet."
    };
    html! {
        section.card {
            h2 { "PIN" }
            p.muted { (standing) }
            form.line method="post" action={ "/users/" (user.id) "/pin" } {
                (view.csrf_field())
                (pin_field(true))
                button type="submit" { "Set PIN" }
            }
        }
    }
}

fn locked(view: &View, id: i64) -> Markup {
    html! {
        section.card {
            h2 { "Locked" }
            p.muted { "Too many wrong PINs. The lock ends by itself." }
            form method="post" action={ "/users/" (id) "/unlock" } {
                (view.csrf_field())
                button type="submit" { "Lift lock" }
            }
        }
    }
}

async fn known(change: &mut Change, view: &View, id: i64) -> Answer<User> {
    users::of_tenant(change.connection(), view.tenant, id)
        .await?
        .ok_or_else(unknown)
}

/// Changes a user.
pub(crate) async fn save(
    State(app): State<App>,
    view: View,
    Path(id): Path<i64>,
    Signed(filled): Signed<UserForm>,
) -> Response {
    let done = async {
        let mut change = app.change(view.tenant).await?;
        let user = known(&mut change, &view, id).await?;
        let entry = entry(&filled, Some(&user))?;
        manage::save_user(&mut change, view.tenant, Some(&user), &entry, &view.admin).await?;
        Ok(change.finish().await?)
    };
    finish(&app, &view, id, done.await).await
}

#[derive(Deserialize)]
pub(crate) struct NewPin {
    pin: Secret,
}

/// Gives a user a PIN.
pub(crate) async fn set_pin(
    State(app): State<App>,
    view: View,
    Path(id): Path<i64>,
    Signed(typed): Signed<NewPin>,
) -> Response {
    let done = async {
        let hash = hash(&app, &typed.pin).await?;
        let mut change = app.change(view.tenant).await?;
        let user = known(&mut change, &view, id).await?;
        manage::set_pin(&mut change, &user, &hash, &view.admin).await?;
        Ok(change.finish().await?)
    };
    finish(&app, &view, id, done.await).await
}

/// Gives a user other keys, from their next sign-in on.
pub(crate) async fn set_keys(
    State(app): State<App>,
    view: View,
    Path(id): Path<i64>,
    Signed(filled): Signed<KeysForm>,
) -> Response {
    let done = async {
        let keys = filled.list()?;
        let mut change = app.change(view.tenant).await?;
        let user = known(&mut change, &view, id).await?;
        manage::set_keys(&mut change, &user, &keys, &view.admin).await?;
        Ok(change.finish().await?)
    };
    finish(&app, &view, id, done.await).await
}

/// To the user's page when it is done, back to the form when it is not.
async fn finish(app: &App, view: &View, id: i64, done: Answer<()>) -> Response {
    let again = async |why: String| form(app, view, id, Some(&why)).await;
    layout::after_form(done, &format!("/users/{id}"), again).await
}

/// Lifts a user's lock.
pub(crate) async fn unlock(
    State(app): State<App>,
    view: View,
    Path(id): Path<i64>,
    Signed(Nothing {}): Signed<Nothing>,
) -> Response {
    let done = async {
        let mut change = app.change(view.tenant).await?;
        let user = known(&mut change, &view, id).await?;
        manage::unlock_user(&mut change, &user, &view.admin).await?;
        Ok(change.finish().await?)
    };
    back(done.await, &format!("/users/{id}"))
}

/// Takes away from a user that they can sign in on a phone while the server is away.
pub(crate) async fn take_grant(
    State(app): State<App>,
    view: View,
    Path((id, grant)): Path<(i64, String)>,
    Signed(Nothing {}): Signed<Nothing>,
) -> Response {
    let done = async {
        let mut change = app.change(view.tenant).await?;
        let user = known(&mut change, &view, id).await?;
        manage::take_grant(&mut change, &user, &grant, &view.admin).await?;
        Ok(change.finish().await?)
    };
    finish(&app, &view, id, done.await).await
}

/// Takes a user away.
pub(crate) async fn delete(
    State(app): State<App>,
    view: View,
    Path(id): Path<i64>,
    Signed(Nothing {}): Signed<Nothing>,
) -> Response {
    let done = async {
        let mut change = app.change(view.tenant).await?;
        let user = known(&mut change, &view, id).await?;
        manage::delete_user(&mut change, &user, &view.admin).await?;
        Ok(change.finish().await?)
    };
    back(done.await, "/users")
}
