//! The server at which the phone is at home, on flash. Holds no secret: the token for it is elsewhere, sealed.

use std::path::Path;

use tracing::warn;

use crate::config::server_url;
use crate::store::files::{read_bounded, write_whole};

/// The file in the state directory.
const FILE: &str = "server";
/// Longest URL that is kept.
const BYTES_MAX: u64 = 1024;

/// The server that was kept; `None` when there is none or it is none.
pub(crate) fn kept(state_dir: &Path) -> Option<String> {
    let bytes = read_bounded(&state_dir.join(FILE), BYTES_MAX)
        .ok()
        .flatten()?;
    server_url(std::str::from_utf8(&bytes).ok()?.trim()).ok()
}

/// Keeps a server. A phone that cannot write it looks for it again at its next start.
pub(super) fn keep(state_dir: &Path, url: &str) {
    if kept(state_dir).as_deref() == Some(url) {
        return;
    }
    if let Err(error) = write_whole(&state_dir.join(FILE), format!("{url}\n").as_bytes()) {
        warn!("which server was found cannot be kept: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_and_anything_else_counts_for_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(kept(folder.path()), None);
        keep(folder.path(), "https://prov.example.net:8443");
        let server = kept(folder.path());
        assert_eq!(server.as_deref(), Some("https://prov.example.net:8443"));
        for bad in [&b"http://prov.example.net"[..], b"\xff", b"", &[b'x'; 2000]] {
            std::fs::write(folder.path().join(FILE), bad).unwrap();
            assert_eq!(kept(folder.path()), None, "{bad:?}");
        }
    }
}
