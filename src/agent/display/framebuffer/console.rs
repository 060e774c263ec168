//! Keeps a virtual terminal's text and cursor away from the picture, and gives the terminal back. A process that is killed
//! cannot give anything back: whoever starts it again may.

use std::fs::{File, OpenOptions};
use std::path::Path;

use anyhow::{Context, anyhow};
use rustix::io::Errno;
use tracing::warn;

use super::kernel::{TerminalMode, set_terminal_mode, terminal_mode};
use crate::display::explain;

/// A terminal that writes nothing. Dropping it lets it write again, if it did before.
#[derive(Debug)]
pub(super) struct Console {
    terminal: File,
    before: TerminalMode,
}

impl Console {
    /// # Errors
    /// When the terminal is not there or this process may not tell it anything.
    pub(super) fn silence(path: &Path) -> anyhow::Result<Self> {
        let terminal = OpenOptions::new()
            .read(true)
            .write(true)
            .open(path)
            .map_err(|why| explain(path, &why))?;
        let before = terminal_mode(&terminal).with_context(|| {
            format!(
                "{} is no virtual terminal; set display.console to \"/dev/tty0\"",
                path.display()
            )
        })?;
        set_terminal_mode(&terminal, TerminalMode::Graphics).map_err(|why| match why {
            Errno::PERM => anyhow!(
                "{}: this process may not silence it; give it CAP_SYS_TTY_CONFIG, or take display.console out and put \
                 vt.global_cursor_default=0 on the kernel's command line",
                path.display()
            ),
            other => anyhow!("{}: {other}", path.display()),
        })?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        if let Err(why) = set_terminal_mode(&self.terminal, self.before) {
            warn!("the console stays silent: {why}");
        }
    }
}
