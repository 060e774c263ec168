//! Registrars that refuse, say nothing, or are busy in the middle of a switch: the account from before goes on working.

use std::net::{Ipv6Addr, SocketAddr};

use hotdesk_provisioning::Transport;
use rig::registrar::{Credentials, Fault, Registrar};
use rig::{
    DESKS, DOMAIN, JANE, JANE_PIN, JANE_SHORT, Phone, Provd, Site, eventually, phone_config,
};

struct Faulty {
    site: Site,
    registrar: Registrar,
    phone: Phone,
}

impl Faulty {
    /// A phone at a registrar that will show this fault when Jane comes.
    async fn start(fault: Option<Fault>) -> Self {
        let site = Site::start("").await;
        let credentials = Credentials::open(&site.provd.database_path())
            .await
            .unwrap();
        let registrar = Registrar::start("127.0.0.1:0".parse().unwrap(), DOMAIN, credentials)
            .await
            .unwrap();
        site.sip.forward_to(registrar.address());
        let phone = site.phone(0).await;
        registrar.set_fault(JANE, fault);
        Self {
            site,
            registrar,
            phone,
        }
    }

    /// Waits until the registrar has exactly the desk's own account, and the server's audit this row.
    async fn expect_host_and_audit(&self, row: &str) {
        self.phone.expect_vacant().await;
        assert_eq!(
            self.registrar.bindings("3001").len(),
            1,
            "the host is registered"
        );
        assert_eq!(
            self.registrar.bindings(JANE),
            Vec::<String>::new(),
            "Jane is not"
        );
        eventually(&format!("the audit holds {row:?}"), async || {
            let audit = self.site.provd.audit().await;
            if audit.iter().any(|r| r == row) {
                Ok(())
            } else {
                Err(audit.join("\n"))
            }
        })
        .await;
    }
}

/// Jane cannot register, the screen says so in these words, and everything is as it was before she came.
async fn expect_refused(fault: Fault, code: &str, sentence: &str) {
    let faulty = Faulty::start(Some(fault)).await;
    faulty.phone.log_in(JANE_SHORT, JANE_PIN).await;
    faulty.phone.expect_screen(code).await;
    let screen = faulty.phone.screen();
    assert!(screen.contains(sentence), "{screen}");
    faulty
        .expect_host_and_audit(&format!("refused {code} {JANE}"))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn registrar_answers_403_and_the_host_goes_on_working() {
    let sentence = "The telephone system does not accept your number.";
    expect_refused(Fault::Refuse(403), "P05", sentence).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn registrar_says_nothing_and_the_host_goes_on_working() {
    let sentence = "The telephone system does not answer.";
    expect_refused(Fault::Silent, "P06", sentence).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registrar_that_wants_longer_registrations_gets_them() {
    let faulty = Faulty::start(Some(Fault::MinExpires(1800))).await;
    faulty.phone.log_in(JANE_SHORT, JANE_PIN).await;
    faulty.phone.expect_user(JANE).await;
    assert_eq!(faulty.registrar.bindings(JANE).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nonce_that_went_stale_costs_one_more_round_trip_and_no_more() {
    let faulty = Faulty::start(None).await;
    faulty.registrar.expire_nonces();
    faulty.phone.log_in(JANE_SHORT, JANE_PIN).await;
    faulty.phone.expect_user(JANE).await;
    assert_eq!(faulty.registrar.requests(JANE), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registrar_that_is_away_at_the_start_is_found_when_it_comes() {
    let site = Site::start("").await;
    let phone = Phone::start(site.phone_config(0)).await;
    phone.expect_screen("does not answer").await;
    let credentials = Credentials::open(&site.provd.database_path())
        .await
        .unwrap();
    let registrar = Registrar::start("127.0.0.1:0".parse().unwrap(), DOMAIN, credentials)
        .await
        .unwrap();
    // The phone goes on repeating its first REGISTER for 32 s (RFC 3261 timer F).
    site.sip.forward_to(registrar.address());
    phone.expect_vacant().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_over_ipv6_is_the_same() {
    let address = SocketAddr::from((Ipv6Addr::LOCALHOST, rig::free_port()));
    let provd = Provd::start(address, Transport::Udp, "").await;
    let credentials = Credentials::open(&provd.database_path()).await.unwrap();
    let registrar = Registrar::start(address, DOMAIN, credentials)
        .await
        .unwrap();
    let mut config = phone_config(DESKS[0].0, provd.phones(), provd.ca_file(), provd.folder());
    config.sip_listen = (Ipv6Addr::UNSPECIFIED, 0).into();
    let phone = Phone::start(config).await;
    phone.expect_vacant().await;
    let host = registrar.bindings("3001");
    assert!(host.len() == 1 && host[0].contains("[::1]"), "{host:?}");

    phone.log_in(JANE_SHORT, JANE_PIN).await;
    phone.expect_user(JANE).await;
    eventually("Jane alone is registered", async || {
        match (registrar.bindings(JANE), registrar.bindings("3001")) {
            (jane, host) if jane.len() == 1 && jane[0].contains("[::1]") && host.is_empty() => {
                Ok(())
            }
            other => Err(format!("{other:?}")),
        }
    })
    .await;
    phone.log_out().await;
    phone.expect_vacant().await;
    assert_eq!(registrar.bindings("3001").len(), 1);
}
