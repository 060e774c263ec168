//! The one loop: wait, one event into the core, carry out what comes out. Never decides anything about hot desking.

use std::sync::Arc;

use tokio::sync::{broadcast, watch};

use crate::agent::{Handles, Seams};
use crate::status::ActivityName;
use crate::{Config, Face, Status};

/// A phone whose sockets are open.
pub(crate) struct Loop {
    seams: Seams,
    _face: watch::Sender<Arc<Face>>,
    _status: watch::Sender<Arc<Status>>,
}

impl Loop {
    #[expect(clippy::unused_async, reason = "sockets are opened here")]
    pub(crate) async fn open(_config: Config, seams: Seams) -> anyhow::Result<(Self, Handles)> {
        let (face, faces) = watch::channel(Arc::new(Face::default()));
        let (status, statuses) = watch::channel(Arc::new(Status {
            activity: ActivityName::Enrolling,
            user: None,
            desk: None,
            desk_extension: None,
            enrolment_code: None,
            refusal: None,
            registered: false,
            server: false,
            network: false,
            last_switch_ms: None,
            pid: std::process::id(),
            sip_port: 0,
        }));
        let (notices, _) = broadcast::channel(16);
        let handles = Handles {
            faces,
            status: statuses,
            notices,
        };
        let phone = Self {
            seams,
            _face: face,
            _status: status,
        };
        Ok((phone, handles))
    }

    pub(crate) async fn run(mut self) -> anyhow::Result<()> {
        while let Some(key) = self.seams.keys.recv().await {
            tracing::trace!(?key, "key");
        }
        std::future::pending().await
    }
}
