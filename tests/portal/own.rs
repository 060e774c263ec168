//! A user on their own page: where they are, logging out there, PIN and keys.

use rig::{JANE, JANE_PIN, JANE_SHORT};
use serde_json::json;

use crate::office::Office;

#[tokio::test(flavor = "multi_thread")]
async fn jane_looks_after_herself() {
    let office = Office::open().await;
    let phone = office.world.site.phone(0).await;
    let window = &office.window;
    window.sign_in_as_user(JANE_SHORT, JANE_PIN).await;
    window.sees("Nowhere").await;
    phone.log_in(JANE_SHORT, JANE_PIN).await;
    phone.expect_user(JANE).await;
    window.goto("/me").await;
    window.sees("Desk 11").await;
    window.press("Log me out").await;
    phone.expect_vacant().await;
    window.sees("Nowhere").await;

    window.fill("old", "9999").await;
    window.fill("new", "8642").await;
    window.press("Change PIN").await;
    window.sees_in("[role=alert]", "PIN").await;
    window.fill("old", JANE_PIN).await;
    window.fill("new", "8642").await;
    window.press("Change PIN").await;
    window.sees("The PIN was changed.").await;
    phone.log_in(JANE_SHORT, "8642").await;
    phone.expect_user(JANE).await;

    let row = ".keys tbody tr:nth-child(4)";
    window
        .click(&format!("{row} select option[value=speed_dial]"))
        .await;
    window
        .fill_at(&format!("{row} [name=label]"), "Reception")
        .await;
    window.press("Save keys").await;
    window
        .sees_in("[role=alert]", "Key 4 is a speed dial without a number.")
        .await;
    window
        .click(&format!("{row} select option[value=speed_dial]"))
        .await;
    window
        .fill_at(&format!("{row} [name=label]"), "Reception")
        .await;
    window.fill_at(&format!("{row} [name=value]"), "100").await;
    window.press("Save keys").await;
    window.sees("The keys were saved.").await;
    let kept = window
        .script(
            "return document.querySelector(arguments[0]).value",
            vec![json!(format!("{row} [name=label]"))],
        )
        .await;
    assert_eq!(kept, json!("Reception"));
    window.press("Sign out").await;
    window.sees("My phone").await;
}
