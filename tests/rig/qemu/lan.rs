//! A network that a test has for itself: a virtual cable with the phone at its far end, and a real DHCP server. Needs
//! neither root nor anything of the machine's own network.

use std::future::Future;
use std::net::Ipv4Addr;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::HOST_OF_MACHINES;
use crate::program::Program;

/// Set for the process that is inside.
const INSIDE: &str = "HOTDESK_OWN_NETWORK";
/// The near end of the cable.
const CABLE: &str = "tap0";
/// The address that the DHCP server has for the phone.
const PHONE: Ipv4Addr = Ipv4Addr::new(10, 0, 2, 15);

/// Runs the test of this name once more, inside a network of its own that has the loopback and the cable to a phone, and
/// there the scenario. Returns when it has passed, or where this machine lets nobody have such a network.
pub fn in_own_network<F: Future<Output = ()>>(test: &str, scenario: impl FnOnce() -> F) {
    if std::env::var_os(INSIDE).is_none() {
        return run_inside(test);
    }
    let host = format!("{HOST_OF_MACHINES}/24");
    ip("link set lo up");
    ip(&format!("tuntap add dev {CABLE} mode tap"));
    ip(&format!("addr add {host} dev {CABLE}"));
    ip(&format!("link set {CABLE} up"));
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.enable_all().build().unwrap().block_on(scenario());
}

fn run_inside(test: &str) {
    let Some(kind) = kind_of_network() else {
        println!(
            "{test}: this machine gives nobody a network of their own with a tap device; nothing was tested"
        );
        return;
    };
    let output = Command::new("setpriv")
        .args(["--pdeathsig", "KILL", "unshare"])
        .args(kind)
        .arg(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env(INSIDE, "1")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let [out, err] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    let has_run = out.contains("test result: ok. 1 passed");
    assert!(
        output.status.success() && has_run,
        "in its own network: {out}\n{err}"
    );
}

/// How a process gets a network of its own in which it may make a cable. Root may have what it wants, or be a root in name
/// only, as in many containers; then a user namespace gives it, unless the machine forbids that too.
fn kind_of_network() -> Option<&'static [&'static str]> {
    let kinds: [&[&str]; 2] = [&["--net"], &["--net", "--map-root-user"]];
    kinds.into_iter().find(|kind| {
        let probe = ["ip", "tuntap", "add", "dev", CABLE, "mode", "tap"];
        let tried = Command::new("unshare").args(*kind).args(probe).output();
        tried.is_ok_and(|tried| tried.status.success())
    })
}

fn ip(words: &str) {
    let made = Command::new("ip").args(words.split_whitespace()).output();
    let made = made.expect("ip (package iproute2) is there: run cross/firmware/install");
    assert!(made.status.success(), "ip {words}: {made:?}");
}

/// What connects a machine to the cable.
pub(super) fn cable() -> [String; 2] {
    // Without the header the machine is the same as one that was saved on another network.
    let cable = format!("tap,id=net0,ifname={CABLE},script=no,downscript=no,vnet_hdr=off");
    ["-netdev".to_owned(), cable]
}

/// dnsmasq on the cable; stops when dropped.
#[derive(Debug)]
pub struct DhcpServer {
    _program: Program,
    folder: TempDir,
}

impl DhcpServer {
    /// Gives the phone an address, and these options beside: `160,https://…`.
    #[must_use]
    pub fn start(options: &[String]) -> Self {
        let folder = TempDir::new().unwrap();
        let leases = folder.path().join("leases");
        let mut arguments: Vec<String> = [
            "/usr/sbin/dnsmasq",
            "--no-daemon",
            "--conf-file=/dev/null",
            "--port=0",
            "--bind-interfaces",
            "--dhcp-authoritative",
            "--log-dhcp",
            "--no-ping",
        ]
        .map(str::to_owned)
        .into();
        arguments.push(format!("--interface={CABLE}"));
        arguments.push(format!("--dhcp-range={PHONE},{PHONE},255.255.255.0,2m"));
        arguments.push(format!("--dhcp-option=option:router,{HOST_OF_MACHINES}"));
        arguments.push(format!("--dhcp-leasefile={}", leases.display()));
        arguments.extend(options.iter().map(|o| format!("--dhcp-option-force={o}")));
        let mut program = Program::start(&arguments, &folder.path().join("log"));
        std::thread::sleep(std::time::Duration::from_millis(100));
        program.must_run();
        Self {
            _program: program,
            folder,
        }
    }

    /// What it logged.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}
