//! What a site's policy means: pure rules from plain data to decisions. Never changes anything.

use std::time::{Duration, Instant};

use hotdesk_provisioning::{DialString, EndReason, Extension, Policy, VacantCalls};

use crate::Tenure;

/// What a dialled text means as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Dialled {
    /// An emergency number: it goes before everything else that the text could mean.
    Emergency(DialString),
    /// The code that begins a log-in.
    LogIn,
    /// The code that begins a log-in as somebody.
    LogInAs(Extension),
    /// The code that logs out.
    LogOut,
    /// A number for the call application.
    Number(DialString),
    /// Nothing that could be dialled.
    Nothing,
}

/// Reads a dialled text.
pub(crate) fn dialled(policy: &Policy, text: &str) -> Dialled {
    let codes = &policy.codes;
    let is = |list: &[DialString]| list.iter().any(|code| code.as_str() == text);
    if let Some(number) = emergency(policy, text) {
        return Dialled::Emergency(number);
    }
    if is(&codes.login) || is(&codes.login_as) {
        return Dialled::LogIn;
    }
    if is(&codes.logout) {
        return Dialled::LogOut;
    }
    let extension = codes
        .login_as
        .iter()
        .filter_map(|code| text.strip_prefix(code.as_str()))
        .find_map(|rest| Extension::parse(rest).ok());
    if let Some(extension) = extension {
        return Dialled::LogInAs(extension);
    }
    DialString::parse(text).map_or(Dialled::Nothing, Dialled::Number)
}

/// The emergency number that a text is.
pub(crate) fn emergency(policy: &Policy, text: &str) -> Option<DialString> {
    policy
        .emergency_numbers
        .iter()
        .find(|number| number.as_str() == text)
        .cloned()
}

/// The emergency number at the end of a text, the longest if there are several: somebody in distress who types into the
/// wrong field means the digits they typed last.
pub(crate) fn emergency_tail(policy: &Policy, text: &str) -> Option<DialString> {
    policy
        .emergency_numbers
        .iter()
        .filter(|number| text.ends_with(number.as_str()))
        .max_by_key(|number| number.as_str().len())
        .cloned()
}

/// Whether a longer emergency number begins with this text.
pub(crate) fn emergency_may_follow(policy: &Policy, text: &str) -> bool {
    begins_one(&policy.emergency_numbers, text)
}

/// Whether a longer code or emergency number begins with this text, so that the next digit may change its meaning.
pub(crate) fn code_may_follow(policy: &Policy, text: &str) -> bool {
    let codes = &policy.codes;
    emergency_may_follow(policy, text)
        || begins_one(&codes.login, text)
        || begins_one(&codes.logout, text)
        || begins_one(&codes.login_as, text)
        || codes.login_as.iter().any(|c| text.starts_with(c.as_str()))
}

fn begins_one(list: &[DialString], text: &str) -> bool {
    list.iter()
        .any(|n| n.as_str().len() > text.len() && n.as_str().starts_with(text))
}

/// Whether a vacant phone may dial this number. Emergency numbers never come here.
pub(crate) fn vacant_may_dial(policy: &Policy, number: &DialString) -> bool {
    let text = number.as_str();
    match policy.vacant_calls {
        VacantCalls::EmergencyOnly => false,
        VacantCalls::Internal => {
            text.len() <= usize::from(policy.internal_digits_max)
                && text.bytes().all(|b| b.is_ascii_digit())
        }
        VacantCalls::All => true,
    }
}

/// When a tenure ends by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ending {
    /// The last moment.
    pub(crate) at: Instant,
    /// When the countdown begins.
    pub(crate) warn_at: Instant,
    /// Which limit, or idleness.
    pub(crate) reason: EndReason,
}

/// The nearer of time limit and idle limit. Nobody is idle during a call.
pub(crate) fn ending(policy: &Policy, tenure: &Tenure, in_call: bool) -> Option<Ending> {
    let countdown = Duration::from_secs(policy.countdown.into());
    let limit = tenure
        .ends_at
        .map(|at| ending_at(at, countdown, tenure.ends_for.into()));
    let idle = policy
        .idle_limit
        .filter(|_| !in_call)
        .and_then(|seconds| {
            let limit = Duration::from_secs(seconds.into());
            Some((tenure.touched_at.checked_add(limit)?, limit))
        })
        // A countdown as long as the limit itself would begin with the very key press that restarts it.
        .map(|(at, limit)| ending_at(at, countdown.min(limit / 2), EndReason::Idle));
    match (limit, idle) {
        (Some(limit), Some(idle)) => Some(if idle.at < limit.at { idle } else { limit }),
        (limit, idle) => limit.or(idle),
    }
}

