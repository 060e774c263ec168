//! Every colour, by what it is for, and the vendor's logo. The only place that knows a colour.
//!
//! A theme is a file like those in `assets/themes`. How an emergency call looks is not in it: nobody changes that.

mod contrast;
mod logo;
mod table;
#[cfg(test)]
mod table_tests;

use embedded_graphics::pixelcolor::{Rgb888, RgbColor};

pub use contrast::contrast;
pub use logo::Logo;
pub use table::ThemeError;

use crate::{Ink, Look};

/// The name of the theme of a panel whose configuration names none.
pub const DEFAULT: &str = "dark";

/// How the screens of a phone look: colours, and the vendor's logo.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    /// Every screen but an emergency call.
    pub calm: Palette,
    /// An emergency call.
    pub emergency: Palette,
    /// What stands above the invitation to sign in, where there is room.
    pub logo: Option<Logo>,
}

impl Theme {
    /// The built-in theme of that name for panels of one look: "dark" or "light".
    ///
    /// A panel without colours has paper and ink only: "dark" and "light" both leave it as its glass is, because which of
    /// the two is bright there is the driver's `inverted`.
    #[must_use]
    pub fn named(name: &str, look: Look) -> Option<Self> {
        table::built_in(name, look)
    }

    /// Reads the text of a theme's file for panels of one look. Its logo, a file of its own, is given with it.
    ///
    /// # Errors
    /// The first mistake in it: which key, what is wrong and what to do. Colours that cannot be told apart are one.
    pub fn parse(text: &str, look: Look) -> Result<(Self, Option<String>), ThemeError> {
        table::parse(text, look)
    }

    /// The theme of a panel for which nobody chose one.
    #[must_use]
    pub fn of(look: Look) -> Self {
        let (calm, emergency) = match look {
            Look::Colour => return table::default_theme(),
            Look::Grey => (GREYS, DARK_GREYS),
            Look::Mono => (PAPER, NEGATIVE),
        };
        Self {
            calm,
            emergency,
            logo: None,
        }
    }
}

/// The colours of a whole screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// Behind everything.
    pub ground: Rgb888,
    /// Behind the status bar.
    pub bar: Rgb888,
    /// The main thing in the status bar.
    pub on_bar: Rgb888,
    /// Beside it.
    pub on_bar_quiet: Rgb888,
    /// Behind what stands on a card: a field, a line key.
    pub card: Rgb888,
    /// A soft key.
    pub key: Rgb888,
    /// The label on it.
    pub on_key: Rgb888,
    /// The soft key that moves the person forward.
    pub primary: Rgb888,
    /// The label on it.
    pub on_primary: Rgb888,
    /// The edge of the field that is being filled, the cursor, a step that is going on.
    pub focus: Rgb888,
    /// The main thing.
    pub text: Rgb888,
    /// Beside the main thing.
    pub quiet: Rgb888,
    /// A refusal, and nothing else.
    pub refusal: Rgb888,
    /// Registered, and nothing else.
    pub registered: Rgb888,
    /// A lamp that is off.
    pub unlit: Rgb888,
    /// Something that does not work.
    pub warning: Rgb888,
}

const fn rgb(hex: u32) -> Rgb888 {
    let [_, r, g, b] = hex.to_be_bytes();
    Rgb888::new(r, g, b)
}

/// An emergency call: light where everything else is dark, so that it cannot be taken for another screen from across a
/// room, whatever colours a person can tell apart.
pub const EMERGENCY: Palette = Palette {
    ground: rgb(0xff_c233),
    bar: rgb(0x1a_1300),
    on_bar: rgb(0xff_ffff),
    on_bar_quiet: rgb(0xff_d878),
    card: rgb(0xff_d878),
    key: rgb(0x5a_4500),
    on_key: rgb(0xff_ffff),
    primary: rgb(0x1a_1300),
    on_primary: rgb(0xff_ffff),
    focus: rgb(0x1a_1300),
    text: rgb(0x1a_1300),
    quiet: rgb(0x42_3300),
    refusal: rgb(0x8a_0f08),
    registered: rgb(0x0b_5a2c),
    unlit: rgb(0x6b_5200),
    warning: rgb(0xff_c233),
};

/// Two colours: which of them is light on the glass is the driver's business.
const fn two(paper: Rgb888, ink: Rgb888) -> Palette {
    Palette {
        ground: paper,
        bar: paper,
        on_bar: ink,
        on_bar_quiet: ink,
        card: paper,
        key: ink,
        on_key: paper,
        primary: ink,
        on_primary: paper,
        focus: ink,
        text: ink,
        quiet: ink,
        refusal: ink,
        registered: ink,
        unlit: ink,
        warning: ink,
    }
}

/// Ink on paper.
pub const PAPER: Palette = two(Rgb888::WHITE, Rgb888::BLACK);

/// An emergency call on a panel of two colours: inside out.
pub const NEGATIVE: Palette = two(Rgb888::BLACK, Rgb888::WHITE);

/// Four greys: light cards with black words, black for the key that moves the person forward.
pub const GREYS: Palette = greys([0xff, 0xaa, 0x55, 0x00]);

/// An emergency call on a panel of four greys: inside out.
pub const DARK_GREYS: Palette = greys([0x00, 0x55, 0xaa, 0xff]);

/// From paper to ink. The two between never carry words on each other: they are too much alike.
const fn greys([paper, light, dark, ink]: [u8; 4]) -> Palette {
    let [paper, light, dark, ink] = [grey(paper), grey(light), grey(dark), grey(ink)];
    Palette {
        ground: paper,
        bar: light,
        on_bar: ink,
        on_bar_quiet: ink,
        card: light,
        key: light,
        on_key: ink,
        primary: ink,
        on_primary: paper,
        focus: ink,
        text: ink,
        quiet: dark,
        refusal: ink,
        registered: ink,
        unlit: dark,
        warning: ink,
    }
}

const fn grey(level: u8) -> Rgb888 {
    Rgb888::new(level, level, level)
}

impl Palette {
    /// The colour of a text on the ground.
    #[must_use]
    pub fn ink(&self, ink: Ink) -> Rgb888 {
        match ink {
            Ink::Plain => self.text,
            Ink::Quiet => self.quiet,
            Ink::Refusal => self.refusal,
        }
    }
}
