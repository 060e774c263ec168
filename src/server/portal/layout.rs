//! What all pages share: head, navigation, notices, fields.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{DOCTYPE, Markup, html};

use super::view::View;
use crate::error::{Answer, Failure};
use crate::roles::Role;

/// The pages in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    /// Who sits where.
    Overview,
    /// Designated phones.
    Phones,
    /// Hot-desk users.
    Users,
    /// Who signed in where, now and before.
    Associations,
    /// What happened.
    Audit,
    /// What phones of a group or a user show.
    Profiles,
    /// What holds at a site and for a group.
    Policies,
    /// What is not as it should be.
    Doctor,
    /// Phones and users from and to tables.
    Import,
    /// Administrators, licences, tokens, webhooks.
    Settings,
    /// Everybody's.
    Tenants,
}

impl Page {
    const ALL: [Self; 11] = [
        Self::Overview,
        Self::Phones,
        Self::Users,
        Self::Associations,
        Self::Audit,
        Self::Profiles,
        Self::Policies,
        Self::Doctor,
        Self::Import,
        Self::Settings,
        Self::Tenants,
    ];

    const fn row(self) -> (&'static str, &'static str, Role) {
        match self {
            Self::Overview => ("/", "Overview", Role::HelpDesk),
            Self::Phones => ("/phones", "Phones", Role::HelpDesk),
            Self::Users => ("/users", "Users", Role::HelpDesk),
            Self::Associations => ("/associations", "Sign-ins", Role::HelpDesk),
            Self::Audit => ("/audit", "Audit", Role::HelpDesk),
            Self::Profiles => ("/profiles", "Profiles", Role::Administrator),
            Self::Policies => ("/policies", "Policies", Role::Administrator),
            Self::Doctor => ("/doctor", "Doctor", Role::Administrator),
            Self::Import => ("/import", "Import", Role::Administrator),
            Self::Settings => ("/settings", "Settings", Role::Administrator),
            Self::Tenants => ("/tenants", "Tenants", Role::Operator),
        }
    }
}

/// A page for a signed-in administrator.
pub(crate) fn page(view: &View, page: Page, title: &str, body: &Markup) -> Markup {
    let navigation = html! {
        a.skip href="#main" { "Skip to content" }
        header.bar {
            a.brand href="/" { span.dot {} "hotdesk" }
            nav aria-label="Pages" {
                @for entry in Page::ALL {
                    @let (path, name, role) = entry.row();
                    @if view.role >= role {
                        a href=(path) aria-current=[(entry == page).then_some("page")] { (name) }
                    }
                }
            }
            div.who {
                @if view.tenants.len() > 1 { (tenant_choice(view)) }
                span.muted title=(view.role.title()) { (view.admin) }
                form method="post" action="/sign-out" {
                    (view.csrf_field())
                    button.quiet type="submit" { "Sign out" }
                }
            }
        }
    };
    document(
        title,
        true,
        &html! { (navigation) main id="main" { (body) } },
    )
}

/// Which tenant an operator looks at.
fn tenant_choice(view: &View) -> Markup {
    html! {
        form.line.tenant method="post" action="/tenant" {
            (view.csrf_field())
            select name="tenant" aria-label="Tenant" data-submit {
                @for tenant in &view.tenants {
                    option value=(tenant.id) selected[tenant.id == view.tenant] { (tenant.name) }
                }
            }
            button.quiet.no-script type="submit" { "Show" }
        }
    }
}

/// A page for nobody in particular.
pub(crate) fn plain_page(title: &str, body: &Markup) -> Markup {
    document(title, false, &html! { main.narrow id="main" { (body) } })
}

/// A user's own page.
pub(crate) fn own_page(title: &str, body: &Markup) -> Markup {
    document(title, false, &html! { main.own id="main" { (body) } })
}

fn document(title: &str, is_live: bool, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · hotdesk" }
                link rel="stylesheet" href="/portal.css";
                link rel="icon" href="/icon.svg" type="image/svg+xml";
                @if is_live { script src="/portal.js" defer {} }
            }
            body { (body) }
        }
    }
}

/// One sentence with a way back.
pub(crate) fn message(status: StatusCode, sentence: &str) -> Response {
    let body = html! {
        section.card.centre {
            h1 { (sentence) }
            p { a href="/" { "To the overview" } }
        }
    };
    (status, plain_page("hotdesk", &body)).into_response()
}

/// What became of a form, above the page that had it.
pub(crate) fn problem(sentence: Option<&str>) -> Markup {
    html! { @if let Some(sentence) = sentence { p.notice.bad role="alert" { (sentence) } } }
}

