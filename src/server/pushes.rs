//! What the server says first: one bounded line to each phone that listens. Never waits for a reader: one that lags is
//! cut off, reconnects and synchronises.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hotdesk_provisioning::Push;
use tokio::sync::mpsc;

/// Messages waiting for one phone; a phone gets a handful a day.
const WAITING_MAX: usize = 16;

/// The phones that listen now.
#[derive(Debug, Default)]
pub(crate) struct Pushes(Mutex<BTreeMap<i64, Line>>);

/// One phone that listens.
#[derive(Debug)]
struct Line {
    tenant: i64,
    sender: mpsc::Sender<Push>,
}

impl Pushes {
    /// A line to this phone. Its former line, if any, ends: the phone has connected anew.
    pub(crate) fn listen(&self, tenant: i64, phone: i64) -> mpsc::Receiver<Push> {
        let (sender, receiver) = mpsc::channel(WAITING_MAX);
        self.lines().insert(phone, Line { tenant, sender });
        receiver
    }

    /// Tells a phone, if it listens.
    pub(crate) fn send(&self, phone: i64, push: Push) {
        let mut lines = self.lines();
        let told = lines.get(&phone).map(|line| line.sender.try_send(push));
        if matches!(told, Some(Err(_))) {
            lines.remove(&phone);
        }
    }

    /// Tells every phone of a tenant that listens.
    pub(crate) fn send_all(&self, tenant: i64, push: &Push) {
        self.lines()
            .retain(|_, line| line.tenant != tenant || line.sender.try_send(push.clone()).is_ok());
    }

    /// Whether the phone listens.
    pub(crate) fn is_listening(&self, phone: i64) -> bool {
        self.lines()
            .get(&phone)
            .is_some_and(|line| !line.sender.is_closed())
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
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_lagging_reader_is_cut_off() {
        let pushes = Pushes::default();
        let mut line = pushes.listen(1, 1);
        for _ in 0..=WAITING_MAX {
            pushes.send(1, Push::ProfileChanged);
        }
        assert!(!pushes.is_listening(1));
        let mut read = 0;
        while line.recv().await.is_some() {
            read += 1;
        }
        assert_eq!(read, WAITING_MAX);
    }

    #[tokio::test]
    async fn a_new_line_ends_the_former_one() {
        let pushes = Pushes::default();
        let mut former = pushes.listen(1, 1);
        let mut line = pushes.listen(1, 1);
        pushes.send(1, Push::ProfileChanged);
        pushes.send(2, Push::ProfileChanged);
        assert_eq!(former.recv().await, None);
        assert_eq!(line.recv().await, Some(Push::ProfileChanged));
        drop(line);
        assert!(!pushes.is_listening(1));
    }
}
