//! What a phone costs that nobody touches, beside a peer: baresip, a SIP phone for small systems, in the same guest.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

use rig::World;
use rig::qemu::{Firmware, Machine};
use tempfile::TempDir;

use crate::desk;

/// Longest that programs take to come to rest after their start.
const SETTLING: Duration = Duration::from_secs(15);
/// How long they are watched then. What comes every 25 or 50 seconds evens out.
const WATCHED: Duration = Duration::from_secs(300);
/// The modules that baresip needs to be a phone without sound.
const MODULES: [&str; 3] = ["account.so", "menu.so", "g711.so"];

/// The libraries that it needs beside the C library.
const LIBRARIES: [&str; 4] = ["libre", "librem", "libssl", "libcrypto"];

/// What is measured.
pub(crate) struct Idle {
    /// Bytes of the agent's binary.
    pub(crate) binary: f64,
    pub(crate) agent: Process,
    pub(crate) baresip: Process,
    /// What the agent itself said that it woke up for, with how often.
    pub(crate) reasons: BTreeMap<String, f64>,
}

/// One program at rest.
pub(crate) struct Process {
    /// Resident memory in KiB.
    pub(crate) resident: u64,
    /// What of it is no file and is shared with nobody, in KiB.
    pub(crate) private: u64,
    /// How often each of its threads went back to sleep in a minute, by the name of the thread.
    pub(crate) wake_ups: BTreeMap<String, f64>,
}

pub(crate) async fn measure() -> Idle {
    let world = World::start_for_machines("").await;
    let tree = baresip_tree();
    let mut phone = desk::talkative_phone(&world, tree.path()).await;
    phone.run("mount -o remount,exec /data").await;
    let started = "(cd /data/etc/baresip && ./lib/ld-linux-armhf.so.3 --library-path lib ./baresip -f . \
                   </dev/null >/tmp/baresip.log 2>&1 &)";
    phone.run(started).await;
    tokio::time::sleep(SETTLING).await;
    let alive = phone
        .run("pidof ld-linux-armhf.so.3 || cat /tmp/baresip.log")
        .await;
    assert!(alive.trim().parse::<u32>().is_ok(), "{alive}");
    let (agent, baresip) = ("pidof hotdeskd", "pidof ld-linux-armhf.so.3");
    let before = [
        rests(&mut phone, agent).await,
        rests(&mut phone, baresip).await,
    ];
    let said_before = reasons(&mut phone).await;
    tokio::time::sleep(WATCHED).await;
    let said = reasons(&mut phone).await;
    let after = [
        rests(&mut phone, agent).await,
        rests(&mut phone, baresip).await,
    ];
    let size = phone.run("wc -c </usr/bin/hotdeskd").await;
    Idle {
        binary: size.trim().parse().unwrap(),
        agent: process(&mut phone, agent, in_a_minute(&before[0], &after[0])).await,
        baresip: process(&mut phone, baresip, in_a_minute(&before[1], &after[1])).await,
        reasons: in_a_minute(&said_before, &said),
    }
}

async fn process(phone: &mut Machine, pid: &str, wake_ups: BTreeMap<String, f64>) -> Process {
    let status = phone.run(&format!("cat /proc/$({pid})/status")).await;
    Process {
        resident: field(&status, "VmRSS:"),
        private: field(&status, "RssAnon:"),
        wake_ups,
    }
}

/// What was counted while the phone was watched, for one minute.
fn in_a_minute(
    before: &BTreeMap<String, u64>,
    after: &BTreeMap<String, u64>,
) -> BTreeMap<String, f64> {
    let counted = after.iter().map(|(what, now)| {
        let more = now.saturating_sub(before.get(what).copied().unwrap_or(0));
        (what.clone(), more as f64 * 60.0 / WATCHED.as_secs_f64())
    });
    counted.filter(|(_, times)| *times > 0.0).collect()
}

/// Voluntary context switches by thread: how often it had nothing more to do.
async fn rests(phone: &mut Machine, pid: &str) -> BTreeMap<String, u64> {
    let status = phone
        .run(&format!("cat /proc/$({pid})/task/*/status"))
        .await;
    let (mut threads, mut name) = (BTreeMap::new(), String::new());
    for line in status.lines() {
        if let Some(thread) = line.strip_prefix("Name:") {
            name = thread.trim().to_owned();
        } else if line.starts_with("voluntary_ctxt_switches:") {
            *threads.entry(name.clone()).or_default() += field(line, "voluntary_ctxt_switches:");
        }
    }
    threads
}

/// How often the agent has said so far that it woke up, by what it was for.
async fn reasons(phone: &mut Machine) -> BTreeMap<String, u64> {
    let log = phone.run("logread | grep ' awake why='").await;
    let mut reasons = BTreeMap::new();
    for line in log.lines() {
        let why = line.split('"').nth(1).unwrap_or("unknown");
        *reasons.entry(why.to_owned()).or_default() += 1;
    }
    reasons
}

fn field(status: &str, name: &str) -> u64 {
    let (_, rest) = status.split_once(name).unwrap();
    rest.split_whitespace().next().unwrap().parse().unwrap()
}

/// Debian's ARM baresip with its libraries, and a configuration without sound.
fn baresip_tree() -> TempDir {
    let from = Firmware::find().with_package("baresip-core");
    let to = TempDir::new().unwrap();
    let script = format!(
        "set -e; mkdir -p etc/baresip/lib etc/baresip/modules; cd etc/baresip; cp {from}/usr/bin/baresip .\n\
         for m in {modules}; do cp {from}/usr/lib/baresip/modules/$m modules/; done\n\
         cp -L {from}/lib/arm-linux-gnueabihf/*.so* lib/\n\
         for l in {libraries}; do cp -L {from}/usr/lib/arm-linux-gnueabihf/$l.so.? lib/; done\n\
         printf 'module_path modules\\nsip_listen 0.0.0.0:5070\\n' >config\n\
         for m in {modules}; do echo module $m >>config; done\n\
         : >accounts; : >contacts",
        from = from.display(),
        libraries = LIBRARIES.join(" "),
        modules = MODULES.join(" "),
    );
    let made = Command::new("sh")
        .arg("-c")
        .arg(script)
        .current_dir(to.path())
        .status();
    assert!(
        made.unwrap().success(),
        "baresip's files are not where they were"
    );
    to
}
