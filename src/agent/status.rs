//! What the control socket and the handset may know of a phone, as plain data. Holds no secret.

use std::time::Duration;

use hotdesk_provisioning::{DialString, Extension, RefusalCode};
use hotdesk_session::{Activity, CallOrder, Holder, PinProblem, Tone, View};
use hotdesk_ui::{Language, Trouble};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use tracing::{info, warn};

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
    /// What does not work on the phone itself, in sentences, the worst first.
    #[serde(default)]
    pub troubles: Vec<String>,
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Their number.
    pub extension: Extension,
    /// Their name.
    pub name: String,
    /// Since when, seconds since 1970; `None` if the clock could not be right then.
    pub since: Option<u64>,
    /// Until when, seconds since 1970; `None`: for ever, or the clock cannot be right.
    pub until: Option<u64>,
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
    Menu,
    ChangePin,
    EndElsewhere,
    Consent,
    Done,
}

/// What a status says beside what is in the view.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Beside<'a> {
    /// Time since 1970 at the view's moment, if it is known.
    pub(crate) wall: Option<Duration>,
    /// When the guest was signed in, seconds since 1970.
    pub(crate) since: Option<u64>,
    /// The UDP port of SIP.
    pub(crate) sip_port: u16,
    /// What does not work on the phone itself.
    pub(crate) troubles: &'a [Trouble],
}

impl Status {
    pub(crate) fn of(view: &View<'_>, beside: Beside<'_>) -> Self {
        Self {
            activity: ActivityName::of(view.activity),
            user: User::of(view, beside),
            desk: view.profile.map(|profile| profile.desk.clone()),
            desk_extension: view.profile.map(|profile| profile.extension.clone()),
            enrolment_code: enrolment_code(view.activity),
            refusal: refusal(view.activity),
            registered: view.status.registered,
            server: view.status.server,
            network: view.status.network,
            last_switch_ms: view.status.last_switch_ms,
            pid: std::process::id(),
            sip_port: beside.sip_port,
            troubles: beside
                .troubles
                .iter()
                .map(|t| t.sentence(Language::English))
                .collect(),
        }
    }
}

impl User {
    fn of(view: &View<'_>, beside: Beside<'_>) -> Option<Self> {
        let Holder::Guest(tenure) = view.holder else {
            return None;
        };
        let left = tenure
            .ends_at
            .map(|at| at.saturating_duration_since(view.now));
        // Rounded, so that the same moment has the same number whenever it is computed.
        let until = beside.wall.zip(left).map(|(wall, left)| {
            let end = wall.saturating_add(left);
            end.saturating_add(Duration::from_millis(500)).as_secs()
        });
        Some(Self {
            extension: tenure.guest.extension.clone(),
            name: tenure.guest.display_name.clone(),
            since: beside.since,
            until,
        })
    }
}

fn enrolment_code(activity: &Activity) -> Option<String> {
    if let Activity::Enrolling(enrolling) = activity {
        enrolling.code.clone()
    } else {
        None
    }
}

fn refusal(activity: &Activity) -> Option<RefusalCode> {
    let refusal = match activity {
        Activity::Entering(entering) => entering.refusal.as_ref(),
        Activity::Refused(refused) => Some(&refused.refusal),
        Activity::LockedOut(locked) => Some(&locked.refusal),
        Activity::LogoutPin(logout) => logout.refusal.as_ref(),
        Activity::ChangePin(change) => match &change.problem {
            Some(PinProblem::Refused(refusal)) => Some(refusal),
            Some(PinProblem::Different | PinProblem::TooShort) | None => None,
        },
        Activity::Enrolling(_)
        | Activity::Home
        | Activity::Admitting(_)
        | Activity::ConfirmTakeover(_)
        | Activity::Switching(_)
        | Activity::ConfirmLogout(_)
        | Activity::Leaving(_)
        | Activity::Evicted(_)
        | Activity::Expiring(_)
        | Activity::Diagnostics
        | Activity::Menu(_)
        | Activity::EndElsewhere(_)
        | Activity::Consent(_)
        | Activity::Done(_) => None,
    };
    refusal.map(|refusal| refusal.code)
}

impl ActivityName {
    fn of(activity: &Activity) -> Self {
        match activity {
            Activity::Enrolling(_) => Self::Enrolling,
            Activity::Home => Self::Home,
            Activity::Entering(_) => Self::Entering,
            Activity::Admitting(_) => Self::Admitting,
            Activity::ConfirmTakeover(_) => Self::ConfirmTakeover,
            Activity::Switching(_) => Self::Switching,
            Activity::Refused(_) => Self::Refused,
            Activity::LockedOut(_) => Self::LockedOut,
            Activity::ConfirmLogout(_) => Self::ConfirmLogout,
            Activity::LogoutPin(_) => Self::LogoutPin,
            Activity::Leaving(_) => Self::Leaving,
            Activity::Evicted(_) => Self::Evicted,
            Activity::Expiring(_) => Self::Expiring,
            Activity::Diagnostics => Self::Diagnostics,
            Activity::Menu(_) => Self::Menu,
            Activity::ChangePin(_) => Self::ChangePin,
            Activity::EndElsewhere(_) => Self::EndElsewhere,
            Activity::Consent(_) => Self::Consent,
            Activity::Done(_) => Self::Done,
        }
    }
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
    /// Do something with a call.
    Call {
        /// The call application's name for it.
        id: u32,
        /// What.
        order: OrderName,
    },
    /// Sound a tone.
    Tone {
        /// Which.
        tone: ToneName,
    },
}

impl Notice {
    /// Tells everybody who follows the phone. A call that nobody places is said in the log; a phone without a sounder is
    /// silent.
    pub(crate) fn tell(self, followers: &broadcast::Sender<Self>) {
        let call = match self {
            Self::Dial { emergency, .. } => {
                info!(emergency, "dial");
                true
            }
            Self::Call { .. } => true,
            Self::Tone { .. } => false,
        };
        if followers.send(self).is_err() && call {
            warn!("no call application follows this phone: nobody carries it out");
        }
    }
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

impl From<Tone> for ToneName {
    fn from(tone: Tone) -> Self {
        match tone {
            Tone::Done => Self::Done,
            Tone::Refused => Self::Refused,
            Tone::Attention => Self::Attention,
        }
    }
}

/// What a call application is asked to do with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderName {
    /// Take it.
    Answer,
    /// Do not take it.
    Reject,
    /// End it.
    HangUp,
    /// Let it wait.
    Hold,
    /// Talk again.
    Resume,
}

impl From<CallOrder> for OrderName {
    fn from(order: CallOrder) -> Self {
        match order {
            CallOrder::Answer => Self::Answer,
            CallOrder::Reject => Self::Reject,
            CallOrder::HangUp => Self::HangUp,
            CallOrder::Hold => Self::Hold,
            CallOrder::Resume => Self::Resume,
        }
    }
}
