//! The real provisioning server in this process, on free ports, with the demonstration's people.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use hotdesk_provisioning::{
    DeviceId, EnrolAnswer, EnrolRequest, HostProfile, Secret, ServerAddress, Transport, Unregister,
};
use hotdesk_server::{App, Config, People, PhonesConfig, PortalConfig, Running, SipConfig};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use tempfile::TempDir;

use crate::world::HOST_OF_MACHINES;

/// The domain of every address-of-record in tests.
pub const DOMAIN: &str = "sip.test";

/// A running provisioning server; its data vanishes with it.
#[derive(Debug)]
pub struct Provd {
    running: Running,
    folder: TempDir,
    database: SqlitePool,
}

impl Provd {
    /// Starts one whose phones register at `registrar`, with `assets/demo/people.toml` and `more` people of a test's own.
    pub async fn start(registrar: SocketAddr, transport: Transport, more: &str) -> Self {
        Self::start_changed(registrar, transport, more, |_| {}).await
    }

    /// The same with a configuration that is changed first.
    pub async fn start_changed(
        registrar: SocketAddr,
        transport: Transport,
        more: &str,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let folder = TempDir::new().unwrap();
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let host = match registrar.ip() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let mut config = Config {
            data_dir: folder.path().join("data"),
            phones: PhonesConfig {
                listen: anywhere,
                names: vec![
                    Ipv4Addr::LOCALHOST.to_string(),
                    HOST_OF_MACHINES.to_string(),
                ],
                ..PhonesConfig::default()
            },
            portal: PortalConfig {
                listen: anywhere,
                ..PortalConfig::default()
            },
            sip: SipConfig {
                domain: DOMAIN.to_owned(),
                registrar: ServerAddress::new(&host, registrar.port(), transport).unwrap(),
                unregister: Unregister::Contact,
                ..SipConfig::default()
            },
            ..Config::default()
        };
        change(&mut config);
        let database = config.database_path();
        let app = App::open(config).await.expect("the server opens its data");
        for text in [include_str!("../../assets/demo/people.toml"), more] {
            app.import(&People::parse(text).unwrap())
                .await
                .expect("the people fit");
        }
        let running = Running::start(app).await.expect("the server starts");
        let options = SqliteConnectOptions::new()
            .filename(&database)
            .read_only(true);
        let database = SqlitePool::connect_with(options).await.unwrap();
        Self {
            running,
            folder,
            database,
        }
    }

    /// The server itself.
    #[must_use]
    pub fn app(&self) -> &App {
        self.running.app()
    }

    /// Where phones are answered.
    #[must_use]
    pub fn phones(&self) -> SocketAddr {
        self.running.phones()
    }

    /// The portal, `http://…`.
    #[must_use]
    pub fn portal(&self) -> String {
        format!("http://{}", self.running.portal())
    }

    /// The database, which Kamailio reads as well.
    #[must_use]
    pub fn database_path(&self) -> PathBuf {
        self.app().config().database_path()
    }

    /// The certificate that phones trust.
    #[must_use]
    pub fn ca_file(&self) -> PathBuf {
        self.app().config().ca_path()
    }

    /// A folder that vanishes with the server.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Changes phones, users, or the site, as the command-line import does.
    pub async fn import(&self, people: &str) {
        self.app()
            .import(&People::parse(people).unwrap())
            .await
            .expect("the people fit");
    }

    /// The audit, oldest first, each row as `event short-code extension`, trimmed.
    pub async fn audit(&self) -> Vec<String> {
        let rows = sqlx::query(
            "SELECT event, coalesce(short, '') AS short, extension FROM audits ORDER BY id",
        )
        .fetch_all(&self.database)
        .await
        .unwrap();
        let cell = |row: &sqlx::sqlite::SqliteRow, name: &str| row.get::<String, _>(name);
        let text = |row| {
            format!(
                "{} {} {}",
                cell(row, "event"),
                cell(row, "short"),
                cell(row, "extension")
            )
        };
        rows.iter()
            .map(|row| text(row).split_whitespace().collect::<Vec<_>>().join(" "))
            .collect()
    }

    /// The user names that a registrar accepts for a number now.
    pub async fn accepted_for(&self, number: &str) -> Vec<String> {
        sqlx::query_scalar("SELECT username FROM subscriber WHERE aor_user = ? ORDER BY username")
            .bind(number)
            .fetch_all(&self.database)
            .await
            .unwrap()
    }

    /// Enrols as a phone that is not there, and fetches its profile: an account for a peer that only makes calls.
    pub async fn profile_of(&self, mac: &str) -> HostProfile {
        let client = self.client_builder().build().unwrap();
        let base = format!("https://{}/v1", self.phones());
        let request = EnrolRequest {
            device: DeviceId::parse(mac).unwrap(),
            claim: Secret::new(format!("claim of a peer at {mac}, long enough to be one")),
            model: "peer".to_owned(),
            version: "0".to_owned(),
        };
        let answer = client
            .post(format!("{base}/enrol"))
            .json(&request)
            .send()
            .await
            .unwrap();
        let token = match answer.json().await.unwrap() {
            EnrolAnswer::Enrolled { token } => token,
            EnrolAnswer::Pending { .. } => panic!("{mac} is not a designated phone"),
        };
        let profile = client
            .get(format!("{base}/profile"))
            .bearer_auth(token.expose())
            .send()
            .await
            .unwrap();
        profile.json().await.expect("a host profile")
    }

    /// A client that trusts the server's private authority, to be set up further.
    pub fn client_builder(&self) -> reqwest::ClientBuilder {
        let pem = std::fs::read(self.ca_file()).unwrap();
        client_builder().tls_certs_only([reqwest::Certificate::from_pem(&pem).unwrap()])
    }
}

/// A client that asks no proxy, to be set up further.
pub(crate) fn client_builder() -> reqwest::ClientBuilder {
    // A second call finds the provider installed already, by itself: that is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy()
}