/// The sentence to show above a form, when the rules refused it; any other failure is the server's.
fn sentence(failure: Failure) -> Result<String, Failure> {
    match failure {
        Failure::Refused(refusal) => Ok(refusal.message),
        Failure::Failed(_) => Err(failure),
    }
}

/// After a form was sent: on to `next` when it is done; the same form again, with the sentence that says why, when it is
/// refused.
pub(crate) async fn after_form<'a>(
    done: Answer<()>,
    next: &str,
    again: impl AsyncFnOnce(String) -> Response + 'a,
) -> Response {
    match done.map_err(sentence) {
        Ok(()) => Redirect::to(next).into_response(),
        Err(Ok(sentence)) => again(sentence).await,
        Err(Err(failure)) => failed(failure),
    }
}

/// A page as an answer; with a problem on it the form was not accepted.
pub(crate) fn drawn(problem: Option<&str>, page: Answer<Markup>) -> Response {
    match page {
        Ok(page) if problem.is_some() => (StatusCode::UNPROCESSABLE_ENTITY, page).into_response(),
        Ok(page) => page.into_response(),
        Err(failure) => failed(failure),
    }
}

/// The page for what should not have happened.
pub(crate) fn failed(failure: Failure) -> Response {
    let refusal = failure.into_refusal();
    message(StatusCode::INTERNAL_SERVER_ERROR, &refusal.message)
}

/// A choice of one.
pub(crate) fn choice(
    label: &str,
    name: &str,
    chosen: &str,
    options: &[(String, String)],
) -> Markup {
    html! {
        label {
            span { (label) }
            select name=(name) {
                @for (value, text) in options { option value=(value) selected[value == chosen] { (text) } }
            }
        }
    }
}

/// A text as a part of an address.
pub(crate) fn escaped(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// Where one list ends and the next begins.
pub(crate) fn pages(path: &str, query: &str, page: i64, is_last: bool) -> Markup {
    let to = |page: i64| {
        let sign = if query.is_empty() { "" } else { "&" };
        format!("{path}?{query}{sign}page={page}")
    };
    html! {
        @if page > 1 || !is_last {
            nav.pages aria-label="Pages of this list" {
                @if page > 1 { a.button href=(to(page.saturating_sub(1))) rel="prev" { "Previous" } }
                span.muted { "Page " (page) }
                @if !is_last { a.button href=(to(page.saturating_add(1))) rel="next" { "Next" } }
            }
        }
    }
}

/// One labelled field.
pub(crate) struct Field<'a> {
    pub(crate) label: &'a str,
    pub(crate) name: &'a str,
    pub(crate) value: &'a str,
    pub(crate) hint: &'a str,
    pub(crate) is_required: bool,
    /// The kind of keyboard that a phone-sized screen should offer.
    pub(crate) keyboard: &'a str,
}

impl Field<'_> {
    pub(crate) fn draw(&self) -> Markup {
        html! {
            label {
                span { (self.label) }
                input type="text" name=(self.name) value=(self.value) placeholder=(self.hint) autocomplete="off"
                    inputmode=(self.keyboard) required[self.is_required];
            }
        }
    }
}

/// A text field that must be filled.
pub(crate) fn needed<'a>(label: &'a str, name: &'a str, value: &'a str, hint: &'a str) -> Markup {
    Field {
        label,
        name,
        value,
        hint,
        is_required: true,
        keyboard: "text",
    }
    .draw()
}

/// A text field that may stay empty.
pub(crate) fn optional<'a>(label: &'a str, name: &'a str, value: &'a str, hint: &'a str) -> Markup {
    Field {
        label,
        name,
        value,
        hint,
        is_required: false,
        keyboard: "text",
    }
    .draw()
}

/// A box to tick.
pub(crate) fn tick(label: &str, name: &str, is_ticked: bool) -> Markup {
    html! {
        label.tick {
            input type="checkbox" name=(name) value="yes" checked[is_ticked];
            span { (label) }
        }
    }
}

/// So many of something, whose plural ends in an s.
pub(crate) fn counted(count: impl std::fmt::Display, one: &str) -> String {
    match count.to_string().as_str() {
        "1" => format!("1 {one}"),
        many => format!("{many} {one}s"),
    }
}

/// A small coloured word: `kind` is a class of the style sheet.
pub(crate) fn badge(kind: &str, text: &str) -> Markup {
    html! { span class={ "badge " (kind) } { (text) } }
}
