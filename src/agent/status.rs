//! What the control socket and the handset may know of a phone, as plain data. Holds no secret.

use hotdesk_provisioning::{DialString, Extension, RefusalCode};
use serde::{Deserialize, Serialize};

/// A phone at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// What is going on.
    pub activity: ActivityName,
    /// Who is signed in; `None`: nobody.
    pub user: Option<User>,
    /// The desk's name; `None` until the server said it.
    pub desk: Option<String>,
    /// The desk's own extension.
    pub desk_extension: Option<Extension>,
    /// The code to read to the administrator while the phone is not enrolled.
    pub enrolment_code: Option<String>,
    /// Why the last log-in or log-out was refused, while the screen says so.
    pub refusal: Option<RefusalCode>,
    /// Whether the account that should be registered is.
    pub registered: bool,
    /// Whether the server's event stream is up.
    pub server: bool,
    /// Whether there is a network.
    pub network: bool,
    /// Milliseconds of the last switch, Submit to 200 OK.
    pub last_switch_ms: Option<u32>,
    /// The process, to see that nothing restarted.
    pub pid: u32,
    /// The UDP port of SIP, to see that the socket stayed.
    pub sip_port: u16,
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Their number.
    pub extension: Extension,
    /// Their name.
    pub name: String,
    /// Seconds until they are signed out; `None`: never.
    pub ends_in: Option<u64>,
}

/// The activities of the session by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "each is the activity of that name in the session crate"
)]
pub enum ActivityName {
    Enrolling,
    Home,
    Entering,
    Admitting,
    ConfirmTakeover,
    Switching,
    Refused,
    LockedOut,
    ConfirmLogout,
    LogoutPin,
    Leaving,
    Evicted,
    Expiring,
    Diagnostics,
}

/// Something that a call application or a sounder should do now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Notice {
    /// Place a call.
    Dial {
        /// What to dial.
        number: DialString,
        /// Emergency calls wait for nothing.
        emergency: bool,
    },
    /// Sound a tone.
    Tone {
        /// Which.
        tone: ToneName,
    },
}

/// The phone's own tones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToneName {
    /// It worked.
    Done,
    /// It was refused.
    Refused,
    /// Look at the screen.
    Attention,
}
