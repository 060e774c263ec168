//! What the screens speak: changed by one key while nobody is signed in, kept over a power cut, lent to a guest.

use hotdesk_provisioning::Language;

use super::sim_phone::SimPhone;
use crate::Action;

const TWO: [Language; 2] = [Language::English, Language::German];

fn expect_language(phone: &SimPhone, language: Language) {
    assert_eq!(phone.view().language, language);
}

#[test]
fn the_language_key_goes_round_and_what_it_chose_survives_a_power_cut() {
    let mut phone = SimPhone::vacant().speaking(&TWO);
    expect_language(&phone, Language::English);
    assert_eq!(phone.view().next_language, Some(Language::German));
    phone.press("[Language]");
    phone.expect("Home");
    let mut phone = phone.cut_power();
    expect_language(&phone, Language::German);
    phone.press("[Language]");
    expect_language(&phone, Language::English);
}

#[test]
fn a_guest_has_their_own_language_until_they_leave() {
    let mut phone = SimPhone::occupied().speaking(&TWO);
    let offered = |phone: &SimPhone| {
        let keys = phone.view().soft_keys.slots;
        keys.contains(&Some(Action::Language))
    };
    assert!(!offered(&phone), "it is for whoever has not signed in yet");
    phone.flash.tenure.as_mut().unwrap().guest.language = Some(Language::German);
    let mut phone = phone.cut_power();
    expect_language(&phone, Language::German);
    phone.connect();
    phone.press("[LogOut] <ok>");
    phone.expect_vacant();
    expect_language(&phone, Language::English);
    assert!(offered(&phone));
}

#[test]
fn the_site_says_what_a_phone_speaks_that_nobody_touched_and_only_what_it_can() {
    let at_site = |language| SimPhone::vacant_with(|policy| policy.language = Some(language));
    let phone = at_site(Language::German).speaking(&TWO);
    expect_language(&phone, Language::German);
    let phone = at_site(Language::Polish).speaking(&TWO);
    expect_language(&phone, Language::English);
}

#[test]
fn a_phone_of_one_language_has_no_key_for_it() {
    let phone = SimPhone::vacant().speaking(&[Language::Polish]);
    expect_language(&phone, Language::Polish);
    assert_eq!(phone.view().next_language, None);
    let keys = phone.view().soft_keys.slots;
    assert!(!keys.contains(&Some(Action::Language)));
}
