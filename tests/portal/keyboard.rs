//! Without a mouse: everything can be reached in the order in which it is read, and nothing that happens takes the focus away.

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::key::Key;
use rig::{JAMES, JAMES_PIN, JANE, JANE_PIN, JANE_SHORT};
use serde_json::json;

use crate::office::{OPERATOR, Office};
use crate::window::Window;

/// Pages with every kind of control that the portal has.
const PAGES: [&str; 7] = [
    "/phones?q=Desk+11",
    "/users/1",
    "/settings",
    "/audit",
    "/policies/site/1",
    "/profiles/group/1?model=HD-480",
    "/import",
];
/// More keys than any of these pages has controls; a date has several parts.
const TABS_MAX: usize = 200;

#[tokio::test(flavor = "multi_thread")]
async fn the_tab_key_reaches_everything_in_order() {
    let office = Office::open().await;
    let window = &office.window;
    window.sign_in(OPERATOR).await;
    for page in PAGES {
        window.goto(page).await;
        let seen = window.script(NUMBER_CONTROLS, vec![]).await;
        let wanted: Vec<u64> = (0..seen.as_u64().expect("a number of controls")).collect();
        let mut reached: Vec<u64> = Vec::new();
        for _ in 0..TABS_MAX {
            tab(window).await;
            let at = window
                .script(
                    "return Number(document.activeElement?.dataset.control ?? -1)",
                    vec![],
                )
                .await;
            match at.as_u64() {
                Some(control) if reached.last() == Some(&control) => {}
                Some(0) if !reached.is_empty() => break,
                Some(control) => reached.push(control),
                None => break,
            }
        }
        assert_eq!(
            reached, wanted,
            "{page}: the controls in the order of the page"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_key_leads_past_the_navigation() {
    let office = Office::open().await;
    let window = &office.window;
    window.sign_in(OPERATOR).await;
    window.goto("/settings").await;
    tab(window).await;
    assert_eq!(
        window
            .script("return document.activeElement.innerText", vec![])
            .await,
        json!("Skip to content")
    );
    press(window, Key::Enter).await;
    tab(window).await;
    let inside = window
        .script(
            "return Boolean(document.activeElement.closest('main'))",
            vec![],
        )
        .await;
    assert_eq!(inside, json!(true), "the next stop is in the page itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_the_focus_keeps_it_while_the_page_changes() {
    let office = Office::open().await;
    let (first, second) = (
        office.world.site.phone(0).await,
        office.world.site.phone(1).await,
    );
    first.log_in(JANE_SHORT, JANE_PIN).await;
    first.expect_user(JANE).await;
    let window = &office.window;
    window.sign_in(OPERATOR).await;
    for (focused, number, pin) in [
        ("button[aria-label='Log out Jane Doe']", JAMES, JAMES_PIN),
        ("a[href='/users/1']", "2002", "3456"),
    ] {
        window.goto("/").await;
        window
            .script(
                "document.querySelector(arguments[0]).focus()",
                vec![json!(focused)],
            )
            .await;
        second.log_in(number, pin).await;
        let name = if number == JAMES {
            "James Roe"
        } else {
            "Henry Poe"
        };
        window.sees_in("[data-live=desks]", name).await;
        let kept = window
            .script(
                "return document.activeElement.matches(arguments[0])",
                vec![json!(focused)],
            )
            .await;
        assert_eq!(kept, json!(true), "{focused} has the focus still");
        second.log_out().await;
        second.press_soft("Log Out").await;
        second.expect_vacant().await;
    }
}

async fn tab(window: &Window) {
    press(window, Key::Tab).await;
}

async fn press(window: &Window, key: Key) {
    let value = char::from(key);
    let keys = KeyActions::new("keyboard".to_owned())
        .then(KeyAction::Down { value })
        .then(KeyAction::Up { value });
    let pressed = window.client.perform_actions(keys).await;
    pressed.expect("the page takes a key");
}

/// Numbers what can be reached in the order of the page, and says how many there are.
const NUMBER_CONTROLS: &str = "const all = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
    .filter((control) => !control.disabled && control.checkVisibility({ visibilityProperty: true }));
    all.forEach((control, number) => { control.dataset.control = number; });
    document.activeElement?.blur();
    return all.length;";
