//! What single pages say: a form that was refused, and findings of one kind.

use crate::office::{JANE, Office};
use crate::signed_in::Admin;

#[tokio::test]
async fn a_users_keys_that_are_refused_are_still_there_to_be_mended() {
    let office = Office::open().await;
    let jane = Admin::user(&office, JANE.0, JANE.1).await;
    let typed = "kind=speed_dial&label=Grandma&value=by+the+sea&kind=&label=&value=&kind=blf&label=Boss&value=3001";
    let refused = jane.post_text("/me/keys", typed).await;
    assert_eq!(refused.status, 422);
    for text in ["Key 1 cannot dial this", "Grandma", "by the sea", "Boss"] {
        assert!(refused.text.contains(text), "{text}: {}", refused.text);
    }
    assert!(!jane.get("/me").await.text.contains("Grandma"));
    let mended = typed.replace("by+the+sea", "123");
    assert_eq!(jane.post_text("/me/keys", &mended).await.status, 303);
    let page = jane.get("/me").await.text;
    assert!(page.contains("Grandma") && page.contains("Boss"), "{page}");
}

#[tokio::test]
async fn what_to_do_is_said_once_for_each_kind_of_finding() {
    let office = Office::open().await;
    office
        .run("UPDATE phones SET address = '', location = ''")
        .await;
    let admin = Admin::sign_in(&office).await;
    let page = admin.get("/doctor").await.text;
    for desk in ["Desk 11", "Desk 12", "Desk 13"] {
        assert!(page.matches(desk).count() >= 2, "{desk}: {page}");
    }
    let remedies: Vec<&str> = page.split("<h2>").skip(1).collect();
    let mut different = remedies.clone();
    different.sort_unstable();
    different.dedup_by_key(|remedy| remedy.split("</h2>").next());
    assert_eq!(remedies.len(), different.len(), "{page}");
    assert!(remedies.len() >= 2);
}
