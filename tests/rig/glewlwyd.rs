//! A real identity provider: Debian's Glewlwyd, with its own pages, a database of its own, and a handful of people.

use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Command;

use rcgen::KeyPair;
use reqwest::{Client, Method, header};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::eventually;
use crate::ports::free_port;
use crate::program::Program;
use crate::provd::client_builder;

/// Everybody's password there.
pub const PASSWORD: &str = "a-long-password";
/// What hotdesk proves itself with there.
pub const CLIENT_SECRET: &str = "a-secret-of-the-tests";
/// Where Debian puts its pages, tables and settings.
const PAGES: &str = "/usr/share/glewlwyd/webapp";
const PAGES_SETTINGS: &str = "/usr/share/glewlwyd/templates/config.json";
const TABLES: &str = "/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3";

/// A running Glewlwyd.
#[derive(Debug)]
pub struct Glewlwyd {
    program: Program,
    address: String,
    http: Client,
    _folder: TempDir,
}

impl Glewlwyd {
    /// Starts one for a portal at this address, with these people and their groups.
    pub async fn start(portal: &str, people: &[(&str, &[&str])]) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let port = free_port();
        let address = format!("http://{}:{port}", Ipv4Addr::LOCALHOST);
        prepare(folder.path(), port, &address);
        let settings = folder.path().join("glewlwyd.conf");
        let program = Program::start(
            &["glewlwyd", "-c", settings.to_str().unwrap()],
            &folder.path().join("log"),
        );
        let mut provider = Self {
            program,
            address,
            http: client_builder().build().unwrap(),
            _folder: folder,
        };
        // The password that its tables begin with.
        let admin = eventually("Glewlwyd answers", async || {
            provider.program.must_run();
            provider.sign_in("admin", "password").await
        })
        .await;
        provider.settle(&admin, portal).await;
        for (name, groups) in people {
            let user = json!({ "username": name, "name": name, "email": format!("{name}@example.com"), "enabled": true,
                "password": PASSWORD, "scope": ["openid"], "groups": groups });
            let users = "/user?source=database";
            provider.call(&admin, Method::POST, users, &user).await;
            // They have agreed before, so that its pages ask for the password alone.
            let cookie = provider.sign_in(name, PASSWORD).await.unwrap();
            let grant = json!({ "scope": "openid" });
            let grants = "/auth/grant/hotdesk/";
            provider.call(&cookie, Method::PUT, grants, &grant).await;
        }
        provider
    }

    /// As its discovery document says it.
    #[must_use]
    pub fn issuer(&self) -> String {
        format!("{}/api/oidc", self.address)
    }

    /// Stops it; nobody signs in there any more.
    pub fn stop(&mut self) {
        self.program.stop();
    }

    /// Who asks for tokens, how they are signed, and what they say.
    async fn settle(&self, admin: &str, portal: &str) {
        let scope = json!({ "name": "openid", "display_name": "OpenID", "description": "Sign in",
            "password_required": true, "password_max_age": 0 });
        self.call(admin, Method::PUT, "/scope/openid", &scope).await;
        let mut users = self
            .call(admin, Method::GET, "/mod/user/database", &json!({}))
            .await;
        users["parameters"]["data-format"]["groups"] =
            json!({ "multiple": true, "read": true, "write": true });
        self.call(admin, Method::PUT, "/mod/user/database", &users)
            .await;
        let anew = "/mod/user/database/reset";
        self.call(admin, Method::PUT, anew, &json!({})).await;
        let client = json!({ "client_id": "hotdesk", "name": "hotdesk", "client_secret": CLIENT_SECRET, "confidential": true,
            "enabled": true, "redirect_uri": [format!("{portal}/sign-in/oidc/back")], "authorization_type": ["code"],
            "token_endpoint_auth_method": ["client_secret_basic"], "scope": ["openid"],
            "post_logout_redirect_uri": format!("{portal}/sign-in") });
        self.call(admin, Method::POST, "/client", &client).await;
        let key = KeyPair::generate().unwrap();
        let claim = |name: &str, property: &str| json!({ "name": name, "user-property": property, "type": "string", "mandatory": true, "scope": [] });
        let parameters = json!({ "iss": self.issuer(), "jwt-type": "ecdsa", "jwt-key-size": "256", "key": key.serialize_pem(),
            "cert": key.public_key_pem(), "access-token-duration": 3600, "refresh-token-duration": 3600, "code-duration": 60,
            "refresh-token-rolling": true, "allow-non-oidc": false, "auth-type-code-enabled": true,
            "auth-type-token-enabled": false, "auth-type-id-token-enabled": true, "auth-type-none-enabled": false,
            "auth-type-password-enabled": false, "auth-type-client-enabled": false, "auth-type-refresh-enabled": false,
            "subject-type": "public", "pkce-allowed": true, "pkce-required": true, "pkce-method-plain-allowed": false,
            "name-claim": "mandatory", "email-claim": "mandatory", "claims": [claim("groups", "groups")], "scope": [],
            "allowed-scope": ["openid"], "session-management-allowed": true, "session-cookie-name": "glewlwyd_oidc",
            "session-cookie-expiration": 3600 });
        let plugin = json!({ "module": "oidc", "name": "oidc", "display_name": "OpenID Connect", "enabled": true, "parameters": parameters });
        self.call(admin, Method::POST, "/mod/plugin", &plugin).await;
    }

    /// Signs somebody in: their cookie.
    async fn sign_in(&self, name: &str, password: &str) -> Result<String, String> {
        let who = json!({ "username": name, "password": password });
        let request = self.http.post(format!("{}/api/auth/", self.address));
        let answer = request.json(&who).send().await;
        let answer = answer.map_err(|error| error.to_string())?;
        let cookie = answer.headers().get(header::SET_COOKIE);
        let cookie = cookie.and_then(|cookie| cookie.to_str().ok());
        let cookie = cookie.and_then(|cookie| cookie.split(';').next());
        cookie
            .map(str::to_owned)
            .ok_or_else(|| format!("{} and no cookie", answer.status()))
    }

    async fn call(&self, cookie: &str, method: Method, path: &str, body: &Value) -> Value {
        let answer = self
            .http
            .request(method, format!("{}/api{path}", self.address))
            .header(header::COOKIE, cookie)
            .json(body)
            .send()
            .await
            .unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "Glewlwyd {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }
}

