//! What the display of a phone must look like, painted by the screens' own crate from facts that the test knows.

use std::time::{Duration, Instant};

use hotdesk_provisioning::{AssociationId, GuestProfile, HostProfile, LimitKind};
use hotdesk_session::{Activity, Holder, LineKeys, SoftKeys, Status, Tenure, View, Watched};
use hotdesk_ui::{Facts, Language, Panel, Picture, Scene, Screen, paint};
use serde_json::json;

use crate::page::Patch;

/// The part of the idle screen of a panel where somebody's name stands, with `name` in it; it looks different for `other`.
pub(crate) fn name_on_idle_screen(panel: &str, name: &str, other: &str) -> Patch {
    let panel = Panel::named(panel).expect("a panel that is built in");
    let (wanted, unwanted) = (idle_screen(panel, name), idle_screen(panel, other));
    let area = wanted.diff(&unwanted).expect("two names look different");
    let edge = |n: i32| u32::try_from(n).expect("the name is on the panel");
    let (x, y) = (edge(area.top_left.x), edge(area.top_left.y));
    cut(&wanted, [x, y, area.size.width, area.size.height])
}

/// The rectangle `[x, y, width, height]` of a picture.
fn cut(picture: &Picture, [x, y, width, height]: [u32; 4]) -> Patch {
    let stride = picture.width() as usize * 3;
    let (from, to) = (x as usize * 3, (x + width) as usize * 3);
    let rows = picture.pixels().chunks_exact(stride);
    let rgb = rows
        .skip(y as usize)
        .take(height as usize)
        .flat_map(|row| row[from..to].to_vec())
        .collect();
    Patch {
        x,
        y,
        width,
        height,
        rgb,
    }
}

/// A phone on which somebody is signed in, as the demonstration's Jane is at Desk 11.
fn idle_screen(panel: &Panel, name: &str) -> Picture {
    let account = json!({
        "aor": "sip:0@sip.test",
        "auth_user": "-",
        "secret": "-",
        "registrar": { "host": "127.0.0.1" },
    });
    let desk: HostProfile = serde_json::from_value(json!({
        "desk": "Desk 11", "extension": "3001", "account": account,
    }))
    .expect("a desk");
    let guest: GuestProfile = serde_json::from_value(json!({
        "extension": rig::JANE, "display_name": name, "account": account,
        "keys": [{ "kind": "speed_dial", "label": "James", "value": rig::JAMES }],
    }))
    .expect("a guest");
    let now = Instant::now();
    let holder = Holder::Guest(Box::new(Tenure {
        association: AssociationId::parse("a1").expect("an id"),
        guest,
        // Where it takes a line of its own, the name stands higher.
        ends_at: Some(now + Duration::from_secs(3600)),
        ends_for: LimitKind::Limit,
        touched_at: now,
        confirmed: true,
    }));
    let watched = Watched::default();
    let view = View {
        profile: Some(&desk),
        holder: &holder,
        activity: &Activity::Home,
        dialling: None,
        status: Status {
            network: true,
            server: true,
            registered: true,
            last_switch_ms: None,
            messages: false,
        },
        soft_keys: SoftKeys::default(),
        language: Language::default(),
        next_language: None,
        line_keys: LineKeys::lay_out(1, 4, 0),
        watched: &watched,
        call: None,
        held_until: None,
        now,
    };
    let scene = Scene {
        wall: Some(Duration::from_secs(1_772_444_520)),
        language: view.language,
        wording: panel.wording,
        facts: &Facts::default(),
    };
    let mut picture = Picture::new(panel.size.width, panel.size.height);
    paint(&Screen::of(&view, &scene), panel, &mut picture);
    picture
}
