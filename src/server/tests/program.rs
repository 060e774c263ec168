//! The program itself: a process with its log, its signals and its exit code.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use hotdesk_provisioning::Secret;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::certificates::issue;

/// Longest wait for the program to do what it should.
const PATIENCE: Duration = Duration::from_secs(60);

/// `hotdesk-provd` with a configuration in a folder.
pub(crate) fn provd(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hotdesk-provd"));
    command
        .arg("--config")
        .arg(folder.join("provd.toml"))
        .args(arguments)
        .env_remove("RUST_LOG")
        .stdin(Stdio::null());
    command
}

/// Runs it to its end: what it printed, and whether it was content.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> (String, bool) {
    let Output { status, stdout, .. } = provd(folder, arguments).output().unwrap();
    (String::from_utf8(stdout).unwrap(), status.success())
}

/// As [`run`], with what it said of errors.
pub(crate) fn told(folder: &Path, arguments: &[&str]) -> (String, bool) {
    let output = provd(folder, arguments).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (String::from_utf8(said).unwrap(), output.status.success())
}

/// A server that runs; it ends with this value.
pub(crate) struct Server {
    child: Child,
    log: Receiver<String>,
}

impl Server {
    /// Starts one that logs JSON.
    pub(crate) fn start(folder: &Path) -> Self {
        let mut command = provd(folder, &["serve"]);
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (sender, log) = channel();
        std::thread::spawn(move || {
            // Whoever does not listen any more needs no more lines.
            lines
                .map_while(Result::ok)
                .try_for_each(|line| sender.send(line))
        });
        Self { child, log }
    }

    /// Reads on to the line of the log whose message holds `words`.
    pub(crate) fn wait_for(&self, words: &str) -> Value {
        let mut seen = String::new();
        loop {
            let line = self
                .log
                .recv_timeout(PATIENCE)
                .unwrap_or_else(|error| panic!("no {words:?}: {error}; it said: {seen}"));
            let parsed: Value = serde_json::from_str(&line).expect("a line is a JSON object");
            if parsed["message"].as_str().unwrap().contains(words) {
                return parsed;
            }
            seen.push_str(&line);
        }
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// Waits for its end: whether it ended well.
    #[expect(
        clippy::disallowed_methods,
        reason = "a deadline for a process, which no simulated clock moves"
    )]
    pub(crate) fn ends(mut self) -> bool {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.success();
            }
            assert!(Instant::now() < deadline, "the program did not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended cannot be killed, and need not be.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A configuration on free ports that logs JSON, with `more` lines at its end.
pub(crate) fn configure(folder: &Path, more: &str) {
    write_configuration(folder, "", more);
}

/// As [`configure`], on a database server if there is one.
pub(crate) fn configure_on(folder: &Path, database: Option<&Secret>) {
    let line = database.map(|address| format!("database = {:?}\n", address.expose()));
    write_configuration(folder, &line.unwrap_or_default(), "");
}

fn write_configuration(folder: &Path, first: &str, more: &str) {
    let text = format!(
        "{first}data_dir = \"data\"\nlog = \"json\"\n[portal]\nlisten = \"127.0.0.1:0\"\n\
         [phones]\nlisten = \"127.0.0.1:0\"\n{more}"
    );
    std::fs::write(folder.join("provd.toml"), text).unwrap();
}

#[test]
fn the_log_is_json_and_a_signal_exchanges_the_certificate() {
    let folder = tempfile::tempdir().unwrap();
    issue(folder.path(), 2200);
    configure(
        folder.path(),
        "certificate = \"tls.pem\"\nkey = \"tls.key\"",
    );
    let server = Server::start(folder.path());
    let line = server.wait_for("phones: https://127.0.0.1:");
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["target"], "hotdesk_server::serve");
    issue(folder.path(), 2200);
    server.signal(Signal::HUP);
    let line = server.wait_for("new certificate for phones");
    assert!(line["days_left"].as_i64().unwrap() > 60_000, "{line}");
    std::fs::write(folder.path().join("tls.key"), "nothing").unwrap();
    server.signal(Signal::HUP);
    let line = server.wait_for("the certificate for phones stays as it is");
    assert_eq!(line["level"], "ERROR");
    server.signal(Signal::TERM);
    server.wait_for("stopping");
    assert!(server.ends());
}
