//! Every reason to refuse: what the screen says, what the audit says, and that the account from before goes on working.

use rig::{Impostor, JAMES_PIN, JANE, JANE_PIN, JANE_SHORT, Phone, World, eventually};

/// A world with one phone on which nobody is signed in.
struct Desk {
    world: World,
    phone: Phone,
}

impl Desk {
    async fn start() -> Self {
        let world = World::start().await;
        let phone = world.site.phone(0).await;
        Self { world, phone }
    }

    /// The screen says the sentence and the code; the host is still the only one in Kamailio; the audit ends with `row`.
    async fn expect_refusal(&self, code: &str, sentence: &str, extension: &str) {
        self.phone.expect_screen(sentence).await;
        let screen = self.phone.screen();
        assert!(
            screen.contains(code),
            "the code {code} is on the screen: {screen}"
        );
        self.expect_audit(&format!("refused {code} {extension}"))
            .await;
        self.expect_host().await;
    }

    /// As [`Self::expect_host`], with the second desk's host beside it.
    async fn expect_host_and(&self, second: u16) {
        let first = self.phone.status().sip_port;
        self.world
            .expect_bindings(&[("3001", first), ("3002", second)])
            .await;
    }

    async fn expect_host(&self) {
        self.phone
            .expect_status("the host is registered", |s| {
                s.user.is_none() && s.registered
            })
            .await;
        self.world
            .expect_bindings(&[("3001", self.phone.status().sip_port)])
            .await;
    }

