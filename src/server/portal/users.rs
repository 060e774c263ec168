//! Users: the list with its search, and adding one.

use axum::extract::{Query, State};
use axum::response::Response;
use hotdesk_provisioning::{Extension, Language, Pin, Secret};
use maud::{Markup, html};
use serde::Deserialize;
use sqlx::FromRow;

use super::form::{Signed, Ticked};
use super::layout::{self, Page, badge, choice, needed, optional, tick};
use super::overview::identity;
use super::phones::Places;
use super::view::View;
use crate::app::App;
use crate::audit::contains;
use crate::column::words;
use crate::db::Connection;
use crate::error::{Answer, wrong};
use crate::people::UserEntry;
use crate::roles::Role;
use crate::users::User;
use crate::{manage, tenants};

/// Users on one page.
const PAGE_ROWS: i64 = 50;

/// A user with where they are.
#[derive(FromRow)]
pub(super) struct Person {
    #[sqlx(flatten)]
    pub(super) user: User,
    pub(super) site: String,
    pub(super) group_name: Option<String>,
    desks: Option<String>,
    locked_until: Option<i64>,
}

/// Which users a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Show {
    #[default]
    All,
    SignedIn,
    /// Those who cannot sign in as they are.
    Attention,
}

words!(
    Show,
    All = "all",
    SignedIn = "signed_in",
    Attention = "attention"
);

struct Wanted<'a> {
    text: &'a str,
    show: Show,
    offset: i64,
    user: Option<i64>,
}

async fn find(
    connection: &mut Connection,
    view: &View,
    wanted: &Wanted<'_>,
) -> Result<Vec<Person>, sqlx::Error> {
    sqlx::query_as(
        "SELECT * FROM (
            SELECT u.*, s.name AS site, g.name AS group_name, t.locked_until,
                   (SELECT string_agg(p.name, ', ') FROM associations a JOIN phones p ON p.id = a.phone_id
                    WHERE a.user_id = u.id AND a.state = 'active') AS desks
            FROM users u
            JOIN sites s ON s.id = u.site_id
            LEFT JOIN groups g ON g.id = u.group_id
            LEFT JOIN throttles t ON t.subject = 'user:' || u.id
            WHERE u.tenant_id = $1) people
         WHERE ($2 = '' OR lower(name || ' ' || extension || ' ' || coalesce(short_extension, '') || ' ' || site || ' ' ||
                                 coalesce(group_name, '') || ' ' || coalesce(desks, '')) LIKE $3 ESCAPE '!')
           AND ($4 = 'all' OR ($4 = 'signed_in' AND desks IS NOT NULL)
                OR ($4 = 'attention' AND (disabled OR pin_hash IS NULL OR coalesce(locked_until, 0) > $5)))
           AND (id = $6 OR $6 IS NULL)
         ORDER BY name, extension LIMIT $7 OFFSET $8",
    )
    .bind(view.tenant)
    .bind(wanted.text)
    .bind(contains(wanted.text))
    .bind(wanted.show)
    .bind(view.clock.now)
    .bind(wanted.user)
    .bind(PAGE_ROWS.saturating_add(1))
    .bind(wanted.offset)
    .fetch_all(connection)
    .await
}

/// One user, as the list shows them.
pub(super) async fn one(
    connection: &mut Connection,
    view: &View,
    id: i64,
) -> Result<Option<Person>, sqlx::Error> {
    let wanted = Wanted {
        text: "",
        show: Show::All,
        offset: 0,
        user: Some(id),
    };
    Ok(find(connection, view, &wanted).await?.pop())
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
    pub(super) site: String,
    pub(super) group: String,
    pub(super) pin: Option<Secret>,
    pub(super) hot_desk: Ticked,
    pub(super) disabled: Ticked,
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
    let empty = UserForm {
        hot_desk: Ticked(true),
        ..UserForm::default()
    };
    list(&app, &view, &asked, None, &empty).await
}

async fn list(
    app: &App,
    view: &View,
    asked: &Asked,
    problem: Option<&str>,
    filled: &UserForm,
) -> Response {
    layout::drawn(problem, draw_list(app, view, asked, problem, filled).await)
}

