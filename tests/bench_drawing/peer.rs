//! The log-in screen of 480x272 as another toolkit draws it: Slint, with its software renderer, into as many bytes for a
//! pixel as our own pictures have.

use std::rc::Rc;

use hotdesk_ui::{Body, Panel, Picture, Screen};
use slint::platform::software_renderer::{MinimalSoftwareWindow, RepaintBufferType};
use slint::platform::{Platform, WindowAdapter};
use slint::{ComponentHandle, PhysicalSize, PlatformError, Rgb8Pixel};

use crate::task::Task;

mod markup {
    slint::include_modules!();
}

/// The panel that its markup is for.
pub(crate) const PANEL: &str = "480x272";

struct OneWindow(Rc<MinimalSoftwareWindow>);

impl Platform for OneWindow {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        Ok(self.0.clone())
    }
}

/// The screen, and what it is drawn into.
pub(crate) struct Peer {
    window: Rc<MinimalSoftwareWindow>,
    login: markup::Login,
    size: PhysicalSize,
    pixels: Vec<Rgb8Pixel>,
}

impl Peer {
    /// The whole screen is drawn each time, or only what changed since the last time.
    pub(crate) fn new(task: Task, panel: &Panel) -> Self {
        let buffer = match task {
            Task::Full => RepaintBufferType::NewBuffer,
            Task::Digit | Task::Minute => RepaintBufferType::ReusedBuffer,
        };
        let window = MinimalSoftwareWindow::new(buffer);
        slint::platform::set_platform(Box::new(OneWindow(window.clone()))).expect("the first one");
        let login = markup::Login::new().expect("a window for it");
        let size = PhysicalSize::new(panel.size.width, panel.size.height);
        window.set_size(size);
        login.show().expect("it is shown");
        let pixels = vec![Rgb8Pixel::default(); (size.width * size.height) as usize];
        Self {
            window,
            login,
            size,
            pixels,
        }
    }

    /// Shows what was typed and the time of another screen, and draws what the toolkit finds to be drawn.
    pub(crate) fn show(&mut self, screen: &Screen) {
        let Body::Form(form) = &screen.body else {
            panic!("the log-in screen is a form");
        };
        let clock = screen.status_bar.clock.as_deref().unwrap_or_default();
        self.login
            .set_extension(form.fields[0].text.as_str().into());
        self.login.set_clock(clock.into());
        // Nothing changes while the whole screen is drawn over and over.
        self.window.request_redraw();
        self.window.draw_if_needed(|renderer| {
            renderer.render(&mut self.pixels, self.size.width as usize);
        });
    }

    pub(crate) fn picture(&self) -> Picture {
        let bytes = self
            .pixels
            .iter()
            .flat_map(|pixel| [pixel.r, pixel.g, pixel.b]);
        let picture = Picture::from_pixels(self.size.width, self.size.height, bytes.collect());
        picture.expect("as many pixels as the panel has")
    }
}
