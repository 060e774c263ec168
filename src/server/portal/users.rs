//! Users: the list, and adding one.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use hotdesk_provisioning::{Extension, Language, Pin, Secret};
use maud::{Markup, html};
use serde::Deserialize;
use sqlx::FromRow;

use crate::db::Connection;

use super::form::{Signed, Ticked};
use super::layout::{self, Page, badge, needed, optional, tick};
use super::view::View;
use crate::app::App;
use crate::error::{Answer, wrong};
use crate::manage;
use crate::people::UserEntry;
use crate::users::User;

/// A user with where they are.
#[derive(FromRow)]
struct Person {
    #[sqlx(flatten)]
    user: User,
    desks: Option<String>,
    locked_until: Option<i64>,
}

async fn all(connection: &mut Connection, tenant: i64) -> Result<Vec<Person>, sqlx::Error> {
    sqlx::query_as(
        "SELECT u.*, t.locked_until,
                (SELECT string_agg(p.name, ', ') FROM associations a JOIN phones p ON p.id = a.phone_id
                 WHERE a.user_id = u.id AND a.state = 'active') AS desks
         FROM users u LEFT JOIN throttles t ON t.subject = 'user:' || u.id
         WHERE u.tenant_id = $1
         ORDER BY u.name, u.extension",
    )
    .bind(tenant)
    .fetch_all(connection)
    .await
}

/// What a form about a user says.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct UserForm {
    pub(super) name: String,
    pub(super) extension: String,
    pub(super) short_extension: String,
    /// Its code; empty: the phone's.
    pub(super) language: String,
    pub(super) pin: Option<Secret>,
    pub(super) hot_desk: Ticked,
    pub(super) disabled: Ticked,
}

pub(crate) async fn page(State(app): State<App>, view: View) -> Response {
    let empty = UserForm {
        hot_desk: Ticked(true),
        ..UserForm::default()
    };
    list(&app, &view, None, &empty).await
}

async fn list(app: &App, view: &View, problem: Option<&str>, filled: &UserForm) -> Response {
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
    filled: &UserForm,
) -> Answer<Markup> {
    let people = all(&mut *app.reader().await?, view.tenant).await?;
    let body = html! {
        div.heading { h1 { "Users" } p.muted { (people.len()) " in all" } }
        (layout::problem(problem))
        @if !people.is_empty() {
            section.card {
                table {
                    thead { tr { th { "Name" } th { "Short" } th { "State" } th { "Signed in at" } th {} } }
                    tbody { @for person in &people { (row(view, person)) } }
                }
            }
        }
        section.card {
            details open[problem.is_some() || people.is_empty()] {
                summary { "Add a user" }
                form.grid method="post" action="/users" {
                    (view.csrf_field())
                    (fields(filled))
                    (pin_field(false))
                    (tick("May use shared phones", "hot_desk", filled.hot_desk.0))
                    div.buttons { button.primary type="submit" { "Add user" } }
                }
            }
        }
    };
    Ok(layout::page(view, Page::Users, "Users", &body))
}

pub(super) fn fields(filled: &UserForm) -> Markup {
    html! {
        (needed("Name", "name", &filled.name, "Jane Doe"))
        (needed("Number", "extension", &filled.extension, "01132991000"))
        (optional("Short extension", "short_extension", &filled.short_extension, "2000"))
        label {
            span { "Language" }
            select name="language" {
                option value="" { "The phone's" }
                @for language in Language::ALL {
                    option value=(language.code()) lang=(language.code()) selected[language.code() == filled.language] {
                        (language.own_name())
                    }
                }
            }
        }
    }
}

pub(super) fn pin_field(is_required: bool) -> Markup {
    html! {
        label {
            span { "PIN" }
            input type="password" name="pin" minlength=(Pin::LENGTH_MIN) maxlength=(Pin::LENGTH_MAX)
                autocomplete="new-password" placeholder="4 characters or more" required[is_required];
        }
    }
}

fn row(view: &View, person: &Person) -> Markup {
    let user = &person.user;
    html! {
        tr {
            td data-label="Name" { (super::overview::identity(&user.name, &user.extension)) }
            td data-label="Short" { (user.short_extension.as_deref().unwrap_or("–")) }
            td data-label="State" { (state(view, person)) }
            td data-label="Signed in at" {
                @match &person.desks {
                    Some(desks) => { (desks) }
                    None => { span.muted { "–" } }
                }
            }
            td.actions { a.button href={ "/users/" (user.id) } { "Edit" } }
        }
    }
}

fn state(view: &View, person: &Person) -> Markup {
    let locked = person.locked_until.filter(|until| *until > view.clock.now);
    if person.user.disabled {
        badge("bad", "Disabled")
    } else if let Some(until) = locked {
        badge("bad", &format!("Locked until {}", view.clock.short(until)))
    } else if !person.user.hot_desk {
        badge("plain", "No shared phones")
    } else if person.user.pin_hash.is_none() {
        badge("warn", "No PIN")
    } else if person.desks.is_some() {
        badge("good", "Signed in")
    } else {
        badge("plain", "Ready")
    }
}

/// What the form says, as an entry; what it does not say stays as it is known.
pub(super) fn entry(filled: &UserForm, known: Option<&User>) -> Answer<UserEntry> {
    let number = |text: &str| {
        Extension::parse(text.trim())
            .map_err(|_| wrong("A number has 1 to 20 digits and nothing else."))
    };
    let short = filled.short_extension.trim();
    let limit = known.and_then(|user| user.association_limit);
    Ok(UserEntry {
        extension: number(&filled.extension)?,
        short_extension: if short.is_empty() {
            None
        } else {
            Some(number(short)?)
        },
        name: filled.name.clone(),
        pin: None,
        site: None,
        group: None,
        hot_desk: filled.hot_desk.0,
        disabled: filled.disabled.0,
        association_limit: limit.and_then(|seconds| u32::try_from(seconds).ok()),
        keys: known.map(|user| user.keys.0.clone()).unwrap_or_default(),
        language: language(&filled.language)?,
    })
}

fn language(code: &str) -> Answer<Option<Language>> {
    if code.is_empty() {
        return Ok(None);
    }
    let known = Language::parse(code).ok_or_else(|| wrong("No phone speaks this language."))?;
    Ok(Some(known))
}

/// Adds a user.
pub(crate) async fn add(
    State(app): State<App>,
    view: View,
    Signed(filled): Signed<UserForm>,
) -> Response {
    let done = add_now(&app, &view, &filled).await;
    let again = async |why: String| list(&app, &view, Some(&why), &filled).await;
    layout::after_form(done, "/users", again).await
}

async fn add_now(app: &App, view: &View, filled: &UserForm) -> Answer<()> {
    let entry = entry(filled, None)?;
    let pin = filled.pin.as_ref().filter(|pin| !pin.expose().is_empty());
    let hash = match pin {
        None => None,
        Some(pin) => Some(hash(app, pin).await?),
    };
    let mut change = app.change(view.tenant).await?;
    let user = manage::save_user(&mut change, view.tenant, None, &entry, &view.admin).await?;
    if let Some(hash) = hash {
        manage::set_pin(&mut change, &user, &hash, &view.admin).await?;
    }
    Ok(change.finish().await?)
}

/// The hash of what was typed as a PIN, if it can be one.
pub(super) async fn hash(app: &App, pin: &Secret) -> Answer<String> {
    let pin = Pin::parse(pin.expose()).map_err(|_| wrong("A PIN has 4 to 64 characters."))?;
    Ok(app
        .hasher()
        .hash(Secret::new(pin.expose().to_owned()))
        .await?)
}
