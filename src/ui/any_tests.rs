//! Whatever a server, a person or a file may come up with, on every panel: nothing panics, nothing leaves the glass, and every
//! key of a profile is shown on some page or counted.

use std::collections::BTreeSet;

use embedded_graphics::prelude::Point;
use embedded_graphics::primitives::Rectangle;
use hotdesk_provisioning::LineKeyKind;
use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};

use crate::gallery::{self, people};
use crate::goldens::one_in;
use crate::layout::layout;
use crate::sheet::Mark;
use crate::{
    Body, Choice, Fact, Figure, Form, FormField, Icon, Identity, Ink, KeyLamp, Language,
    LineKeyLabel, Note, Notice, Number, PANELS, Panel, Picture, Progress, Screen, SoftKey,
    StatusBar, Step, Steps, Warning, paint,
};

/// Screens that are made up for each panel.
const SCREENS: usize = 300;
/// Profiles that are made up for each panel.
const PROFILES: usize = 40;

/// Letters that a screen has, and what nobody should send to one.
const LETTERS: [char; 28] = [
    'a', 'W', 'i', '8', ' ', ' ', 'é', 'Ł', 'ß', 'Ω', 'ή', 'Ж', 'ї', '中', 'ع', '🙂', '\u{301}',
    '\u{200d}', '\u{202e}', '\n', '\r', '\t', '\0', '\u{feff}', '\u{ad}', '…', '•', '{',
];

struct Any(ChaCha8Rng);

