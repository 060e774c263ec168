//! The data partition of a phone: it outlives the phone's power.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::writes::{self, Record, Writes};

/// As large as the one of the image.
const SIZE: &str = "16m";

/// What the factory writes for a phone whose server is at this port of the machine it runs on; `display` is what stands
/// in its `[display]` table.
#[must_use]
pub fn agent_toml(server: u16, display: &str) -> String {
    let host = crate::HOST_OF_MACHINES;
    format!(
        r#"[server]
url = "https://{host}:{server}"
ca_file = "ca.pem"
[device]
interface = "eth0"
model = "HD-480"
state_dir = "/data/hotdesk"
[control]
socket = "/run/hotdesk/control.sock"
[keypad]
kind = "evdev"
hook = {{ switch = 0 }}
[lamps]
message_waiting = {{ led = "red:message" }}
signed_in = {{ led = "green:user" }}
attention = {{ led = "amber:attention" }}
[display]
{display}"#
    )
}

/// A data partition in a file.
#[derive(Debug)]
pub struct Disk {
    folder: TempDir,
    record: Option<Record>,
}

impl Disk {
    /// One that was provisioned in a factory: with a configuration, and the certificate that it names.
    #[must_use]
    pub fn provisioned(agent_toml: &str, ca_file: &Path) -> Self {
        Self::provisioned_with(agent_toml, ca_file, None)
    }

    /// The same with the files of another folder beside it.
    #[must_use]
    pub fn provisioned_with(agent_toml: &str, ca_file: &Path, more: Option<&Path>) -> Self {
        let folder = TempDir::new().unwrap();
        if let Some(more) = more {
            let to = folder.path().join("content");
            let copied = Command::new("cp").arg("-R").args([more, &to]).status();
            assert!(copied.unwrap().success(), "{} is copied", more.display());
        }
        let etc = folder.path().join("content/etc");
        fs::create_dir_all(&etc).unwrap();
        fs::write(etc.join("agent.toml"), agent_toml).unwrap();
        // Contents only: the copy is for everybody to read, whatever the original is.
        fs::write(etc.join("ca.pem"), fs::read(ca_file).unwrap()).unwrap();
        let path = std::env::var("PATH").unwrap_or_default();
        let made = Command::new("mke2fs")
            .env("PATH", format!("{path}:/usr/sbin"))
            .args([
                "-q",
                "-t",
                "ext4",
                "-L",
                "data",
                "-E",
                "root_owner=0:0",
                "-d",
            ])
            .arg(folder.path().join("content"))
            .arg(folder.path().join("data.img"))
            .arg(SIZE)
            .output()
            .unwrap();
        assert!(made.status.success(), "mke2fs: {made:?}");
        Self {
            folder,
            record: None,
        }
    }

    /// One that holds these bytes.
    #[must_use]
    pub fn holding(bytes: &[u8]) -> Self {
        let folder = TempDir::new().unwrap();
        let disk = Self {
            folder,
            record: None,
        };
        fs::write(disk.path(), bytes).unwrap();
        disk
    }

    /// The same, and from now on everything that is written to it is kept in a log.
    #[must_use]
    pub fn recorded(mut self) -> Self {
        let record = Record {
            before: self.folder.path().join("before.img"),
            log: self.folder.path().join("log"),
        };
        fs::copy(self.path(), &record.before).unwrap();
        fs::write(&record.log, []).unwrap();
        self.record = Some(record);
        self
    }

    /// How much was written to it so far.
    ///
    /// # Panics
    /// When it is not recorded.
    #[must_use]
    pub fn moment(&self) -> usize {
        writes::count(&self.record().log)
    }

    /// Everything that was written to it.
    ///
    /// # Panics
    /// When it is not recorded.
    #[must_use]
    pub fn writes(&self) -> Writes {
        let record = self.record();
        Writes::read(&record.before, &record.log)
    }

    fn record(&self) -> &Record {
        self.record.as_ref().expect("a disk that is recorded")
    }

    /// What makes it the drive `data` of QEMU.
    pub(super) fn arguments(&self) -> String {
        let image = self.path();
        let image = image.display();
        match &self.record {
            None => {
                format!("-drive if=none,id=data,file={image},format=raw,cache=writeback")
            }
            Some(record) => format!(
                "-blockdev driver=file,node-name=flash,filename={image} -blockdev driver=file,node-name=log,filename={} \
                 -blockdev driver=blklogwrites,node-name=data,file=flash,log=log,log-sector-size=512,\
                 log-super-update-interval=1",
                record.log.display()
            ),
        }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("data.img")
    }
}