/// Its settings, tables and pages.
fn prepare(folder: &Path, port: u16, address: &str) {
    let pages = folder.join("pages");
    // Links out of the folder are not followed, and one of Debian's leads to a folder where a file is wanted.
    run(&format!(
        "cp -rL {PAGES} {0} && rm -rf {0}/config.json && cp {PAGES_SETTINGS} {0}/config.json",
        pages.display()
    ));
    let database = folder.join("glewlwyd.db");
    run(&format!("sqlite3 {} < {TABLES}", database.display()));
    let types = [
        (".html", "text/html"),
        (".css", "text/css"),
        (".js", "application/javascript"),
        (".json", "application/json"),
    ]
    .map(|(extension, mime)| format!("{{ extension = \"{extension}\" mime_type = \"{mime}\" }}"))
    .join(", ");
    let modules = ["user", "user_middleware", "client", "plugin"]
        .map(|kind| format!("{kind}_module_path = \"/usr/lib/glewlwyd/{kind}\"\n"))
        .concat();
    let text = format!(
        "port = {port}\nbind_address = \"{}\"\nexternal_url = \"{address}\"\nlogin_url = \"login.html\"\napi_prefix = \"api\"\n\
         static_files_path = \"{}/\"\nlog_mode = \"console\"\nlog_level = \"INFO\"\ncookie_domain = \"{}\"\ncookie_secure = 0\n\
         admin_scope = \"g_admin\"\nprofile_scope = \"g_profile\"\nhash_algorithm = \"SHA512\"\n{modules}\
         user_auth_scheme_module_path = \"/usr/lib/glewlwyd/scheme\"\n\
         database = {{ type = \"sqlite3\" path = \"{}\" }};\nstatic_files_mime_types = ( {types} )\n",
        Ipv4Addr::LOCALHOST,
        pages.display(),
        Ipv4Addr::LOCALHOST,
        database.display()
    );
    std::fs::write(folder.join("glewlwyd.conf"), text).unwrap();
}

fn run(command: &str) {
    let done = Command::new("sh").args(["-ec", command]).status();
    let is_done = done.is_ok_and(|status| status.success());
    assert!(is_done, "{command} fails: run .ci/install for Glewlwyd");
}