    async fn expect_audit(&self, row: &str) {
        eventually(&format!("the audit holds {row:?} once"), async || {
            let audit = self.world.site.provd.audit().await;
            match audit.iter().filter(|r| *r == row).count() {
                1 => Ok(()),
                _ => Err(audit.join("\n")),
            }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_pin_is_refused_and_the_extension_is_kept() {
    let desk = Desk::start().await;
    desk.phone.log_in(JANE_SHORT, "9999").await;
    desk.expect_refusal("L01", "Wrong PIN.", JANE_SHORT).await;
    assert!(
        desk.phone.screen().contains("4 attempts left."),
        "{}",
        desk.phone.screen()
    );
    desk.phone.press(&format!("{JANE_PIN}#")).await;
    desk.phone.expect_user(JANE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_user_is_refused() {
    let desk = Desk::start().await;
    desk.phone.log_in("7777", "1234").await;
    desk.expect_refusal("L02", "Nobody has this extension.", "7777")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_is_not_enabled_is_refused() {
    let desk = Desk::start().await;
    desk.phone.log_in("2003", "4567").await;
    desk.expect_refusal("L03", "This extension may not use shared phones.", "2003")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_without_a_pin_is_refused() {
    let desk = Desk::start().await;
    desk.phone.log_in("2004", "1234").await;
    desk.expect_refusal("L12", "This extension has no PIN yet.", "2004")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_of_a_phone_is_refused() {
    let desk = Desk::start().await;
    desk.phone.log_in("3002", "1234").await;
    desk.expect_refusal("L05", "This number belongs to a phone", "3002")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_is_not_enabled_refuses_everybody() {
    let desk = Desk::start().await;
    let disabled = "[[phones]]\nmac = \"02005e100011\"\nname = \"Desk 11\"\nextension = \"3001\"\n\
                    address = \"1 Example Street\"\nenabled = false";
    desk.world.site.provd.import(disabled).await;
    desk.phone.log_in(JANE_SHORT, JANE_PIN).await;
    desk.phone
        .expect_screen("This phone is not for signing in.")
        .await;
    assert!(
        desk.phone.screen().contains("L08"),
        "{}",
        desk.phone.screen()
    );
    desk.expect_audit(&format!("refused L08 {JANE_SHORT}"))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_without_an_emergency_address_refuses_everybody() {
    let desk = Desk::start().await;
    let moved = "[[phones]]\nmac = \"02005e100011\"\nname = \"Desk 11\"\nextension = \"3001\"\naddress = \"\"";
    desk.world.site.provd.import(moved).await;
    desk.phone.log_in(JANE_SHORT, JANE_PIN).await;
    desk.expect_refusal(
        "L09",
        "This phone has no emergency address yet.",
        JANE_SHORT,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_is_signed_in_elsewhere_is_refused_where_the_site_says_so() {
    let desk = Desk::start().await;
    desk.world
        .site
        .provd
        .import("[site]\nname = \"Main\"\nelsewhere = \"refuse\"")
        .await;
    let other = desk.world.site.phone(1).await;
    other.log_in(JANE_SHORT, JANE_PIN).await;
    other.expect_user(JANE).await;
    desk.phone.log_in(JANE_SHORT, JANE_PIN).await;
    desk.phone
        .expect_screen("You are signed in on Desk 12.")
        .await;
    desk.expect_audit(&format!("refused L10 {JANE_SHORT}"))
        .await;
    let (here, there) = (desk.phone.status().sip_port, other.status().sip_port);
    desk.world
        .expect_bindings(&[("3001", here), (JANE, there)])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_is_locked_after_five_wrong_pins_on_whichever_phone() {
    let desk = Desk::start().await;
    let other = desk.world.site.phone(1).await;
    let attempts = [
        (&desk.phone, "4 attempts left."),
        (&other, "3 attempts left."),
        (&other, "2 attempts left."),
        (&desk.phone, "1 attempt left."),
        (&other, "Too many wrong PINs for this extension."),
    ];
    for (phone, answer) in attempts {
        phone.log_in(JANE_SHORT, "9999").await;
        phone.expect_screen(answer).await;
        phone.press("B").await;
        phone.press("BBBBB").await;
        phone.expect_screen("Sign in to use this phone").await;
    }
    desk.phone.log_in(JANE_SHORT, JANE_PIN).await;
    desk.phone
        .expect_screen("Too many wrong PINs for this extension.")
        .await;
    assert!(
        desk.phone.screen().contains("L06"),
        "{}",
        desk.phone.screen()
    );
    let mut audit = desk.world.site.provd.audit().await;
    audit.retain(|row| row.starts_with("refused"));
    let [wrong, locked] = ["L01", "L06"].map(|code| format!("refused {code} {JANE_SHORT}"));
    assert_eq!(
        audit,
        [&wrong, &wrong, &wrong, &wrong, &locked, &locked].map(String::clone)
    );
    desk.expect_host_and(other.status().sip_port).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_is_named_and_the_extension_is_kept_for_retry() {
    let mut desk = Desk::start().await;
    desk.world.site.https.go_away().await;
    desk.phone.expect_server(false).await;
    desk.phone.log_in(JANE_SHORT, JANE_PIN).await;
    desk.phone
        .expect_screen("The server cannot be reached.")
        .await;
    assert!(
        desk.phone.screen().contains("P01"),
        "{}",
        desk.phone.screen()
    );
    desk.expect_host().await;
    desk.world.site.https.come_back().await;
    desk.phone.press_soft("Retry").await;
    desk.phone.expect_user(JANE).await;
    desk.expect_audit(&format!("refused P01 {JANE_SHORT}"))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_answers_nonsense_is_named() {
    let mut desk = Desk::start().await;
    let nonsense = Impostor::of_nonsense(&desk.world.site.provd);
    desk.world.site.https.redirect(nonsense.address()).await;
    desk.phone.log_in(JANE_SHORT, JANE_PIN).await;
    desk.phone
        .expect_screen("The server's answer makes no sense.")
        .await;
    assert!(
        desk.phone.screen().contains("P02"),
        "{}",
        desk.phone.screen()
    );
    desk.expect_host().await;
    desk.world
        .site
        .https
        .redirect(desk.world.site.provd.phones())
        .await;
    desk.expect_audit(&format!("refused P02 {JANE_SHORT}"))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_whose_clock_is_wrong_says_so() {
    let Desk { world, phone } = Desk::start().await;
    let config = phone.switch_off().await;
    let fifty_years = 50 * 365 * 24 * 3600;
    let phone = Phone::start_wrong_by(config, -fifty_years).await;
    let desk = Desk { world, phone };
    desk.expect_host().await;
    desk.phone.log_in(JANE_SHORT, JANE_PIN).await;
    desk.phone
        .expect_screen("The clock of this phone is wrong.")
        .await;
    assert!(
        desk.phone.screen().contains("P03"),
        "{}",
        desk.phone.screen()
    );
    desk.expect_host().await;
    desk.phone.clock().put_wrong_by(0);
    desk.expect_audit(&format!("refused P03 {JANE_SHORT}"))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_signed_in_stays_so_when_the_next_person_is_refused() {
    let desk = Desk::start().await;
    desk.phone.log_in(JANE_SHORT, JANE_PIN).await;
    desk.phone.expect_user(JANE).await;
    desk.phone.press("*702001C").await;
    desk.phone.press("1111#").await;
    desk.phone.expect_screen("Wrong PIN.").await;
    assert_ne!(JAMES_PIN, "1111");
    desk.phone.expect_user(JANE).await;
    desk.world
        .expect_bindings(&[(JANE, desk.phone.status().sip_port)])
        .await;
}
