//! What holds for the look of every screen, whatever it says.

use std::convert::Infallible;

use embedded_graphics::Pixel;
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::prelude::{DrawTarget, OriginDimensions, Point, Size};
use embedded_graphics::primitives::Rectangle;

use crate::gallery::{self, Sample};
use crate::goldens::one_in;
use crate::layout::layout;
use crate::measure::Fitted;
use crate::paint::draw;
use crate::sheet::Mark;
use crate::theme::contrast;
use crate::{Body, Canvas, Font, Icon, Language, PANELS, Panel, Screen, languages};

/// Notes what is painted outside of a panel, and what inside never is.
struct Watcher {
    size: Size,
    covered: Vec<bool>,
    outside: Vec<Point>,
}

impl OriginDimensions for Watcher {
    fn size(&self) -> Size {
        self.size
    }
}

impl DrawTarget for Watcher {
    type Color = Rgb888;
    type Error = Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<Rgb888>>>(
        &mut self,
        pixels: I,
    ) -> Result<(), Infallible> {
        let panel = Rectangle::new(Point::zero(), self.size);
        for Pixel(at, _) in pixels {
            if panel.contains(at) {
                let index = at.y as usize * self.size.width as usize + at.x as usize;
                self.covered[index] = true;
            } else {
                self.outside.push(at);
            }
        }
        Ok(())
    }
}

impl Canvas for Watcher {}

#[test]
fn paint_covers_the_whole_panel_and_nothing_else() {
    for case in everything() {
        let panel = case.panel;
        let mut watcher = Watcher {
            size: panel.size,
            covered: vec![false; (panel.size.width * panel.size.height) as usize],
            outside: Vec::new(),
        };
        for mark in layout(&case.screen(), panel).marks {
            let Ok(()) = draw(&mark, &mut watcher);
        }
        let outside = watcher.outside;
        assert!(outside.is_empty(), "{}: {outside:?}", case.name);
        let whole = watcher.covered.iter().all(|covered| *covered);
        assert!(whole, "{}", case.name);
    }
}

/// A sample on a panel in a language.
pub(crate) struct Case {
    pub(crate) panel: &'static Panel,
    pub(crate) language: Language,
    pub(crate) sample: Sample,
    pub(crate) name: String,
}

impl Case {
    pub(crate) fn screen(&self) -> Screen {
        self.sample.screen_in(self.language, self.panel)
    }
}

pub(crate) fn everything() -> impl Iterator<Item = Case> {
    let all = PANELS.iter().flat_map(|panel| {
        languages().into_iter().flat_map(move |language| {
            let samples = gallery::all().into_iter();
            samples.map(move |sample| Case {
                name: format!("{} on {} in {language:?}", sample.name, panel.name),
                panel,
                language,
                sample,
            })
        })
    });
    all.step_by(one_in())
}

/// Names, numbers and places come from elsewhere and may be of any length: they alone may be shortened.
const MAY_BE_SHORTENED: [&str; 9] = [
    "vacant-long-desk",
    "occupied-many-keys",
    "occupied-long-name",
    "login-longest",
    "login-one-field-longest",
    "takeover-long-names",
    "evicted-long-names",
    "dial-longest",
    "call-incoming-long-name",
];

/// A name that is no longer than many, but longer than a small panel; what somebody else's parser says of a file; an
/// address that somebody else chose; and sentences for an administrator, which on 320x240 are too long in some languages.
const MAY_BE_SHORTENED_IF_SMALL: [&str; 5] = [
    "occupied-accents",
    "trouble-cannot-start",
    "trouble-other-server",
    "trouble-cannot-save",
    "trouble-all",
];

fn may_be_shortened(sample: &Sample, panel: &Panel) -> bool {
    let small = panel.size.width < 480;
    MAY_BE_SHORTENED.contains(&sample.name)
        || small && MAY_BE_SHORTENED_IF_SMALL.contains(&sample.name)
}

