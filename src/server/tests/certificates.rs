//! The operator's own certificates: shown, exchanged while phones are connected, and kept when the new ones are broken.

use std::path::Path;

use hotdesk_server::{Clock, Config, Running};
use rcgen::{CertificateParams, KeyPair};
use reqwest::Client;
use rustls::RootCertStore;
use serde_json::json;
use tempfile::TempDir;

use crate::listener::{SOON, enrol, post, start_with, trusting};
use crate::office::{JANE, MORNING};

/// Puts a new certificate for this machine into the folder, valid until the end of `year`; a client that trusts it alone.
pub(crate) fn issue(folder: &Path, year: i32) -> Client {
    let key = KeyPair::generate().unwrap();
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let mut params = CertificateParams::new(names).unwrap();
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(year, 12, 31);
    let certificate = params.self_signed(&key).unwrap();
    std::fs::write(folder.join("tls.pem"), certificate.pem()).unwrap();
    std::fs::write(folder.join("tls.key"), key.serialize_pem()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificate.der().clone()).unwrap();
    trusting(roots)
}

/// Both listeners with the folder's certificate.
fn config(folder: &TempDir) -> Config {
    let files = folder.path().join("tls");
    let files = files.display();
    let keys = format!("certificate = \"{files}.pem\"\nkey = \"{files}.key\"");
    Config::parse(&format!("[phones]\n{keys}\n[portal]\n{keys}")).unwrap()
}

/// Whether a new connection of this client trusts both listeners.
async fn trusts(client: &Client, running: &Running) -> [bool; 2] {
    let phones = format!("https://localhost:{}/v1/ping", running.phones().port());
    let portal = format!("https://localhost:{}/sign-in", running.portal().port());
    let answers = [
        client.get(phones).send().await,
        client.get(portal).send().await,
    ];
    answers.map(|answer| answer.is_ok())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_certificate_is_shown_and_nobody_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let former = issue(folder.path(), 2200);
    let clock = Clock::manual(MORNING);
    let running = start_with(config(&folder), &folder, clock.clone()).await;
    let token = enrol(&former, &running).await;
    let open = json!({ "attempt": "0".repeat(32), "extension": JANE.0, "pin": JANE.1 });
    let admission = post(&former, &running, "/v1/associations", &token, open).await;
    let association = admission["association"].as_str().unwrap();
    let commit = format!("/v1/associations/{association}/commit");
    let body = json!({ "switch_ms": 1 });
    post(&former, &running, &commit, &token, body).await;
    let url = format!("https://127.0.0.1:{}/v1/events", running.phones().port());
    let mut stream = former.get(url).bearer_auth(&token).send().await.unwrap();

    let newer = issue(folder.path(), 2200);
    assert_eq!(trusts(&newer, &running).await, [false, false]);
    running.reload();
    assert_eq!(trusts(&newer, &running).await, [true, true]);
    clock.advance(43_200 + 30);
    let event = tokio::time::timeout(SOON, stream.chunk())
        .await
        .expect("the stream that was open before the exchange still speaks");
    let event = String::from_utf8(event.unwrap().unwrap().to_vec()).unwrap();
    assert!(event.contains("\"limit\""), "{event}");
    running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_or_expired_certificate_leaves_the_former_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let client = issue(folder.path(), 2200);
    let running = start_with(config(&folder), &folder, Clock::manual(MORNING)).await;
    let key = std::fs::read(folder.path().join("tls.key")).unwrap();
    let fresh = || async {
        // Connections are kept, and a kept one would show nothing.
        let pem = std::fs::read(folder.path().join("former.pem")).unwrap();
        let mut roots = RootCertStore::empty();
        for certificate in rustls_pem(&pem) {
            roots.add(certificate).unwrap();
        }
        trusts(&trusting(roots), &running).await
    };
    std::fs::copy(
        folder.path().join("tls.pem"),
        folder.path().join("former.pem"),
    )
    .unwrap();
    assert_eq!(trusts(&client, &running).await, [true, true]);

    issue(folder.path(), 2200);
    std::fs::write(folder.path().join("tls.key"), &key).unwrap();
    running.reload();
    assert_eq!(fresh().await, [true, true], "the key is another one's");
    std::fs::write(folder.path().join("tls.pem"), "half a fi").unwrap();
    running.reload();
    assert_eq!(fresh().await, [true, true], "the file is no certificate");
    issue(folder.path(), 2099);
    running.reload();
    assert_eq!(fresh().await, [true, true], "the new one has expired");
    running.stop().await.unwrap();
}

fn rustls_pem(pem: &[u8]) -> Vec<rustls::pki_types::CertificateDer<'static>> {
    use rustls::pki_types::pem::PemObject as _;
    rustls::pki_types::CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_with_a_certificate_keeps_its_cookie_to_https() {
    let folder = tempfile::tempdir().unwrap();
    let client = issue(folder.path(), 2200);
    let running = start_with(config(&folder), &folder, Clock::manual(MORNING)).await;
    let url = format!("https://localhost:{}/sign-in", running.portal().port());
    let page = client.get(url).send().await.unwrap();
    let cookie = page.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("Secure"), "{cookie}");
    assert!(page.headers().contains_key("strict-transport-security"));
    running.stop().await.unwrap();
}
