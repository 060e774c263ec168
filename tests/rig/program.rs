//! A program started for a test that never outlives it: stopped politely, then by force, its children too.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// How long a program may take to stop by itself.
const STOPPING: Duration = Duration::from_secs(5);

/// A running program.
#[derive(Debug)]
pub(crate) struct Program {
    child: Child,
    log: PathBuf,
}

impl Program {
    /// Starts `arguments`, the first of which is the program; what it prints goes to `log`.
    pub(crate) fn start<A: AsRef<std::ffi::OsStr>>(arguments: &[A], log: &Path) -> Self {
        let output = File::create(log).unwrap();
        // A test that is killed takes its programs with it: the kernel passes the end of this thread on as SIGTERM.
        let child = Command::new("setpriv")
            .args(["--pdeathsig", "TERM"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .process_group(0)
            .spawn()
            .expect(
                "setpriv (package util-linux) starts the programs of the tests: run .ci/install",
            );
        Self {
            child,
            log: log.to_owned(),
        }
    }

    /// Panics with what it printed if it has ended.
    pub(crate) fn must_run(&mut self) {
        if let Ok(Some(status)) = self.child.try_wait() {
            let log = std::fs::read_to_string(&self.log).unwrap_or_default();
            panic!("{} ended by itself, {status}: {log}", self.log.display());
        }
    }

    /// SIGKILL: it gets no chance to tidy up.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Stops it; does nothing when it is stopped.
    pub(crate) fn stop(&mut self) {
        let Ok(None) = self.child.try_wait() else {
            return;
        };
        let pid = Pid::from_child(&self.child);
        let _ = kill_process(pid, Signal::TERM);
        let deadline = Instant::now() + STOPPING;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
        // Its children are in its process group: whatever is left goes now.
        let _ = kill_process_group(pid, Signal::KILL);
        let _ = self.child.wait();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.stop();
    }
}