#[test]
fn every_text_fits_its_room_and_only_foreign_texts_are_shortened() {
    let mut faults = Vec::new();
    for case in everything() {
        for mark in layout(&case.screen(), case.panel).marks {
            let Mark::Text { text, room, .. } = mark else {
                continue;
            };
            let fits = text.width <= room.size.width;
            let allowed = may_be_shortened(&case.sample, case.panel);
            if !fits || text.shortened && !allowed {
                faults.push(format!("{}: {:?}", case.name, text.text));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "{} do not fit:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn no_text_covers_another() {
    for case in everything() {
        let (panel, sample) = (case.panel, &case.sample);
        let texts: Vec<_> = layout(&case.screen(), panel)
            .marks
            .into_iter()
            .filter_map(|mark| match mark {
                Mark::Text { text, font, at, .. } => Some(letters(&text, font, at)),
                Mark::Fill { .. }
                | Mark::Card { .. }
                | Mark::Shape { .. }
                | Mark::Bitmap { .. }
                | Mark::Logo { .. } => None,
            })
            .collect();
        for (index, (first, words)) in texts.iter().enumerate() {
            for (second, others) in &texts[index + 1..] {
                let both = first.intersection(second);
                assert!(
                    both.is_zero_sized(),
                    "{}: {words:?} and {others:?}",
                    sample.name
                );
            }
        }
    }
}

/// The box that the letters themselves can reach, without the air of their line.
pub(crate) fn letters(text: &Fitted, font: &Font, at: Point) -> (Rectangle, String) {
    let metrics = font.metrics();
    let top = at.y + (metrics.baseline - metrics.ascent) as i32;
    let height = (metrics.ascent + metrics.descent) as u32;
    let area = Rectangle::new(Point::new(at.x, top), Size::new(text.width, height));
    (area, text.text.clone())
}

#[test]
fn the_whole_body_is_shown() {
    let mut faults = Vec::new();
    for case in everything() {
        let (panel, sample) = (case.panel, &case.sample);
        let screen = case.screen();
        let shown: Vec<String> = layout(&screen, panel)
            .marks
            .into_iter()
            .filter_map(|mark| match mark {
                Mark::Text { text, .. } => Some(text.text),
                Mark::Fill { .. }
                | Mark::Card { .. }
                | Mark::Shape { .. }
                | Mark::Bitmap { .. }
                | Mark::Logo { .. } => None,
            })
            .collect();
        let shown = shown.join(" ");
        for line in last_lines(&screen.body) {
            let word = line.split_whitespace().last().unwrap_or_default();
            let allowed = may_be_shortened(sample, panel);
            if !allowed && !shown.contains(word) {
                faults.push(format!("{}: {word} of {line}", case.name));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "{} are cut off:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// What stands lowest on a body, and would be the first to fall off a panel that is too low.
fn last_lines(body: &Body) -> Vec<String> {
    match body {
        Body::Notice(notice) => notice.lines.iter().chain(&notice.code).cloned().collect(),
        Body::Figure(figure) => [&figure.hint]
            .into_iter()
            .chain(&figure.code)
            .cloned()
            .collect(),
        Body::Form(form) => form.note.iter().map(|note| note.text.clone()).collect(),
        Body::Steps(steps) => steps.steps.iter().map(|step| step.text.clone()).collect(),
        Body::Identity(who) => vec![who.state.clone()],
        Body::Choices(choices) => choices.iter().map(|c| c.label.clone()).collect(),
        Body::Facts(facts) => facts.iter().map(|fact| fact.value.clone()).collect(),
        Body::Number(number) => number.note.iter().map(|note| note.text.clone()).collect(),
    }
}

#[test]
fn no_internal_word_and_no_empty_place_is_on_a_screen() {
    for case in everything() {
        let sample = &case.sample;
        let text = case.screen().to_text();
        let lower = text.to_lowercase();
        for word in ["guest", "host", "association", "{", "}", "vacant", "evict"] {
            assert!(!lower.contains(word), "{}: {word} in\n{text}", sample.name);
        }
        assert!(!text.contains("  "), "{}:\n{text}", sample.name);
    }
}

#[test]
fn a_pin_is_counted_and_never_shown() {
    for case in everything() {
        let sample = &case.sample;
        let screen = format!("{:?}", case.screen());
        for pin in ["8888", "8642"] {
            assert!(!screen.contains(pin), "{}: {screen}", sample.name);
        }
        // Which letter of a key it is can be seen on the glass, and read nowhere.
        let said = case.screen().to_text();
        for letter in ["[q]", "q r s", "[.]"] {
            let told = [&screen, &said].iter().any(|text| text.contains(letter));
            assert!(!told, "{}: {said}", sample.name);
        }
    }
}

#[test]
fn at_most_one_soft_key_has_the_accent() {
    for case in everything() {
        let (panel, sample) = (case.panel, &case.sample);
        let screen = case.screen();
        let keys = screen.soft_keys.iter().flatten();
        let primary = keys.filter(|key| key.primary).count();
        assert!(primary <= 1, "{}", sample.name);
        assert!(screen.soft_keys.len() <= panel.soft_keys.len());
    }
}

#[test]
fn an_emergency_call_looks_like_nothing_else() {
    for case in everything() {
        let (panel, sample) = (case.panel, &case.sample);
        let marks = layout(&case.screen(), panel).marks;
        let alarming = panel.palette(true).ground;
        let light = matches!(marks.first(), Some(Mark::Fill { color, .. }) if *color == alarming);
        assert_eq!(
            light,
            sample.name.starts_with("dial-emergency") || sample.name == "call-emergency",
            "{}",
            sample.name
        );
    }
}

#[test]
fn every_text_can_be_read() {
    for case in everything() {
        let (panel, sample) = (case.panel, &case.sample);
        for mark in layout(&case.screen(), panel).marks {
            // WCAG 2.1 level AA: 4.5 for text, 3 for pictures that mean something.
            let (ink, behind, least) = match mark {
                Mark::Text { ink, behind, .. } => (ink, behind, 4.5),
                Mark::Shape {
                    ink, behind, scale, ..
                } if scale < 1.0 => (ink, behind, 3.0),
                Mark::Shape { .. }
                | Mark::Bitmap { .. }
                | Mark::Fill { .. }
                | Mark::Card { .. }
                | Mark::Logo { .. } => continue,
            };
            let found = contrast(ink, behind);
            assert!(
                found >= least,
                "{}: {ink:?} on {behind:?}: {found}",
                sample.name
            );
        }
    }
}

#[test]
fn every_icon_is_a_drawing_of_its_own_within_its_grid() {
    let mut seen = Vec::new();
    for icon in Icon::ALL {
        let parts = crate::icon::parts(icon);
        assert!(!seen.contains(&parts), "{icon:?}");
        for outside in [(-0.1, 12.0), (24.1, 12.0), (12.0, -0.1), (12.0, 24.1)] {
            assert!(
                crate::shape::coverage(&parts, outside, 1.0).share < 0.5,
                "{icon:?}"
            );
        }
        seen.push(parts);
    }
}
