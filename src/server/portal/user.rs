//! One user: their numbers, what they may do, their PIN and their lock.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use hotdesk_provisioning::{Language, Secret};
use maud::{Markup, html};
use serde::Deserialize;

use super::form::Signed;
use super::layout::{self, Page, tick};
use super::phone::back;
use super::sign_in::Nothing;
use super::users::{UserForm, entry, fields, hash, pin_field};
use super::view::View;
use crate::app::App;
use crate::error::{Answer, unknown};
use crate::manage;
use crate::throttle::{self, Subject};
use crate::users::{self, User};

pub(crate) async fn page(State(app): State<App>, view: View, Path(id): Path<i64>) -> Response {
    form(&app, &view, id, None).await
}

async fn form(app: &App, view: &View, id: i64, problem: Option<&str>) -> Response {
    let found = async {
        let mut reader = app.reader().await?;
        let user = users::of_tenant(&mut reader, view.tenant, id)
            .await?
            .ok_or(sqlx::Error::RowNotFound)?;
        let record = throttle::load(&mut reader, &Subject::User(id)).await?;
        Ok((user, record.locked_for(view.clock.now).is_some()))
    };
    let (user, is_locked) = match found.await {
        Ok(found) => found,
        Err(sqlx::Error::RowNotFound) => return super::not_found().await,
        Err(error) => return layout::failed(error.into()),
    };
    let body = html! {
        div.heading { h1 { (user.name) } p.muted { (user.extension) } }
        (layout::problem(problem))
        (settings(view, &user))
        (pin(view, &user))
        @if is_locked {
            section.card {
                h2 { "Locked" }
                p.muted { "Too many wrong PINs. The lock ends by itself." }
                form method="post" action={ "/users/" (id) "/unlock" } {
                    (view.csrf_field())
                    button type="submit" { "Lift lock" }
                }
            }
        }
    };
    let page = layout::page(view, Page::Users, &user.name, &body);
    let status = if problem.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    (status, page).into_response()
}

fn settings(view: &View, user: &User) -> Markup {
    let stored = UserForm {
        name: user.name.clone(),
        extension: user.extension.clone(),
        short_extension: user.short_extension.clone().unwrap_or_default(),
        language: user.language().map_or("", Language::code).to_owned(),
        ..UserForm::default()
    };
    html! {
        section.card {
            form.grid method="post" action={ "/users/" (user.id) } {
                (view.csrf_field())
                (fields(&stored))
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

/// Changes a user.
pub(crate) async fn save(
    State(app): State<App>,
    view: View,
    Path(id): Path<i64>,
    Signed(filled): Signed<UserForm>,
) -> Response {
    let done = async {
        let mut change = app.change(view.tenant).await?;
        let user = users::of_tenant(change.connection(), view.tenant, id)
            .await?
            .ok_or_else(unknown)?;
        let entry = entry(&filled, Some(&user))?;
        manage::save_user(&mut change, view.tenant, Some(&user), &entry, &view.admin).await?;
        Ok(change.finish().await?)
    };
    finish(&app, &view, id, done.await).await
}

#[derive(Deserialize)]
pub(crate) struct PinForm {
    pin: Secret,
}

/// Gives a user a PIN.
pub(crate) async fn set_pin(
    State(app): State<App>,
    view: View,
    Path(id): Path<i64>,
    Signed(typed): Signed<PinForm>,
) -> Response {
    let done = async {
        let hash = hash(&app, &typed.pin).await?;
        let mut change = app.change(view.tenant).await?;
        let user = users::of_tenant(change.connection(), view.tenant, id)
            .await?
            .ok_or_else(unknown)?;
        manage::set_pin(&mut change, &user, &hash, &view.admin).await?;
        Ok(change.finish().await?)
    };
    finish(&app, &view, id, done.await).await
}

/// To the list when it is done, back to the form when it is not.
async fn finish(app: &App, view: &View, id: i64, done: Answer<()>) -> Response {
    let again = async |why: String| form(app, view, id, Some(&why)).await;
    layout::after_form(done, "/users", again).await
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
        let user = users::of_tenant(change.connection(), view.tenant, id)
            .await?
            .ok_or_else(unknown)?;
        manage::unlock_user(&mut change, &user, &view.admin).await?;
        Ok(change.finish().await?)
    };
    back(done.await, "/users")
}