impl Any {
    fn below(&mut self, end: usize) -> usize {
        self.0.next_u32() as usize % end
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    fn yes(&mut self) -> bool {
        self.below(2) == 0
    }

    fn text(&mut self) -> String {
        let most = self.one(&[0, 1, 8, 30, 400]);
        let length = self.below(most + 1);
        (0..length).map(|_| self.one(&LETTERS)).collect()
    }

    fn many<T>(&mut self, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let most = self.one(&[1, 4, 30]);
        (0..self.below(most + 1)).map(|_| one(self)).collect()
    }

    fn maybe<T>(&mut self, one: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.yes() { Some(one(self)) } else { None }
    }

    fn ink(&mut self) -> Ink {
        self.one(&[Ink::Plain, Ink::Quiet, Ink::Refusal])
    }

    fn icon(&mut self) -> Icon {
        self.one(&Icon::ALL)
    }

    fn note(&mut self) -> Note {
        Note {
            text: self.text(),
            ink: self.ink(),
            code: self.maybe(Self::text),
        }
    }

    fn field(&mut self) -> FormField {
        FormField {
            label: self.text(),
            text: self.text(),
            dots: self.one(&[0, 4, 64, usize::MAX / 2]).min(1000),
            readable: None,
            behind_cursor: self.one(&[0, 1, 70, usize::MAX]),
            letters: self.maybe(|any| any.text().into()),
            focused: self.yes(),
        }
    }

    fn body(&mut self) -> Body {
        match self.below(8) {
            0 => Body::Notice(Notice {
                icon: self.maybe(Self::icon),
                logo: self.yes(),
                title: self.text(),
                ink: self.ink(),
                lines: self.many(Self::text),
                code: self.maybe(Self::text),
            }),
            1 => Body::Figure(Figure {
                caption: self.text(),
                ink: self.ink(),
                figure: self.text(),
                hint: self.text(),
                code: self.maybe(Self::text),
            }),
            2 => Body::Form(Form {
                fields: self.many(Self::field),
                note: self.maybe(Self::note),
                candidates: None,
            }),
            3 => Body::Steps(Steps {
                title: self.text(),
                steps: self.many(|any| Step {
                    text: any.text(),
                    progress: any.one(&[Progress::Done, Progress::Ongoing, Progress::Waiting]),
                }),
            }),
            4 => Body::Identity(Identity {
                name: self.text(),
                number: self.text(),
                registered: self.yes(),
                state: self.text(),
            }),
            5 => Body::Facts(self.many(|any| Fact {
                label: any.text(),
                value: any.text(),
            })),
            6 => Body::Choices(self.many(|any| Choice {
                label: any.text(),
                chosen: any.yes(),
            })),
            _ => Body::Number(Number {
                caption: self.text(),
                digits: self.text(),
                open: self.yes(),
                note: self.maybe(Self::note),
                emergency: self.yes(),
            }),
        }
    }

    fn screen(&mut self) -> Screen {
        let lamps = [
            KeyLamp::Free,
            KeyLamp::Ringing,
            KeyLamp::Busy,
            KeyLamp::Messages,
        ];
        Screen {
            status_bar: StatusBar {
                title: self.text(),
                warning: self.maybe(|any| Warning {
                    icon: any.icon(),
                    text: any.text(),
                }),
                signs: self.many(Self::icon),
                clock: self.maybe(Self::text),
            },
            body: self.body(),
            line_keys: self.many(|any| LineKeyLabel {
                icon: any.maybe(Self::icon),
                label: any.text(),
                lamp: any.maybe(|any| any.one(&lamps)),
            }),
            keys_not_shown: self.one(&[0, 1, 99, usize::MAX]),
            soft_keys: self.many(|any| {
                any.maybe(|any| SoftKey {
                    label: any.text(),
                    primary: any.yes(),
                })
            }),
        }
    }
}

fn glass(panel: &Panel) -> Rectangle {
    Rectangle::new(Point::zero(), panel.size)
}

#[test]
fn any_screen_can_be_drawn_on_any_panel() {
    for panel in PANELS.iter() {
        let mut any = Any(ChaCha8Rng::seed_from_u64(u64::from(panel.size.width)));
        let mut picture = Picture::new(panel.size.width, panel.size.height);
        for _ in 0..SCREENS / one_in() {
            let screen = any.screen();
            for mark in layout(&screen, panel).marks {
                let Mark::Text { text, room, at, .. } = mark else {
                    continue;
                };
                assert!(
                    text.width <= room.size.width,
                    "{text:?} in {room:?}: {screen:?}"
                );
                let there = text.width == 0 || glass(panel).contains(Point::new(at.x, at.y.max(0)));
                assert!(there, "{text:?} at {at:?}: {screen:?}");
            }
            paint(&screen, panel, &mut picture);
            let _ = screen.to_text();
        }
    }
}

#[test]
fn every_key_of_any_profile_is_on_some_page_or_counted_on_any_panel() {
    let occupied = gallery::all()
        .into_iter()
        .find(|one| one.name == "occupied");
    let occupied = occupied.unwrap();
    for panel in PANELS.iter() {
        let log_out = occupied.screen(panel).soft_keys;
        let mut any = Any(ChaCha8Rng::seed_from_u64(u64::from(panel.size.height)));
        for _ in 0..PROFILES {
            let count = any.one(&[0, 1, 3, 4, 7, 20, 90]);
            let kinds = [
                LineKeyKind::SpeedDial,
                LineKeyKind::Blf,
                LineKeyKind::LogOut,
            ];
            let keys: Vec<_> = (0..count)
                .map(|number| people::key(any.one(&kinds), &format!("{number} {}", any.text())))
                .collect();
            let mut tenure = people::jane();
            tenure.guest.keys.clone_from(&keys);
            let mut sample = occupied.clone().held(tenure);
            let mut shown = BTreeSet::new();
            let mut counted = 0;
            for page in 0..9 {
                sample.line_page = page;
                let screen = sample.screen_in(Language::English, panel);
                assert!(screen.line_keys.len() <= panel.line_keys.len());
                counted = screen.keys_not_shown;
                let labels = screen.line_keys.iter().map(|key| key.label.clone());
                shown.extend(labels.filter(|label| keys.iter().any(|key| key.label == *label)));
                assert_eq!(screen.soft_keys, log_out, "Log Out and what is beside it");
            }
            assert_eq!(
                shown.len() + counted,
                count,
                "{} keys on {}",
                count,
                panel.name
            );
        }
    }
}
