//! A form that was refused comes back with what was typed into it, not with what is stored. One place for every form: the page
//! is drawn as always, and the form that leads to where this one was sent is filled again. Passwords and PINs are not.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use lol_html::html_content::{ContentType, Element};
use lol_html::{RewriteStrSettings, element, end_tag, rewrite_str};

use super::layout;
use crate::router::BODY_BYTES_MAX;

/// Longest page with a form that is filled again; the longest of ours is some hundred kilobytes.
const PAGE_BYTES_MAX: usize = 4 << 20;

/// Fills what a page refuses.
pub(crate) async fn refill(request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let path = request.uri().path().to_owned();
    let (parts, body) = request.into_parts();
    let Ok(posted) = to_bytes(body, BODY_BYTES_MAX).await else {
        return layout::message(
            StatusCode::PAYLOAD_TOO_LARGE,
            "The form was too long. Go back and try again with less.",
        );
    };
    let request = Request::from_parts(parts, Body::from(posted.clone()));
    let response = next.run(request).await;
    if response.status().is_client_error() {
        filled(response, &path, &posted).await
    } else {
        response
    }
}

async fn filled(response: Response, path: &str, posted: &Bytes) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(page) = to_bytes(body, PAGE_BYTES_MAX).await else {
        return (StatusCode::UNPROCESSABLE_ENTITY, "The page is too long.").into_response();
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    let page = match str::from_utf8(&page).map(|text| fill(text, path, posted)) {
        Ok(Some(text)) => Bytes::from(text),
        Ok(None) | Err(_) => page,
    };
    Response::from_parts(parts, Body::from(page))
}

/// The number of the form in the page that was sent: of those that lead there the one whose hidden fields say the most of
/// what was sent, for a table may have a form in each row.
fn which(page: &str, path: &str, pairs: &[(String, String)]) -> Option<usize> {
    // Of each form that leads there: its number, how many hidden fields fit, and whether all do.
    type Fits = Vec<(usize, usize, bool)>;
    let fits: Rc<RefCell<(usize, Fits)>> = Rc::default();
    let (forms, fields) = (Rc::clone(&fits), Rc::clone(&fits));
    let is_there = |action: &str| action.split('?').next() == Some(path);
    let handlers = vec![
        element!("form", move |form| {
            let (count, found) = &mut *forms.borrow_mut();
            let action = form.get_attribute("action").unwrap_or_default();
            found.push((*count, 0, is_there(&action)));
            *count = count.saturating_add(1);
            Ok(())
        }),
        element!("form input[type=hidden]", move |field| {
            let named = field.get_attribute("name").filter(|name| name != "csrf");
            let value = field.get_attribute("value").unwrap_or_default();
            if let (Some(name), Some((_, fitting, all))) = (named, fields.borrow_mut().1.last_mut())
            {
                let fits = pairs.iter().any(|(n, v)| *n == name && *v == value);
                *fitting = fitting.saturating_add(usize::from(fits));
                *all = *all && fits;
            }
            Ok(())
        }),
    ];
    let settings = RewriteStrSettings {
        element_content_handlers: handlers,
        ..RewriteStrSettings::new()
    };
    rewrite_str(page, settings).ok()?;
    let (_, found) = &*fits.borrow();
    let ours = found.iter().filter(|(_, _, all)| *all);
    ours.max_by_key(|(_, fitting, _)| *fitting)
        .map(|(number, _, _)| *number)
}

/// What is left of what was sent, and where in the page we are.
#[derive(Default)]
struct Filling {
    /// Which form of the page was sent.
    ours: usize,
    /// Forms that have begun.
    seen: usize,
    /// The values of each name, in the order in which the form has them.
    typed: BTreeMap<String, VecDeque<String>>,
    /// Inside of the form that was sent.
    is_inside: bool,
    /// What was chosen in the list that we are in.
    chosen: Option<String>,
}

/// The page with its form filled; none where it cannot be read.
fn fill(page: &str, path: &str, posted: &[u8]) -> Option<String> {
    let pairs: Vec<(String, String)> = serde_html_form::from_bytes(posted).ok()?;
    let ours = which(page, path, &pairs)?;
    let mut filling = Filling {
        ours,
        ..Filling::default()
    };
    for (name, value) in pairs {
        filling.typed.entry(name).or_default().push_back(value);
    }
    let filling = Rc::new(RefCell::new(filling));
    let shared = || Rc::clone(&filling);
    let (forms, inputs, texts, lists, options) = (shared(), shared(), shared(), shared(), shared());
    let handlers = vec![
        element!("form", move |form| {
            let mut filling = forms.borrow_mut();
            filling.is_inside = filling.seen == filling.ours;
            filling.seen = filling.seen.saturating_add(1);
            let ended = Rc::clone(&forms);
            if let Some(handlers) = form.end_tag_handlers() {
                handlers.push(end_tag!(move |_| {
                    ended.borrow_mut().is_inside = false;
                    Ok(())
                }));
            }
            Ok(())
        }),
        element!("input[name]", move |input| inputs.borrow_mut().input(input)),
        element!("textarea[name]", move |text| {
            if let Some(value) = texts.borrow_mut().next(text) {
                text.set_inner_content(&value, ContentType::Text);
            }
            Ok(())
        }),
        element!("select[name]", move |list| {
            let mut filling = lists.borrow_mut();
            filling.chosen = filling.next(list);
            Ok(())
        }),
        element!("select option", move |option| options
            .borrow()
            .option(option)),
    ];
    let settings = RewriteStrSettings {
        element_content_handlers: handlers,
        ..RewriteStrSettings::new()
    };
    rewrite_str(page, settings).ok()
}

