//! What is said on the control socket: one JSON object on each line, requests in, answers out. Plain data.

use hotdesk_provisioning::{DialString, Extension, Pin};
use hotdesk_session::{CallEnd, CallState, Digit, Key, Presence};
use hotdesk_ui::Screen;
use serde::{Deserialize, Serialize};

use crate::{Notice, Status};

/// Longest line that is read.
pub const LINE_BYTES_MAX: usize = 4096;
/// Key presses in one request.
const PRESSES_MAX: usize = 64;

/// One request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Request {
    /// The phone as it is; answered by [`Answer::Status`].
    Status,
    /// Sign somebody in; answered by [`Answer::Status`] once it worked, was refused or wants a person at the phone.
    LogIn {
        /// Who.
        extension: Extension,
        /// Their PIN.
        pin: Pin,
    },
    /// Sign out whoever is signed in; answered by [`Answer::Status`] once they are.
    LogOut,
    /// Everything that changes, from now on, line by line until the connection is closed.
    Watch,
    /// Press keys; answered by [`Answer::Status`].
    Press {
        /// Their names, separated by blanks: digits one by one or together, `soft1`, `line1`, `up`, `down`, `left`,
        /// `right`, `ok`, `back`, `clear`, `call`, `off-hook`, `on-hook`.
        keys: String,
    },
    /// What the screen says; answered by [`Answer::Text`].
    Text,
    /// What the screen shows, to be drawn elsewhere; answered by [`Answer::Screen`].
    Screen,
    /// The call application has a new call. Answered by [`Answer::Status`], as all that follow.
    CallStarted {
        /// Its name for it.
        id: u32,
        /// The other end's number.
        number: String,
        /// The other end's name.
        #[serde(default)]
        name: Option<String>,
        /// Whether it rings here rather than there.
        #[serde(default)]
        incoming: bool,
        /// Whether it is an emergency call.
        #[serde(default)]
        emergency: bool,
    },
    /// A call is further than it was, or over.
    CallChanged {
        /// The call application's name for it.
        id: u32,
        /// How far it is.
        state: CallStateName,
    },
    /// What the phone of a number is doing that keys watch.
    Watched {
        /// Which number.
        number: DialString,
        /// What; left out: not known any more.
        #[serde(default)]
        presence: Option<PresenceName>,
    },
    /// The call application tells how many calls are up; automatic log-outs wait for 0. Answered by [`Answer::Status`].
    Calls {
        /// Count, emergency calls included.
        active: u8,
    },
}

/// How far a call is, on the control socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "each is the state of that name in the session crate"
)]
pub enum CallStateName {
    Incoming,
    Outgoing,
    Active,
    Held,
    HungUp,
    Busy,
    NoAnswer,
    Declined,
    NotFound,
    Failed,
}

impl From<CallStateName> for CallState {
    fn from(name: CallStateName) -> Self {
        match name {
            CallStateName::Incoming => Self::Incoming,
            CallStateName::Outgoing => Self::Outgoing,
            CallStateName::Active => Self::Active,
            CallStateName::Held => Self::Held,
            CallStateName::HungUp => Self::Ended(CallEnd::HungUp),
            CallStateName::Busy => Self::Ended(CallEnd::Busy),
            CallStateName::NoAnswer => Self::Ended(CallEnd::NoAnswer),
            CallStateName::Declined => Self::Ended(CallEnd::Declined),
            CallStateName::NotFound => Self::Ended(CallEnd::NotFound),
            CallStateName::Failed => Self::Ended(CallEnd::Failed),
        }
    }
}

/// What somebody else's phone is doing, on the control socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "each is the presence of that name in the session crate"
)]
pub enum PresenceName {
    Free,
    Ringing,
    Busy,
}

impl From<PresenceName> for Presence {
    fn from(name: PresenceName) -> Self {
        match name {
            PresenceName::Free => Self::Free,
            PresenceName::Ringing => Self::Ringing,
            PresenceName::Busy => Self::Busy,
        }
    }
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The phone as it is now.
    Status(Status),
    /// What the screen says.
    Text(String),
    /// What the screen shows, without what is typed into a masked field. A phone says that and never reads it.
    #[serde(skip_deserializing)]
    Screen(Box<Screen>),
    /// Something that a call application or a sounder should do now.
    Notice(Notice),
    /// The request was not understood or not possible: why.
    Error(String),
}

/// Reads the names of keys; `Err` names the first that no key has.
///
/// # Errors
/// A sentence for whoever typed them.
pub fn parse_keys(text: &str) -> Result<Vec<Key>, String> {
    let mut keys = Vec::new();
    for name in text.split_whitespace() {
        match Key::named(name) {
            Some(key) => keys.push(key),
            None => {
                keys.extend(parse_digits(name).ok_or_else(|| format!("no key is called {name:?}"))?)
            }
        }
        if keys.len() > PRESSES_MAX {
            return Err(format!("at most {PRESSES_MAX} keys at once"));
        }
    }
    Ok(keys)
}

fn parse_digits(text: &str) -> Option<Vec<Key>> {
    text.chars()
        .map(|c| Digit::new(c).map(Key::Digit))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_named_one_by_one_or_typed_together() {
        let digit = |c| Key::Digit(Digit::new(c).unwrap());
        assert_eq!(
            parse_keys("soft1 20# ok line2  off-hook").unwrap(),
            [
                Key::Soft(1),
                digit('2'),
                digit('0'),
                digit('#'),
                Key::Ok,
                Key::Line(2),
                Key::HookOff
            ]
        );
        assert!(parse_keys("").unwrap().is_empty());
    }

    #[test]
    fn what_is_no_key_is_named_and_too_many_are_refused() {
        assert!(parse_keys("1 softly").unwrap_err().contains("softly"));
        assert!(parse_keys("soft0").is_err());
        assert!(parse_keys("line999").is_err());
        assert!(parse_keys(&"1".repeat(65)).unwrap_err().contains("64"));
    }

    #[test]
    fn a_request_is_one_line_and_hides_its_pin() {
        let text = r#"{"command":"log_in","extension":"2001","pin":"4711"}"#;
        let request: Request = serde_json::from_str(text).unwrap();
        assert!(!format!("{request:?}").contains("4711"));
        assert_eq!(serde_json::to_string(&request).unwrap(), text);
        for bad in [
            "{}",
            r#"{"command":"reboot"}"#,
            r#"{"command":"log_in","extension":"x","pin":"1"}"#,
        ] {
            assert!(serde_json::from_str::<Request>(bad).is_err(), "{bad}");
        }
    }
}
