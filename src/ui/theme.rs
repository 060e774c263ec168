//! Every colour, by what it is for. The only place that knows one.

use embedded_graphics::pixelcolor::{Rgb888, RgbColor};

use crate::{Ink, Look};

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

/// Dark and flat: cards a shade lighter than the ground, one accent.
pub const CALM: Palette = Palette {
    ground: rgb(0x0f_1318),
    bar: rgb(0x18_2029),
    on_bar: rgb(0xf5_f7fa),
    on_bar_quiet: rgb(0xa3_afbc),
    card: rgb(0x1b_242e),
    key: rgb(0x2a_3140),
    on_key: rgb(0xf5_f7fa),
    primary: rgb(0x2a_69e4),
    on_primary: rgb(0xff_ffff),
    focus: rgb(0x5c_9dff),
    text: rgb(0xf5_f7fa),
    quiet: rgb(0xa3_afbc),
    refusal: rgb(0xff_7a70),
    registered: rgb(0x37_c978),
    unlit: rgb(0x6b_7785),
    warning: rgb(0xf2_b84b),
};

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

impl Look {
    /// The colours of a screen.
    #[must_use]
    pub fn palette(self, emergency: bool) -> &'static Palette {
        match (self, emergency) {
            (Self::Colour, false) => &CALM,
            (Self::Colour, true) => &EMERGENCY,
            (Self::Grey, false) => &GREYS,
            (Self::Grey, true) => &DARK_GREYS,
            (Self::Mono, false) => &PAPER,
            (Self::Mono, true) => &NEGATIVE,
        }
    }
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
