//! What all pages share: head, navigation, notices, fields.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{DOCTYPE, Markup, html};

use super::view::View;
use crate::error::{Answer, Failure};

/// The pages in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    /// Who sits where.
    Overview,
    /// Designated phones.
    Phones,
    /// Hot-desk users.
    Users,
    /// What happened.
    Audit,
}

impl Page {
    const ALL: [Self; 4] = [Self::Overview, Self::Phones, Self::Users, Self::Audit];

    const fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::Overview => ("/", "Overview"),
            Self::Phones => ("/phones", "Phones"),
            Self::Users => ("/users", "Users"),
            Self::Audit => ("/audit", "Audit"),
        }
    }
}

/// Seconds after which the overview draws itself anew.
const REFRESH_SECONDS: u32 = 15;

/// A page for a signed-in administrator.
pub(crate) fn page(view: &View, page: Page, title: &str, body: &Markup) -> Markup {
    let refresh = (page == Page::Overview).then_some(REFRESH_SECONDS);
    let navigation = html! {
        header.bar {
            a.brand href="/" { span.dot {} "hotdesk" }
            nav {
                @for entry in Page::ALL {
                    @let (path, name) = entry.row();
                    a href=(path) aria-current=[(entry == page).then_some("page")] { (name) }
                }
            }
            form.who method="post" action="/sign-out" {
                (view.csrf_field())
                span.muted { (view.admin) }
                button.quiet type="submit" { "Sign out" }
            }
        }
    };
    document(title, refresh, &html! { (navigation) main { (body) } })
}

/// A page for nobody in particular.
pub(crate) fn plain_page(title: &str, body: &Markup) -> Markup {
    document(title, None, &html! { main.narrow { (body) } })
}

fn document(title: &str, refresh: Option<u32>, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                @if let Some(seconds) = refresh { meta http-equiv="refresh" content=(seconds); }
                title { (title) " · hotdesk" }
                link rel="stylesheet" href="/portal.css";
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

/// The page for what should not have happened.
pub(crate) fn failed(failure: Failure) -> Response {
    let refusal = failure.into_refusal();
    message(StatusCode::INTERNAL_SERVER_ERROR, &refusal.message)
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

/// A small coloured word: `kind` is a class of the style sheet.
pub(crate) fn badge(kind: &str, text: &str) -> Markup {
    html! { span class={ "badge " (kind) } { (text) } }
}
