//! What is not as it should be, and what to do about it.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::layout::{self, Page};
use super::view::View;
use crate::app::App;
use crate::doctor::{self, About, Finding};
use crate::error::Answer;

pub(crate) async fn page(State(app): State<App>, view: View) -> Response {
    layout::drawn(None, draw(&app, &view).await)
}

async fn draw(app: &App, view: &View) -> Answer<Markup> {
    let mut findings = doctor::examine(&mut *app.reader().await?, view.tenant, app.now()).await?;
    // One kind after the other, in the order in which they were found first.
    let order: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
    findings.sort_by_key(|finding| order.iter().position(|code| *code == finding.code));
    let body = html! {
        div.heading {
            h1 { "Doctor" }
            p.muted { @if findings.is_empty() { "Everything is as it should be" } @else { (findings.len()) " findings" } }
        }
        div data-live="findings" {
            @if findings.is_empty() {
                section.card.centre { p { "Nothing was found: phones have addresses, users have PINs, and keys fit." } }
            } @else {
                @for alike in findings.chunk_by(|one, next| one.code == next.code) { (kind(alike)) }
            }
        }
    };
    Ok(layout::page(view, Page::Doctor, "Doctor", &body))
}

/// What to do about findings of one kind, and what they are.
fn kind(alike: &[Finding]) -> Markup {
    html! {
        section.card {
            @if let Some(first) = alike.first() { h2 { (first.remedy) } }
            ul.findings { @for finding in alike { li.wrap { (line(finding)) } } }
        }
    }
}

fn line(finding: &Finding) -> Markup {
    let place = match &finding.about {
        About::Phone(id) => Some(format!("/phones/{id}")),
        About::User(id) => Some(format!("/users/{id}")),
        About::Site(id) => Some(format!("/policies/site/{id}")),
        About::Profile(_) | About::Model(_) => Some("/profiles".to_owned()),
        About::Webhook(_) => Some("/settings/webhooks".to_owned()),
        About::Tenant => Some("/settings".to_owned()),
    };
    html! { @match place { Some(path) => { a href=(path) { (finding.sentence) } } None => { (finding.sentence) } } }
}
