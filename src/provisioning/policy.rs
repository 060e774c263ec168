//! What a site allows: plain data from the server; the rules that use it are in the session crate.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::{CONSENT_SECONDS, DialString, Language};

/// The settings of a site and group that a phone obeys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// Numbers that can be dialled in every state.
    pub emergency_numbers: Vec<DialString>,
    /// What else a vacant phone may dial.
    pub vacant_calls: VacantCalls,
    /// Longest number that counts as internal, in digits, for [`VacantCalls::Internal`].
    pub internal_digits_max: u8,
    /// What happens when somebody logs in while another is signed in here.
    pub takeover: Takeover,
    /// Whether Log Out asks "are you sure".
    pub confirm_logout: bool,
    /// Whether Log Out asks for the PIN. When the server cannot be asked the log-out goes ahead: leaving must always work.
    pub logout_pin: bool,
    /// Seconds of countdown before an automatic log-out.
    pub countdown: u32,
    /// Whether the countdown offers Stay.
    pub stay: bool,
    /// Seconds without a key press after which the guest is signed out; `None`: never.
    pub idle_limit: Option<u32>,
    /// Seconds that a call defers an automatic or remote log-out at most; 0: not at all.
    pub call_defers_max: u32,
    /// Seconds after an emergency call during which nobody but the people at the phone signs the guest out and the desk's
    /// own number can be called back; 0: none. As long as the call itself lasts, both hold anyway.
    pub emergency_hold: u32,
    /// What becomes of the guest when the phone starts anew: after a power loss, a crash, an upgrade.
    pub after_power_loss: AfterPowerLoss,
    /// Seconds that somebody here has to answer whether their sign-in may move to another phone. Nobody there means yes: the
    /// person with the PIN is at the other phone.
    pub consent: u32,
    /// Whether the host's account stays registered beside the guest's.
    pub keep_host_registered: bool,
    /// Seconds after a log-in for which the same guest can log in on the same phone while the server cannot be reached; 0: not
    /// at all.
    pub offline: u32,
    /// Whether the last extension is offered at the next log-in.
    pub remember_extension: bool,
    /// Dialled codes.
    pub codes: Codes,
    /// The soft keys of the idle screen.
    pub soft_keys: SoftKeyOrder,
    /// The language of the site's phones, where nobody chose another at the phone itself.
    #[serde(
        deserialize_with = "Language::known",
        skip_serializing_if = "Option::is_none"
    )]
    pub language: Option<Language>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            emergency_numbers: dial_strings(&["112", "999", "911"]),
            vacant_calls: VacantCalls::Internal,
            internal_digits_max: 5,
            takeover: Takeover::Ask,
            confirm_logout: true,
            logout_pin: false,
            countdown: 60,
            stay: true,
            idle_limit: None,
            call_defers_max: 2 * 3600,
            emergency_hold: 15 * 60,
            after_power_loss: AfterPowerLoss::Resume,
            consent: CONSENT_SECONDS,
            keep_host_registered: false,
            offline: 0,
            remember_extension: false,
            codes: Codes::default(),
            soft_keys: SoftKeyOrder::default(),
            language: None,
        }
    }
}

impl Policy {
    /// A countdown longer than this would be on the screen all day.
    pub const COUNTDOWN_SECONDS: RangeInclusive<u32> = 0..=600;
    /// Less would sign people out while they reach for the next key; more than a week is never.
    pub const IDLE_SECONDS: RangeInclusive<u32> = 30..=7 * 86_400;
    /// Nobody is kept on a phone by a handset that lies beside it for more than a day.
    pub const CALL_DEFERS_SECONDS: RangeInclusive<u32> = 0..=86_400;
    /// Whoever was rescued has left the desk by then.
    pub const EMERGENCY_HOLD_SECONDS: RangeInclusive<u32> = 0..=4 * 3600;
    /// Whoever was not at the phone for a month has forgotten that it knows them.
    pub const OFFLINE_SECONDS: RangeInclusive<u32> = 0..=30 * 86_400;
    /// Long enough to read the question, short enough for the person who waits at the other phone.
    pub const CONSENT_SECONDS: RangeInclusive<u32> = 5..=60;

    /// The same with every number in its range: no server's mistake makes a phone unusable.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        let within = |value: u32, range: RangeInclusive<u32>| {
            let (least, most) = range.into_inner();
            value.clamp(least, most)
        };
        self.countdown = within(self.countdown, Self::COUNTDOWN_SECONDS);
        self.idle_limit = self
            .idle_limit
            .map(|limit| within(limit, Self::IDLE_SECONDS));
        self.call_defers_max = within(self.call_defers_max, Self::CALL_DEFERS_SECONDS);
        self.emergency_hold = within(self.emergency_hold, Self::EMERGENCY_HOLD_SECONDS);
        self.consent = within(self.consent, Self::CONSENT_SECONDS);
        self.offline = within(self.offline, Self::OFFLINE_SECONDS);
        self
    }
}

