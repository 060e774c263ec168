//! Tables of phones and users, in and out, through the portal's page.

use crate::office::{DESK_11, JANE, Office};
use crate::signed_in::Admin;

const USERS: &str = "extension,name,short_extension,pin\n01132991000,Jane Doe-Roe,2000,\n01132991050,Ann Other,2050,2468\n";

#[tokio::test]
async fn a_rehearsal_shows_what_each_row_does_and_does_nothing() {
    let office = Office::open().await;
    let admin = Admin::sign_in(&office).await;
    let before = office.count("SELECT count(*) FROM audits").await;
    let page = admin.post("/import", &[("table", USERS)]).await;
    assert_eq!(page.status, 200);
    for said in [
        "1 user added, 1 changed, 0 stay",
        "Ann Other",
        "Changed</span> <span class=\"muted\">name<",
    ] {
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
    assert_eq!(office.count("SELECT count(*) FROM audits").await, before);
    let done = admin
        .post("/import", &[("table", USERS), ("go", "yes")])
        .await;
    assert!(
        done.text.contains("Done: 1 user added, 1 changed"),
        "{}",
        done.text
    );
    assert!(!done.text.contains("2468"), "a PIN is not shown again");
    let phone = office.phone(DESK_11).await;
    assert!(phone.log_in(("2050", "2468")).await.is_ok());
    let jane = phone.log_in(JANE).await.unwrap();
    assert_eq!(jane.guest.display_name, "Jane Doe-Roe");
    let again = admin
        .post(
            "/import",
            &[("table", "extension,name\n01132991000,Jane Doe-Roe\n")],
        )
        .await;
    assert!(again.text.contains("1 stay as they are"), "{}", again.text);
}

#[tokio::test]
async fn one_wrong_row_and_nothing_is_done() {
    let office = Office::open().await;
    let admin = Admin::sign_in(&office).await;
    let table = "mac,name,extension,site\n02005e100077,Desk 77,3077,Main\n02005e100078,Desk 78,2000,Main\n02005e100079,Desk 79,3079,Nowhere\n";
    let page = admin
        .post("/import", &[("table", table), ("go", "yes")])
        .await;
    assert!(
        page.text.contains(
            "Nothing was done: 1 phone added, 0 changed, 0 stay as they are, 2 cannot be done"
        ),
        "{}",
        page.text
    );
    assert!(
        page.text.contains("This number belongs to a user"),
        "{}",
        page.text
    );
    assert!(
        page.text.contains("There is no site &quot;Nowhere&quot;"),
        "{}",
        page.text
    );
    assert_eq!(office.count("SELECT count(*) FROM phones").await, 3);
}

#[tokio::test]
async fn what_is_no_table_is_explained() {
    let office = Office::open().await;
    let admin = Admin::sign_in(&office).await;
    for (table, said) in [
        ("name\nx\n", "a table of phones has mac"),
        ("mac,nmae\n1,2\n", "There is no column"),
        ("mac,name\n1\n", "Line 2 has another number of columns"),
    ] {
        let page = admin.post("/import", &[("table", table)]).await;
        assert!(
            page.status == 422 && page.text.contains(said),
            "{said}: {}",
            page.text
        );
        assert!(
            page.text.contains(table.lines().next().unwrap()),
            "what was pasted is there still"
        );
    }
}

#[tokio::test]
async fn an_export_can_be_imported_and_runs_no_formula() {
    let office = Office::open().await;
    office
        .run("UPDATE users SET name = '=1+1' WHERE id = 2")
        .await;
    let admin = Admin::sign_in(&office).await;
    let phones = admin.get("/export/phones.csv").await;
    assert!(phones.text.starts_with("mac,name,extension,model,site,group,location,address,enabled\n02005e100011,Desk 11,3001"), "{}", phones.text);
    let page = admin.post("/import", &[("table", &phones.text)]).await;
    assert!(page.text.contains("3 stay as they are"), "{}", page.text);
    let users = admin.get("/export/users.csv").await.text;
    assert!(
        users.contains(",'=1+1,") && !users.contains("pin"),
        "{users}"
    );
    let audit = admin.get("/audit/export.csv?event=imported").await.text;
    assert_eq!(audit.lines().count(), 2, "{audit}");
    assert!(admin.get("/audit/export.json?event=imported").await.value()[0]["actor"] == "import");
}
