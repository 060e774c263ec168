//! Draws a screen without a phone. A phone itself does without: its agent is built without the feature `preview`.

use std::process::ExitCode;

use crate::arguments::Drawn;

#[cfg(feature = "preview")]
pub(crate) fn draw(drawn: &Drawn) -> anyhow::Result<ExitCode> {
    use std::fs;
    use std::io::Read;

    use anyhow::Context;
    use hotdesk_ui::preview::{STATE_BYTES_MAX, preview, screen};

    let panel = hotdesk_agent::panel(&drawn.panel)?;
    let name = || drawn.state.display().to_string();
    let file = fs::File::open(&drawn.state).with_context(name)?;
    let mut state = String::new();
    // One byte more than may be: then it is too long.
    let mut file = file.take(STATE_BYTES_MAX as u64 + 1);
    file.read_to_string(&mut state).with_context(name)?;
    let shown = screen(&state).with_context(name)?;
    let picture = preview(&shown, &panel)?;
    fs::write(&drawn.png, picture).with_context(|| drawn.png.display().to_string())?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(not(feature = "preview"))]
pub(crate) fn draw(drawn: &Drawn) -> anyhow::Result<ExitCode> {
    let Drawn { panel, state, png } = drawn;
    anyhow::bail!(
        "{} is not drawn on {} into {}: this hotdeskd was built without the feature \"preview\"",
        state.display(),
        panel.name,
        png.display()
    )
}
