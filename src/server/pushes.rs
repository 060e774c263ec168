//! What the server says first: one bounded line to each phone that listens. Never waits for a reader: one that lags is
//! cut off, reconnects and synchronises.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hotdesk_provisioning::Push;
use tokio::sync::mpsc;

use crate::metrics::{Metrics, PushCounters};

/// Messages waiting for one phone; a phone gets a handful a day.
const WAITING_MAX: usize = 16;

/// The phones that listen now.
#[derive(Debug)]
pub(crate) struct Pushes {
    lines: Mutex<BTreeMap<i64, Line>>,
    counters: PushCounters,
}

/// One phone that listens.
#[derive(Debug)]
struct Line {
    tenant: i64,
    sender: mpsc::Sender<Push>,
}

impl Pushes {
    pub(crate) fn new(metrics: &Metrics) -> Self {
        Self {
            lines: Mutex::default(),
            counters: metrics.pushes.clone(),
        }
    }

    /// A line to this phone. Its former line, if any, ends: the phone has connected anew.
    pub(crate) fn listen(&self, tenant: i64, phone: i64) -> mpsc::Receiver<Push> {
        let (sender, receiver) = mpsc::channel(WAITING_MAX);
        self.lines().insert(phone, Line { tenant, sender });
        receiver
    }

    /// Tells a phone, if it listens.
    pub(crate) fn send(&self, phone: i64, push: Push) {
        let kind = kind(&push);
        let mut lines = self.lines();
        let told = lines.get(&phone).map(|line| line.sender.try_send(push));
        if let Some(told) = &told {
            self.count_push(kind, told.is_ok());
        }
        if matches!(told, Some(Err(_))) {
            lines.remove(&phone);
        }
    }

    fn count_push(&self, kind: &'static str, is_sent: bool) {
        let outcome = if is_sent { "sent" } else { "dropped" };
        let by = [("kind", kind), ("outcome", outcome)];
        self.counters.get_or_create_owned(&by).inc();
    }

    /// How many phones listen.
    pub(crate) fn count(&self) -> usize {
        let lines = self.lines();
        lines
            .values()
            .filter(|line| !line.sender.is_closed())
            .count()
    }

    /// Tells every phone of a tenant that listens.
    pub(crate) fn send_all(&self, tenant: i64, push: &Push) {
        self.lines().retain(|_, line| {
            let is_sent = line.tenant != tenant || line.sender.try_send(push.clone()).is_ok();
            if line.tenant == tenant {
                self.count_push(kind(push), is_sent);
            }
            is_sent
        });
    }

    /// Ends the phone's line once it has read what waits.
    pub(crate) fn close(&self, phone: i64) {
        self.lines().remove(&phone);
    }

    /// Ends every line.
    pub(crate) fn close_all(&self) {
        self.lines().clear();
    }

    fn lines(&self) -> MutexGuard<'_, BTreeMap<i64, Line>> {
        // Nothing is held half-done under this lock, so a panic elsewhere does not spoil the map.
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name of a kind of push, in event streams and in metrics.
pub(crate) fn kind(push: &Push) -> &'static str {
    match push {
        Push::Evicted { .. } => "evicted",
        Push::Extended { .. } => "extended",
        Push::ConsentWanted { .. } => "consent_wanted",
        Push::ProfileChanged => "profile_changed",
        Push::ForgetOffline { .. } => "forget_offline",
        Push::ScreenWanted { .. } => "screen_wanted",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_lagging_reader_is_cut_off() {
        let pushes = Pushes::new(&Metrics::default());
        let mut line = pushes.listen(1, 1);
        for _ in 0..=WAITING_MAX {
            pushes.send(1, Push::ProfileChanged);
        }
        let mut read = 0;
        while line.recv().await.is_some() {
            read += 1;
        }
        assert_eq!(read, WAITING_MAX);
    }

    #[tokio::test]
    async fn a_new_line_ends_the_former_one() {
        let pushes = Pushes::new(&Metrics::default());
        let mut former = pushes.listen(1, 1);
        let mut line = pushes.listen(1, 1);
        pushes.send(1, Push::ProfileChanged);
        pushes.send(2, Push::ProfileChanged);
        assert_eq!(former.recv().await, None);
        assert_eq!(line.recv().await, Some(Push::ProfileChanged));
        drop(line);
    }
}
