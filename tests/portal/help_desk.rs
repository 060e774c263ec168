//! A help desk's day.

use rig::{JAMES, JAMES_PIN, JANE, JANE_PIN, JANE_SHORT};
use serde_json::json;

use crate::office::{HELP_DESK, Office};
use crate::window::Window;

#[tokio::test(flavor = "multi_thread")]
async fn a_help_desk_finds_people_logs_them_out_and_explains_a_refusal() {
    let office = Office::open().await;
    let (first, second) = (
        office.world.site.phone(0).await,
        office.world.site.phone(1).await,
    );
    first.log_in(JANE_SHORT, JANE_PIN).await;
    first.expect_user(JANE).await;
    second.log_in("2003", "4567").await;
    second.expect_screen("L03").await;
    second.press("B").await;
    let window = &office.window;
    window.sign_in(HELP_DESK).await;

    // "I am logged in somewhere, but where?"
    window.press("Users").await;
    window.fill("q", "jane").await;
    window.press("Search").await;
    window.sees_in("[data-live=people]", "Desk 11").await;
    window.press("Jane Doe01132991000").await;
    window.sees_in("[data-live=history]", "Signed in").await;
    let since = window
        .script(
            "return document.querySelector('[data-live=history] time').dateTime.slice(0, 19)",
            vec![],
        )
        .await;
    window.press("Log out Jane Doe").await;
    first.expect_screen(HELP_DESK).await;
    first.expect_vacant().await;

    // The evening: everybody who is left.
    first.log_in(JANE_SHORT, JANE_PIN).await;
    second.log_in(JAMES, JAMES_PIN).await;
    first.expect_user(JANE).await;
    second.expect_user(JAMES).await;
    window.goto("/phones?show=occupied").await;
    window.sees("James Roe").await;
    window.click("input[data-all]").await;
    window.press("Log out selected").await;
    window.say_yes().await;
    first.expect_vacant().await;
    second.expect_vacant().await;
    window.sees("No phone was found.").await;

    // "Who used this phone when it happened?"
    window.press("Sign-ins").await;
    window
        .script(
            "document.querySelector('[name=at]').value = arguments[0]",
            vec![since],
        )
        .await;
    window.fill("q", "Desk 11").await;
    window.press("Search").await;
    window.sees("Who was where at").await;
    window.sees_in("[data-live=stays]", "Jane Doe").await;
    window.goto("/associations?at=2020-01-01T12:00").await;
    window.sees_in("[data-live=stays]", "Nobody.").await;

    explain_a_refusal(window).await;
}

/// "The phone said L03."
async fn explain_a_refusal(window: &Window) {
    window.press("Audit").await;
    window.fill("q", "L03").await;
    window.press("Filter").await;
    window.sees_in("[data-live=rows]", "Nora Low").await;
    window.sees_no("[data-live=rows]", "Jane Doe").await;
    let script = "const done = arguments[0];
        const link = [...document.querySelectorAll('a')].find((link) => link.innerText === 'Export as CSV');
        fetch(link.href).then((answer) => answer.text()).then(done)";
    let table = window.script_until_done(script, vec![]).await;
    let table: Vec<&str> = table.as_str().unwrap_or_default().lines().collect();
    assert!(table[0].starts_with("when,event,code,desk"), "{table:?}");
    assert_eq!(table.len(), 2, "one refusal: {table:?}");
    assert!(
        table[1].contains("L03") && table[1].contains("Nora Low"),
        "{table:?}"
    );
    let offered = window
        .script("return document.querySelectorAll('nav a').length", vec![])
        .await;
    assert_eq!(offered, json!(5), "a help desk is offered what it may use");
}