/// What becomes of a guest when their phone starts anew. During the hold after an emergency call they always stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterPowerLoss {
    /// They are signed out.
    LogOut,
    /// They are back once the server has said that the phone is still theirs; until then it is the desk's.
    AskServer,
    /// They are back at once; also what a phone does that does not know the server's word for something else.
    #[default]
    #[serde(other)]
    Resume,
}

/// Which soft keys the idle screen has and where they stand, from the left; those that do not fit are behind More. Log In and
/// Log Out are there whatever this says: in front, unless they have a place of their own. An empty list leaves it to the phone.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SoftKeyOrder {
    /// While nobody is signed in.
    pub vacant: Vec<SoftKeyName>,
    /// While somebody is.
    pub occupied: Vec<SoftKeyName>,
}

/// A soft key of the idle screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SoftKeyName {
    /// Begins a log-in.
    LogIn,
    /// Logs out.
    LogOut,
    /// Begins a log-in while somebody is signed in, where the policy allows that.
    SwitchUser,
    /// The emergency numbers.
    Emergency,
    /// Information, language, PIN.
    Menu,
    /// The next language, where there is another.
    Language,
    /// One that only a newer phone has.
    #[serde(other)]
    Unknown,
}

/// What a vacant phone may dial beside emergency numbers and log-in codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VacantCalls {
    /// Nothing.
    EmergencyOnly,
    /// Numbers of at most [`Policy::internal_digits_max`] digits.
    Internal,
    /// Everything.
    All,
}

/// What happens when somebody logs in on a phone that another guest holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Takeover {
    /// Name who will be signed out, and ask once.
    Ask,
    /// Do it without asking.
    Allow,
    /// Refuse.
    Forbid,
}

/// Codes that can be dialled instead of pressing a soft key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Codes {
    /// Begin a log-in.
    pub login: Vec<DialString>,
    /// Begin a log-in as the extension dialled behind the code.
    pub login_as: Vec<DialString>,
    /// Log out.
    pub logout: Vec<DialString>,
}

impl Default for Codes {
    fn default() -> Self {
        Self {
            login: dial_strings(&["*45", "*90"]),
            login_as: dial_strings(&["*70"]),
            logout: dial_strings(&["*46", "*91", "*71"]),
        }
    }
}

fn dial_strings(texts: &[&str]) -> Vec<DialString> {
    texts
        .iter()
        .filter_map(|t| DialString::parse(t).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_policy_has_its_numbers_and_codes() {
        let policy = Policy::default();
        assert_eq!(policy.emergency_numbers.len(), 3);
        assert_eq!(policy.codes.logout.len(), 3);
    }

    #[test]
    fn a_soft_key_of_another_version_spoils_nothing() {
        let text = r#"{"soft_keys":{"vacant":["menu","teleport","log_in"]}}"#;
        let policy: Policy = serde_json::from_str(text).unwrap();
        let names = [SoftKeyName::Menu, SoftKeyName::Unknown, SoftKeyName::LogIn];
        assert_eq!(policy.soft_keys.vacant, names);
        assert!(policy.soft_keys.occupied.is_empty());
    }

    #[test]
    fn every_number_of_a_server_is_brought_into_its_range() {
        let seconds = |number: u32| {
            let text = format!(
                r#"{{"countdown":{number},"idle_limit":{number},"call_defers_max":{number},
                    "emergency_hold":{number},"consent":{number}}}"#
            );
            let policy = serde_json::from_str::<Policy>(&text).unwrap().bounded();
            let idle = policy.idle_limit.unwrap();
            let (defers, hold) = (policy.call_defers_max, policy.emergency_hold);
            [policy.countdown, idle, defers, hold, policy.consent]
        };
        assert_eq!(seconds(0), [0, 30, 0, 0, 5]);
        assert_eq!(seconds(45), [45, 45, 45, 45, 45]);
        assert_eq!(seconds(u32::MAX), [600, 604_800, 86_400, 14_400, 60]);
        let usual = Policy::default();
        assert_eq!(usual.clone().bounded(), usual, "the usual is in range");
        assert_eq!(usual.bounded().idle_limit, None, "never stays never");
    }

    #[test]
    fn another_word_for_what_follows_a_power_loss_is_taken_for_the_usual() {
        for (word, expected) in [
            ("resume", AfterPowerLoss::Resume),
            ("ask_server", AfterPowerLoss::AskServer),
            ("log_out", AfterPowerLoss::LogOut),
            ("ask_the_stars", AfterPowerLoss::Resume),
        ] {
            let text = format!(r#"{{"after_power_loss":"{word}"}}"#);
            let policy: Policy = serde_json::from_str(&text).unwrap();
            assert_eq!(policy.after_power_loss, expected, "{word}");
        }
    }

    #[test]
    fn what_a_server_leaves_out_has_its_default() {
        let policy: Policy = serde_json::from_str(r#"{"takeover":"forbid"}"#).unwrap();
        assert_eq!(
            policy,
            Policy {
                takeover: Takeover::Forbid,
                ..Policy::default()
            }
        );
    }
}
