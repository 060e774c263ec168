//! Inter with grey edges, for panels with many shades.

use super::table::Table;
use super::{Face, Font, Fonts};

mod compiled {
    use super::Table;

    include!(concat!(env!("OUT_DIR"), "/smooth.rs"));
}

/// The type of one panel, behind the feature of its name.
macro_rules! fonts {
    ($feature:literal, $name:ident, $small:ident, $medium:ident, $large:ident, $figure:ident) => {
        #[cfg(feature = $feature)]
        pub(super) const $name: Fonts = {
            static SMALL: Font = Font(Face::Smooth(&compiled::$small));
            static MEDIUM: Font = Font(Face::Smooth(&compiled::$medium));
            static LARGE: Font = Font(Face::Smooth(&compiled::$large));
            static FIGURE: Font = Font(Face::Smooth(&compiled::$figure));
            Fonts {
                small: &SMALL,
                medium: &MEDIUM,
                large: &LARGE,
                between: &[],
                figure: &FIGURE,
            }
        };
    };
}

// `glyphs/tables.rs` says how large each is.
fonts!(
    "panel-320x240",
    FONTS_320X240,
    SMALL_18,
    MEDIUM_24,
    LARGE_36,
    FIGURE_56
);
fonts!(
    "panel-480x272",
    FONTS_480X272,
    SMALL_20,
    MEDIUM_28,
    LARGE_44,
    FIGURE_72
);
fonts!(
    "panel-800x480",
    FONTS_800X480,
    SMALL_26,
    MEDIUM_36,
    LARGE_60,
    FIGURE_104
);
