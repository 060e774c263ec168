//! Every form of every page is sent with nonsense: the ones that are refused come back with the nonsense in them.

use std::cell::RefCell;
use std::rc::Rc;

use lol_html::{RewriteStrSettings, element, rewrite_str};

use crate::office::{DESK_11, JANE, Office, Reply};
use crate::signed_in::{Admin, PASSWORD};

/// A form as a browser sees it: where it leads, and its fields with what stands in them.
#[derive(Debug, Default, Clone)]
struct Form {
    action: String,
    fields: Vec<Field>,
}

#[derive(Debug, Clone)]
struct Field {
    name: String,
    value: String,
    /// People write into it, and it is no secret.
    is_text: bool,
}

/// The forms of a page that are posted.
fn forms(page: &str) -> Vec<Form> {
    let found: Rc<RefCell<Vec<Form>>> = Rc::default();
    let (begun, filled, chosen) = (Rc::clone(&found), Rc::clone(&found), Rc::clone(&found));
    let handlers = vec![
        element!("form", move |form| {
            let action = form.get_attribute("action").unwrap_or_default();
            let is_posted = form.get_attribute("method").as_deref() == Some("post");
            begun.borrow_mut().push(Form {
                action: if is_posted { action } else { String::new() },
                fields: Vec::new(),
            });
            Ok(())
        }),
        element!("input[name], textarea[name], select[name]", move |field| {
            let kind = field.get_attribute("type").unwrap_or_default();
            let is_ticked = field.get_attribute("checked").is_some();
            let is_box = kind == "checkbox" || kind == "radio";
            if let Some(form) = filled.borrow_mut().last_mut()
                && (is_ticked || !is_box)
            {
                form.fields.push(Field {
                    name: field.get_attribute("name").unwrap(),
                    value: field.get_attribute("value").unwrap_or_default(),
                    is_text: field.tag_name() == "input"
                        && ["", "text", "search", "url"].contains(&kind.as_str()),
                });
            }
            Ok(())
        }),
        // Keys that dial something: what they dial can be wrong.
        element!("select option[value=speed_dial]", move |_| {
            let mut forms = chosen.borrow_mut();
            let list = forms.last_mut().and_then(|form| form.fields.last_mut());
            list.unwrap().value = "speed_dial".to_owned();
            Ok(())
        }),
    ];
    let settings = RewriteStrSettings {
        element_content_handlers: handlers,
        ..RewriteStrSettings::new()
    };
    rewrite_str(page, settings).unwrap();
    let forms = found.borrow().clone();
    forms
        .into_iter()
        .filter(|form| !form.action.is_empty() && !form.action.ends_with("/sign-out"))
        .collect()
}

/// Sends every form of these pages with nonsense; the ones that were refused.
async fn try_forms(browser: &Admin, pages: &[&str]) -> Vec<String> {
    let mut refused = Vec::new();
    for page in pages {
        let page = browser.get(page).await;
        for form in forms(&page.text) {
            let nonsense: Vec<String> = (0..form.fields.len())
                .map(|n| format!("{n} typed"))
                .collect();
            let fields: Vec<(&str, &str)> = form
                .fields
                .iter()
                .zip(&nonsense)
                .filter(|(field, _)| field.name != "csrf")
                .map(|(field, typed)| {
                    let value = if field.is_text { typed } else { &field.value };
                    (field.name.as_str(), value.as_str())
                })
                .collect();
            let reply = browser.post(&form.action, &fields).await;
            if is_refused(&reply) {
                assert_kept(&form, &nonsense, &reply);
                refused.push(form.action);
            }
        }
    }
    refused.sort();
    refused.dedup();
    refused
}

/// A form with nothing to write has nothing to lose.
fn is_refused(reply: &Reply) -> bool {
    reply.status.is_client_error() && reply.text.contains("class=\"notice bad\"")
}

#[track_caller]
fn assert_kept(form: &Form, nonsense: &[String], reply: &Reply) {
    let again = forms(&reply.text);
    let mut again = again.iter().filter(|again| again.action == form.action);
    let typed = || {
        form.fields
            .iter()
            .zip(nonsense)
            .filter(|(field, _)| field.is_text)
    };
    let is_kept = again.any(|again| {
        typed().all(|(field, typed)| {
            let mut same = again.fields.iter().filter(|a| a.name == field.name);
            same.any(|a| a.value == *typed)
        })
    });
    assert!(
        is_kept,
        "{form:?} comes back without what was typed: {}",
        reply.text
    );
}

#[tokio::test]
async fn what_was_typed_into_a_form_that_is_refused_is_not_lost() {
    let office = Office::open().await;
    office.phone(DESK_11).await;
    let admin = Admin::sign_in(&office).await;
    let pages = [
        "/phones",
        "/phones/1",
        "/users",
        "/users/1",
        "/policies",
        "/policies/site/1",
        "/profiles",
        "/profiles/user/1?model=HD-480",
        "/settings",
        "/settings/tokens",
        "/settings/webhooks",
        "/tenants",
    ];
    let refused = try_forms(&admin, &pages).await;
    for form in [
        "/phones",
        "/phones/1",
        "/users",
        "/users/1",
        "/users/1/keys",
        "/policies/site/1",
        "/settings/webhooks",
    ] {
        assert!(
            refused.contains(&form.to_owned()),
            "{form} takes nonsense; refused: {refused:?}"
        );
    }
    // Some of these forms delete somebody.
    let office = Office::open().await;
    let jane = Admin::user(&office, JANE.0, JANE.1).await;
    assert_eq!(try_forms(&jane, &["/me"]).await, ["/me/keys", "/me/pin"]);
    let visitor = Admin::visitor(&office).await;
    let wrong = visitor.try_password("somebody", PASSWORD).await;
    assert!(
        wrong.text.contains("value=\"somebody\"") && !wrong.text.contains(PASSWORD),
        "{}",
        wrong.text
    );
}
