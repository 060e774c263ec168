//! Signing in at a real identity provider, in a browser: there, back, and out again.

use std::net::{Ipv4Addr, SocketAddr};

use hotdesk_provisioning::Transport;
use hotdesk_server::{Config, PortalConfig};
use rig::{Glewlwyd, Provd, free_port};

use crate::office::{OPERATOR, PASSWORD};
use crate::window::Window;

/// Who is known at the provider, and their groups.
const PEOPLE: [(&str, &[&str]); 3] = [
    ("olga", &["staff", "hotdesk-operators"]),
    ("hal", &["hotdesk-help-desk"]),
    ("nora", &["staff"]),
];

/// A server, the provider beside it, and a browser.
struct Company {
    provd: Provd,
    provider: Glewlwyd,
    window: Window,
}

impl Company {
    async fn open() -> Self {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        let portal = format!("http://{listen}");
        let provider = Glewlwyd::start(&portal, &PEOPLE).await;
        let registrar = SocketAddr::from((Ipv4Addr::LOCALHOST, 9));
        let people = format!("[[admins]]\nname = \"{OPERATOR}\"\npassword = \"{PASSWORD}\"\n");
        let issuer = provider.issuer();
        let provd = Provd::start_changed(registrar, Transport::Udp, &people, |config: &mut Config| {
            let secret = config.data_dir.with_file_name("oidc.secret");
            std::fs::write(&secret, rig::CLIENT_SECRET).expect("the secret is written");
            let text = format!(
                "[oidc]\nissuer = \"{issuer}\"\nclient_id = \"hotdesk\"\nclient_secret_file = \"{}\"\nportal = \"{portal}\"\n\
                 name = \"Example Ltd\"\nscopes = []\nroles = [{{ group = \"hotdesk-operators\", role = \"operator\" }}, \
                 {{ group = \"hotdesk-help-desk\", role = \"help_desk\" }}]",
                secret.display()
            );
            config.oidc = Config::parse(&text).expect("the section is right").oidc;
            config.portal = PortalConfig { listen, ..PortalConfig::default() };
        })
        .await;
        let window = Window::open(&portal).await;
        Self {
            provd,
            provider,
            window,
        }
    }

    /// Presses the button and signs in on the provider's own page.
    async fn sign_in(&self, name: &str) {
        let window = &self.window;
        // Both are the same host to a browser, so this forgets the session at the provider as well.
        window.forget().await;
        window.goto("/sign-in").await;
        window.press("Sign in with Example Ltd").await;
        window.fill("username", name).await;
        window.fill("password", rig::PROVIDER_PASSWORD).await;
        window.press("OK").await;
        window.sees(&format!("Hello {name}")).await;
        window.press("Continue").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_sign_in_at_the_provider_and_out_again() {
    let mut company = Company::open().await;
    let window = &company.window;
    company.sign_in("olga").await;
    window.sees_in("h1", "Overview").await;
    window.sees_in(".who", "olga@example.com").await;
    window.sees_in("nav", "Tenants").await;

    window.press("Sign out").await;
    window.sees("Sign out of Example Ltd as well").await;
    window.goto("/").await;
    window.sees("Sign in with Example Ltd").await;

    company.sign_in("hal").await;
    window.sees_in(".who", "hal@example.com").await;
    window.sees_no("nav", "Settings").await;

    company.sign_in("nora").await;
    window
        .sees("Your account has no right to use this portal.")
        .await;
    window
        .sees("You signed in at Example Ltd as nora@example.com.")
        .await;
    window.goto("/").await;
    window.sees("Sign in with Example Ltd").await;
    let audit = company.provd.audit().await;
    for (event, times) in [("admin_signed_in", 2), ("admin_refused", 1)] {
        let rows = audit.iter().filter(|row| row.starts_with(event));
        assert_eq!(rows.count(), times, "{event}: {audit:?}");
    }

    company.provider.stop();
    let window = &company.window;
    window.forget().await;
    window.goto("/sign-in").await;
    window.press("Sign in with Example Ltd").await;
    // What was learnt of it is believed for minutes, so the browser may be sent to where nobody is.
    window.goto("/sign-in").await;
    window.sign_in(OPERATOR).await;
}
