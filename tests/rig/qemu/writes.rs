//! Everything that was ever written to a data partition, in order, and what a power cut at any moment leaves of it.
//!
//! QEMU's blklogwrites keeps the log, in the format of Linux' dm-log-writes (Documentation/admin-guide/device-mapper).

use std::fs;
use std::path::{Path, PathBuf};

use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};

/// Bytes of a sector of the log and of the partition.
const SECTOR: usize = 512;
/// How a log begins.
const MAGIC: u64 = 0x006a_7366_7773_6872;
/// Entry flags: everything before is on the medium; this is, as soon as it is done; this is empty from now on.
const FLUSH: u64 = 1;
const FUA: u64 = 2;
const DISCARD: u64 = 4;
/// Of four writes that were not flushed one is lost, and of four that were not lost one is torn.
const LUCK: u32 = 4;

/// A partition and the log of what was written to it.
#[derive(Debug)]
pub struct Writes {
    image: Vec<u8>,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    at: usize,
    data: Vec<u8>,
    flags: u64,
}

/// How many writes a log has; the moment of this in the life of a partition.
pub(super) fn count(log: &Path) -> usize {
    let head = fs::read(log).unwrap();
    number(&head, 2)
}

impl Writes {
    /// Reads a partition as it was before and the log of everything since.
    pub(super) fn read(image: &Path, log: &Path) -> Self {
        let log = fs::read(log).unwrap();
        assert_eq!(number(&log, 0) as u64, MAGIC, "this is no log");
        let mut at = SECTOR;
        let mut entries = Vec::new();
        for _ in 0..number(&log, 2) {
            let head = &log[at..];
            let (sector, sectors, flags) =
                (number(head, 0), number(head, 1), number(head, 2) as u64);
            let from = at + SECTOR;
            let length = if flags & DISCARD == 0 {
                sectors * SECTOR
            } else {
                0
            };
            entries.push(Entry {
                at: sector * SECTOR,
                data: log[from..from + length].to_vec(),
                flags,
            });
            at = from + length;
        }
        Self {
            image: fs::read(image).unwrap(),
            entries,
        }
    }

    /// How many writes and flushes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing was written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The moments right before and right after each flush.
    #[must_use]
    pub fn moments(&self) -> Vec<usize> {
        let flushes = self.entries.iter().enumerate();
        let flushes = flushes.filter(|(_, entry)| entry.flags & (FLUSH | FUA) != 0);
        let mut moments: Vec<_> = flushes.flat_map(|(at, _)| [at, at + 1]).collect();
        moments.dedup();
        moments
    }

    /// Whether everything written until this moment was flushed.
    #[must_use]
    pub fn is_flushed(&self, moment: usize) -> bool {
        self.flushed(moment) == moment
    }

    /// How many of so many entries come before the last flush among them, itself included.
    fn flushed(&self, moment: usize) -> usize {
        let written = &self.entries[..moment];
        let last = written.iter().rposition(|entry| entry.flags & FLUSH != 0);
        last.map_or(0, |at| at + 1)
    }

    /// What a power cut after so many writes leaves: all that was flushed, and of the rest what this seed's luck has.
    /// Seed 0 has none.
    #[must_use]
    pub fn after_a_cut(&self, moment: usize, seed: u64) -> Vec<u8> {
        let written = &self.entries[..moment];
        let flushed = self.flushed(moment);
        let mut luck = ChaCha8Rng::seed_from_u64(seed);
        let mut image = self.image.clone();
        for (at, entry) in written.iter().enumerate() {
            let is_safe = at < flushed || entry.flags & FUA != 0;
            let is_lost = !is_safe && (seed == 0 || luck.next_u32() % LUCK == 0);
            if is_lost {
                continue;
            }
            let is_torn = !is_safe && luck.next_u32() % LUCK == 0;
            for (sector, data) in entry.data.chunks(SECTOR).enumerate() {
                if is_torn && luck.next_u32() % 2 == 0 {
                    continue;
                }
                let from = entry.at + sector * SECTOR;
                image[from..from + data.len()].copy_from_slice(data);
            }
        }
        image
    }
}

/// The number in the nth eight bytes, the lowest byte first.
fn number(bytes: &[u8], nth: usize) -> usize {
    let bytes: [u8; 8] = bytes[nth * 8..nth * 8 + 8].try_into().unwrap();
    usize::try_from(u64::from_le_bytes(bytes)).unwrap()
}

/// Copies a folder of the partition in this file to a folder of this machine, after the check that a phone does when it
/// is switched on; needs no mount.
///
/// # Panics
/// When the partition cannot be repaired.
pub fn unpack(partition: &Path, folder: &str, to: &Path) {
    let checked = tool("e2fsck").arg("-p").arg(partition).output().unwrap();
    let code = checked.status.code();
    assert!(
        code.is_some_and(|code| code <= 2),
        "e2fsck: {code:?}: {}",
        String::from_utf8_lossy(&checked.stdout)
    );
    let order = format!("rdump {folder} {}", to.display());
    let copied = tool("debugfs").args(["-R", &order]).arg(partition).output();
    assert!(copied.unwrap().status.success());
}

fn tool(name: &str) -> std::process::Command {
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = std::process::Command::new(name);
    command.env("PATH", format!("{path}:/usr/sbin"));
    command
}

/// Where a recorded partition keeps what it was before, and the log.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) before: PathBuf,
    pub(super) log: PathBuf,
}
