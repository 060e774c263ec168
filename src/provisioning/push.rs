//! What the server says first, and what the phone tells afterwards.

use serde::{Deserialize, Serialize};

use crate::{AssociationId, AttemptId, EndReason, Extension, LimitKind, RefusalCode};

/// One message of the event stream. The SSE `event:` field repeats `type`; the `data:` field is this as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Push {
    /// An association of this phone ended.
    Evicted {
        /// Which one; ignored by a phone that no longer holds it.
        association: AssociationId,
        /// Why.
        reason: EndReason,
    },
    /// The end of an association moved.
    Extended {
        /// Which one.
        association: AssociationId,
        /// Seconds until it ends; `None`: never.
        ends_in: Option<u32>,
        /// Which limit that is.
        #[serde(default)]
        ends_for: LimitKind,
    },
    /// The guest of an association wants to sign in on another phone: ask whoever is at this one. Answered with
    /// [`ConsentRequest`](crate::ConsentRequest) within the seconds of the phone's policy; no answer means yes.
    ConsentWanted {
        /// Which one; ignored by a phone that no longer holds it.
        association: AssociationId,
        /// Names the question in the answer.
        attempt: AttemptId,
        /// The name of the other desk.
        desk: String,
    },
    /// The host profile changed: fetch it.
    ProfileChanged,
    /// Grants of this phone are worth nothing any more: nobody signs in with them while the server is away.
    ForgetOffline {
        /// Which ones; those that the phone does not keep are passed over.
        grants: Vec<AssociationId>,
    },
    /// Somebody looks at the phone's screen from afar: send it now and at every change, at most twice a second, as
    /// [`Report::Screen`].
    ScreenWanted {
        /// For so many seconds, at most [`SCREEN_SECONDS_MAX`]; 0: no longer.
        seconds: u32,
    },
}

/// Longest time for which a phone sends its screen when asked once.
pub const SCREEN_SECONDS_MAX: u32 = 120;
/// Largest screen that a phone sends. One full of text has some two thousand bytes.
pub const SCREEN_BYTES_MAX: usize = 16 * 1024;

/// Characters of a number in [`Report::EmergencyCall`]: a call application may dial an address.
pub const EMERGENCY_NUMBER_MAX: usize = 64;

/// `POST /v1/reports`: what only the phone could see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Report {
    /// A log-in that failed without the server refusing it.
    Refused {
        /// Which attempt.
        attempt: AttemptId,
        /// What was typed.
        extension: Extension,
        /// Why it failed.
        code: RefusalCode,
        /// Seconds ago.
        seconds_ago: u32,
    },
    /// Somebody dials an emergency number at this phone, or has hung up. Both are told, in this order.
    EmergencyCall {
        /// Names the call, so that it counts once however often it is told.
        call: AttemptId,
        /// What was dialled, at most [`EMERGENCY_NUMBER_MAX`] characters.
        number: String,
        /// Whether the call is over.
        ended: bool,
        /// Seconds ago.
        seconds_ago: u32,
    },
    /// What was erased after a guest left.
    Wiped {
        /// Whose traces.
        association: AssociationId,
        /// Names of the stores that were erased.
        stores: Vec<String>,
    },
    /// What the screen shows, because it was asked for. Never repeated: the next one says more.
    Screen {
        /// JSON of at most [`SCREEN_BYTES_MAX`] bytes, `{"screen": {…}, "panel": "480x272", "theme": "light"}`: the screen as
        /// plain data, the name of the panel, and the name of the theme where it is not the panel's own. No character of a
        /// PIN is in it.
        screen: String,
    },
    /// The phone as it is.
    Status {
        /// The agent's version.
        version: String,
        /// Whether the right account is registered.
        registered: bool,
        /// Milliseconds of the last switch.
        last_switch_ms: Option<u32>,
    },
}
