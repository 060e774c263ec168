//! Somebody in the portal looks at the screen for a while: when it is sent to them. Never sends it, and wakes nobody up while
//! nobody looks.

use std::time::{Duration, Instant};

use hotdesk_provisioning::SCREEN_SECONDS_MAX;

/// Between two screens, so at most two in a second.
const PAUSE: Duration = Duration::from_millis(500);

/// Who looks, and what they have seen.
#[derive(Debug, Default)]
pub(crate) struct Onlooker {
    /// They look until then.
    until: Option<Instant>,
    /// When the last screen was sent.
    sent_at: Option<Instant>,
    /// The number of that screen; `None`: whatever is shown is news.
    seen: Option<u64>,
    /// When to look again whether there is something to send.
    again_at: Option<Instant>,
}

impl Onlooker {
    /// The server wants the screen for so many seconds from now on.
    pub(crate) fn wanted(&mut self, now: Instant, seconds: u32) {
        let seconds = seconds.min(SCREEN_SECONDS_MAX);
        self.until = now.checked_add(Duration::from_secs(seconds.into()));
        self.seen = None;
    }

    /// The server is gone: whoever looked asks again when it is back.
    pub(crate) fn gone(&mut self) {
        *self = Self::default();
    }

    /// Whether the screen with this number is to be sent now; it then counts as seen. `busy`: another is still on its way.
    pub(crate) fn takes(&mut self, now: Instant, number: u64, busy: bool) -> bool {
        self.again_at = None;
        if self.until.is_none_or(|until| until <= now) {
            self.until = None;
            return false;
        }
        if self.seen == Some(number) {
            return false;
        }
        let pause = self.sent_at.and_then(|at| at.checked_add(PAUSE));
        let soon = if busy {
            now.checked_add(PAUSE)
        } else {
            pause.filter(|at| now < *at)
        };
        if soon.is_some() {
            self.again_at = soon;
            return false;
        }
        self.sent_at = Some(now);
        self.seen = Some(number);
        true
    }

    /// When to call [`Self::takes`], whether anything changed or not.
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.again_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Clock;

    /// Milliseconds after some moment, at which a screen was shown that differs from the one before, and those at which one
    /// was sent. Between them the phone is woken when it asked to be.
    fn sent(onlooker: &mut Onlooker, start: Instant, shown: &[u64]) -> Vec<u64> {
        let mut sent = Vec::new();
        let (mut number, mut shown) = (0, shown.iter().copied().peekable());
        loop {
            let woken = onlooker.poll_timeout();
            let woken = woken.map(|at| at.duration_since(start).as_millis() as u64);
            let at = match (woken, shown.peek()) {
                (Some(woken), Some(shown)) if woken < *shown => woken,
                (_, Some(_)) => {
                    number += 1;
                    shown.next().unwrap()
                }
                (Some(woken), None) => woken,
                (None, None) => return sent,
            };
            if onlooker.takes(start + Duration::from_millis(at), number, false) {
                sent.push(at);
            }
        }
    }

    fn now() -> Instant {
        Clock::system().now()
    }

    #[test]
    fn nothing_is_sent_and_nobody_woken_when_nobody_asked() {
        let mut onlooker = Onlooker::default();
        assert!(sent(&mut onlooker, now(), &[0, 10, 1000]).is_empty());
        assert_eq!(onlooker.poll_timeout(), None);
    }

    #[test]
    fn the_screen_is_sent_at_once_and_at_every_change_but_twice_a_second_at_most() {
        let (mut onlooker, start) = (Onlooker::default(), now());
        onlooker.wanted(start, 60);
        let shown = [0, 100, 200, 300, 2000, 2600, 2700];
        let expected = [0, 500, 2000, 2600, 3100];
        assert_eq!(sent(&mut onlooker, start, &shown), expected);
        assert!(
            !onlooker.takes(start + Duration::from_secs(5), 7, false),
            "seen"
        );
        assert_eq!(onlooker.poll_timeout(), None);
    }

    #[test]
    fn somebody_who_asks_again_sees_what_is_there() {
        let (mut onlooker, start) = (Onlooker::default(), now());
        onlooker.wanted(start, 60);
        assert!(onlooker.takes(start, 1, false));
        onlooker.wanted(start, 60);
        assert!(onlooker.takes(start + PAUSE, 1, false));
    }

    #[test]
    fn it_ends_by_itself_after_two_minutes_at_most_and_with_the_server() {
        for (seconds, most) in [(30, 30), (u32::MAX, 120)] {
            let (mut onlooker, start) = (Onlooker::default(), now());
            onlooker.wanted(start, seconds);
            let end = Duration::from_secs(most);
            assert!(onlooker.takes(start + end - Duration::from_millis(1), 1, false));
            assert!(!onlooker.takes(start + end, 2, false));
            assert_eq!(onlooker.poll_timeout(), None);
        }
        let (mut onlooker, start) = (Onlooker::default(), now());
        onlooker.wanted(start, 60);
        onlooker.gone();
        assert!(!onlooker.takes(start, 1, false));
    }

    #[test]
    fn a_slow_server_gets_the_newest_and_not_all_of_them() {
        let (mut onlooker, start) = (Onlooker::default(), now());
        onlooker.wanted(start, 60);
        assert!(onlooker.takes(start, 1, false));
        let later = start + Duration::from_secs(3);
        assert!(!onlooker.takes(later, 2, true));
        assert_eq!(onlooker.poll_timeout(), Some(later + PAUSE));
        assert!(onlooker.takes(later + PAUSE, 3, false));
    }
}