type Handled = Result<(), Box<dyn std::error::Error + Send + Sync>>;

impl Filling {
    /// What was typed into this field; none outside of the form, and where the form did not send it.
    fn next(&mut self, field: &Element<'_, '_>) -> Option<String> {
        let name = field.get_attribute("name").filter(|_| self.is_inside)?;
        self.typed.get_mut(&name)?.pop_front()
    }

    fn input(&mut self, input: &mut Element<'_, '_>) -> Handled {
        let kind = input.get_attribute("type").unwrap_or_default();
        match kind.as_str() {
            "hidden" | "password" | "submit" | "file" => {}
            "checkbox" | "radio" => self.tick(input)?,
            _ => {
                if let Some(value) = self.next(input) {
                    // The writer takes care of quotes alone.
                    input.set_attribute("value", &value.replace('&', "&amp;"))?;
                }
            }
        }
        Ok(())
    }

    /// Browsers send nothing for what is not ticked.
    fn tick(&self, input: &mut Element<'_, '_>) -> Handled {
        let Some(name) = input.get_attribute("name").filter(|_| self.is_inside) else {
            return Ok(());
        };
        let value = input.get_attribute("value").unwrap_or_default();
        let is_ticked = self
            .typed
            .get(&name)
            .is_some_and(|sent| sent.contains(&value));
        mark(input, "checked", is_ticked)
    }

    fn option(&self, option: &mut Element<'_, '_>) -> Handled {
        let Some(chosen) = &self.chosen else {
            return Ok(());
        };
        let is_chosen = option.get_attribute("value").as_ref() == Some(chosen);
        mark(option, "selected", is_chosen)
    }
}

fn mark(element: &mut Element<'_, '_>, attribute: &str, is_marked: bool) -> Handled {
    if is_marked {
        element.set_attribute(attribute, "")?;
    } else {
        element.remove_attribute(attribute);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<form action="/b"><input name="n" value="b"></form>
<form method="post" action="/a"><input type="hidden" name="csrf" value="old"><input type="text" name="n" value="stored">
<input type="password" name="pin"><input name="n"><input type="checkbox" name="t" value="yes" checked>
<select name="s"><option value="1" selected>one</option><option value="2">two</option></select><textarea name="w">x</textarea></form>
<input name="n" value="after">"#;

    #[test]
    fn the_form_that_was_sent_is_filled_and_no_other() {
        let typed = "csrf=new&n=%22%3E%26lt%3B&pin=1234&n=two&s=2&w=%3C%2Ftextarea%3E";
        let page = fill(PAGE, "/a", typed.as_bytes()).unwrap();
        assert!(
            page.contains(r#"<form action="/b"><input name="n" value="b">"#),
            "{page}"
        );
        assert!(page.contains(r#"name="n" value="after""#), "{page}");
        assert!(page.contains(r#"name="csrf" value="old""#), "{page}");
        assert!(
            !page.contains("1234") && !page.contains("checked"),
            "{page}"
        );
        assert!(page.contains(r#"name="n" value="two""#), "{page}");
        assert!(
            page.contains(r#"<option value="1">one</option><option value="2" selected="">"#),
            "{page}"
        );
        assert!(page.contains("&lt;/textarea&gt;</textarea>"), "{page}");
        // What was typed is text, whatever it looks like.
        assert!(page.contains(r#"value="&quot;>&amp;lt;""#), "{page}");
        assert_eq!(fill(PAGE, "/c", typed.as_bytes()), None);
    }

    #[test]
    fn of_forms_in_rows_the_one_is_filled_that_was_sent() {
        let row = |id: &str| {
            format!(
                r#"<form action="/a"><input type="hidden" name="id" value="{id}"><input name="n"></form>"#
            )
        };
        let page =
            row("1") + &row("2") + r#"<form action="/a"><input name="id"><input name="n"></form>"#;
        let filled = fill(&page, "/a", b"id=2&n=x").unwrap();
        let at = filled.find(r#"value="x""#).unwrap();
        assert_eq!(filled[..at].matches("<form").count(), 2);
        let filled = fill(&page, "/a", b"id=new&n=x").unwrap();
        let at = filled.find(r#"value="x""#).unwrap();
        assert_eq!(filled[..at].matches("<form").count(), 3);
    }
}
