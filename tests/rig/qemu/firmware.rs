//! The firmware image that `make firmware` made, and what a test adds to it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The image, in a folder.
#[derive(Debug, Clone)]
pub struct Firmware {
    folder: PathBuf,
}

impl Firmware {
    /// The one in `target/firmware`.
    ///
    /// # Panics
    /// When it, or a program that runs it, is missing: the message says what to do.
    #[must_use]
    pub fn find() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/firmware");
        for file in ["vmlinuz", "initramfs.gz", "cmdline"] {
            let path = folder.join(file);
            assert!(
                path.is_file(),
                "{}: missing; run make firmware",
                path.display()
            );
        }
        for program in ["qemu-system-arm", "mke2fs", "dtc", "fdtoverlay", "fdtget"] {
            assert!(
                on_path(program),
                "{program} is missing; run cross/firmware/install"
            );
        }
        Self { folder }
    }

    /// Where the image is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder into which the programs of a Debian package for ARM are unpacked, with everything that they need.
    ///
    /// # Panics
    /// When the package cannot be fetched.
    #[must_use]
    pub fn with_package(&self, package: &str) -> PathBuf {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cross/firmware/packages.sh");
        let fetched = Command::new(script).arg(&self.folder).arg(package).status();
        let is_there = fetched.is_ok_and(|status| status.success());
        assert!(is_there, "{package} for ARM cannot be fetched");
        self.folder.join("armhf")
    }

    pub(super) fn kernel(&self) -> PathBuf {
        self.folder.join("vmlinuz")
    }

    /// The root file system as it is shipped.
    pub(super) fn root(&self) -> PathBuf {
        self.folder.join("initramfs.gz")
    }

    /// What the kernel is told.
    pub(super) fn command_line(&self) -> String {
        let text = std::fs::read_to_string(self.folder.join("cmdline")).unwrap();
        text.trim().to_owned()
    }

    /// The root file system with a shell on the console and a place to wait at before anything of the phone starts: the
    /// kernel unpacks archives that stand one behind the other, and the last one counts.
    pub(super) fn root_for_tests(&self, to: &Path) -> PathBuf {
        let inittab = std::fs::read_to_string(self.folder.join("root/etc/inittab")).unwrap();
        let shell = format!("{inittab}ttyAMA0::respawn:/bin/sh\n");
        let mut archive = Vec::new();
        entry(&mut archive, "etc/inittab", shell.as_bytes(), 0o100_644);
        entry(&mut archive, "etc/rc.d/S15hold", WAIT_FOR_TIME, 0o100_755);
        entry(&mut archive, "TRAILER!!!", &[], 0);
        let path = to.join("initramfs-for-tests");
        let mut bytes = std::fs::read(self.root()).unwrap();
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes.extend(archive);
        // Another test process may be reading an older one.
        let mut file = tempfile::NamedTempFile::new_in(to).unwrap();
        file.write_all(&bytes).unwrap();
        file.persist(&path).unwrap();
        path
    }
}

/// What the kernel is told to have it wait before anything of the phone starts.
pub(super) const HOLD: &str = "hotdesk.hold";
/// Waits for the time of day, in seconds since 1970, on the console: a saved state has the time of its making.
const WAIT_FOR_TIME: &[u8] = b"#!/bin/sh\ngrep -q hotdesk.hold /proc/cmdline || exit 0\n\
    echo holding >/dev/console\nread -r now </dev/console\ndate -s \"@$now\"\n";

/// One file in the kernel's archive format (newc, Documentation/driver-api/early-userspace/buffer-format.rst).
fn entry(archive: &mut Vec<u8>, name: &str, content: &[u8], mode: u32) {
    let length = u32::try_from(content.len()).unwrap();
    let name_length = u32::try_from(name.len()).unwrap() + 1;
    archive.extend(b"070701");
    for field in [0, mode, 0, 0, 1, 0, length, 0, 0, 0, 0, name_length, 0] {
        archive.extend(format!("{field:08X}").bytes());
    }
    archive.extend(name.bytes());
    archive.push(0);
    archive.resize(archive.len().next_multiple_of(4), 0);
    archive.extend(content);
    archive.resize(archive.len().next_multiple_of(4), 0);
}

pub(super) fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain([PathBuf::from("/usr/sbin")])
        .any(|folder| folder.join(program).is_file())
}
