//! An administrator's day, and the same forms in a browser that runs no scripts.

use rig::{JANE, JANE_PIN, JANE_SHORT, Phone, phone_config};
use serde_json::json;

use crate::office::{ADMINISTRATOR, Office};

const TABLE: &str =
    "mac,name,extension,site,address\n02:00:5e:40:00:01,Desk 901,6001,Main,1 Example Street\n";

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sets_up_a_department() {
    let office = Office::open().await;
    let window = &office.window;
    window.sign_in(ADMINISTRATOR).await;

    window.press("Policies").await;
    window.press("Add a group").await;
    window
        .fill_at("[action='/policies/group'] [name=name]", "Support")
        .await;
    window.click("[action='/policies/group'] button").await;
    window.press("Support").await;
    window.sees_in(".summary", "signed out").await;
    window.fill("association_limit", "90").await;
    window.press("Save").await;
    window.press("Support").await;
    window.sees_in(".summary", "after 90 minutes").await;

    window.goto("/profiles/group/2?model=HD-480").await;
    let key = ".key-column:last-child .key:first-child";
    window
        .click(&format!("{key} option[value=speed_dial]"))
        .await;
    window
        .fill_at(&format!("{key} [name=label]"), "Reception")
        .await;
    window.fill_at(&format!("{key} [name=value]"), "100").await;
    window.press("Save").await;
    window.press("Profiles").await;
    window.sees("1 key").await;

    window.press("Import").await;
    window
        .fill(
            "table",
            &format!("{TABLE}nonsense,Desk 902,6002,Main,1 Example Street\n"),
        )
        .await;
    window.press("Show what it does").await;
    window
        .sees_in("[role=status]", "Nothing was done: 1 phone added")
        .await;
    window.sees("Wrong").await;
    window.goto("/phones?q=Desk+901").await;
    window.sees("No phone was found.").await;
    window.press("Import").await;
    window.fill("table", TABLE).await;
    window.press("Show what it does").await;
    window.sees_in("[role=status]", "This would be done").await;
    window.click("button[name=go]").await;
    window.sees_in("[role=status]", "Done: 1 phone added").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_phone_is_added_by_its_code_and_is_seen_at_once_in_use() {
    let office = Office::open().await;
    let site = &office.world.site;
    let config = phone_config(
        "02005e50ffff",
        site.https.address(),
        site.provd.ca_file(),
        site.provd.folder(),
    );
    let phone = Phone::start(config).await;
    let code = rig::eventually("the phone shows a code", async || code_on(&phone.screen())).await;
    let window = &office.window;
    window.sign_in(ADMINISTRATOR).await;
    window
        .sees_in("[data-live=tiles]", "waiting to enrol")
        .await;
    window.goto("/phones").await;
    window.fill("device", &code).await;
    window.fill("name", "Desk 950").await;
    window.fill("extension", "6950").await;
    window.fill("address", "1 Example Street").await;
    window.press("Add phone").await;
    phone.expect_vacant().await;

    window.goto("/phones?q=Desk+950").await;
    window.sees_in("[data-live=desks]", "Vacant").await;
    // A page that was loaded anew would have forgotten this.
    window.script("window.untouched = true", vec![]).await;
    phone.log_in(JANE_SHORT, JANE_PIN).await;
    window.sees_in("[data-live=desks]", "Jane Doe").await;
    window.press("Desk 9506950").await;
    let shown = "return document.querySelector('img.screen')?.naturalWidth ?? 0";
    rig::eventually("the phone's screen is on the page", async || {
        let width = window.script(shown, vec![]).await;
        if width == json!(480) {
            Ok(())
        } else {
            Err(width)
        }
    })
    .await;
    window.client.back().await.expect("the browser goes back");
    phone.expect_user(JANE).await;
    phone.switch_off().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_work_without_scripts() {
    let office = Office::open().await;
    let phone = office.world.site.phone(0).await;
    let window = &office.window;
    window
        .tell_browser(
            "Emulation.setScriptExecutionDisabled",
            json!({ "value": true }),
        )
        .await;
    window.sign_in(ADMINISTRATOR).await;
    window.press("Users").await;
    window.press("Add a user").await;
    window.fill("name", "Zoe Young").await;
    window.fill("extension", "01132993000").await;
    window.fill("short_extension", "7000").await;
    window.fill("pin", "975310").await;
    window.press("Add user").await;
    window.fill("q", "zoe").await;
    window.press("Search").await;
    window.sees("01132993000").await;
    phone.log_in("7000", "975310").await;
    phone.expect_user("01132993000").await;

    window.goto("/phones?show=occupied").await;
    window.click("input[name=association]").await;
    window.press("Log out selected").await;
    phone.expect_vacant().await;
    window.goto("/policies/site/1").await;
    window.fill("association_limit", "45").await;
    window.press("Save").await;
    window.sees("after 45 minutes").await;
}

/// The six digits that an unknown phone shows.
fn code_on(screen: &str) -> Result<String, String> {
    let digits: String = screen.chars().filter(|c| !c.is_whitespace()).collect();
    let mut groups = digits.split(|c: char| !c.is_ascii_digit());
    let code = groups.find(|group| group.len() == 6);
    code.map(str::to_owned).ok_or_else(|| screen.to_owned())
}
