//! Debian's Chromium, driven through its own chromedriver. Leaves no process and no profile behind.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::json;
use tempfile::TempDir;

/// No window, no root sandbox, and nothing that would speak to anybody but our page.
const FLAGS: [&str; 9] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1400,1000",
];

/// A browser with one window.
pub(crate) struct Chromium {
    /// Its remote control.
    pub(crate) client: Client,
    driver: Child,
    _profile: TempDir,
}

impl Chromium {
    /// Starts driver and browser.
    pub(crate) async fn start() -> Self {
        let profile = TempDir::new().expect("a temporary folder for the browser's profile");
        let (driver, port) = start_driver(&profile);
        let mut flags: Vec<String> = FLAGS.iter().map(ToString::to_string).collect();
        flags.push(format!("--user-data-dir={}", profile.path().display()));
        let capabilities = json!({ "goog:chromeOptions": { "args": flags } });
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities.as_object().cloned().unwrap_or_default())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("Chromium starts; without it: apt-get install chromium chromium-driver");
        Self {
            client,
            driver,
            _profile: profile,
        }
    }
}

/// The driver picks a free port and says which.
fn start_driver(profile: &TempDir) -> (Child, u16) {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        // Chromium wants a place for its own small files, and a home may not be there in a container.
        .env("HOME", profile.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        // A group of its own, so that the browser it starts goes with it.
        .process_group(0)
        .spawn()
        .unwrap_or_else(|error| {
            panic!("chromedriver cannot be started ({error}): apt-get install chromium-driver chromium, or make test")
        });
    let stdout = driver.stdout.take().expect("its output is a pipe");
    let port = BufReader::new(stdout)
        .lines()
        .map_while(Result::ok)
        .find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        })
        .expect("chromedriver says on which port it listens");
    (driver, port)
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = kill_process_group(Pid::from_child(&self.driver), Signal::KILL);
        let _ = self.driver.wait();
    }
}