impl Ending {
    /// The same, but not before this moment.
    pub(crate) fn not_before(self, at: Instant) -> Self {
        let later = at.saturating_duration_since(self.at);
        Self {
            at: self.at + later,
            warn_at: self.warn_at + later,
            reason: self.reason,
        }
    }
}

fn ending_at(at: Instant, countdown: Duration, reason: EndReason) -> Ending {
    Ending {
        at,
        warn_at: at.checked_sub(countdown).unwrap_or(at),
        reason,
    }
}

/// Whether a call in progress defers a log-out for this reason: everything but what the people at the phone decided.
pub(crate) fn waits_for_calls(reason: &EndReason) -> bool {
    match reason {
        EndReason::LoggedOut | EndReason::TakenOver { .. } | EndReason::RolledBack => false,
        EndReason::Moved { .. }
        | EndReason::Administrator { .. }
        | EndReason::Remote
        | EndReason::Limit
        | EndReason::TimeOfDay
        | EndReason::BookingEnd
        | EndReason::Idle
        | EndReason::UserDisabled
        | EndReason::PhoneDisabled
        | EndReason::Displaced
        | EndReason::Restarted
        | EndReason::Unknown => true,
    }
}

/// Whether more time from the server takes this reason away.
pub(crate) fn is_limit(reason: &EndReason) -> bool {
    matches!(
        reason,
        EndReason::Limit | EndReason::TimeOfDay | EndReason::BookingEnd
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Dialled {
        dialled(&Policy::default(), text)
    }

    #[test]
    fn codes_and_numbers_are_told_apart() {
        assert_eq!(codes("*45"), Dialled::LogIn);
        assert_eq!(codes("*70"), Dialled::LogIn);
        assert_eq!(
            codes("*702001"),
            Dialled::LogInAs(Extension::parse("2001").unwrap())
        );
        assert_eq!(codes("*71"), Dialled::LogOut);
        assert_eq!(
            codes("2001"),
            Dialled::Number(DialString::parse("2001").unwrap())
        );
        assert_eq!(codes(""), Dialled::Nothing);
    }

    #[test]
    fn an_emergency_number_is_never_a_code() {
        let mut policy = Policy::default();
        policy.codes.logout = vec![DialString::parse("112").unwrap()];
        assert!(matches!(dialled(&policy, "112"), Dialled::Emergency(_)));
    }

    #[test]
    fn the_next_digit_may_change_a_meaning() {
        let policy = Policy::default();
        assert!(code_may_follow(&policy, "*7"));
        assert!(code_may_follow(&policy, "*70"));
        assert!(!code_may_follow(&policy, "*45"));
        assert!(emergency_may_follow(&policy, "11"));
        assert!(!emergency_may_follow(&policy, "112"));
    }

    #[test]
    fn the_longest_emergency_number_at_the_end_counts() {
        let mut policy = Policy::default();
        policy
            .emergency_numbers
            .push(DialString::parse("9112").unwrap());
        let tail = emergency_tail(&policy, "20019112").unwrap();
        assert_eq!(tail.as_str(), "9112");
        assert_eq!(emergency_tail(&policy, "2001"), None);
    }

    #[test]
    fn a_vacant_phone_dials_what_its_policy_says() {
        let mut policy = Policy::default();
        let number = |text| DialString::parse(text).unwrap();
        assert!(vacant_may_dial(&policy, &number("30012")));
        assert!(!vacant_may_dial(&policy, &number("300123")));
        assert!(!vacant_may_dial(&policy, &number("*21")));
        policy.vacant_calls = VacantCalls::EmergencyOnly;
        assert!(!vacant_may_dial(&policy, &number("3001")));
        policy.vacant_calls = VacantCalls::All;
        assert!(vacant_may_dial(&policy, &number("003001234567")));
    }
}
