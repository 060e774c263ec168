//! The phones side by side: keys go in, faces come out. Knows nothing of HTTP and nothing of how an agent runs.

use std::sync::Arc;

use hotdesk_agent::{Face, Hook, Press};
use hotdesk_session::Key;
use tokio::sync::{Semaphore, mpsc, watch};

use crate::layout::Layout;

/// Pages (and other readers of events) open at the same time.
const STREAMS_MAX: usize = 32;

/// Every phone of one process.
pub(crate) struct Rack {
    /// In the order of the configuration; numbered from 1.
    pub(crate) phones: Vec<Phone>,
    /// Lines to show above the phones.
    pub(crate) hints: Vec<String>,
    /// Bounds the open event streams.
    pub(crate) streams: Arc<Semaphore>,
}

impl Rack {
    pub(crate) fn new(phones: Vec<Phone>, hints: Vec<String>) -> Self {
        Self {
            phones,
            hints,
            streams: Arc::new(Semaphore::new(STREAMS_MAX)),
        }
    }

    /// `None` where no phone has this number.
    pub(crate) fn phone(&self, number: usize) -> Option<&Phone> {
        self.phones.get(number.checked_sub(1)?)
    }
}

/// One phone as the page sees it.
pub(crate) struct Phone {
    /// What the page calls it.
    pub(crate) name: String,
    /// Its panel.
    pub(crate) layout: Layout,
    keys: mpsc::Sender<Key>,
    face: watch::Receiver<Arc<Face>>,
    hook: watch::Sender<Hook>,
}

impl Phone {
    pub(crate) fn new(
        name: String,
        layout: Layout,
        keys: mpsc::Sender<Key>,
        face: watch::Receiver<Arc<Face>>,
    ) -> Self {
        Self {
            name,
            layout,
            keys,
            face,
            hook: watch::Sender::new(Hook::default()),
        }
    }

    /// Hands a press to the agent; waits while its keypad buffer is full. `false`: the agent is gone.
    pub(crate) async fn press(&self, press: Press) -> bool {
        let Ok(room) = self.keys.reserve().await else {
            return false;
        };
        self.hook.send_if_modified(|hook| {
            let (next, key) = hook.after(press);
            if let Some(key) = key {
                room.send(key);
            }
            std::mem::replace(hook, next) != next
        });
        true
    }

    /// What it looks like now.
    pub(crate) fn face(&self) -> Arc<Face> {
        Arc::clone(&self.face.borrow())
    }

    /// Follows it from now on; the first change is the present.
    pub(crate) fn watch(&self) -> Watch {
        let mut face = self.face.clone();
        face.mark_changed();
        Watch {
            face,
            hook: self.hook.subscribe(),
        }
    }
}

/// Follows one phone.
pub(crate) struct Watch {
    face: watch::Receiver<Arc<Face>>,
    hook: watch::Receiver<Hook>,
}

impl Watch {
    /// Waits for a change; `None` once the phone is gone.
    pub(crate) async fn changed(&mut self) -> Option<()> {
        tokio::select! {
            face = self.face.changed() => face.ok(),
            hook = self.hook.changed() => hook.ok(),
        }
    }

    /// What it looks like now; both count as seen.
    pub(crate) fn seen(&mut self) -> (Arc<Face>, Hook) {
        (
            Arc::clone(&self.face.borrow_and_update()),
            *self.hook.borrow_and_update(),
        )
    }
}
