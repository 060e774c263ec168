//! Questions to the phone where a user is signed in: may they move to another one? In memory: a question lives for seconds,
//! and after a restart it is asked again.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hotdesk_provisioning::CONSENT_SECONDS;

/// Questions at the same time: one for each log-in that meets a user's other phone.
const ASKED_MAX: usize = 256;
/// A question is forgotten this long after it was answered by silence: the phone that waits asks every second.
const FORGET_SECONDS: i64 = 60;

/// What became of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nobody was asked.
    NotAsked,
    /// Nobody has answered yet.
    Open,
    /// Somebody said yes, or nobody was there to say anything.
    Granted,
    /// Somebody said no.
    Denied,
}

/// The open questions, by the attempt to log in that they are about.
#[derive(Debug, Default)]
pub(crate) struct Consents(Mutex<BTreeMap<String, Question>>);

#[derive(Debug)]
struct Question {
    phone: i64,
    asked_at: i64,
    answer: Option<bool>,
}

impl Consents {
    /// Notes that a phone is asked about an attempt. `false` if there are too many questions to ask another one.
    pub(crate) fn ask(&self, attempt: &str, phone: i64, now: i64) -> bool {
        let mut questions = self.questions();
        questions.retain(|_, question| !question.is_over(now));
        let room = questions.len() < ASKED_MAX;
        if room {
            let question = Question {
                phone,
                asked_at: now,
                answer: None,
            };
            questions.insert(attempt.to_owned(), question);
        }
        room
    }

    /// Takes an answer from the phone that was asked; the first one counts, and no other phone's.
    pub(crate) fn answer(&self, attempt: &str, phone: i64, granted: bool) {
        if let Some(question) = self.questions().get_mut(attempt)
            && question.phone == phone
        {
            question.answer.get_or_insert(granted);
        }
    }

    /// What became of the question about an attempt.
    pub(crate) fn verdict(&self, attempt: &str, now: i64) -> Verdict {
        let questions = self.questions();
        match questions.get(attempt) {
            None => Verdict::NotAsked,
            Some(question) => question.verdict(now),
        }
    }

    fn questions(&self) -> MutexGuard<'_, BTreeMap<String, Question>> {
        // Nothing is held half-done under this lock, so a panic elsewhere does not spoil the map.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Question {
    fn verdict(&self, now: i64) -> Verdict {
        let silent = now.saturating_sub(self.asked_at) >= i64::from(CONSENT_SECONDS);
        match self.answer {
            Some(true) => Verdict::Granted,
            Some(false) => Verdict::Denied,
            None if silent => Verdict::Granted,
            None => Verdict::Open,
        }
    }

    fn is_over(&self, now: i64) -> bool {
        now.saturating_sub(self.asked_at) > FORGET_SECONDS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_yes_and_only_the_phone_that_was_asked_answers() {
        let consents = Consents::default();
        assert!(consents.ask("a", 7, 100));
        consents.answer("a", 8, false);
        assert_eq!(consents.verdict("a", 119), Verdict::Open);
        assert_eq!(consents.verdict("a", 120), Verdict::Granted);
        consents.answer("a", 7, false);
        consents.answer("a", 7, true);
        assert_eq!(consents.verdict("a", 120), Verdict::Denied);
        assert_eq!(consents.verdict("b", 120), Verdict::NotAsked);
    }

    #[test]
    fn questions_are_bounded_and_forgotten() {
        let consents = Consents::default();
        for n in 0..ASKED_MAX {
            assert!(consents.ask(&n.to_string(), 1, 0));
        }
        assert!(!consents.ask("one more", 1, FORGET_SECONDS));
        assert!(consents.ask("one more", 1, FORGET_SECONDS + 1));
    }
}
