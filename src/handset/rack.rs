//! The phones side by side: keys go in, faces come out. Knows nothing of HTTP and nothing of how an agent runs.

use std::sync::Arc;

use hotdesk_agent::{Face, Hook, PanelConfig, Press};
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
    ends: Ends,
    hook: watch::Sender<Hook>,
}

/// What is behind a phone, as far as the page can reach it.
pub(crate) struct Ends {
    pub(crate) keys: mpsc::Sender<Key>,
    pub(crate) faces: watch::Receiver<Arc<Face>>,
    pub(crate) layouts: watch::Receiver<Arc<Layout>>,
    /// Takes another panel; `None` where the glass is what it is.
    pub(crate) choice: Option<watch::Sender<PanelConfig>>,
}

impl Phone {
    pub(crate) fn new(name: String, ends: Ends) -> Self {
        Self {
            name,
            ends,
            hook: watch::Sender::new(Hook::default()),
        }
    }

    /// Its panel.
    pub(crate) fn layout(&self) -> Arc<Layout> {
        Arc::clone(&self.ends.layouts.borrow())
    }

    /// Whether its panel can be chosen.
    pub(crate) fn has_choice(&self) -> bool {
        self.ends.choice.is_some()
    }

    /// Gives it another panel, and waits until it has it. `false`: its glass is what it is.
    pub(crate) async fn choose(&self, panel: PanelConfig) -> bool {
        let Some(choice) = &self.ends.choice else {
            return false;
        };
        let theme = panel.theme.clone().unwrap_or_default();
        let wanted = |layout: &Arc<Layout>| layout.name == panel.name && layout.theme == theme;
        choice.send_replace(panel.clone());
        // An error: the phone is gone, which the page sees by itself.
        let _ = self.ends.layouts.clone().wait_for(wanted).await;
        true
    }

    /// Hands a press to the agent; waits while its keypad buffer is full. `false`: the agent is gone.
    pub(crate) async fn press(&self, press: Press) -> bool {
        let Ok(room) = self.ends.keys.reserve().await else {
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
        Arc::clone(&self.ends.faces.borrow())
    }

    /// Follows it from now on; the first change is the present.
    pub(crate) fn watch(&self) -> Watch {
        let mut face = self.ends.faces.clone();
        face.mark_changed();
        Watch {
            face,
            layout: self.ends.layouts.clone(),
            hook: self.hook.subscribe(),
        }
    }
}

/// Follows one phone.
pub(crate) struct Watch {
    face: watch::Receiver<Arc<Face>>,
    layout: watch::Receiver<Arc<Layout>>,
    hook: watch::Receiver<Hook>,
}

impl Watch {
    /// Waits for a change; `None` once the phone is gone.
    pub(crate) async fn changed(&mut self) -> Option<()> {
        tokio::select! {
            face = self.face.changed() => face.ok(),
            // The glass of a machine never changes: nobody is left to say so.
            Ok(()) = self.layout.changed() => Some(()),
            hook = self.hook.changed() => hook.ok(),
        }
    }

    /// What it looks like now; all of it counts as seen.
    pub(crate) fn seen(&mut self) -> (Arc<Face>, Arc<Layout>, Hook) {
        (
            Arc::clone(&self.face.borrow_and_update()),
            Arc::clone(&self.layout.borrow_and_update()),
            *self.hook.borrow_and_update(),
        )
    }
}
