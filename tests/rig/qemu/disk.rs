//! The data partition of a phone: it outlives the phone's power.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// As large as the one of the image.
const SIZE: &str = "16m";

/// A data partition in a file.
#[derive(Debug)]
pub struct Disk {
    folder: TempDir,
}

impl Disk {
    /// One that was provisioned in a factory: with a configuration, and the certificate that it names.
    #[must_use]
    pub fn provisioned(agent_toml: &str, ca_file: &Path) -> Self {
        let folder = TempDir::new().unwrap();
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
        Self { folder }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("data.img")
    }
}
