//! Frame memory behind a node. It is written to, not mapped, because a node that vanishes answers a write with an error, but
//! ends whoever touches its map, and with them a phone that could dial for help. Only a driver that takes no writes is mapped.

use std::fs::File;
use std::io::Result;
use std::os::unix::fs::FileExt;

use rustix::io::Errno;
use tracing::info;

use super::kernel::Mapping;

/// Open frame memory.
#[derive(Debug)]
pub(super) struct Memory {
    node: File,
    bytes: usize,
    mapping: Option<Mapping>,
}

impl Memory {
    /// The memory of a node that has so many bytes.
    pub(super) fn new(node: File, bytes: usize) -> Self {
        Self {
            node,
            bytes,
            mapping: None,
        }
    }

    /// # Errors
    /// When the driver takes neither a write nor a mapping, or when the bytes would lie outside.
    pub(super) fn write(&mut self, at: usize, bytes: &[u8]) -> Result<()> {
        if let Some(mapping) = &mut self.mapping {
            return Ok(mapping.write(at, bytes)?);
        }
        match self.node.write_all_at(bytes, at as u64) {
            Err(why) if takes_no_writes(&why) => {
                // A node that is gone says so here as well.
                let mapping = Mapping::new(&self.node, self.bytes).map_err(|_| why)?;
                info!("the driver takes no writes: its memory is mapped");
                Ok(self.mapping.insert(mapping).write(at, bytes)?)
            }
            written => written,
        }
    }

    /// The node.
    pub(super) fn node(&self) -> &File {
        &self.node
    }
}

/// What drivers answer that know only mappings.
fn takes_no_writes(why: &std::io::Error) -> bool {
    matches!(
        Errno::from_io_error(why),
        Some(Errno::NODEV | Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP)
    )
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Seek};

    use super::*;

    fn contents(mut file: &File) -> Vec<u8> {
        let mut bytes = Vec::new();
        file.rewind().unwrap();
        file.read_to_end(&mut bytes).unwrap();
        bytes
    }

    fn node(bytes: usize) -> File {
        let file = tempfile::tempfile().unwrap();
        file.set_len(bytes as u64).unwrap();
        file
    }

    #[test]
    fn a_mapping_is_the_memory_and_ends_where_it_ends() {
        let node = node(5000);
        let mut memory = Memory::new(node.try_clone().unwrap(), 5000);
        memory.mapping = Some(Mapping::new(&node, 5000).unwrap());
        memory.write(4990, &[7; 10]).unwrap();
        for (at, count) in [(4991, 10), (5000, 1), (usize::MAX, 2)] {
            assert!(memory.write(at, &[9; 10][..count]).is_err(), "{at}");
        }
        memory.write(0, &[1, 2]).unwrap();
        let bytes = contents(&node);
        assert_eq!((&bytes[..3], bytes.len()), (&[1, 2, 0][..], 5000));
        assert_eq!(bytes[4989..], [0, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7]);
    }

    #[test]
    fn only_a_driver_that_takes_no_writes_is_mapped() {
        let node = node(16);
        let mut memory = Memory::new(node.try_clone().unwrap(), 16);
        memory.write(3, &[5]).unwrap();
        assert!(memory.mapping.is_none());
        let told = |errno: Errno| takes_no_writes(&errno.into());
        assert!(told(Errno::NODEV) && told(Errno::INVAL));
        // Full, broken, not allowed: a mapping would only hide it.
        assert!(
            ![Errno::NOSPC, Errno::IO, Errno::BADF, Errno::PERM]
                .into_iter()
                .any(told)
        );
    }

    #[test]
    fn no_memory_cannot_be_mapped() {
        let node = node(0);
        assert!(Mapping::new(&node, 0).is_err());
    }
}