async fn draw_list(
    app: &App,
    view: &View,
    asked: &Asked,
    problem: Option<&str>,
    filled: &UserForm,
) -> Answer<Markup> {
    let text: String = asked.q.trim().chars().take(64).collect();
    let show = Show::of_word(&asked.show).unwrap_or_default();
    let page = asked.page.clamp(1, 1_000_000);
    let wanted = Wanted {
        text: &text,
        show,
        offset: page.saturating_sub(1).saturating_mul(PAGE_ROWS),
        user: None,
    };
    let mut reader = app.reader().await?;
    let mut people = find(&mut reader, view, &wanted).await?;
    let is_last = i64::try_from(people.len()).is_ok_and(|rows| rows <= PAGE_ROWS);
    people.truncate(usize::try_from(PAGE_ROWS).unwrap_or(0));
    let places = Places::of(&mut reader, view.tenant).await?;
    let guests = tenants::guests(&mut reader, view.tenant).await?;
    let tenant = tenants::find(&mut reader, view.tenant).await?;
    let licences = tenant.and_then(|tenant| tenant.guest_licences);
    let query = format!("q={}&show={}", layout::escaped(&text), show.word());
    let body = html! {
        div.heading {
            h1 { "Users" }
            p.muted { (guests) " may use shared phones" @if let Some(licences) = licences { ", of " (licences) " licensed" } }
        }
        (layout::problem(problem))
        (filter(&text, show))
        section.card data-live="people" {
            @if people.is_empty() {
                p.muted.centre { "Nobody was found." }
            } @else {
                table {
                    thead { tr { th { "Name" } th { "Short" } th { "Site and group" } th { "State" } th { "Signed in at" } } }
                    tbody { @for person in &people { (row(view, person)) } }
                }
            }
        }
        (layout::pages("/users", &query, page, is_last))
        @if view.role >= Role::Administrator {
            section.card {
                details open[problem.is_some() || (people.is_empty() && text.is_empty())] {
                    summary { "Add a user" }
                    form.grid method="post" action="/users" {
                        (view.csrf_field())
                        (fields(filled, &places))
                        (pin_field(false))
                        (tick("May use shared phones", "hot_desk", filled.hot_desk.0))
                        div.buttons { button.primary type="submit" { "Add user" } }
                    }
                }
            }
        }
    };
    Ok(layout::page(view, Page::Users, "Users", &body))
}

fn filter(text: &str, show: Show) -> Markup {
    const SHOWN: [(Show, &str); 3] = [
        (Show::All, "All"),
        (Show::SignedIn, "Signed in"),
        (Show::Attention, "Need attention"),
    ];
    html! {
        form.filter method="get" action="/users" role="search" {
            input type="search" name="q" value=(text) placeholder="Name, number, group, desk …" aria-label="Look for";
            select name="show" aria-label="Show" data-submit {
                @for (value, title) in SHOWN { option value=(value.word()) selected[value == show] { (title) } }
            }
            button type="submit" { "Search" }
        }
    }
}

pub(super) fn fields(filled: &UserForm, places: &Places) -> Markup {
    let phones = (String::new(), "The phone's".to_owned());
    let own =
        Language::ALL.map(|language| (language.code().to_owned(), language.own_name().to_owned()));
    let languages: Vec<_> = std::iter::once(phones).chain(own).collect();
    html! {
        (needed("Name", "name", &filled.name, "Jane Doe"))
        (needed("Number", "extension", &filled.extension, "01132991000"))
        (optional("Short extension", "short_extension", &filled.short_extension, "2000"))
        (choice("Language", "language", &filled.language, &languages))
        (choice("Site", "site", &filled.site, &places.sites))
        (choice("Group", "group", &filled.group, &places.groups))
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
            td data-label="Name" { a.plain href={ "/users/" (user.id) } { (identity(&user.name, &user.extension)) } }
            td data-label="Short" { (user.short_extension.as_deref().unwrap_or("–")) }
            td data-label="Site and group" {
                span.identity { span { (person.site) } span.number { (person.group_name.as_deref().unwrap_or("no group")) } }
            }
            td data-label="State" { (state(view, person)) }
            td data-label="Signed in at" {
                @match &person.desks {
                    Some(desks) => { (desks) }
                    None => { span.muted { "–" } }
                }
            }
        }
    }
}

pub(super) fn state(view: &View, person: &Person) -> Markup {
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
    let named = |text: &str| (!text.is_empty()).then(|| text.to_owned());
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
        site: named(&filled.site),
        group: named(&filled.group),
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
    let again = async |why: String| list(&app, &view, &Asked::default(), Some(&why), &filled).await;
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
