//! Sends the screen to whoever looks at it in the portal. Never says what is typed into a masked field: a screen as JSON does
//! not hold it.

use std::time::Instant;

use hotdesk_provisioning::{Push, Report, SCREEN_BYTES_MAX};
use hotdesk_session::Event;
use hotdesk_ui::Screen;
use serde::Serialize;
use tracing::debug;

use super::Loop;
use crate::panel::{PanelConfig, is_file};

/// What somebody needs who draws the screen elsewhere.
#[derive(Serialize)]
struct Shown<'a> {
    screen: &'a Screen,
    panel: &'a str,
    /// The name of a built-in theme; nobody elsewhere has a vendor's file.
    #[serde(skip_serializing_if = "Option::is_none")]
    theme: Option<&'a str>,
}

impl Loop {
    /// Takes note of who looks.
    pub(super) fn looked_at(&mut self, now: Instant, event: &Event) {
        if let Event::Push(Push::ScreenWanted { seconds }) = event {
            self.onlooker.wanted(now, *seconds);
        } else if let Event::ServerLink { up: false } = event {
            self.onlooker.gone();
        }
    }

    /// Sends what is shown, if somebody looks and has not seen it.
    pub(super) fn show_onlooker(&mut self, now: Instant) {
        let busy = self.asker.is_showing();
        let number = self.painter.face().changes.number();
        if !self.onlooker.takes(now, number, busy) {
            return;
        }
        let Some(screen) = self.shown() else {
            debug!("the screen cannot be sent");
            return;
        };
        let identity = self.identity();
        self.asker.show(Report::Screen { screen }, &identity);
    }

    fn shown(&self) -> Option<String> {
        let face = self.painter.face();
        let shown = Shown {
            screen: face.screen.as_ref()?,
            panel: self.painter.panel_name(),
            theme: self.theme.as_deref(),
        };
        let text = serde_json::to_string(&shown).ok()?;
        (text.len() <= SCREEN_BYTES_MAX).then_some(text)
    }
}

/// The theme's name, if it is one that others know.
pub(super) fn theme_name(config: &PanelConfig) -> Option<String> {
    config.theme.clone().filter(|name| !is_file(name))
}
